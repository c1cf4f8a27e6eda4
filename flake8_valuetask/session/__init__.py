"""One file while it is edited: functions that have not changed are not analysed anew.

In: version after version of a module. Out: the findings of each. A function keeps its reports while its text and
what the module declares are the same, it names nothing whose meaning may have changed, and no function that was looked
into for it has changed; its lines may move. Never: output.
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
from flake8_valuetask.session import faces
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
    """What is known of one outermost function: its scope, text and first line, its words, what others see of it, its
    reports (None if it is no suspect), the functions that were looked into for them, and those that were asked for."""

    scope: Scope
    text: str
    line: int
    words: frozenset[str]
    face: Face
    judged: Judged | None = None
    into: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass
class Session:
    """The versions of one file; `judgements` counts the bodies that were analysed."""

    filename: str
    options: Options = field(default_factory=Options)
    judgements: int = 0
    _declared: Face = field(default_factory=dict)
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
        declared = faces.of_module(survey, loose)
        now = {key: self._version(body, key, source.lines, loose) for body, key in keys.items()}
        stale = _stale(now, self._kept, declared, self._declared)
        self._declared, self._loose, self._kept = declared, loose, now
        found: set[Finding] = set()
        scopes = {body.scope: key for body, key in keys.items()}
        for body in survey.bodies:
            found.update(self._judged(analysis, body, scopes, stale))
        analysis.release()
        return sorted(found)

    def _version(self, body: Body, key: str, lines: Sequence[str], loose: frozenset[str]) -> _Kept:
        """An outermost function as it is now; of an unchanged one all that was known, moved to where it stands."""
        scope, before = body.scope, self._kept.get(key)
        same = before is not None and before.scope is scope
        text = before.text if same and before else "".join(lines[scope.line - 1 : scope.end])
        if before is None or before.text != text:
            return _Kept(scope, text, scope.line, _words(text), faces.of_function(body, loose))
        face = before.face if loose == self._loose else faces.of_function(body, loose)
        judged = before.judged and before.judged.moved(scope.line - before.line)
        return replace(before, scope=scope, line=scope.line, face=face, judged=judged)

    def _judged(self, analysis: Analysis, body: Body, keys: dict[Scope, str], stale: frozenset[str]) -> list[Finding]:
        """The findings of one body: kept ones where they still hold; the code of the module is judged anew."""
        key = keys.get(body.scope, "")
        if key and key not in stale:
            judged = self._kept[key].judged
        else:
            judged = analysis.judged(body.scope) if analysis.suspects(body) else None
            self.judgements += judged is not None
        if key in stale:
            into, asked = (
                frozenset(keys[each] for each in found if each in keys) for found in analysis.trail.behind(body.scope)
            )
            self._kept[key] = replace(self._kept[key], judged=judged, into=into, asked=asked)
        return [] if judged is None else judged.findings()


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


def _stale(now: dict[str, _Kept], before: dict[str, _Kept], declared: Face, declared_before: Face) -> frozenset[str]:
    """The functions that have to be judged anew: those with another text, and those that say a name by which
    something else is seen; and those whose judgement looked into one of these, or asked for one with another text."""
    names = now.keys() | before.keys()
    changed = {name for name in names if name not in before or name not in now or before[name].text != now[name].text}
    differing = faces.differing(declared, declared_before)
    for name in changed:
        differing |= faces.differing(now[name].face if name in now else {}, before[name].face if name in before else {})
    differing = faces.reached(differing, [declared, *(each.face for each in now.values())])
    if faces.ALL in differing:
        return frozenset(now)
    other = changed | {name for name, each in now.items() if each.words & differing or _tells_lines(each)}
    return frozenset(name for name, each in now.items() if name in other or each.into & other or each.asked & changed)


def _tells_lines(kept: _Kept) -> bool:
    """Whether a report tells a line of another function, which may have moved."""
    reports = [] if kept.judged is None else kept.judged.reports
    return any(isinstance(value, int) for _, report in reports for value in report.fields.values())
