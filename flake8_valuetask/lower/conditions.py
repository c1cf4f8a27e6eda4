"""Tests: short circuits as branches, and what an outcome says.

In: a test and where its outcomes lead. Out: branches with conditions. Never: statements.
"""

from __future__ import annotations

import libcst as cst

from flake8_valuetask import refs
from flake8_valuetask.events import Test
from flake8_valuetask.graph import Block, Condition, Jump
from flake8_valuetask.lower import reading
from flake8_valuetask.lower.context import Lowering

_GUARDS = {"done": "done", "is_completed_successfully": "succeeded"}
# Comparisons that are read as the negation of another one.
_POSITIVE: dict[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.NotEqual: cst.Equal,
    cst.IsNot: cst.Is,
    cst.NotIn: cst.In,
    cst.LessThanEqual: cst.GreaterThan,
    cst.GreaterThanEqual: cst.LessThan,
}
_NEGATED = tuple(_POSITIVE)
_PURE = (
    cst.Name,
    cst.Attribute,
    cst.Integer,
    cst.SimpleString,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.UnaryOperation,
    cst.Subscript,
    cst.SubscriptElement,
    cst.Index,
    cst.BinaryOperation,
    cst.Tuple,
    cst.Element,
    cst.Float,
)


def branch(low: Lowering, test: cst.BaseExpression, yes: Block, no: Block, loop: bool = False) -> None:
    """Lower `test` and go to `yes` or `no`; in a `loop` an outcome must be able to change."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            branch(low, inner, no, yes, loop)
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            middle = low.open()
            both = isinstance(operator, cst.And)
            branch(low, left, middle if both else yes, no if both else middle, loop)
            low.block = middle
            branch(low, right, yes, no, loop)
        case cst.Name(value="True" | "False" as constant):
            low.end(Jump(yes.id if constant == "True" else no.id))
        case cst.Integer(value=digits):
            low.end(Jump(no.id if digits == "0" else yes.id))
        case cst.Comparison(comparisons=[single]):
            _comparison(low, test, single, yes, no, loop)
        case _:
            _plain(low, test, yes, no, loop)


def _plain(low: Lowering, test: cst.BaseExpression, yes: Block, no: Block, loop: bool) -> None:
    place = low.expression(test)
    if place is not None:
        low.emit(Test(low.at(test), place))
    condition = outcome(low, test) if isinstance(test, cst.Call) else truth(low, test, place)
    low.branch(_lasting(low, condition, loop), yes, no)


def outcome(low: Lowering, test: cst.BaseExpression) -> Condition | None:
    """What a plain call or comparison says when it is true, to be known again by a name."""
    if isinstance(test, cst.Call):
        return _call(low, test)
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        single = test.comparisons[0]
        positive = not isinstance(single.operator, _NEGATED)
        return _compared(low, test, single) if positive else None
    return None


def truth(low: Lowering, test: cst.BaseExpression, place: str | None) -> Condition | None:
    if isinstance(test, cst.Name) and test.value in low.answers:
        return low.answers[test.value]
    if place is not None and not place.startswith("%"):
        return Condition("truth", place, names=frozenset({place}))
    return _text(low, test)


def _call(low: Lowering, test: cst.Call) -> Condition | None:
    """`isinstance(x, T)` and `v.done()` say something of their subject."""
    asked = test.func.attr.value if isinstance(test.func, cst.Attribute) and not test.args else ""
    if isinstance(test.func, cst.Attribute) and asked in _GUARDS:
        place = subject(low, test.func.value)
        return Condition(_GUARDS[asked], place, names=frozenset({place}), frail=True) if place else None
    is_instance = isinstance(test.func, cst.Name) and test.func.value == "isinstance" and len(test.args) == 2
    if _code(test.func).rpartition(".")[2] in ("iscoroutine", "isawaitable") and len(test.args) == 1:
        place = _name(low, test.args[0].value)
        detail = "Coroutine" if _code(test.func).endswith("iscoroutine") else "Awaitable"
        return Condition("isinstance", place, detail, frozenset({place})) if place else None
    place = _name(low, test.args[0].value) if is_instance else None
    if place is None:
        return None
    return Condition("isinstance", place, _code(test.args[1].value), frozenset({place}))


def _name(low: Lowering, node: cst.BaseExpression) -> str | None:
    return low.place(node.value) if isinstance(node, cst.Name) else None


def _comparison(
    low: Lowering, test: cst.Comparison, single: cst.ComparisonTarget, yes: Block, no: Block, loop: bool
) -> None:
    low.expression(test)
    if isinstance(single.operator, _NEGATED):
        yes, no = no, yes
    low.branch(_lasting(low, _compared(low, test, single), loop), yes, no)


def _compared(low: Lowering, test: cst.Comparison, single: cst.ComparisonTarget) -> Condition | None:
    literal = reading.key(single.comparator)
    place = subject(low, test.left)
    equality = isinstance(single.operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual)
    if place is not None and equality and literal is not None:
        form = "none" if literal == "None" else "equal"
        return Condition(form, place, "" if form == "none" else literal, frozenset({place}))
    if isinstance(single.operator, _NEGATED):
        positive = _POSITIVE[type(single.operator)]()
        test = test.with_changes(comparisons=[single.with_changes(operator=positive)])
    return _text(low, test)


def subject(low: Lowering, node: cst.BaseExpression) -> str | None:
    """The local name that a comparison is about, also in `(x := ...) is None`."""
    return _name(low, node.target if isinstance(node, cst.NamedExpr) else node)


def _text(low: Lowering, test: cst.BaseExpression) -> Condition | None:
    """A test without calls, known again by its text while its names keep their values."""
    names: set[str] = set()
    attributes: list[cst.Attribute] = []
    if not _pure(test, names, attributes):
        return None
    places = {low.place(name) or name for name in names}
    frail = any(_changes(low, attribute) for attribute in attributes)
    return Condition("text", "", _code(test), frozenset(places), frail)


def _pure(node: cst.CSTNode, names: set[str], attributes: list[cst.Attribute]) -> bool:
    """Whether a test only reads names, attributes and literals; collects the names it reads."""
    if isinstance(node, cst.Attribute):
        attributes.append(node)
        return _pure(node.value, names, attributes)
    if isinstance(node, cst.Name):
        names.add(node.value)
    plain = isinstance(node, _PURE) or not isinstance(node, cst.BaseExpression)
    return plain and all(_pure(child, names, attributes) for child in node.children)


def _changes(low: Lowering, attribute: cst.Attribute) -> bool:
    """Whether the class sets the attribute anywhere but at its making."""
    cls = low.kinds.class_of(low.ref(attribute.value), low.scope)
    uses = cls.uses.get(attribute.attr.value, ()) if cls is not None else ()
    return any(use.how == "set" and use.method.name != "__init__" for use in uses)


def _lasting(low: Lowering, condition: Condition | None, loop: bool) -> Condition | None:
    """In the test of a loop, only what rebinding alone can change: flags, None, done()."""
    if not loop or condition is None or condition.form in ("none", "equal", "done"):
        return condition
    if condition.form == "truth":
        bindings = low.scope.bindings.get(condition.place, ())
        if bindings and all(isinstance(b.ref, refs.Const) for b in bindings):
            return condition
        return Condition("filled", condition.place, names=condition.names)
    return None


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node).strip()


def never(low: Lowering, call: cst.Call, awaited: bool) -> bool:
    """Whether a call does not return: by its signature, a table, or its body."""
    ref = low.ref(call)
    assert isinstance(ref, refs.Call)
    callee = low.kinds.callee(ref, low.scope)
    if callee.never:
        return awaited or callee.kind is None
    if callee.body is None or (callee.body.is_async and not awaited):
        return False
    return low.never(callee.body)
