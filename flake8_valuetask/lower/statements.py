"""Statements: sequence, branches, loops, exceptions, ways out.

In: statement nodes. Out: blocks and events. Never: expressions (they have their own modules),
verdicts.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Delete, Drop, Exhaust, HandOver, Make, Next, Use
from flake8_valuetask.graph import Block, BlockId, Condition, Jump
from flake8_valuetask.lower import cases, conditions, definitions, patterns, targets
from flake8_valuetask.lower.context import Final, Loop, Lowering
from flake8_valuetask.survey import reading

Trying: TypeAlias = ast.Try  # or a TryStar, from Python 3.11 on: the same fields


@cases.statement(ast.Pass, ast.Global, ast.Nonlocal, *cases.since("TypeAlias"))
def _nothing(low: Lowering, node: ast.stmt) -> None:
    """These do nothing with values; the survey has read them."""


@cases.statement(ast.Import, ast.ImportFrom)
def _import(low: Lowering, node: ast.Import | ast.ImportFrom) -> None:
    low.may_raise(node)
    for alias in node.names:
        if alias.name != "*":
            targets.bind(low, node, alias.asname or alias.name.partition(".")[0], None)


@cases.statement(ast.Expr)
def _expression(low: Lowering, node: ast.Expr) -> None:
    place = low.expression(node.value)
    if place is not None and node in low.doomed:
        low.emit(HandOver(low.at(node.value), place, "raises"))
    elif place is not None and place.startswith("%"):
        low.emit(Drop(low.at(node.value), place))
    called = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(called, ast.Call) and conditions.never(low, called, awaited=called is not node.value):
        low.raising(node)


@cases.statement(ast.Assign)
def _assign(low: Lowering, node: ast.Assign) -> None:
    if len(node.targets) == 1 and targets.parallel(low, node.targets[0], node.value):
        return
    if isinstance(node.value, ast.Lambda) and definitions.named_lambda(low, node.targets[0], node.value):
        return
    place = low.expression(node.value)
    for target in node.targets:
        targets.assign(low, target, place, node.value)
        _answer(low, target, node.value)


def _answer(low: Lowering, target: ast.expr, value: ast.expr) -> None:
    """`ready = page.done()`: the name stands for the outcome, if both are bound only once."""
    if not isinstance(target, ast.Name) or len(low.scope.bindings.get(target.id, ())) != 1:
        return
    condition = conditions.outcome(low, value)
    if condition is not None and all(len(low.scope.bindings.get(n, ())) <= 1 for n in condition.names):
        low.answers[target.id] = condition


@cases.statement(ast.AnnAssign)
def _annotated(low: Lowering, node: ast.AnnAssign) -> None:
    kind = definitions.declared(low, node)
    if node.value is None:
        return
    place = low.expression(node.value)
    if place is None and kind is not None and isinstance(node.value, ast.Call) and low.scope.kind == "function":
        place = low.temporary()
        low.emit(Make(low.at(node.value), place, kind, refs.text(low.ref(node.value)), "read"))
    targets.assign(low, node.target, place, node.value)


@cases.statement(ast.AugAssign)
def _augmented(low: Lowering, node: ast.AugAssign) -> None:
    targets.augment(low, node)


@cases.statement(ast.Delete)
def _delete(low: Lowering, node: ast.Delete) -> None:
    for target in node.targets:
        _forgotten(low, target)


def _forgotten(low: Lowering, target: ast.expr) -> None:
    """The end of a name, or of what stands in a tuple of them."""
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            _forgotten(low, element)
        return
    place = low.place(target.id) if isinstance(target, ast.Name) else None
    if place is not None:
        low.emit(Delete(low.at(target), place))
    elif not isinstance(target, ast.Name):
        targets.parts(low, target)


@cases.statement(ast.Return)
def _return(low: Lowering, node: ast.Return) -> None:
    place = None if node.value is None else low.expression(node.value)
    if place is not None:
        low.emit(HandOver(low.at(node.value or node), place, "return"))
    low.leave("return")


@cases.statement(ast.Raise)
def _raise(low: Lowering, node: ast.Raise) -> None:
    if node.exc is not None:
        low.expression(node.exc)
    if node.cause is not None:
        low.expression(node.cause)
    low.raising(node)


@cases.statement(ast.Assert)
def _assert(low: Lowering, node: ast.Assert) -> None:
    held, failed = low.open(), low.open()
    conditions.branch(low, node.test, held, failed)
    low.block = failed
    if node.msg is not None:
        low.expression(node.msg)
    low.raising(node)
    low.block = held


@cases.statement(ast.Break)
def _break(low: Lowering, node: ast.Break) -> None:
    low.leave("break")


@cases.statement(ast.Continue)
def _continue(low: Lowering, node: ast.Continue) -> None:
    low.leave("continue")


@cases.statement(ast.If)
def _if(low: Lowering, node: ast.If) -> None:
    yes, no, after = low.open(), low.open(), low.open()
    conditions.branch(low, node.test, yes, no)
    low.block = yes
    low.statements(node.body)
    low.end(Jump(after.id), no)
    low.statements(node.orelse)
    low.goto(after)


@cases.statement(ast.While)
def _while(low: Lowering, node: ast.While) -> None:
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    low.goto(head)
    conditions.branch(low, node.test, body, done, loop=True)
    _loop_body(low, node.body, body, head, after)
    low.block = done
    low.statements(node.orelse)
    low.goto(after)


def _loop_body(low: Lowering, suite: list[ast.stmt], body: Block, head: Block, after: Block) -> None:
    low.frames.append(Loop(after.id, head.id))
    low.block = body
    low.statements(suite)
    low.end(Jump(head.id, back=True))
    low.frames.pop()


@cases.statement(ast.For, ast.AsyncFor)
def _for(low: Lowering, node: ast.For | ast.AsyncFor) -> None:
    source = low.expression(node.iter)
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    loop = iteration(low, node.iter, source, head, body, done)
    targets.assign(low, node.target, loop, None)
    _loop_body(low, node.body, low.block, head, after)
    low.block = done
    low.statements(node.orelse)
    low.goto(after)


def iteration(low: Lowering, node: ast.expr, source: str | None, head: Block, body: Block, done: Block) -> str | None:
    """Start a loop over `source`: `head` asks for the next element, `body` has it in the place
    that is returned, `done` follows the last one."""
    item = low.temporary() if source is not None else None
    at = low.at(node)
    if source is not None and item is not None:
        low.emit(Next(at, item, source, first=True))
    if _not_empty(node):
        low.goto(body)
        low.block = head
    else:
        low.goto(head)
    ref = low.ref(node)
    if not (isinstance(ref, refs.Display) or _counts(low, ref)):
        low.may_raise(node)
    low.branch(None, body, done)
    if source is not None and item is not None:
        done.events.append(Exhaust(at, source, at))
        low.block = body
        low.emit(Next(at, item, source))
    low.block = body
    return item


def _counts(low: Lowering, ref: refs.Ref) -> bool:
    """Whether what a built-in call makes can be iterated over, entered and left without harm."""
    return isinstance(ref, refs.Call) and low.kinds.callee(ref, low.scope).path in catalog.HARMLESS


def _not_empty(node: ast.expr) -> bool:
    """Whether the first round of a loop over `node` is sure: a display, or `range(3)`."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(not isinstance(element, ast.Starred) for element in node.elts)
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as rounds)], keywords=[]):
            return rounds > 0
        case _:
            return False


