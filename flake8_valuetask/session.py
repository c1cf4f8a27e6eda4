"""One file while it is edited: functions that have not changed are not analysed anew.

In: version after version of a module. Out: the findings of each. A function keeps its reports while its text
and what the module declares are the same, and it names nothing whose meaning may have changed; its lines may
move. Never: output.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flake8_valuetask.analyze import Analysis, Judged
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.source import Source

if TYPE_CHECKING:
    from flake8_valuetask.survey import Binding, Scope, Survey

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Kept:
    """What is known of one outermost function: its text, first line, words and reports."""

    text: str
    line: int
    words: frozenset[str]
    judged: Judged | None


@dataclass
class Session:
    """The versions of one file; `judgements` counts the bodies that were analysed."""

    filename: str
    options: Options = field(default_factory=Options)
    judgements: int = 0
    _declared: Any = None
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def findings(self, tree: ast.Module, lines: Sequence[str]) -> list[Finding]:
        """The findings of the version with this text."""
        analysis = Analysis(Source(tuple(lines), tree, self.filename), self.options)
        declared = _declared(analysis.survey.scope)
        kept = self._kept if declared == self._declared else {}
        now = {scope.qualname: _Kept(*_text(scope, lines), None) for scope in _outermost(analysis.survey)}
        changed = _affected(now, kept, analysis.survey)
        found: set[Finding] = set()
        for scope in analysis.suspects():
            found.update(self._judged(analysis, scope, now, kept, changed))
        self._declared, self._kept = declared, now
        return sorted(found)

    def _judged(
        self, analysis: Analysis, scope: Scope, now: dict[str, _Kept], kept: dict[str, _Kept], changed: frozenset[str]
    ) -> Iterator[Finding]:
        """The findings of one body: kept ones where they still hold."""
        current, before = now.get(scope.qualname), kept.get(scope.qualname)
        if current is None:
            self.judgements += 1
            yield from analysis.judged(scope).findings()
            return
        same = before is not None and not _differs(current, before) and not current.words & changed
        if same and before is not None and before.judged is not None:
            current.judged = before.judged.moved(current.line - before.line)
        else:
            self.judgements += 1
            current.judged = analysis.judged(scope)
        yield from current.judged.findings()


def _differs(current: _Kept, before: _Kept | None) -> bool:
    return before is None or current.text != before.text


def _outermost(survey: Survey) -> Iterator[Scope]:
    return (body.scope for body in survey.bodies if body.scope.kind == "function")


def _text(scope: Scope, lines: Sequence[str]) -> tuple[str, int, frozenset[str]]:
    text = "".join(lines[scope.line - 1 : scope.end])
    return text, scope.line, frozenset(_WORD.findall(text))


def _declared(scope: Scope) -> list[Any]:
    """What a module or class declares, without the lines where it does and what its functions do inside."""
    found: list[Any] = [scope.stars, scope.bases, scope.decorators]
    for name, bindings in [*scope.bindings.items(), *scope.attributes.items()]:
        found.append((name, [_declaration(binding) for binding in bindings]))
    return found


def _declaration(binding: Binding) -> Any:
    if binding.scope is None:
        return binding.how, binding.target, binding.ref if binding.how not in ("import", "unknown") else None
    return _declared(binding.scope) if binding.scope.kind == "class" else _signature(binding.scope)


def _signature(function: Scope) -> Any:
    named = {p.name: function.bindings[p.name][0].ref for p in function.parameters if p.annotation is not None}
    shape = [(p.name, p.variety, p.default is None) for p in function.parameters]
    return function.is_async, function.generator, function.decorators, function.result, shape, named


def _affected(now: dict[str, _Kept], before: dict[str, _Kept], survey: Survey) -> frozenset[str]:
    """The names whose meaning may have changed: of functions with another text, of the attributes that they set,
    and of functions that use such names."""
    names = {_tail(name) for name, each in now.items() if _differs(each, before.get(name))}
    names |= {_tail(name) for name in before.keys() - now.keys()}
    names |= set(_set_by(names, survey))
    while True:
        more = {_tail(name) for name, each in now.items() if each.words & names} - names
        if not more:
            return frozenset(names)
        names |= more


def _set_by(functions: set[str], survey: Survey) -> Iterator[str]:
    for body in survey.bodies:
        home = body.scope.parent
        if body.scope.name in functions and home is not None:
            for name, bindings in home.attributes.items():
                if any(body.scope.line <= binding.line <= body.scope.end for binding in bindings):
                    yield name


def _tail(name: str) -> str:
    return name.rpartition(".")[2]
