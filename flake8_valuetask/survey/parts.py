"""The statements of a module one by one: each with what the pass tells of it, so that it can be kept and moved.

In: a statement at the margin, and the scope of its module. Out: a `Part`; the survey of a module from its parts, the
same as of one pass. Never: text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeVar

from flake8_valuetask.records import lazy, mutable_with_more
from flake8_valuetask.survey import Body, CallSite, Survey
from flake8_valuetask.survey.scopes import Binding, Scope
from flake8_valuetask.survey.walk import Walk

T = TypeVar("T")


@mutable_with_more
class Part:
    """A statement, and what it adds to the module: `told` holds that, as a scope would, and `bodies` begins with the
    code that is the module's own."""

    node: ast.stmt
    told: Scope
    bodies: list[Body]
    callers: dict[str, list[CallSite]]

    @property
    def line(self) -> int:
        """The first line, decorators included."""
        marks: list[int] = [each.lineno for each in getattr(self.node, "decorator_list", ())]
        return min([self.node.lineno, *marks])

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

    def release(self) -> None:
        """Undo the circles among its scopes; nothing can be asked of it any more."""
        for scope in self.told.children:
            scope.release()

    @lazy
    def _nodes(self) -> list[ast.AST]:
        """All that has a place in the text."""
        found: list[ast.AST] = []
        stack: list[ast.AST] = [self.node]
        while stack:
            node = stack.pop()
            fields = vars(node)
            if "lineno" in fields:
                found.append(node)
            for value in fields.values():
                if type(value) is list:
                    stack += [each for each in value if isinstance(each, ast.AST)]
                elif isinstance(value, ast.AST):
                    stack.append(value)
        return found

    @lazy
    def _scopes(self) -> list[Scope]:
        """The scopes that it opens, and what it adds to that of the module."""
        found = [self.told]
        for scope in found:  # which grows meanwhile
            found += scope.children
        return found

    @lazy
    def _bindings(self) -> list[Binding]:
        """All bindings, each once: a `global` statement puts one into another scope."""
        return [binding for scope in self._scopes for binding in _bindings(scope)]


def _bindings(scope: Scope) -> Iterator[Binding]:
    for named in (scope.bindings, scope.attributes, scope.comprehensions):
        for bindings in named.values():
            yield from bindings


def part(node: ast.stmt, module: Scope, package: bool) -> Part:
    """What a statement tells, which stands in a module (an `__init__`, if it is a `package`)."""
    empty(module)
    walk = Walk.part(module, node, package)
    told = Scope("module", "", None, module.node, module.module)
    vars(told).update(vars(module))
    return Part(node, told, walk.bodies, walk.callers)


def empty(module: Scope) -> None:
    """Forget what a module holds, which then can be filled again: the scopes in it refer to it."""
    kept = module.node, module.module
    vars(module).clear()
    Scope.__init__(module, "module", "", None, *kept)


def joined(parts: Sequence[Part], module: Scope, package: bool) -> Survey:
    """The survey of a module of these parts, whose scopes stand in `module`."""
    empty(module)
    body = Body(module)
    bodies, callers = [body], dict[str, list[CallSite]]()
    for each in parts:
        own, *others = each.bodies
        body.calls += own.calls
        body.awaits += own.awaits
        body.reads |= own.reads
        bodies += others
        _add(callers, each.callers)
        _include(module, each.told)
    if "__all__" in module.bindings:
        module.exports = _exports([each.node for each in parts if "__all__" in each.told.bindings], module, package)
    return Survey(module.module, module, bodies, callers, package)


def _include(module: Scope, told: Scope) -> None:
    """Add to a module what a part tells of it."""
    _add(module.bindings, told.bindings)
    _add(module.comprehensions, told.comprehensions)
    module.children += told.children
    module.elsewhere |= told.elsewhere
    module.stars += told.stars
    module.starred = told.starred or module.starred
    module.patched |= told.patched
    module.generator |= told.generator
    module.returns += told.returns


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
