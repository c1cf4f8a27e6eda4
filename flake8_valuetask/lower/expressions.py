"""Expressions in evaluation order, calls and comprehensions apart.

In: expression nodes. Out: events, and the place of the value. Never: statements.
"""

from __future__ import annotations

import ast

from flake8_valuetask import refs
from flake8_valuetask.events import (
    AwaitField,
    Bind,
    Consume,
    Copy,
    Disturb,
    Duplicate,
    HandOver,
    Insert,
    Join,
    Make,
    Pack,
    Pick,
    Place,
    Read,
    Slice,
    Test,
    Use,
)
from flake8_valuetask.graph import Block, Condition
from flake8_valuetask.lower import calls, cases, conditions, errors, known, objects, targets
from flake8_valuetask.lower.context import Lowering


@cases.expression(ast.Constant)
def _literal(low: Lowering, node: ast.Constant) -> None:
    """Literals hold nothing."""


@cases.expression(ast.JoinedStr, *cases.since("TemplateStr"))
def _formatted(low: Lowering, node: ast.JoinedStr) -> None:
    for part in node.values:
        low.expression(part)


@cases.expression(ast.FormattedValue, *cases.since("Interpolation"))
def _replacement(low: Lowering, node: ast.FormattedValue) -> None:
    place = low.look(node.value)
    if place is not None and (node.conversion == ord("r") or low.telling):  # also `{page=}`
        low.emit(Read(low.at(node.value), place, "repr"))
    elif place is not None:
        low.emit(Use(low.at(node.value), place, "formatted"))
    if node.format_spec is not None:
        low.expression(node.format_spec)


@cases.expression(ast.Name)
def _name(low: Lowering, node: ast.Name) -> Place | None:
    if not low.looking:
        known.kept(low, node)
    low.looking = False
    mentioned(low, node)
    return low.place(node.id)


def mentioned(low: Lowering, node: ast.Name) -> None:
    """The name of a nested function stands here for the function: it escapes."""
    number = low.closures.get(node.id)
    if number is not None and node.id not in low.renamed:
        calls.capture(low, node, number, escapes=True)


@cases.expression(ast.Attribute)
def _attribute(low: Lowering, node: ast.Attribute) -> Place | None:
    place = low.expression(node.value)
    at = low.at(node)
    if place is not None:
        low.emit(Use(at, place, "attribute", node.attr))
    kind = low.kinds.property(low.ref(node), low.scope)
    if kind is None:
        return None
    made = low.temporary()
    low.emit(Make(at, made, kind, refs.text(low.ref(node)), "property"))
    return made


@cases.expression(ast.Subscript)
def _subscript(low: Lowering, node: ast.Subscript) -> Place | None:
    base = low.look(node.value)
    targets.parts(low, node, base_done=True)
    sliced = any(isinstance(element, ast.Slice) for element in targets.subscripts(node))
    built_in = low.kinds.built_in(low.ref(node.value), low.scope)
    if not (sliced and built_in) and not low.kinds.has_item(low.ref(node.value), targets.place_in(node)[0], low.scope):
        low.may_raise(node, comes=errors.LANGUAGE if built_in else "")
    if base is None:
        return None
    item = low.temporary()
    if sliced:
        low.emit(Slice(low.at(node), base, item, targets.part(node)))
        return item
    index, key = targets.place_in(node)
    low.emit(Pick(low.at(node), item, base, index, key=key))
    return item


@cases.expression(ast.Slice)
def _slice(low: Lowering, node: ast.Slice) -> None:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            low.expression(part)


@cases.expression(ast.Await)
def _await(low: Lowering, node: ast.Await) -> None:
    inner = node.value
    if isinstance(inner, ast.Call):
        place = calls.call(low, inner, awaited=True)
    else:
        place = low.expression(inner)
        _field(low, inner)
    if place is not None:
        low.emit(Consume(low.at(node), place, "await"))
    low.emit(Disturb(low.at(node), ""))
    low.may_raise(node, comes=errors.of_calls(low, [inner]) if isinstance(inner, ast.Call) else "")


def _field(low: Lowering, node: ast.expr) -> None:
    """`await self.x`, where `x` was set from something that may be one-shot."""
    if not isinstance(node, ast.Attribute):
        return
    line = low.kinds.doubtful_field(low.ref(node.value), node.attr, low.scope)
    if line is not None:
        low.emit(AwaitField(low.at(node), refs.text(low.ref(node)), line))


