"""Statements: sequence, branches, ways out; loops and exceptions are next door.

In: statement nodes. Out: blocks and events. Never: expressions (they have their own modules),
verdicts.
"""

from __future__ import annotations

import ast

from flake8_valuetask import refs
from flake8_valuetask.events import Delete, Drop, HandOver, Make, Pick, Put
from flake8_valuetask.graph import Block, Jump
from flake8_valuetask.lower import cases, conditions, definitions, errors, known, objects, patterns, targets
from flake8_valuetask.lower.context import Lowering


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
    low.refusing = node in low.doomed
    place = low.expression(node.value)
    low.refusing = False
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
    if len(node.targets) == 1 and _negated(low, node.targets[0], node.value):
        return
    if len(node.targets) == 1 and known.counted(low, node.targets[0], node.value):
        return
    place = low.expression(node.value)
    for target in node.targets:
        targets.assign(low, target, place, node.value)
        _answer(low, target, node.value)
    for target in node.targets if len(node.targets) > 1 else ():
        known.kept(low, target)


def _negated(low: Lowering, target: ast.expr, value: ast.expr) -> bool:
    """`flag = not flag`: a branch, so that what was known of the flag before is known of it after."""
    if not isinstance(value, ast.UnaryOp) or not isinstance(value.op, ast.Not) or _answer(low, target, value):
        return False
    if not isinstance(target, ast.Name) or low.place(target.id) is None or low.scope.kind != "function":
        return False
    yes, no, after = low.open(), low.open(), low.open()
    conditions.branch(low, value, yes, no)
    for block, outcome in ((yes, True), (no, False)):
        low.block = block
        targets.assign(low, target, None, ast.copy_location(ast.Constant(outcome), value))
        low.goto(after)
    return True


def _answer(low: Lowering, target: ast.expr, value: ast.expr) -> bool:
    """`ready = page.done()`: the name stands for the outcome, if both are bound only once."""
    if not isinstance(target, ast.Name) or len(low.scope.bindings.get(target.id, ())) != 1:
        return False
    condition = conditions.answer(low, value)
    if condition is None or any(len(low.scope.bindings.get(n, ())) > 1 for n in condition.names):
        return False
    low.answers[target.id] = condition
    return True


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
    elif isinstance(target, ast.Subscript):
        _removed(low, target)
    elif not isinstance(target, ast.Name):
        targets.parts(low, target)


def _removed(low: Lowering, target: ast.Subscript) -> None:
    """An element of a container is deleted, or a slice."""
    base = low.look(target.value)
    targets.parts(low, target, base_done=True)
    if base is None:
        return
    index, key = targets.place_in(target)
    if any(isinstance(element, ast.Slice) for element in targets.subscripts(target)):
        low.emit(Put(low.at(target), base, None))
    else:
        gone = low.temporary()
        low.emit(Pick(low.at(target), gone, base, index, take=True, key=key))
        low.emit(Drop(low.at(target), gone))


@cases.statement(ast.Return)
def _return(low: Lowering, node: ast.Return) -> None:
    place = None if node.value is None else low.look(node.value)
    if place is not None:
        low.emit(HandOver(low.at(node.value or node), place, "return"))
    low.body.leaving[low.block.id] = ("return", low.at(node))
    low.leave("return")


@cases.statement(ast.Raise)
def _raise(low: Lowering, node: ast.Raise) -> None:
    if node.exc is not None:
        low.telling = True
        low.expression(node.exc)
        low.telling = False
    if node.cause is not None:
        low.expression(node.cause)
    low.raising(node, comes=errors.raised(low, node.exc))


@cases.statement(ast.Assert)
def _assert(low: Lowering, node: ast.Assert) -> None:
    held, failed = low.open(), low.open()
    conditions.branch(low, node.test, held, failed)
    low.block = failed
    if node.msg is not None:
        low.expression(node.msg)
    low.raising(node, comes=errors.LANGUAGE)
    low.block = held
    objects.learn(low, node.test, True)


@cases.statement(ast.Break)
def _break(low: Lowering, node: ast.Break) -> None:
    low.body.leaving[low.block.id] = ("break", low.at(node))
    low.leave("break")


@cases.statement(ast.Continue)
def _continue(low: Lowering, node: ast.Continue) -> None:
    low.body.leaving[low.block.id] = ("continue", low.at(node))
    low.leave("continue")


@cases.statement(ast.If)
def _if(low: Lowering, node: ast.If) -> None:
    after = low.open()
    tests = _alternatives(node)
    _arms(low, node, conditions.any_of(low, tests, after) if len(tests) > 1 else after)
    low.goto(after)


def _arms(low: Lowering, node: ast.If, end: Block) -> None:
    """The suites of an `if`, each of which goes on at `end`; where none is run, control comes out of here."""
    test, body = _within(node)
    yes, no = low.open(), low.open()
    conditions.branch(low, test, yes, no)
    before = low.certain, low.known
    low.block = yes
    objects.learn(low, test, True, body)
    low.statements(body)
    low.end(Jump(end.id), no)
    low.certain, low.known = before
    objects.learn(low, test, False, node.orelse)
    if (other := _elif(node)) is not None:
        _arms(low, other, end)
    else:
        low.statements(node.orelse)
    low.certain, low.known = before
    if _leaves(body) or _leaves(node.orelse):
        objects.learn(low, test, not _leaves(body))


def _leaves(suite: list[ast.stmt]) -> bool:
    """Whether the last statement of a suite leads elsewhere than to its end."""
    return bool(suite) and isinstance(suite[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _elif(node: ast.If) -> ast.If | None:
    other = node.orelse[0] if len(node.orelse) == 1 else None
    return other if isinstance(other, ast.If) else None


def _alternatives(node: ast.If) -> list[ast.expr]:
    """The tests of an `if` and all its `elif`; none if there is an `else`."""
    tests, last = [node.test], node
    while (other := _elif(last)) is not None:
        last = other
        tests.append(last.test)
    return [] if last.orelse else tests


def _within(node: ast.If) -> tuple[ast.expr, list[ast.stmt]]:
    """The test of an `if` and its suite; one that holds nothing but another `if` is `if a and b`."""
    tests, inner = [node.test], node
    while not node.orelse and len(inner.body) == 1 and isinstance(inner.body[0], ast.If) and not inner.body[0].orelse:
        inner = inner.body[0]
        tests.append(inner.test)
    return (node.test if inner is node else ast.copy_location(ast.BoolOp(ast.And(), tests), node.test)), inner.body


@cases.statement(ast.Match)
def _match(low: Lowering, node: ast.Match) -> None:
    patterns.match(low, node)


@cases.statement(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(low: Lowering, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    definitions.function(low, node)


@cases.statement(ast.ClassDef)
def _class(low: Lowering, node: ast.ClassDef) -> None:
    definitions.klass(low, node)