@cases.statement(ast.Try, *cases.since("TryStar"))
def _try(low: Lowering, node: Trying) -> None:
    after = low.open()
    if not node.finalbody:
        _guarded(low, node, low.handler, after.id)
    else:
        final = Final(node.finalbody, low.handler)
        low.frames.append(final)
        _guarded(low, node, low.copy(final, "raise"), low.copy(final, "normal"))
        low.frames.pop()
        _finals(low, node, final, after)
    low.block = after


def _guarded(low: Lowering, node: Trying, outside: BlockId | None, onward: BlockId) -> None:
    """The body, its handlers and its else; exceptions that leave go to `outside`, the rest to
    `onward`."""
    kept, low.handler = low.handler, outside
    dispatch = low.open() if node.handlers else None
    low.handler = outside if dispatch is None else dispatch.id
    low.goto(low.open())
    low.statements(node.body)
    low.handler = outside
    low.goto(low.open())
    low.statements(node.orelse)
    low.end(Jump(onward))
    if dispatch is not None:
        _handlers(low, node, dispatch, onward)
    low.handler = kept


def _handlers(low: Lowering, node: Trying, dispatch: Block, onward: BlockId) -> None:
    """The handlers in order; what none of them takes leaves again."""
    low.block = dispatch
    for handler in node.handlers:
        if handler.type is None:
            _handler(low, handler, onward)
            return
        low.expression(handler.type)
        taken, passed = low.open(), low.open()
        low.branch(_caught([handler.type]) if isinstance(node, ast.Try) else None, taken, passed)
        low.block = taken
        _handler(low, handler, onward)
        low.block = passed
    low.raising(node, again=True)


