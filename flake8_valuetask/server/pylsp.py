"""The plugin of python-lsp-server: our findings among its own, with ranges and places.

In: pylsp's documents. Out: diagnostics as pylsp sends them. Never: pygls; anything where our setting is off.
"""

from __future__ import annotations

import copy
import functools
from typing import Any

from pylsp import hookimpl

from flake8_valuetask.server.diagnostics import diagnostics
from flake8_valuetask.server.judge import Judge
from flake8_valuetask.server.text import read

_LAST: dict[str, list[dict[str, Any]]] = {}  # what was found in a document, if anything


@functools.cache
def _judge(arguments: tuple[str, ...]) -> Judge:
    return Judge(arguments)


@hookimpl
def pylsp_settings() -> dict[str, Any]:
    """What can be set under `pylsp.plugins.flake8_valuetask`; `args` are flake8's."""
    return {"plugins": {"flake8_valuetask": {"enabled": True, "args": []}}}


@hookimpl
def pylsp_lint(config: Any, workspace: Any, document: Any, is_saved: bool) -> list[dict[str, Any]]:
    """The diagnostics of a document; the last ones, while it is not valid Python."""
    wanted = config.plugin_settings("flake8_valuetask", document_path=document.path)
    judge = _judge(tuple(map(str, wanted.get("args") or ())))
    if is_saved:
        judge.refresh()
    text = read(document.source)
    findings = judge.findings(document.path, text, [workspace.root_path] if workspace.root_path else [])
    if findings is None:
        return copy.deepcopy(_LAST.get(document.uri, []))
    found = diagnostics(findings, text, document.uri)
    if found:
        _LAST[document.uri] = copy.deepcopy(found)  # pylsp may move those that it is given
    else:
        _LAST.pop(document.uri, None)
    return found
