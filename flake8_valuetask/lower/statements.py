"""Statements: sequence, branches, loops, exceptions, ways out.

In: statement nodes. Out: blocks and events. Never: expressions (they have their own modules),
verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Delete, Drop, Exhaust, HandOver, Make, Next, Use
from flake8_valuetask.graph import Block, BlockId, Condition, Jump
from flake8_valuetask.lower import cases, conditions, definitions, patterns, reading, targets
from flake8_valuetask.lower.context import Final, Loop, Lowering


@cases.statement(cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.IndentedBlock)
def _several(low: Lowering, node: cst.SimpleStatementLine) -> None:
    low.statements(node.body)


@cases.statement(cst.Pass, cst.Global, cst.Nonlocal, cst.TypeAlias)
def _nothing(low: Lowering, node: cst.CSTNode) -> None:
    """These do nothing with values; the survey has read them."""


@cases.statement(cst.Import, cst.ImportFrom, cst.LazyImport, cst.LazyImportFrom)
def _import(low: Lowering, node: cst.Import | cst.ImportFrom) -> None:
    low.may_raise(node)
    if isinstance(node.names, cst.ImportStar):
        return
    for alias in node.names:
        first = alias.evaluated_alias or alias.evaluated_name.partition(".")[0]
        targets.bind(low, node, first, None)


@cases.statement(cst.Expr)
def _expression(low: Lowering, node: cst.Expr) -> None:
    place = low.expression(node.value)
    if place is not None and node in low.doomed:
        low.emit(HandOver(low.at(node.value), place, "raises"))
    elif place is not None and place.startswith("%"):
        low.emit(Drop(low.at(node.value), place))
    called = node.value.expression if isinstance(node.value, cst.Await) else node.value
    if isinstance(called, cst.Call) and conditions.never(low, called, awaited=called is not node.value):
        low.raising(node)


@cases.statement(cst.Assign)
def _assign(low: Lowering, node: cst.Assign) -> None:
    if len(node.targets) == 1 and targets.parallel(low, node.targets[0].target, node.value):
        return
    if isinstance(node.value, cst.Lambda) and definitions.named_lambda(low, node.targets[0].target, node.value):
        return
    place = low.expression(node.value)
    for target in node.targets:
        targets.assign(low, target.target, place, node.value)
        _answer(low, target.target, node.value)


def _answer(low: Lowering, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
    """`ready = page.done()`: the name stands for the outcome, if both are bound only once."""
    if not isinstance(target, cst.Name) or len(low.scope.bindings.get(target.value, ())) != 1:
        return
    condition = conditions.outcome(low, value)
    if condition is not None and all(len(low.scope.bindings.get(n, ())) <= 1 for n in condition.names):
        low.answers[target.value] = condition


@cases.statement(cst.AnnAssign)
def _annotated(low: Lowering, node: cst.AnnAssign) -> None:
    kind = definitions.declared(low, node)
    if node.value is None:
        return
    place = low.expression(node.value)
    if place is None and kind is not None and isinstance(node.value, cst.Call) and low.scope.kind == "function":
        place = low.temporary()
        low.emit(Make(low.at(node.value), place, kind, refs.text(low.ref(node.value)), "read"))
    targets.assign(low, node.target, place, node.value)


@cases.statement(cst.AugAssign)
def _augmented(low: Lowering, node: cst.AugAssign) -> None:
    targets.augment(low, node)


@cases.statement(cst.Del)
def _delete(low: Lowering, node: cst.Del) -> None:
    items = [e.value for e in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
    for item in items:
        place = low.place(item.value) if isinstance(item, cst.Name) else None
        if place is not None:
            low.emit(Delete(low.at(item), place))
        elif not isinstance(item, cst.Name):
            targets.parts(low, item)


@cases.statement(cst.Return)
def _return(low: Lowering, node: cst.Return) -> None:
    place = None if node.value is None else low.expression(node.value)
    if place is not None:
        low.emit(HandOver(low.at(node.value or node), place, "return"))
    low.leave("return")


@cases.statement(cst.Raise)
def _raise(low: Lowering, node: cst.Raise) -> None:
    if node.exc is not None:
        low.expression(node.exc)
    if node.cause is not None:
        low.expression(node.cause.item)
    low.raising(node)


@cases.statement(cst.Assert)
def _assert(low: Lowering, node: cst.Assert) -> None:
    held, failed = low.open(), low.open()
    conditions.branch(low, node.test, held, failed)
    low.block = failed
    if node.msg is not None:
        low.expression(node.msg)
    low.raising(node)
    low.block = held


@cases.statement(cst.Break)
def _break(low: Lowering, node: cst.Break) -> None:
    low.leave("break")


@cases.statement(cst.Continue)
def _continue(low: Lowering, node: cst.Continue) -> None:
    low.leave("continue")


@cases.statement(cst.If)
def _if(low: Lowering, node: cst.If) -> None:
    yes, no, after = low.open(), low.open(), low.open()
    conditions.branch(low, node.test, yes, no)
    low.block = yes
    low.suite(node.body)
    low.end(Jump(after.id), no)
    if isinstance(node.orelse, cst.If):
        low.statement(node.orelse)
    elif node.orelse is not None:
        low.suite(node.orelse.body)
    low.goto(after)


@cases.statement(cst.While)
def _while(low: Lowering, node: cst.While) -> None:
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    low.goto(head)
    conditions.branch(low, node.test, body, done, loop=True)
    _loop_body(low, node.body, body, head, after)
    low.block = done
    _else(low, node.orelse, after)


def _loop_body(low: Lowering, suite: cst.BaseSuite, body: Block, head: Block, after: Block) -> None:
    low.frames.append(Loop(after.id, head.id))
    low.block = body
    low.suite(suite)
    low.end(Jump(head.id, back=True))
    low.frames.pop()


def _else(low: Lowering, orelse: cst.Else | None, after: Block) -> None:
    if orelse is not None:
        low.suite(orelse.body)
    low.goto(after)


@cases.statement(cst.For)
def _for(low: Lowering, node: cst.For) -> None:
    source = low.expression(node.iter)
    head, body, done, after = low.open(), low.open(), low.open(), low.open()
    loop = iteration(low, node.iter, source, head, body, done)
    targets.assign(low, node.target, loop, None)
    _loop_body(low, node.body, low.block, head, after)
    low.block = done
    _else(low, node.orelse, after)


def iteration(
    low: Lowering, node: cst.BaseExpression, source: str | None, head: Block, body: Block, done: Block
) -> str | None:
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


def _not_empty(node: cst.BaseExpression) -> bool:
    """Whether the first round of a loop over `node` is sure: a display, or `range(3)`."""
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        return any(isinstance(element, cst.Element) for element in node.elements)
    match node:
        case cst.Call(func=cst.Name(value="range"), args=[cst.Arg(value=cst.Integer(value=digits))]):
            return int(digits, 0) > 0
        case _:
            return False


@cases.statement(cst.Try, cst.TryStar)
def _try(low: Lowering, node: cst.Try | cst.TryStar) -> None:
    after = low.open()
    if node.finalbody is None:
        _guarded(low, node, low.handler, after.id)
    else:
        final = Final(node.finalbody, low.handler)
        low.frames.append(final)
        _guarded(low, node, low.copy(final, "raise"), low.copy(final, "normal"))
        low.frames.pop()
        _finals(low, node, final, after)
    low.block = after


def _guarded(low: Lowering, node: cst.Try | cst.TryStar, outside: BlockId | None, onward: BlockId) -> None:
    """The body, its handlers and its else; exceptions that leave go to `outside`, the rest to
    `onward`."""
    kept, low.handler = low.handler, outside
    dispatch = low.open() if node.handlers else None
    low.handler = outside if dispatch is None else dispatch.id
    low.goto(low.open())
    low.suite(node.body)
    low.handler = outside
    low.goto(low.open())
    if node.orelse is not None:
        low.suite(node.orelse.body)
    low.end(Jump(onward))
    if dispatch is not None:
        _handlers(low, node, dispatch, onward)
    low.handler = kept


def _handlers(low: Lowering, node: cst.Try | cst.TryStar, dispatch: Block, onward: BlockId) -> None:
    """The handlers in order; what none of them takes leaves again."""
    low.block = dispatch
    for handler in node.handlers:
        if handler.type is None:
            _handler(low, handler, onward)
            return
        low.expression(handler.type)
        taken, passed = low.open(), low.open()
        low.branch(_caught([handler.type]) if isinstance(node, cst.Try) else None, taken, passed)
        low.block = taken
        _handler(low, handler, onward)
        low.block = passed
    low.raising(node, again=True)


def _caught(types: Sequence[cst.BaseExpression]) -> Condition | None:
    """Whether the exception on its way is of one of these types; None where they are not plain names."""
    first = types[0] if len(types) == 1 else None
    flat = [element.value for element in first.elements] if isinstance(first, cst.Tuple) else types
    names = [refs.dotted(reading.value(each, {})) for each in flat]
    return Condition("caught", "", ",".join(filter(None, names))) if names and all(names) else None


def _handler(low: Lowering, handler: cst.ExceptHandler | cst.ExceptStarHandler, onward: BlockId) -> None:
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        targets.bind(low, handler.name, handler.name.name.value, None, handler.name)
    low.suite(handler.body)
    low.end(Jump(onward))


def _finals(low: Lowering, node: cst.Try | cst.TryStar, final: Final, after: Block) -> None:
    """Lower the `finally` once for each way in."""
    for way, entry in final.copies.items():
        low.block = low.graph.blocks[entry]
        low.suite(final.suite.body)
        if way == "normal":
            low.end(Jump(after.id))
        elif way == "raise":
            low.raising(node, again=True)
        else:
            low.leave(way)


@cases.statement(cst.With)
def _with(low: Lowering, node: cst.With) -> None:
    swallows = any(low.kinds.swallows(low.ref(item.item), low.scope) for item in node.items)
    after = low.open()
    for item in node.items:
        _enter(low, item)
    low.doomed |= _doomed(low, node)
    kept = low.handler
    caught = low.open() if swallows else None
    if caught is not None:
        low.handler = caught.id
    low.goto(low.open())
    low.suite(node.body)
    low.handler = kept
    low.goto(low.open())
    if not all(_counts(low, low.ref(item.item)) for item in node.items):
        low.may_raise(node)
    low.end(Jump(after.id))
    if caught is not None:
        low.block, escaped = caught, low.open()
        low.branch(_suppressed(low, node), after, escaped)
        low.block = escaped
        low.raising(node, again=True)
    low.block = after


def _doomed(low: Lowering, node: cst.With) -> set[cst.CSTNode]:
    """The last statement of the suite, if the manager demands an error and its call can give one.

    The call of an `async def` only binds arguments: it can give a TypeError.
    """
    line = node.body.body[-1] if node.body.body else None
    last = line.body[-1] if isinstance(line, cst.SimpleStatementLine) else None
    wanted = [low.ref(item.item) for item in node.items if low.kinds.expects(low.ref(item.item), low.scope)]
    if not wanted or not isinstance(last, cst.Expr):
        return set()
    made = low.ref(last.value)
    lazy = isinstance(made, refs.Call) and low.kinds.callee(made, low.scope).lazy
    errors = {refs.text(error) for ref in wanted if isinstance(ref, refs.Call) for error in ref.args}
    return {last} if not lazy or errors & {"TypeError", "Exception", "BaseException"} else set()


def _suppressed(low: Lowering, node: cst.With) -> Condition | None:
    """Whether `contextlib.suppress()`, if that is the only manager, takes the exception."""
    call = node.items[0].item
    if len(node.items) != 1 or not isinstance(call, cst.Call) or any(a.star or a.keyword for a in call.args):
        return None
    ref = low.ref(call)
    path = low.kinds.callee(ref, low.scope).path if isinstance(ref, refs.Call) else ""
    return _caught([a.value for a in call.args]) if path == "contextlib.suppress" else None


def _enter(low: Lowering, item: cst.WithItem) -> None:
    place = low.expression(item.item)
    if place is not None:
        low.emit(Use(low.at(item.item), place, "entered"))
    if not _counts(low, low.ref(item.item)):
        low.may_raise(item.item)
    if item.asname is not None:
        targets.assign(low, item.asname.name, None, None)


@cases.statement(cst.Match)
def _match(low: Lowering, node: cst.Match) -> None:
    patterns.match(low, node)


@cases.statement(cst.FunctionDef)
def _function(low: Lowering, node: cst.FunctionDef) -> None:
    definitions.function(low, node)


@cases.statement(cst.ClassDef)
def _class(low: Lowering, node: cst.ClassDef) -> None:
    definitions.klass(low, node)
