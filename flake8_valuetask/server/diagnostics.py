"""Findings as the Language Server Protocol writes them.

In: a finding, and the text that it is about. Out: a diagnostic, as JSON. Never: deciding what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flake8_valuetask.finding import Finding
from flake8_valuetask.reports import rulebook
from flake8_valuetask.server.text import Text
from flake8_valuetask.source import Span

SOURCE = "flake8-valuetask"
_WARNING = 2


def diagnostics(findings: Iterable[Finding], text: Text, uri: str) -> list[dict[str, Any]]:
    """The diagnostics of the document `uri`."""
    return [diagnostic(finding, text, uri) for finding in findings]


def diagnostic(finding: Finding, text: Text, uri: str) -> dict[str, Any]:
    """A warning with its exact range, a link to the rule's page if there is one, and every place on the way."""
    found: dict[str, Any] = {
        "range": area(finding.span, text),
        "severity": _WARNING,
        "code": finding.code,
        "source": SOURCE,
        "message": finding.message,
        "relatedInformation": [
            {"location": {"uri": uri, "range": area(place.span, text)}, "message": place.phrase}
            for place in finding.places
        ],
    }
    page = rulebook.link(finding.code)
    if page is not None:
        found["codeDescription"] = {"href": page}
    return found


def area(span: Span, text: Text) -> dict[str, dict[str, int]]:
    """A range in the client's units; one of no width covers the rest of its line."""
    line, column, end_line, end_column = span
    if (line, column) == (end_line, end_column):
        end_column = len(text.line(line))
    return {"start": _position(line, column, text), "end": _position(end_line, end_column, text)}


def _position(line: int, column: int, text: Text) -> dict[str, int]:
    return {"line": line - 1, "character": text.units(line, column)}
