"""Findings of files that have not changed, and whose modules have not.

In: a text, options, and the modules that were asked for while it was judged. Out: its findings, if all of
that is as it was
then. Never: judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flake8_valuetask.finding import Finding, Place
from flake8_valuetask.options import Options
from flake8_valuetask.project import Library, Project
from flake8_valuetask.project.cache import digest
from flake8_valuetask.source import Span


class Recall:
    """What is kept for one file; nothing for text without a file, or without a cache."""

    def __init__(self, library: Library, filename: str, lines: Iterable[str], options: Options) -> None:
        self._library = library
        self._project = library.project(filename)
        self._name = f"findings of {self._project.path}" if library.cache.folder and self._project.path else ""
        self._stamp = (_digest(lines, options), *self._project.place.roots) if self._name else ()

    def get(self) -> list[Finding] | None:
        """The findings of then, or None if anything is different."""
        kept = self._library.cache.get(self._name, self._stamp) if self._name else None
        if kept is None:
            return None
        try:
            if all(self._library.trace(name, self._project.place.roots) == then for name, then in kept["asked"]):
                return [_finding(each) for each in kept["findings"]]
        except (KeyError, TypeError, ValueError):
            return None  # of another shape: judged anew
        return None

    def put(self, findings: Sequence[Finding], project: Project) -> None:
        """Keep findings, with a trace of each module that was asked for."""
        if not self._name or any(finding.code == "VT000" for finding in findings):
            return
        asked = [[name, self._library.trace(name, project.place.roots)] for name in sorted(project.asked)]
        self._library.cache.put(self._name, self._stamp, {"asked": asked, "findings": findings})


def _digest(lines: Iterable[str], options: Options) -> str:
    return digest("".join([*lines, repr(options.key)]))


def _finding(data: Any) -> Finding:
    span, code, message, places = data
    return Finding(Span(*span), code, message, tuple(Place(Span(*at), phrase) for at, phrase in places))
