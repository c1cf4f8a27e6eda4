"""The counter of a loop: 0 in the first round, and in no later one.

In: a `for` over `range(n)` or `enumerate(...)` whose suite asks for that. Out: events and edges that say so. Never:
other loops.
"""

from __future__ import annotations

import ast
from typing import TypeAlias

from flake8_valuetask import refs
from flake8_valuetask.events import Bind, Place
from flake8_valuetask.graph import Assume, Condition
from flake8_valuetask.lower.context import Lowering

Counting: TypeAlias = tuple[Place, Place]
"""The place of a counter, and one that is true in the first round only."""


def begin(low: Lowering, node: ast.For | ast.AsyncFor) -> Counting | None:
    """Before the loop; None if it has no counter, or nobody asks whether it is 0."""
    name = _counter(low, node)
    place = None if name is None else low.place(name)
    if place is None or not any(_asks(inner, name) for statement in node.body for inner in ast.walk(statement)):
        return None
    low.temporaries += 1
    first = f"{place}'{low.temporaries}"
    low.emit(Bind(low.at(node), first, None, ("True",)))
    return place, first


def turn(low: Lowering, node: ast.For | ast.AsyncFor, counting: Counting | None) -> None:
    """A round begins: the counter has been bound."""
    if counting is None:
        return
    place, first = counting
    yes, no, both = low.open(), low.open(), low.open()
    low.branch(Condition("truth", first, names=frozenset({first})), yes, no)
    low.emit(Bind(low.at(node.target), place, None, ("0",)))
    for block in (yes, no):
        block.events.append(Bind(low.at(node.target), first, None, ("False",)))
    low.goto(both)
    names = frozenset({place})
    positive = low.close(Assume(Condition("above", place, "0", names), True, both.id))
    true = low.close(Assume(Condition("truth", place, names=names), True, positive.id))
    no.exit = Assume(Condition("equal", place, "0", names), False, true.id)


def _counter(low: Lowering, node: ast.For | ast.AsyncFor) -> str | None:
    match node.iter, node.target:
        case ast.Call(args=[_] | [ast.Constant(value=0), _]), ast.Name(id=name):
            wanted = "builtins.range"
        case ast.Call(args=[_], keywords=[]), ast.Tuple(elts=[ast.Name(id=name), _]):
            wanted = "builtins.enumerate"
        case _:
            return None
    ref = low.ref(node.iter)
    return name if isinstance(ref, refs.Call) and low.kinds.callee(ref, low.scope).path == wanted else None


def _asks(node: ast.AST, name: str | None) -> bool:
    """Whether a test asks if the name is 0."""
    match node:
        case ast.Compare(left=ast.Name(id=asked), comparators=[ast.Constant(value=0)]):
            return asked == name
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=asked)):
            return asked == name
        case ast.If(test=ast.Name(id=asked)) | ast.IfExp(test=ast.Name(id=asked)):
            return asked == name
        case _:
            return False
