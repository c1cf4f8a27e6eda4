"""One file while it is edited: functions that have not changed are not analysed anew.

In: version after version of a module. Out: the findings of each. A function keeps its reports while its text and
what the module declares are the same, it names nothing whose meaning may have changed, and no function that was looked
into for it has changed; its lines may move. Never: output.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_valuetask import refs
from flake8_valuetask.analyze import Analysis, Judged
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.project import library
from flake8_valuetask.project.collections import without_collections
from flake8_valuetask.refs import Ref
from flake8_valuetask.source import Source
from flake8_valuetask.survey.versions import Versions

if TYPE_CHECKING:
    from flake8_valuetask.survey import Binding, Body, Parameter, Scope, Survey

_WORD = re.compile(r"(\.?)[ \t]*\b([^\W\d]\w*)")


def _words(text: str) -> frozenset[str]:
    """The names in a text; attributes with a dot before them."""
    return frozenset(dot + word for dot, word in _WORD.findall(text))


@dataclass(slots=True)
class _Kept:
    """What is known of one outermost function: its text, first line, words, what others see of it, its reports (None
    if it is no suspect), and the functions that were looked into for them."""

    text: str
    line: int
    words: frozenset[str]
    face: Face
    judged: Judged | None = None
    asked: frozenset[str] = frozenset()


@dataclass
class Session:
    """The versions of one file; `judgements` counts the bodies that were analysed."""

    filename: str
    options: Options = field(default_factory=Options)
    judgements: int = 0
    _declared: dict[str, Any] = field(default_factory=dict)
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
        analysis, lines = Analysis(source, self.options, surveyed=survey), source.lines
        declared = dict(_declared(analysis.survey.scope))
        names = _differing(declared, self._declared)
        before = {} if _ALL in names else self._kept
        keys = _keys(analysis.survey)
        now = _now(analysis.survey, keys, lines, before)
        stale = _stale(now, before, names)
        found: set[Finding] = set()
        for body in analysis.survey.bodies:
            found.update(self._judged(analysis, body, keys, now, stale))
        self._declared, self._kept = declared, now
        analysis.release()
        return sorted(found)

    def _judged(
        self, analysis: Analysis, body: Body, keys: dict[Scope, str], now: dict[str, _Kept], stale: frozenset[str]
    ) -> list[Finding]:
        """The findings of one body: kept ones where they still hold; the code of the module is judged anew."""
        key = keys.get(body.scope, "")
        if key and key not in stale:
            judged = now[key].judged
        else:
            judged = analysis.judged(body.scope) if analysis.suspects(body) else None
            self.judgements += judged is not None
        if key in stale:
            asked = analysis.trail.behind(body.scope)
            now[key] = replace(now[key], judged=judged, asked=frozenset(keys[each] for each in asked if each in keys))
        return [] if judged is None else judged.findings()


def _keys(survey: Survey) -> dict[Scope, str]:
    """A name for each outermost function: several can have the same one, as those of a property."""
    functions = [body.scope for body in survey.bodies if body.scope.kind == "function"]
    seen = Counter[str]()
    found: dict[Scope, str] = {}
    for function in functions:
        seen[function.qualname] += 1
        found[function] = f"{function.qualname} {seen[function.qualname]}"
    return found


def _now(survey: Survey, keys: dict[Scope, str], lines: Sequence[str], kept: dict[str, _Kept]) -> dict[str, _Kept]:
    """The outermost functions as they are now; of unchanged ones all that was known, moved to where they stand."""
    found: dict[str, _Kept] = {}
    loose = _loose(survey)
    for body in survey.bodies:
        scope = body.scope
        if scope not in keys:
            continue
        text, before = "".join(lines[scope.line - 1 : scope.end]), kept.get(keys[scope])
        if before is None or before.text != text:
            found[keys[scope]] = _Kept(text, scope.line, _words(text), _face(body, loose))
        else:
            judged = before.judged and before.judged.moved(scope.line - before.line)
            found[keys[scope]] = replace(before, line=scope.line, judged=judged)
    return found


def _stale(now: dict[str, _Kept], before: dict[str, _Kept], names: set[str]) -> frozenset[str]:
    """The functions that have to be judged anew: those with another text, those whose judgement looked into one of
    these, and those that say one of `names`, or the name of what others see differently because of them."""
    changed = {name for name, each in now.items() if name not in before or before[name].text != each.text}
    names = set(names)
    for name in changed & before.keys():
        if before[name].face != now[name].face:
            names |= now[name].face.names | before[name].face.names
    while more := {n for each in now.values() if each.face.says & names for n in each.face.names} - names:
        names |= more
    said = {name for name, each in now.items() if _ALL in names or each.words & names}
    return frozenset(changed | said | {name for name, each in now.items() if each.asked & changed})


class Face(NamedTuple):
    """What is seen of a function from outside of it, beside its signature: what it gives back, the attributes that it
    sets, what it passes where callers say what a parameter is, the local names behind all that, how it uses the
    attributes of its object. Whatever says one of `names` may mean something else if this changes; and this changes
    if one of the names that it `says` does."""

    given: Any
    kept: Any
    passed: Any
    behind: Any
    uses: Any
    names: frozenset[str]
    says: frozenset[str]


def _face(body: Body, loose: frozenset[str]) -> Face:
    scope, home = body.scope, body.scope.parent
    attributes, used = ({}, {}) if home is None or home.kind != "class" else (home.attributes, home.uses)
    kept = [(name, each) for name, found in attributes.items() for each in found if _holds(scope, each.line)]
    passed = [(tail, site.ref) for site in body.calls if (tail := site.tail) in loose]
    uses = [(name, use.how, use.looped) for name, found in used.items() for use in found if use.method is scope]
    given = [ref for function in body.functions if function.result is None for ref in function.returned]
    signature = [*scope.decorators, *filter(None, [scope.result])]
    signature += [binding.ref for parameter in scope.parameters for binding in scope.bindings[parameter.name]]
    behind, says = _behind([*given, *(ref for _, ref in passed), *(each.ref for _, each in kept)], body)
    names = {_said(scope), *(f".{name}" for name, *_ in [*kept, *uses])}
    names |= {said for tail, _ in passed for said in (tail, f".{tail}")}
    return Face(
        [_given(function) for function in body.functions],
        [(name, _declaration(each)) for name, each in kept],
        passed,
        behind,
        uses,
        frozenset(names),
        says.union(*map(refs.words, signature)),
    )


def _given(function: Scope) -> Any:
    """What a function gives back: where that is declared only what it passes on, and how it ends."""
    names = {ref.id if isinstance(ref, refs.Name) else "" for ref in function.returned}
    told = function.returned if function.result is None else sorted(names)
    return told, function.may_return_true, function.generator, function.is_stub, function.ending


def _behind(found: list[Ref], body: Body) -> tuple[Any, frozenset[str]]:
    """What the local names in references are bound to, and those that these bindings name; and all names said."""
    bound: dict[str, Any] = {}
    said: set[str] = set()
    for ref in found:
        said |= set(refs.words(ref))
    waiting = list(said)
    while waiting:
        name = waiting.pop()
        for binding in [b for function in body.functions for b in function.bindings.get(name, ())]:
            bound.setdefault(name, []).append(_declaration(binding))
            more = set() if binding.scope is not None else set(refs.words(binding.ref)) - said
            said |= more
            waiting += more
    return bound, frozenset(said)


def _said(scope: Scope) -> str:
    """How others say the name of a function; what Python calls by itself nobody has to say."""
    if scope.name.startswith("__") and scope.name not in ("__init__", "__new__"):
        return _ALL
    if scope.name.startswith("__") and scope.parent is not None:
        return scope.parent.name
    return f".{scope.name}" if scope.parent is not None and scope.parent.kind == "class" else scope.name


def _holds(scope: Scope, line: int) -> bool:
    return scope.line <= line <= scope.end


def _loose(survey: Survey) -> frozenset[str]:
    """The names by which functions are called whose parameters are what their callers give them; of a class, too."""
    found = (f for body in survey.bodies for f in body.functions if any(_is_open(f, p) for p in f.parameters))
    return frozenset(f.parent.name if f.name == "__init__" and f.parent is not None else f.name for f in found)


def _is_open(function: Scope, parameter: Parameter) -> bool:
    return parameter.annotation is None and parameter.name != function.receiver


_ALL = "*"  # in the place of a name: anything may mean something else


def _differing(now: dict[str, Any], before: dict[str, Any]) -> set[str]:
    """How the names are said whose declaration is new, gone or another one."""
    missing = object()
    return {
        name.partition(" of ")[0]
        for name in now.keys() | before.keys()
        if now.get(name, missing) != before.get(name, missing)
    }


def _declared(scope: Scope) -> Iterator[tuple[str, Any]]:
    """What a module or class declares, by how it is said, without the lines where it does and what its functions do
    inside."""
    if scope.kind == "module":
        yield _ALL, (scope.stars, sorted(scope.patched))
    dot = "." if scope.kind == "class" else ""
    for name, bindings in scope.bindings.items():
        yield dot + name, [_declaration(binding) for binding in bindings]
        for binding in bindings:
            if binding.scope is not None and binding.scope.kind == "class":
                yield from ((f"{said} of {name}", told) for said, told in _declared(binding.scope))


def _declaration(binding: Binding) -> Any:
    if binding.scope is None:
        return binding.how, binding.target, binding.ref if binding.how not in ("import", "unknown") else None
    if binding.scope.kind == "class":
        return binding.scope.bases, binding.scope.decorators
    return _signature(binding.scope)


def _signature(function: Scope) -> Any:
    named = {p.name: function.bindings[p.name][0].ref for p in function.parameters if p.annotation is not None}
    shape = [(p.name, p.variety, p.default is None) for p in function.parameters]
    return function.is_async, function.generator, function.decorators, function.result, shape, named
