"""Loops: what is asked for an element, rounds, and the way on.

In: loops, and what is iterated over. Out: blocks with a way back. Never: what else is in their suites; verdicts.
"""

from __future__ import annotations

import ast

from flake8_valuetask import refs
from flake8_valuetask.events import Exhaust, HandOver, Next
from flake8_valuetask.graph import Block, Jump
from flake8_valuetask.lower import cases, conditions, containers, counters, emptiness, targets
from flake8_valuetask.lower.context import Loop, Lowering


@cases.statement(ast.While)
def _while(low: Lowering, node: ast.While) -> None:
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    low.goto(head)
    conditions.branch(low, node.test, body, emptiness.at_end(low, node.test, done), loop=True)
    _loop_body(low, node.body, body, head, after)
    low.block = done
    low.statements(node.orelse)
    low.goto(after)


@cases.statement(ast.For, ast.AsyncFor)
def _for(low: Lowering, node: ast.For | ast.AsyncFor) -> None:
    source = iterated(low, node.iter, isinstance(node, ast.AsyncFor))
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    counting = counters.begin(low, node)
    loop = iteration(low, node.iter, source, head, body, done)
    targets.assign(low, node.target, loop, None)
    counters.turn(low, node, counting)
    _loop_body(low, node.body, low.block, head, after)
    low.block = done
    low.statements(node.orelse)
    low.goto(after)


def iterated(low: Lowering, node: ast.expr, asynchronous: bool) -> str | None:
    """The place of what is iterated over. An `async def` without a body may be overridden by an async generator: of
    what `async for` gets from it nothing is known."""
    place = containers.elements(low, node, low.look(node))
    if place is not None and asynchronous and isinstance(node, ast.Call):
        if low.kinds.function(low.ref(node.func), low.scope).stub:
            low.emit(HandOver(low.at(node), place, "async for"))
            return None
    return place


def _loop_body(low: Lowering, suite: list[ast.stmt], body: Block, head: Block, after: Block) -> None:
    low.frames.append(Loop(after.id, head.id))
    low.block = body
    low.statements(suite)
    low.end(Jump(head.id, back=True))
    low.frames.pop()


def iteration(low: Lowering, node: ast.expr, source: str | None, head: Block, body: Block, done: Block) -> str | None:
    """Start a loop over `source`: `head` asks for the next element, `body` has it in the place
    that is returned, `done` follows the last one."""
    item = low.temporary() if source is not None else None
    at = low.at(node)
    if source is not None and item is not None:
        low.emit(Next(at, item, source, first=True))
    full = emptiness.full(low, node)
    if full is not None:  # then there is a first round, and only then
        low.branch(full, low.open(), done)
    if full is not None or _not_empty(low, node):
        low.goto(body)
        low.block = head
    else:
        low.goto(head)
    if not _safe(low, low.ref(node)):
        low.may_raise(node)
    low.branch(None, body, done)
    if source is not None and item is not None:
        done.events.append(Exhaust(at, source, at))
        low.block = body
        low.emit(Next(at, item, source))
    low.block = body
    return item


def _safe(low: Lowering, ref: refs.Ref) -> bool:
    """Whether to iterate over something raises nothing: a built-in container, a view of one."""
    if isinstance(ref, refs.Display) or conditions.harmless(low, ref):
        return True
    match ref:
        case refs.Call(refs.Attr(base, "values" | "items" | "keys"), ()):
            return low.kinds.built_in(base, low.scope)
        case _:
            return low.kinds.built_in(ref, low.scope)


def _not_empty(low: Lowering, node: ast.expr) -> bool:
    """Whether the first round of a loop over `node` is sure: a display, `range(3)`, or either of them numbered; 3 may
    have a name in the module."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(not isinstance(element, ast.Starred) for element in node.elts)
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as rounds)], keywords=[]):
            return rounds > 0
        case ast.Call(func=ast.Name(id="range"), args=[ast.Name(id=name)], keywords=[]):
            return low.place(name) is None and name not in low.foreign and (conditions.literal(low, name) or 0) > 0
        case ast.Call(func=ast.Name(id="enumerate" | "reversed"), args=[inner]):
            return _not_empty(low, inner)
        case _:
            return False
