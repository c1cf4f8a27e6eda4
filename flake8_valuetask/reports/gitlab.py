"""The report that GitLab's code quality reads.

In: entries. Out: a JSON array. Never: line numbers in fingerprints, which GitLab compares between commits.
"""

from __future__ import annotations

import json

from flake8_valuetask.reports.entries import Entry

_SEVERITIES = {"error": "critical", "warning": "major", "note": "minor"}


def render(entries: list[Entry]) -> str:
    """The report; an empty array says that nothing was found."""
    return json.dumps([_issue(entry) for entry in entries], indent=2, ensure_ascii=False) + "\n"


def _issue(entry: Entry) -> dict[str, object]:
    return {
        "description": f"{entry.code} {entry.message}",
        "check_name": entry.code,
        "fingerprint": entry.fingerprint,
        "severity": _SEVERITIES[entry.level],
        "location": {"path": entry.path, "lines": {"begin": entry.span.line, "end": entry.span.end_line}},
    }
