"""The arguments of calls.

In: a call. Out: its arguments in the order of their evaluation. Never: events.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_valuetask.events import Place
from flake8_valuetask.records import record


@record
class Argument:
    """One argument: its node, keyword and star, and the place of its value."""

    node: ast.expr
    keyword: str | None
    star: str
    position: int
    place: Place | None


def given(node: ast.Call) -> Iterator[tuple[ast.expr, str | None, str]]:
    """The arguments in the order of their evaluation: keywords come last, wherever they stand. Each with its keyword,
    if any, and "*" or "**" if it is unpacked."""
    for arg in node.args:
        yield (arg.value, None, "*") if isinstance(arg, ast.Starred) else (arg, None, "")
    for named in node.keywords:
        yield named.value, named.arg, "" if named.arg else "**"
