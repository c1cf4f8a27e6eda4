"""Surveys of other modules: the standard library's stubs.

In: a dotted module name. Out: its `Survey`, or None where nothing is known of it. A module is read
once in a process. Never: importing or running what it reads.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

from flake8_valuetask.survey import Survey, survey


@cache
def module(name: str) -> Survey | None:
    """The survey of the module `name` of the standard library, or None."""
    if name.partition(".")[0] not in sys.stdlib_module_names and name != "_typeshed":
        return None
    path = _stub(name)
    if path is None:
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return survey(tree, name, package=path.stem == "__init__")


def _stub(name: str) -> Path | None:
    # Imported late: it is needed only where a body asks for a name that no table knows.
    from typeshed_client import finder

    context = finder.get_search_context(search_path=[])
    return finder.get_stub_file(name, search_context=context)
