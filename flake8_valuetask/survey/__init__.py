"""One pass over the tree that flake8 has parsed: names, signatures, and what needs a closer look.

In: an `ast.Module`. Out: a `Survey`: scopes with their bindings, the calls of the module, and for
each outermost body the expressions that may hold a one-shot value. Never: control flow,
kinds (whether `fetch()` makes something is not asked here).
"""

from __future__ import annotations

import ast

from flake8_valuetask import refs
from flake8_valuetask.records import made, mutable_with_more
from flake8_valuetask.survey import reading
from flake8_valuetask.survey.scopes import RAISE, AttributeUse, Binding, Parameter, Scope

__all__ = [
    "RAISE",
    "AttributeUse",
    "Binding",
    "Body",
    "CallSite",
    "Parameter",
    "Scope",
    "Survey",
    "survey",
]


class CallSite:
    """A call: where it is, and whether what it makes is `settled` on the spot: awaited, returned or raised, so that
    nothing else can happen to it."""

    __slots__ = ("_func", "_named", "_ref", "node", "scope", "settled")

    def __init__(self, node: ast.Call, scope: Scope, settled: bool) -> None:
        self.node = node
        self.scope = scope
        self.settled = settled
        self._func: refs.Ref | None = None
        self._ref: refs.Call | None = None
        self._named: dict[str | None, ast.expr] | None = None

    @property
    def tail(self) -> str:
        """The last name of what is called; "" if it has none."""
        func = self.node.func
        return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")

    @property
    def ref(self) -> refs.Call:
        """The call as a reference."""
        if self._ref is None:
            self._ref = refs.Call(self.func, reading.arguments(self.node))
        return self._ref

    @property
    def func(self) -> refs.Ref:
        """What is called, as a reference."""
        if self._func is None:
            self._func = reading.value(self.node.func)
        return self._func

    @property
    def asked(self) -> tuple[str, refs.Ref] | None:
        """Of `isinstance(name, classes)` the name and the classes; None of any other call."""
        match self.node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), classes], keywords=[]):
                return name, reading.classes(classes)
            case _:
                return None

    @property
    def named(self) -> dict[str | None, ast.expr]:
        """The arguments that are given by a name."""
        if self._named is None:
            self._named = {keyword.arg: keyword.value for keyword in self.node.keywords}
        return self._named

    def argument(self, parameter: Parameter, position: int | None) -> list[refs.Ref]:
        """The arguments that reach `parameter`, which stands at `position` among the arguments."""
        if parameter.variety == "star" and position is not None:
            return [reading.value(a) for a in self.node.args[max(position, 0) :]]
        if position is not None and 0 <= position < len(self.node.args):
            found: list[ast.expr] = [self.node.args[position]]
        else:
            found = [self.named[parameter.name]] if parameter.name in self.named else []
        return [reading.value(a) for a in found]


@mutable_with_more
class Body:
    """An outermost function, or the code of the module and its classes: a unit of analysis."""

    scope: Scope
    calls: list[CallSite] = made(factory=list)
    awaits: list[tuple[ast.expr, Scope]] = made(factory=list)
    functions: list[Scope] = made(factory=list)
    reads: set[str] = made(factory=set)  # the names of attributes
    matches: list[tuple[ast.Match, Scope]] = made(factory=list)


@mutable_with_more
class Survey:
    """What one pass tells about a module."""

    name: str
    scope: Scope
    bodies: list[Body]
    callers: dict[str, list[CallSite]]
    package: bool = False


def survey(tree: ast.Module, name: str = "", package: bool = False) -> Survey:
    """Survey `tree`, the module `name` (dotted; "" if unknown); `package` for an `__init__`."""
    from flake8_valuetask.survey.walk import Walk

    walk = Walk(tree, name, package)
    return Survey(name, walk.module, walk.bodies, walk.callers, package)