@cases.expression(ast.Yield)
def _yield(low: Lowering, node: ast.Yield) -> None:
    place = None if node.value is None else low.expression(node.value)
    if node.value is not None and place is not None:
        low.emit(HandOver(low.at(node.value), place, "yield"))
    low.may_raise(node)


@cases.expression(ast.YieldFrom)
def _yield_from(low: Lowering, node: ast.YieldFrom) -> None:
    place = low.expression(node.value)
    if place is not None:
        low.emit(Consume(low.at(node), place, "yield from"))
    low.may_raise(node)


@cases.expression(ast.Call)
def _call(low: Lowering, node: ast.Call) -> Place | None:
    return calls.call(low, node, awaited=False)


@cases.expression(ast.NamedExpr)
def _walrus(low: Lowering, node: ast.NamedExpr) -> Place | None:
    place = low.expression(node.value)
    targets.assign(low, node.target, place, node.value)
    known.kept(low, node.target)
    return low.place(node.target.id)


@cases.expression(ast.IfExp)
def _conditional(low: Lowering, node: ast.IfExp) -> Place | None:
    yes, no, after = low.open(), low.open(), low.open()
    conditions.branch(low, node.test, yes, no)
    result = low.temporary()
    for block, arm in ((yes, node.body), (no, node.orelse)):
        low.block = block
        with objects.aside(low):
            objects.learn(low, node.test, block is yes, [arm])
            give(low, arm, result)
        low.goto(after)
    return result


def give(low: Lowering, node: ast.expr, result: Place) -> None:
    """Evaluate `node` into `result`."""
    _put(low, node, low.expression(node), result)


def _put(low: Lowering, node: ast.expr, place: Place | None, result: Place) -> None:
    """What `node` has given goes into `result`."""
    at = low.at(node)
    if place is None:
        low.emit(Bind(at, result, None, known.constants(low, node)))
    else:
        low.emit(Copy(at, result, place))


@cases.expression(ast.BoolOp)
def _boolean(low: Lowering, node: ast.BoolOp) -> Place | None:
    after, result = low.open(), low.temporary()
    with objects.aside(low):
        _others(low, node, result, after, after)
        give(low, node.values[-1], result)
    low.goto(after)
    return result


def _others(low: Lowering, node: ast.BoolOp, result: Place, yes: Block, no: Block) -> None:
    """All operands but the last one, which follows: where one decides, that is in `result`, and control at `yes` or
    `no`."""
    both = isinstance(node.op, ast.And)
    for value in node.values[:-1]:
        other = low.open()
        _decided(low, value, result, other if both else yes, no if both else other)
        low.block = other
        objects.learn(low, value, both, [node])


def _decided(low: Lowering, node: ast.expr, result: Place, yes: Block, no: Block) -> None:
    """Evaluate an operand into `result`, and go to `yes` if it is true; one inside another one may decide both."""
    if isinstance(node, ast.BoolOp):
        with objects.aside(low):
            _others(low, node, result, yes, no)
            _decided(low, node.values[-1], result, yes, no)
        return
    place = low.expression(node)
    named = low.place(node.id) if isinstance(node, ast.Name) else None
    if place is not None and (named is not None or place.startswith("%")):
        low.emit(Test(low.at(node), place, keep=True))
    _put(low, node, place, result)
    by_value = Condition("truth", result, names=frozenset({result})), True
    condition, wanted = conditions.said(low, node) or by_value
    low.branch(condition, *((yes, no) if wanted else (no, yes)))


@cases.expression(ast.UnaryOp)
def _unary(low: Lowering, node: ast.UnaryOp) -> None:
    place = low.look(node.operand)
    if place is None:
        return
    at = low.at(node.operand)
    low.emit(Test(at, place) if isinstance(node.op, ast.Not) else Use(at, place, "computed with"))


@cases.expression(ast.BinOp)
def _binary(low: Lowering, node: ast.BinOp) -> Place | None:
    spine: list[ast.BinOp] = []
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp):
        spine.append(inner)
        inner = inner.left
    left = low.expression(inner)
    for operation in reversed(spine):
        left = _operate(low, operation, left)
    return left


