"""Workflow commands of GitHub Actions: annotations beside the changed lines.

In: entries. Out: a command a line. Never: a character that would end a command or a property early.
"""

from __future__ import annotations

from flake8_valuetask.reports import rulebook
from flake8_valuetask.reports.entries import Entry

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = {**_DATA, **str.maketrans({":": "%3A", ",": "%2C"})}


def render(entries: list[Entry]) -> str:
    """The commands."""
    return "".join(f"{_command(entry)}\n" for entry in entries)


def _command(entry: Entry) -> str:
    properties = {"file": entry.path, **_range(entry), "title": f"{entry.code} {rulebook.name(entry.code)}".rstrip()}
    listed = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{_COMMANDS[entry.level]} {listed}::{entry.message.translate(_DATA)}"


def _range(entry: Entry) -> dict[str, int]:
    """Lines and columns from 1, the end excluded. GitHub takes columns only of ranges in one line."""
    span = entry.span
    if span.line != span.end_line:
        return {"line": span.line, "endLine": span.end_line}
    point = {"line": span.line, "endLine": span.end_line, "col": span.column + 1}
    return point if span.column == span.end_column else {**point, "endColumn": span.end_column + 1}
