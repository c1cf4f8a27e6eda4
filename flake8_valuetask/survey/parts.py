"""The statements of a module one by one: each with what the pass tells of it, so that it can be kept and moved.

In: a statement at the margin or in a class there, and the scope of that. Out: a `Part`; the survey of a module from its
parts, the same as of one pass. Never: text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeVar

from flake8_valuetask.records import lazy, made, mutable_with_more
from flake8_valuetask.survey import Body, CallSite, Survey
from flake8_valuetask.survey.scopes import Binding, Scope
from flake8_valuetask.survey.walk import Walk

T = TypeVar("T")


@mutable_with_more
class Part:
    """A statement, and what it adds to the module: `told` holds that, as a scope would, and `bodies` begins with the
    code that is the module's own. Of a statement in a class `within` holds what it adds to that; of a class that is
    surveyed statement by statement `parts` are these, behind what stands in its head."""

    node: ast.stmt
    told: Scope
    bodies: list[Body]
    callers: dict[str, list[CallSite]]
    within: Scope | None = None
    parts: list[Part] = made(factory=list)

    @property
    def line(self) -> int:
        """The first line, decorators included."""
        marks: list[int] = [each.lineno for each in getattr(self.node, "decorator_list", ())]
        return min([self.node.lineno, *marks])

    @property
    def scope(self) -> Scope:
        """The scope of a class."""
        return self.told.children[0]

    def move(self, lines: int) -> None:
        """Let the statement stand so many lines further down."""
        for node in self._nodes:
            node.lineno += lines  # type: ignore[attr-defined]
            node.end_lineno += lines  # type: ignore[attr-defined]
        for binding in self._bindings:
            binding.line += lines
        for scope in self._scopes:
            vars(scope).pop("line", None)
            vars(scope).pop("end", None)
            scope.starred += lines if scope.starred else 0
        for part in self.parts[1:]:
            part.move(lines)

    def release(self) -> None:
        """Undo the circles among its scopes; nothing can be asked of it any more."""
        for home in filter(None, (self.told, self.within)):
            for scope in home.children:
                scope.release()

    @lazy
    def _nodes(self) -> list[ast.AST]:
        """All that has a place in the text, but for what other parts have."""
        found: list[ast.AST] = []
        stack: list[ast.AST] = [self.node]
        while stack:
            node = stack.pop()
            fields = vars(node)
            if "lineno" in fields:
                found.append(node)
            for name, value in fields.items():
                if type(value) is list:
                    apart = name == "body" and node is self.node and self.parts
                    stack += [] if apart else [each for each in value if isinstance(each, ast.AST)]
                elif isinstance(value, ast.AST):
                    stack.append(value)
        return found

    @property
    def _homes(self) -> list[Scope]:
        """What it adds to other scopes; of a class only what its head adds."""
        first = self.parts[0] if self.parts else self
        return [home for home in (first.told, first.within) if home is not None]

    @lazy
    def _scopes(self) -> list[Scope]:
        """The scopes that it opens, and what it adds to others."""
        found = self._homes
        for scope in found if not self.parts else ():  # which grows meanwhile
            found += scope.children
        return [*found, self.scope] if self.parts else found

    @lazy
    def _bindings(self) -> list[Binding]:
        """All bindings, each once: a `global` statement puts one into another scope."""
        return [binding for scope in self._scopes[: 1 if self.parts else None] for binding in _bindings(scope)]


def _bindings(scope: Scope) -> Iterator[Binding]:
    for named in (scope.bindings, scope.attributes, scope.comprehensions):
        for bindings in named.values():
            yield from bindings


def part(node: ast.stmt, module: Scope, package: bool) -> Part:
    """What a statement tells, which stands in a module (an `__init__`, if it is a `package`)."""
    if isinstance(node, ast.ClassDef):
        found = _part(node, module, package, flat=True)
        parts = [found, *(member(each, found.scope, package) for each in node.body)]
        if not any(map(leads_on, parts)):
            whole = Part(node, found.told, [], {}, parts=parts)
            gather(whole)
            return whole
    return _part(node, module, package)


def member(node: ast.stmt, home: Scope, package: bool) -> Part:
    """What a statement tells that stands in a class of a module."""
    assert home.parent is not None
    return _part(node, home.parent, package, home)


def leads_on(part: Part) -> bool:
    """Whether a statement of a class changes what others in it tell."""
    return part.within is not None and (bool(part.within.elsewhere) or "__all__" in part.within.bindings)


def _part(node: ast.stmt, module: Scope, package: bool, home: Scope | None = None, flat: bool = False) -> Part:
    _empty(module)
    if home is not None:
        _empty(home)
    walk = Walk.part(module, home or module, node, package, flat)
    return Part(node, _copy(module), walk.bodies, walk.callers, None if home is None else _copy(home))


def _copy(scope: Scope) -> Scope:
    found = Scope(scope.kind, scope.name, scope.parent, scope.node, scope.module)
    vars(found).update(vars(scope))
    return found


def _empty(scope: Scope) -> None:
    """Forget what a scope holds, which then can be filled again: the scopes in it refer to it."""
    kept = scope.kind, scope.name, scope.parent, scope.node, scope.module
    vars(scope).clear()
    Scope.__init__(scope, *kept)


def gather(part: Part) -> None:
    """Let a class tell what its parts tell together; it ends where the last one does."""
    _, *members = part.parts
    last = members[-1].node
    part.node.end_lineno, part.node.end_col_offset = last.end_lineno, last.end_col_offset
    part.node.body = [each.node for each in members]  # type: ignore[attr-defined]
    _empty(part.scope)
    for each in members:
        if each.within is not None:
            _include(part.scope, each.within)
    module = Scope("module", "", None, part.told.node, part.told.module)
    part.bodies, part.callers = _filled(part.parts, module)
    part.told = module


def joined(parts: Sequence[Part], module: Scope, package: bool) -> Survey:
    """The survey of a module of these parts, whose scopes stand in `module`."""
    _empty(module)
    bodies, callers = _filled(parts, module)
    if "__all__" in module.bindings:
        module.exports = _exports([each.node for each in parts if "__all__" in each.told.bindings], module, package)
    return Survey(module.module, module, bodies, callers, package)


def _filled(parts: Sequence[Part], module: Scope) -> tuple[list[Body], dict[str, list[CallSite]]]:
    """The bodies and callers of parts together; a module is filled with what they add to it."""
    body = Body(module)
    bodies, callers = [body], dict[str, list[CallSite]]()
    for each in parts:
        own, *others = each.bodies
        body.calls += own.calls
        body.awaits += own.awaits
        body.reads |= own.reads
        body.matches += own.matches
        bodies += others
        _add(callers, each.callers)
        _include(module, each.told)
    return bodies, callers


def _include(home: Scope, told: Scope) -> None:
    """Add to a scope what a part tells of it."""
    _add(home.bindings, told.bindings)
    _add(home.attributes, told.attributes)
    _add(home.uses, told.uses)
    _add(home.comprehensions, told.comprehensions)
    home.children += told.children
    home.elsewhere |= told.elsewhere
    home.stars += told.stars
    home.starred = told.starred or home.starred
    home.patched |= told.patched
    home.generator |= told.generator
    home.returns += told.returns


def _add(all_of: dict[str, list[T]], more: dict[str, list[T]]) -> None:
    for name, found in more.items():
        all_of.setdefault(name, []).extend(found)


def _exports(nodes: Sequence[ast.stmt], module: Scope, package: bool) -> list[str] | None:
    """What these statements say that a module exports; one may add to what another one lists."""
    alone = Scope("module", "", None, module.node, module.module)
    Walk.over(alone, nodes, package)
    found = alone.exports
    alone.release()
    return found