def _operate(low: Lowering, node: ast.BinOp, left: Place | None) -> Place | None:
    right = low.expression(node.right)
    at = low.at(node)
    result = low.temporary()
    if left is None and right is None:
        return None
    if isinstance(node.op, ast.Mult):
        _multiply(low, node, left, right, result)
        return result
    if isinstance(node.op, ast.Add | ast.BitOr):
        low.emit(Join(at, result, left, right))
        return result
    for place, side in ((left, node.left), (right, node.right)):
        if place is not None:
            low.emit(Use(low.at(side), place, "computed with"))
    return None


def _multiply(low: Lowering, node: ast.BinOp, left: Place | None, right: Place | None, result: Place) -> None:
    """`[c] * 3` is one value three times."""
    for place, side, factor in ((left, node.left, node.right), (right, node.right, node.left)):
        if place is None:
            continue
        once = isinstance(factor, ast.Constant) and factor.value in (0, 1)
        if isinstance(side, ast.List | ast.Tuple | ast.Name) and not once:
            low.emit(Duplicate(low.at(node), place))
        low.emit(Join(low.at(side), result, place, None))


@cases.expression(ast.Compare)
def _comparison(low: Lowering, node: ast.Compare) -> None:
    place = low.look(node.left)
    looked: list[tuple[Place | None, ast.expr]] = [(place, node.left)]
    identity = True
    after = low.open() if len(node.ops) > 1 else None
    for number, (operator, side) in enumerate(zip(node.ops, node.comparators, strict=True)):
        if after is not None and number:
            # `a < b < c`: what follows is evaluated only if the first part is true.
            following = low.open()
            low.branch(None, following, after)
            low.block = following
        looked.append((low.look(side), side))
        identity = identity and isinstance(operator, ast.Is | ast.IsNot)
    if after is not None:
        low.goto(after)
    member = isinstance(node.ops[0], ast.In | ast.NotIn)
    for number, (held, side) in enumerate(looked):
        if held is None:
            continue
        quiet = identity or (member and number == 0 and not held.startswith("%"))
        how = "searched" if member and number else "compared"
        low.emit(Read(low.at(side), held, "is") if quiet else Use(low.at(side), held, how))


@cases.expression(ast.List, ast.Tuple, ast.Set)
def _display(low: Lowering, node: ast.List | ast.Tuple | ast.Set) -> Place:
    places: list[Place | None] = []
    spread: list[Place] = []
    passing, low.passing = low.passing, False
    for element in node.elts:
        place = low.expression(element)
        if isinstance(element, ast.Starred):
            spread += [place] if place is not None else []
        else:
            places.append(place)
    result = low.temporary()
    exact, name = not any(isinstance(e, ast.Starred) for e in node.elts), type(node).__name__.lower()
    nones = _nones(node.elts) if exact else ()
    low.emit(Pack(low.at(node), result, tuple(places), name, exact=exact, passing=passing, nones=nones))
    for number, place in enumerate(spread):
        if place in spread[:number] and not isinstance(node, ast.Set):
            low.emit(Duplicate(low.at(node), place))
        low.emit(Insert(low.at(node), result, place, many=True))
    return result


def _nones(elements: list[ast.expr]) -> tuple[int, ...]:
    """The positions of the literal None."""
    return tuple(n for n, each in enumerate(elements) if isinstance(each, ast.Constant) and each.value is None)


@cases.expression(ast.Dict)
def _dict(low: Lowering, node: ast.Dict) -> Place:
    places: list[Place | None] = []
    keys: list[str | None] = []
    spread: list[Place] = []
    for name, value in zip(node.keys, node.values, strict=True):
        if name is not None:
            key = low.expression(name)
            places += [key] if key is not None else []
            keys += [None] if key is not None else []
            places.append(low.expression(value))
            keys.append(cases.key(name))
        else:
            place = low.look(value)
            spread += [place] if place is not None else []
    result = low.temporary()
    low.emit(Pack(low.at(node), result, tuple(places), "dict", keys=tuple(keys)))
    for place in spread:
        low.emit(Insert(low.at(node), result, place, many=True))
    return result


@cases.expression(ast.Starred)
def _starred(low: Lowering, node: ast.Starred) -> Place | None:
    return low.look(node.value)
