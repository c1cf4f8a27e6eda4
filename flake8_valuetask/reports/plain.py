"""JSON of our own: all that is known of each finding, under a version.

In: entries. Out: JSON; docs/reports.md describes it field by field. Never: a change of meaning under the same version.
"""

from __future__ import annotations

import json

from flake8_valuetask.reports import rulebook
from flake8_valuetask.reports.entries import Entry
from flake8_valuetask.source import Span

VERSION = 1


def render(entries: list[Entry]) -> str:
    """The report."""
    found = [_finding(entry) for entry in entries]
    return json.dumps({"version": VERSION, "findings": found}, indent=2, ensure_ascii=False) + "\n"


def _finding(entry: Entry) -> dict[str, object]:
    return {
        "path": entry.path,
        "code": entry.code,
        "name": rulebook.name(entry.code) or None,
        "message": entry.message,
        "range": _range(entry.span),
        "places": [{"phrase": place.phrase, "range": _range(place.span)} for place in entry.places],
    }


def _range(span: Span) -> dict[str, dict[str, int]]:
    start = {"line": span.line, "column": span.column + 1}
    return {"start": start, "end": {"line": span.end_line, "column": span.end_column + 1}}
