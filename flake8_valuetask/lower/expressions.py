"""Expressions in evaluation order, calls and comprehensions apart.

In: expression nodes. Out: events, and the place of the value. Never: statements.
"""

from __future__ import annotations

import libcst as cst

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
    Method,
    Pack,
    Pick,
    Place,
    Read,
    Test,
    Use,
)
from flake8_valuetask.graph import Condition
from flake8_valuetask.lower import calls, cases, conditions, reading, targets
from flake8_valuetask.lower.context import Lowering


@cases.expression(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.Ellipsis)
def _literal(low: Lowering, node: cst.CSTNode) -> None:
    """Literals hold nothing."""


@cases.expression(cst.ConcatenatedString)
def _concatenated(low: Lowering, node: cst.ConcatenatedString) -> None:
    low.expression(node.left)
    low.expression(node.right)


@cases.expression(cst.FormattedString, cst.TemplatedString)
def _formatted(low: Lowering, node: cst.FormattedString | cst.TemplatedString) -> None:
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            _replacement(low, part)


def _replacement(low: Lowering, part: cst.FormattedStringExpression | cst.TemplatedStringExpression) -> None:
    place = low.expression(part.expression)
    if place is not None and (part.conversion == "r" or part.equal is not None):
        low.emit(Read(low.at(part.expression), place, "repr"))
    elif place is not None:
        low.emit(Use(low.at(part.expression), place, "formatted"))
    if part.format_spec is not None:
        for inner in part.format_spec:
            if isinstance(inner, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                _replacement(low, inner)


@cases.expression(cst.Name)
def _name(low: Lowering, node: cst.Name) -> Place | None:
    mentioned(low, node)
    return low.place(node.value)


def mentioned(low: Lowering, node: cst.Name) -> None:
    """The name of a nested function stands here for the function: it escapes."""
    number = low.closures.get(node.value)
    if number is not None and node.value not in low.renamed:
        calls.capture(low, node, number, escapes=True)


@cases.expression(cst.Attribute)
def _attribute(low: Lowering, node: cst.Attribute) -> Place | None:
    place = low.expression(node.value)
    at = low.at(node)
    if place is not None:
        low.emit(Use(at, place, "attribute", node.attr.value))
    kind = low.kinds.property(low.ref(node), low.scope)
    if kind is None:
        return None
    made = low.temporary()
    low.emit(Make(at, made, kind, refs.text(low.ref(node)), "property"))
    return made


@cases.expression(cst.Subscript)
def _subscript(low: Lowering, node: cst.Subscript) -> Place | None:
    base = low.expression(node.value)
    targets.parts(low, node, base_done=True)
    low.may_raise(node)
    if base is None:
        return None
    item = low.temporary()
    if any(isinstance(element.slice, cst.Slice) for element in node.slice):
        low.emit(Method(low.at(node), base, "[:]", item))
        return item
    index, key = reading.index(node), None
    if index is None and len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        key = reading.key(node.slice[0].slice.value)
    low.emit(Pick(low.at(node), item, base, index, key=key))
    return item


@cases.expression(cst.Index)
def _index(low: Lowering, node: cst.Index) -> None:
    place = low.expression(node.value)
    if place is not None:
        low.emit(Read(low.at(node), place, "index"))


@cases.expression(cst.Slice)
def _slice(low: Lowering, node: cst.Slice) -> None:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            low.expression(part)


@cases.expression(cst.Await)
def _await(low: Lowering, node: cst.Await) -> None:
    inner = node.expression
    if isinstance(inner, cst.Call):
        place = calls.call(low, inner, awaited=True)
    else:
        place = low.expression(inner)
        _field(low, inner)
    if place is not None:
        low.emit(Consume(low.at(node), place, "await"))
    low.emit(Disturb(low.at(node), ""))
    low.may_raise(node)


def _field(low: Lowering, node: cst.BaseExpression) -> None:
    """`await self.x`, where `x` was set from something that may be one-shot."""
    if not isinstance(node, cst.Attribute):
        return
    line = low.kinds.doubtful_field(low.ref(node.value), node.attr.value, low.scope)
    if line is not None:
        low.emit(AwaitField(low.at(node), refs.text(low.ref(node)), line))


@cases.expression(cst.Yield)
def _yield(low: Lowering, node: cst.Yield) -> None:
    value = node.value
    if isinstance(value, cst.From):
        place = low.expression(value.item)
        if place is not None:
            low.emit(Consume(low.at(node), place, "yield from"))
    elif value is not None:
        place = low.expression(value)
        if place is not None:
            low.emit(HandOver(low.at(value), place, "yield"))
    low.may_raise(node)


@cases.expression(cst.Call)
def _call(low: Lowering, node: cst.Call) -> Place | None:
    return calls.call(low, node, awaited=False)


@cases.expression(cst.NamedExpr)
def _walrus(low: Lowering, node: cst.NamedExpr) -> Place | None:
    place = low.expression(node.value)
    targets.assign(low, node.target, place, node.value)
    return low.place(node.target.value) if isinstance(node.target, cst.Name) else None


@cases.expression(cst.IfExp)
def _conditional(low: Lowering, node: cst.IfExp) -> Place | None:
    yes, no, after = low.open(), low.open(), low.open()
    conditions.branch(low, node.test, yes, no)
    result = low.temporary()
    for block, arm in ((yes, node.body), (no, node.orelse)):
        low.block = block
        give(low, arm, result)
        low.goto(after)
    return result


def give(low: Lowering, node: cst.BaseExpression, result: Place) -> None:
    """Evaluate `node` into `result`."""
    place = low.expression(node)
    at = low.at(node)
    if place is None:
        low.emit(Bind(at, result, None, reading.key(node)))
    else:
        low.emit(Copy(at, result, place))


@cases.expression(cst.BooleanOperation)
def _boolean(low: Lowering, node: cst.BooleanOperation) -> Place | None:
    other, after = low.open(), low.open()
    result = low.temporary()
    give(low, node.left, result)
    named = low.place(node.left.value) if isinstance(node.left, cst.Name) else None
    low.emit(Test(low.at(node.left), named or result, keep=True))
    known = conditions.truth(low, node.left, named)
    condition = known or Condition("truth", result, names=frozenset({result}))
    both = isinstance(node.operator, cst.And)
    low.branch(condition, other if both else after, after if both else other)
    low.block = other
    give(low, node.right, result)
    low.goto(after)
    return result


@cases.expression(cst.UnaryOperation)
def _unary(low: Lowering, node: cst.UnaryOperation) -> None:
    place = low.expression(node.expression)
    if place is None:
        return
    at = low.at(node.expression)
    low.emit(Test(at, place) if isinstance(node.operator, cst.Not) else Use(at, place, "computed with"))


@cases.expression(cst.BinaryOperation)
def _binary(low: Lowering, node: cst.BinaryOperation) -> Place | None:
    spine: list[cst.BinaryOperation] = []
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.BinaryOperation):
        spine.append(inner)
        inner = inner.left
    left = low.expression(inner)
    for operation in reversed(spine):
        left = _operate(low, operation, left)
    return left


