"""SARIF 2.1.0, for code scanning and for viewers that walk along a path.

In: entries. Out: JSON. Never: absolute paths of files in the working directory, times.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from flake8_valuetask import __version__, rules
from flake8_valuetask.reports import rulebook
from flake8_valuetask.reports.entries import Entry
from flake8_valuetask.reports.rulebook import Facts
from flake8_valuetask.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(entries: list[Entry]) -> str:
    """A log with one run."""
    own = rules.load()
    codes = [*own, *sorted({entry.code for entry in entries} - own.keys())]
    levels = {entry.code: entry.level for entry in entries}
    home = rulebook.home()
    driver: dict[str, Any] = {
        "name": "flake8-valuetask",
        "version": __version__,
        "semanticVersion": __version__,
        **({"informationUri": home} if home else {}),
        "rules": [_rule(rulebook.facts(code), levels.get(code, "warning")) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The directory in which flake8 was started."}}},
        "results": [_result(entry, codes.index(entry.code)) for entry in entries],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(facts: Facts, level: str) -> dict[str, Any]:
    enabled = {"enabled": False} if facts.opt_in else {}
    page = rulebook.link(facts.code)
    return {
        "id": facts.code,
        **({"name": facts.name.title().replace("-", "")} if facts.name else {}),
        "shortDescription": {"text": facts.summary},
        "fullDescription": {"text": facts.description},
        "help": {"text": facts.text, "markdown": facts.markdown},
        **({"helpUri": page} if page else {}),
        "defaultConfiguration": {**enabled, "level": "note" if facts.opt_in else level},
    }


def _result(entry: Entry, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": entry.code,
        "ruleIndex": index,
        "level": entry.level,
        "message": {"text": entry.message},
        "locations": [_location(entry, entry.span)],
        "partialFingerprints": {"valuetaskFinding/v1": entry.fingerprint},
    }
    if len(entry.places) > 1:
        steps = [_location(entry, place.span, place.phrase) for place in entry.places]
        flow = [{"location": step, "executionOrder": number} for number, step in enumerate(steps, 1)]
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    related = [place for place in entry.places if place.span != entry.span]
    if related:
        result["relatedLocations"] = [
            {"id": number, **_location(entry, place.span, place.phrase)} for number, place in enumerate(related, 1)
        ]
    return result


def _location(entry: Entry, span: Span, phrase: str = "") -> dict[str, Any]:
    place = {"artifactLocation": _artifact(entry.path), "region": _region(span)}
    return {"physicalLocation": place, **({"message": {"text": phrase}} if phrase else {})}


def _artifact(path: str) -> dict[str, str]:
    if PurePath(path).is_absolute():
        return {"uri": PurePath(path).as_uri()}
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    """Lines and columns from 1, the end excluded; a point has no end."""
    region = {"startLine": span.line, "startColumn": span.column + 1}
    if (span.line, span.column) != (span.end_line, span.end_column):
        region |= {"endLine": span.end_line, "endColumn": span.end_column + 1}
    return region
