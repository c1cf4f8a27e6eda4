"""`try` and `with`: where an exception of their suite goes, and what runs on each way out.

In: these statements. Out: blocks with their handlers, a copy of a `finally` for each way into it. Never: what else is
in their suites; verdicts.

Copies of copies would multiply at each level: those of a `finally` that stands in another one are paid from the budget,
and a body that has too many of them is left out. Ways that were joined in one copy could lead out of each other's end.
"""

from __future__ import annotations

import ast
from typing import TypeAlias

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Drop, Use
from flake8_valuetask.graph import Block, BlockId, Condition, Jump
from flake8_valuetask.kinds.managers import named as errors_named
from flake8_valuetask.lower import cases, conditions, errors, targets
from flake8_valuetask.lower.context import Final, Lowering

Trying: TypeAlias = ast.Try  # or a TryStar, from Python 3.11 on: the same fields
_COST = 16  # units for each node that is copied once more, and whose copies have to be solved


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
    choosy = low.choosy
    low.choosy |= any(errors.choosy(errors.caught(low, [h.type])) for h in node.handlers if h.type is not None)
    low.goto(low.open())
    low.statements(node.body)
    low.handler, low.choosy = outside, choosy
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
        low.branch(errors.caught(low, [handler.type]) if isinstance(node, ast.Try) else None, taken, passed)
        low.block = taken
        if isinstance(node, ast.Try) or handler is node.handlers[-1]:
            _handler(low, handler, onward)
        else:  # the rest of the group goes to the handlers that follow
            whole = low.open()
            _handler(low, handler, whole.id)
            low.block = whole
            low.branch(None, low.close(Jump(onward)), passed)
        low.block = passed
    low.raising(node, again=True)


def _handler(low: Lowering, handler: ast.ExceptHandler, onward: BlockId) -> None:
    if handler.name is not None:
        targets.bind(low, handler, handler.name, None, handler)
    low.statements(handler.body)
    low.end(Jump(onward))


def _finals(low: Lowering, node: Trying, final: Final, after: Block) -> None:
    """Lower the `finally` once for each way in."""
    within, low.copied = low.copied, True
    for number, (way, entry) in enumerate(final.copies.items()):
        if within and number:
            low.purse.spend(_COST * sum(1 for each in final.suite for _ in ast.walk(each)))
        low.block = low.graph.blocks[entry]
        low.statements(final.suite)
        if way == "normal":
            low.end(Jump(after.id))
        elif way == "raise":
            low.raising(node, again=True)
        else:
            low.leave(way)
    low.copied = within


@cases.statement(ast.With, ast.AsyncWith)
def _with(low: Lowering, node: ast.With | ast.AsyncWith) -> None:
    swallows = any(_swallows(low, item.context_expr, node) for item in node.items)
    after = low.open()
    for item in node.items:
        _enter(low, item)
    low.doomed |= _doomed(low, node)
    managers = [item.context_expr for item in node.items]
    if any(low.kinds.wants_misuse(low.ref(each), low.scope) for each in managers):
        low.body.wanted.append((node.body[0].lineno, node.body[-1].end_lineno or 0))
    kept = low.handler, low.choosy, low.translated
    low.translated |= not all(errors.lets_pass(low, each) for each in managers)
    caught = low.open() if swallows else None
    if caught is not None:
        low.handler = caught.id
        low.choosy |= errors.choosy(_suppressed(low, node))
    low.goto(low.open())
    low.statements(node.body)
    low.handler, low.choosy, low.translated = kept
    low.goto(low.open())
    if not all(conditions.harmless(low, low.ref(each)) for each in managers):
        low.may_raise(node, comes=errors.of_calls(low, managers))
    low.end(Jump(after.id))
    if caught is not None:
        low.block, escaped = caught, low.open()
        low.branch(_suppressed(low, node), after, escaped)
        low.block = escaped
        low.raising(node, again=True)
    low.block = after


def _swallows(low: Lowering, manager: ast.expr, node: ast.With | ast.AsyncWith) -> bool:
    """Whether a manager can swallow an exception: an exit stack, if something does that it is given in the suite."""
    ref = low.ref(manager)
    if not low.kinds.swallows(ref, low.scope):
        return False
    if not isinstance(ref, refs.Call) or low.kinds.callee(ref, low.scope).path not in catalog.STACKS:
        return True
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute))
    entries = [(each.func.attr, each.args[0]) for each in calls if isinstance(each.func, ast.Attribute) and each.args]
    return any(
        method in ("push", "push_async_exit")
        or (method in ("enter_context", "enter_async_context") and low.kinds.swallows(low.ref(given), low.scope))
        for method, given in entries
    )


def _doomed(low: Lowering, node: ast.With | ast.AsyncWith) -> set[ast.stmt]:
    """The last statement of the suite, also of one inside it, if the manager demands an error and its call can give
    one.

    The call of an `async def` only binds arguments: it can give a TypeError.
    """
    last = node.body[-1]
    while isinstance(last, ast.With | ast.AsyncWith):
        last = last.body[-1]
    managers = [low.ref(item.context_expr) for item in node.items]
    wanted = [manager for manager in managers if low.kinds.expects(manager, low.scope)]
    if not wanted or not isinstance(last, ast.Expr):
        return set()
    made = low.ref(last.value)
    lazy = isinstance(made, refs.Call) and low.kinds.callee(made, low.scope).lazy
    errors = frozenset[str]().union(*map(errors_named, wanted))
    return {last} if not lazy or errors & {"TypeError", "Exception", "BaseException"} else set()


def _suppressed(low: Lowering, node: ast.With | ast.AsyncWith) -> Condition | None:
    """Whether `contextlib.suppress()`, if that is the only manager, takes the exception."""
    call = node.items[0].context_expr
    if len(node.items) != 1 or not isinstance(call, ast.Call) or call.keywords:
        return None
    ref = low.ref(call)
    path = low.kinds.callee(ref, low.scope).path if isinstance(ref, refs.Call) else ""
    return errors.caught(low, call.args) if path == "contextlib.suppress" else None


def _enter(low: Lowering, item: ast.withitem) -> None:
    given = _given_back(low, item.context_expr)
    place = low.expression(item.context_expr if given is None else given)
    if given is not None:
        if item.optional_vars is not None:
            targets.assign(low, item.optional_vars, place, given)
        elif place is not None:
            low.emit(Drop(low.at(given), place))
        return
    if place is not None:
        low.emit(Use(low.at(item.context_expr), place, "entered"))
    if not conditions.harmless(low, low.ref(item.context_expr)):
        low.may_raise(item.context_expr, comes=errors.of_calls(low, [item.context_expr]))
    if item.optional_vars is not None:
        targets.assign(low, item.optional_vars, None, None)


def _given_back(low: Lowering, node: ast.expr) -> ast.expr | None:
    """The argument of `nullcontext(page)`, which is what `as` binds."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        return None
    ref = low.ref(node)
    path = low.kinds.callee(ref, low.scope).path if isinstance(ref, refs.Call) else ""
    return node.args[0] if path in catalog.GIVING_BACK else None
