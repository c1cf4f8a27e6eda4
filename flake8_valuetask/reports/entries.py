"""What the reports are made of: violations with ranges, paths and fingerprints.

In: flake8's violations; those of this plugin carry a `Finding` and the lines of the file. Out: an `Entry` each.
Never: a format, reading files.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flake8_valuetask.finding import Finding, Place
from flake8_valuetask.options import OPT_IN
from flake8_valuetask.source import Span


class Violation(Protocol):
    """flake8's record of a violation; lines and columns from 1."""

    code: str
    filename: str
    line_number: int
    column_number: int
    text: str
    physical_line: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A violation for a report. `places` are in the order of the path. `lines` are those that are known, by number,
    without their ends. `fingerprint` stays when lines above are added or removed."""

    path: str
    code: str
    message: str
    span: Span
    places: tuple[Place, ...] = ()
    lines: Mapping[int, str] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def level(self) -> str:
        """How much it matters: "error", "warning" or "note"."""
        if self.code == "VT000" or self.code.startswith("E9"):
            return "error"
        return "note" if self.code in OPT_IN else "warning"


def collect(violations: Iterable[Violation]) -> list[Entry]:
    """The entries for violations, in their order."""
    given = list(violations)
    known = {v.filename: _numbered(v.text) for v in given if isinstance(getattr(v.text, "finding", None), Finding)}
    counter: Counter[tuple[str, str, str]] = Counter()
    return [_entry(violation, known.get(violation.filename), counter) for violation in given]


def _numbered(message: object) -> dict[int, str]:
    """The lines that a message carries."""
    return {number: line.rstrip("\r\n") for number, line in enumerate(getattr(message, "lines", ()), 1)}


def _entry(violation: Violation, lines: Mapping[int, str] | None, counter: Counter[tuple[str, str, str]]) -> Entry:
    path, code, message = relative(violation.filename), violation.code, str(violation.text)
    finding = getattr(violation.text, "finding", None)
    line, column = max(violation.line_number, 1), max(violation.column_number - 1, 0)
    span, places = Span(line, column, line, column), tuple[Place, ...]()
    if isinstance(finding, Finding):
        span, places = finding.span, path_of(finding)
    if lines is None:
        lines = _single(line, violation.physical_line or "")
    text = lines.get(span.line, violation.physical_line or "").strip()
    counter[code, path, text] += 1
    number = counter[code, path, text]
    return Entry(path, code, message, span, places, lines, _fingerprint(code, path, text, str(number)))


def _single(number: int, physical: str) -> dict[int, str]:
    """The line of a violation, if flake8 gives just that line and not all lines of a string."""
    line = physical.rstrip("\r\n")
    return {} if not line or "\n" in line else {number: line}


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def path_of(finding: Finding) -> tuple[Place, ...]:
    """The places of a finding; where else the value may be made comes after the place where it is made."""
    others = tuple(place for place in finding.places if place.phrase.startswith("or "))
    rest = tuple(place for place in finding.places if place not in others)
    return rest[:1] + others + rest[1:]


def relative(filename: str) -> str:
    """A path with forward slashes: from the working directory if it is in there, else absolute."""
    path = os.path.normpath(filename)
    if os.path.isabs(path) or _outside(path):
        absolute = os.path.abspath(path)
        try:
            path = os.path.relpath(absolute)
        except ValueError:  # another drive
            path = absolute
        path = absolute if _outside(path) else path
    return path.replace(os.sep, "/")


def _outside(path: str) -> bool:
    return path.split(os.sep, 1)[0] == os.pardir
