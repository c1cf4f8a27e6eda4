"""One file while it is edited: bodies that have not changed are not analysed anew.

In: version after version of a module. Out: the findings of each. A function, or the code around functions, keeps its
reports while its text is the same, it names nothing whose meaning may have changed, and no function that was looked
into for it is another one; its lines may move. Never: output.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_valuetask.analyze import Analysis, Judged
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.project import library
from flake8_valuetask.project.collections import without_collections
from flake8_valuetask.session import code, faces
from flake8_valuetask.session.faces import Face
from flake8_valuetask.source import Source
from flake8_valuetask.survey.versions import Versions

if TYPE_CHECKING:
    from flake8_valuetask.survey import Body, Scope, Survey

_WORD = re.compile(r"(\.?)[\s\\]*\b([^\W\d]\w*)")


def _words(text: str) -> frozenset[str]:
    """The names in a text; attributes with a dot before them."""
    return frozenset(dot + word for dot, word in _WORD.findall(text))


@dataclass(slots=True)
class _Kept:
    """What is known of one body: its scope, text and lines, its words, what others see of it, its reports (None if it
    is no suspect), the functions that were looked into for them, and those that were asked for."""

    scope: Scope
    text: str
    lines: Sequence[int]
    words: frozenset[str]
    face: Face
    judged: Judged | None = None
    into: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()

    def move(self, lines: Sequence[int]) -> None:
        """The same text stands on other lines now."""
        if self.judged is not None and self.judged.spans and lines != self.lines:
            self.judged = self.judged.moved(dict(zip(self.lines, lines, strict=True)))
        self.lines = lines

    def reaches_out(self) -> bool:
        """Whether a report tells a line of something else, which may have moved."""
        if self.judged is None or not (self.judged.spans or self.judged.failure):
            return False
        told = (value for _, report in self.judged.reports for value in report.fields.values())
        ends = {line for span in self.judged.spans.values() for line in (span.line, span.end_line)}
        failed = self.judged.failure is not None
        return failed or any(isinstance(value, int) for value in told) or not ends.issubset(self.lines)


@dataclass
class Session:
    """The versions of one file; `judgements` counts the bodies that were analysed."""

    filename: str
    options: Options = field(default_factory=Options)
    judgements: int = 0
    _loose: frozenset[str] = frozenset()
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def findings(self, lines: Sequence[str]) -> list[Finding] | None:
        """The findings of the version with this text, whose lines `source` has read; None if it is no Python."""
        with without_collections():
            read = self._versions.read(lines)
            return None if read is None else self._findings(*read)

    @cached_property
    def _versions(self) -> Versions:
        place = library(self.options.search).project(self.filename).place
        return Versions(self.filename, place.module, place.package)

    def _findings(self, source: Source, survey: Survey) -> list[Finding]:
        analysis = Analysis(source, self.options, surveyed=survey)
        loose, keys = faces.loose(survey), _keys(survey)
        now = {key: self._version(body, key, source.lines, loose) for body, key in keys.items()}
        now[_CODE] = self._code(analysis, faces.of_module(survey, loose))
        stale = _stale(now, self._kept)
        self._loose, self._kept = loose, now
        scopes = {kept.scope: key for key, kept in now.items()}
        for body in survey.bodies:
            if scopes[body.scope] in stale:
                self._judge(analysis, body, scopes)
        analysis.release()
        return sorted(
            {finding for kept in now.values() if kept.judged is not None for finding in kept.judged.findings()}
        )

    def _version(self, body: Body, key: str, lines: Sequence[str], loose: frozenset[str]) -> _Kept:
        """An outermost function as it is now; of an unchanged one all that was known, moved to where it stands."""
        scope, before = body.scope, self._kept.get(key)
        own = range(scope.line, scope.end + 1)
        same = before is not None and before.scope is scope
        text = before.text if same and before else "".join(lines[scope.line - 1 : scope.end])
        if before is None or before.text != text:
            return _Kept(scope, text, own, _words(text).union(faces.around(scope)), faces.of_function(body, loose))
        before.scope = scope
        before.face = before.face if loose == self._loose else faces.of_function(body, loose)
        before.move(own)
        return before

    def _code(self, analysis: Analysis, face: Face) -> _Kept:
        """The code outside of functions as it is now."""
        survey, lines, before = analysis.survey, analysis.source.lines, self._kept.get(_CODE)
        own = code.numbers(survey, len(lines))
        text = code.text(survey, lines, own, analysis.shared())
        if before is None or before.text != text:
            words = _words(text)
            return _Kept(survey.scope, text, own, words | {f".{word}" for word in words}, face)
        now = replace(before, face=face)
        now.move(own)
        return now

    def _judge(self, analysis: Analysis, body: Body, keys: dict[Scope, str]) -> None:
        """Judge a body anew."""
        kept = self._kept[keys[body.scope]]
        kept.judged = analysis.judged(body.scope) if analysis.suspects(body) else None
        self.judgements += kept.judged is not None
        into, asked = analysis.trail.behind(body.scope)
        kept.into = frozenset(keys[each] for each in into if each in keys)
        kept.asked = frozenset(keys[each] for each in asked if each in keys)


_CODE = ""
"""In the place of the name of a function: the code around all of them."""


def _keys(survey: Survey) -> dict[Body, str]:
    """A name for each outermost function: several can have the same one, as those of a property."""
    functions = [body for body in survey.bodies if body.scope.kind == "function"]
    seen = Counter[str]()
    found: dict[Body, str] = {}
    for body in functions:
        name = body.scope.qualname
        seen[name] += 1
        found[body] = f"{name} {seen[name]}"
    return found


def _stale(now: dict[str, _Kept], before: dict[str, _Kept]) -> frozenset[str]:
    """The bodies that have to be judged anew: those with another text, and those that say a name by which something
    else is seen; and those whose judgement looked into one of these, or asked for one with another text."""
    changed = {name for name in now.keys() | before.keys() if _text(now, name) != _text(before, name)}
    differing: set[str] = set()
    for name in changed | {_CODE}:
        differing |= faces.differing(*(each[name].face if name in each else {} for each in (now, before)))
    differing = faces.reached(differing, [each.face for each in now.values()])
    if faces.ALL in differing:
        return frozenset(now)
    other = changed | {name for name, each in now.items() if each.words & differing or each.reaches_out()}
    return frozenset(name for name, each in now.items() if name in other or each.into & other or each.asked & changed)


def _text(kept: dict[str, _Kept], name: str) -> str | None:
    return kept[name].text if name in kept else None