def _caught(types: Sequence[ast.expr]) -> Condition | None:
    """Whether the exception on its way is of one of these types; None where they are not plain names."""
    first = types[0] if len(types) == 1 else None
    flat = first.elts if isinstance(first, ast.Tuple) else types
    names = [refs.dotted(reading.value(each)) for each in flat]
    return Condition("caught", "", ",".join(filter(None, names))) if names and all(names) else None


def _handler(low: Lowering, handler: ast.ExceptHandler, onward: BlockId) -> None:
    if handler.name is not None:
        targets.bind(low, handler, handler.name, None, handler)
    low.statements(handler.body)
    low.end(Jump(onward))


def _finals(low: Lowering, node: Trying, final: Final, after: Block) -> None:
    """Lower the `finally` once for each way in."""
    for way, entry in final.copies.items():
        low.block = low.graph.blocks[entry]
        low.statements(final.suite)
        if way == "normal":
            low.end(Jump(after.id))
        elif way == "raise":
            low.raising(node, again=True)
        else:
            low.leave(way)


@cases.statement(ast.With, ast.AsyncWith)
def _with(low: Lowering, node: ast.With | ast.AsyncWith) -> None:
    swallows = any(low.kinds.swallows(low.ref(item.context_expr), low.scope) for item in node.items)
    after = low.open()
    for item in node.items:
        _enter(low, item)
    low.doomed |= _doomed(low, node)
    kept = low.handler
    caught = low.open() if swallows else None
    if caught is not None:
        low.handler = caught.id
    low.goto(low.open())
    low.statements(node.body)
    low.handler = kept
    low.goto(low.open())
    if not all(_counts(low, low.ref(item.context_expr)) for item in node.items):
        low.may_raise(node)
    low.end(Jump(after.id))
    if caught is not None:
        low.block, escaped = caught, low.open()
        low.branch(_suppressed(low, node), after, escaped)
        low.block = escaped
        low.raising(node, again=True)
    low.block = after


def _doomed(low: Lowering, node: ast.With | ast.AsyncWith) -> set[ast.stmt]:
    """The last statement of the suite, if the manager demands an error and its call can give one.

    The call of an `async def` only binds arguments: it can give a TypeError.
    """
    last = node.body[-1]
    managers = [low.ref(item.context_expr) for item in node.items]
    wanted = [manager for manager in managers if low.kinds.expects(manager, low.scope)]
    if not wanted or not isinstance(last, ast.Expr):
        return set()
    made = low.ref(last.value)
    lazy = isinstance(made, refs.Call) and low.kinds.callee(made, low.scope).lazy
    errors = {refs.text(error) for ref in wanted if isinstance(ref, refs.Call) for error in ref.args}
    return {last} if not lazy or errors & {"TypeError", "Exception", "BaseException"} else set()


def _suppressed(low: Lowering, node: ast.With | ast.AsyncWith) -> Condition | None:
    """Whether `contextlib.suppress()`, if that is the only manager, takes the exception."""
    call = node.items[0].context_expr
    if len(node.items) != 1 or not isinstance(call, ast.Call) or call.keywords:
        return None
    ref = low.ref(call)
    path = low.kinds.callee(ref, low.scope).path if isinstance(ref, refs.Call) else ""
    return _caught(call.args) if path == "contextlib.suppress" else None


def _enter(low: Lowering, item: ast.withitem) -> None:
    place = low.expression(item.context_expr)
    if place is not None:
        low.emit(Use(low.at(item.context_expr), place, "entered"))
    if not _counts(low, low.ref(item.context_expr)):
        low.may_raise(item.context_expr)
    if item.optional_vars is not None:
        targets.assign(low, item.optional_vars, None, None)


@cases.statement(ast.Match)
def _match(low: Lowering, node: ast.Match) -> None:
    patterns.match(low, node)


@cases.statement(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(low: Lowering, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    definitions.function(low, node)


@cases.statement(ast.ClassDef)
def _class(low: Lowering, node: ast.ClassDef) -> None:
    definitions.klass(low, node)