def _operate(low: Lowering, node: cst.BinaryOperation, left: Place | None) -> Place | None:
    right = low.expression(node.right)
    at = low.at(node)
    result = low.temporary()
    if left is None and right is None:
        return None
    if isinstance(node.operator, cst.Multiply):
        _multiply(low, node, left, right, result)
        return result
    if isinstance(node.operator, cst.Add | cst.BitOr):
        low.emit(Join(at, result, left, right))
        return result
    for place, side in ((left, node.left), (right, node.right)):
        if place is not None:
            low.emit(Use(low.at(side), place, "computed with"))
    return None


def _multiply(low: Lowering, node: cst.BinaryOperation, left: Place | None, right: Place | None, result: Place) -> None:
    """`[c] * 3` is one value three times."""
    for place, side, factor in ((left, node.left, node.right), (right, node.right, node.left)):
        if place is None:
            continue
        once = isinstance(factor, cst.Integer) and factor.value in ("0", "1")
        if isinstance(side, cst.List | cst.Tuple | cst.Name) and not once:
            low.emit(Duplicate(low.at(node), place))
        low.emit(Join(low.at(side), result, place, None))


@cases.expression(cst.Comparison)
def _comparison(low: Lowering, node: cst.Comparison) -> None:
    place = low.expression(node.left)
    looked: list[tuple[Place | None, cst.BaseExpression]] = [(place, node.left)]
    identity = True
    after = low.open() if len(node.comparisons) > 1 else None
    for number, part in enumerate(node.comparisons):
        if after is not None and number:
            # `a < b < c`: what follows is evaluated only if the first part is true.
            following = low.open()
            low.branch(None, following, after)
            low.block = following
        looked.append((low.expression(part.comparator), part.comparator))
        identity = identity and isinstance(part.operator, cst.Is | cst.IsNot)
    if after is not None:
        low.goto(after)
    member = isinstance(node.comparisons[0].operator, cst.In | cst.NotIn)
    for number, (held, side) in enumerate(looked):
        if held is None:
            continue
        quiet = identity or (member and number == 0 and not held.startswith("%"))
        how = "searched" if member and number else "compared"
        low.emit(Read(low.at(side), held, "is") if quiet else Use(low.at(side), held, how))


@cases.expression(cst.List, cst.Tuple, cst.Set)
def _display(low: Lowering, node: cst.List | cst.Tuple | cst.Set) -> Place:
    places: list[Place | None] = []
    spread: list[Place] = []
    passing, low.passing = low.passing, False
    for element in node.elements:
        place = low.expression(element.value)
        if isinstance(element, cst.StarredElement):
            spread += [place] if place is not None else []
        else:
            places.append(place)
    result = low.temporary()
    exact = not any(isinstance(e, cst.StarredElement) for e in node.elements)
    low.emit(Pack(low.at(node), result, tuple(places), type(node).__name__.lower(), exact=exact, passing=passing))
    for place in spread:
        low.emit(Insert(low.at(node), result, place, many=True))
    return result


@cases.expression(cst.Dict)
def _dict(low: Lowering, node: cst.Dict) -> Place:
    places: list[Place | None] = []
    keys: list[str | None] = []
    spread: list[Place] = []
    for element in node.elements:
        if isinstance(element, cst.DictElement):
            key = low.expression(element.key)
            places += [key] if key is not None else []
            keys += [None] if key is not None else []
            places.append(low.expression(element.value))
            keys.append(reading.key(element.key))
        else:
            place = low.expression(element.value)
            spread += [place] if place is not None else []
    result = low.temporary()
    low.emit(Pack(low.at(node), result, tuple(places), "dict", keys=tuple(keys)))
    for place in spread:
        low.emit(Insert(low.at(node), result, place, many=True))
    return result


@cases.expression(cst.StarredElement)
def _starred(low: Lowering, node: cst.StarredElement) -> Place | None:
    return low.expression(node.value)
