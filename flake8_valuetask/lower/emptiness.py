"""Loops over containers without elements: whether there is a first round is what a test of the container says.

In: what a loop goes over, what it asks for. Out: the condition of its first round, the way behind its end. Never: how
many rounds there are.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from flake8_valuetask.events import Place
from flake8_valuetask.graph import Assume, Block, Condition
from flake8_valuetask.lower.context import Lowering

_MANY = 6  # questions beyond which nobody keeps the answer in mind


def full(low: Lowering, node: ast.expr) -> Condition | None:
    """Whether a container that the body is given has elements; None unless the body asks for that, too, or goes over it
    again, a few times at most: each value is looked at with all that its ways depend on."""
    place = _given(low, node)
    if place is None:
        return None
    if low.emptied is None:
        low.emptied = _asked(low.scope.node)
    return Condition("truth", place, names=frozenset({place})) if place in low.emptied else None


def at_end(low: Lowering, test: ast.expr, done: Block) -> Block:
    """Where a loop that a container ends by being empty leads: the way to `done`, on which that is known."""
    place = _given(low, test)
    if place is None:
        return done
    return low.close(Assume(Condition("truth", place, names=frozenset({place})), False, done.id))


def _given(low: Lowering, node: ast.expr) -> Place | None:
    """The place of a parameter that is a built-in container; what the body has made is followed as what it is."""
    bindings = low.scope.bindings.get(node.id, ()) if isinstance(node, ast.Name) else ()
    place = low.place(node.id) if isinstance(node, ast.Name) else None
    if place not in low.scope.bindings or not bindings or bindings[0].how != "parameter":
        return None
    return place if low.kinds.built_in(low.ref(node), low.scope) else None


def _asked(body: ast.AST) -> frozenset[str]:
    """The names of which a body asks more than once, but not many times, whether they hold anything: by tests, and by
    going over them."""
    found = Counter(name for node in ast.walk(body) for name in _names(node))
    return frozenset(name for name, times in found.items() if 1 < times <= _MANY)


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            yield from _tested(test)
        case ast.For(iter=ast.Name(id=name)) | ast.comprehension(iter=ast.Name(id=name)):
            yield name
        case _:
            pass


def _tested(test: ast.expr) -> Iterator[str]:
    match test:
        case ast.Name(id=name):
            yield name
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _tested(operand)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _tested(value)
        case _:
            pass
