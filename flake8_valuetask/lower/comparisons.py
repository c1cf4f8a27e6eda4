"""Comparisons, and other tests that only look: what they say of a name, and how they are known again.

In: a test. Out: a condition. Never: blocks, events.
"""

from __future__ import annotations

import ast

from flake8_valuetask import catalog
from flake8_valuetask.constants import Constant, number
from flake8_valuetask.events import Place
from flake8_valuetask.graph import CHOICE, Condition
from flake8_valuetask.lower import known
from flake8_valuetask.lower.context import Lowering

# Comparisons that are read as the negation of another one.
_POSITIVE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.NotEq: ast.Eq,
    ast.IsNot: ast.Is,
    ast.NotIn: ast.In,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
}
NEGATED = tuple(_POSITIVE)
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{operator: operator for operator in (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)},
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
_FORMS: dict[type[ast.cmpop], str] = {
    **dict.fromkeys((ast.Is, ast.IsNot, ast.Eq, ast.NotEq), "equal"),
    **dict.fromkeys((ast.Gt, ast.LtE), "above"),
    **dict.fromkeys((ast.Lt, ast.GtE), "below"),
}
_LOOKS = frozenset({"len", "callable", "hasattr", "issubclass"})
_PURE = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Compare,
    ast.UnaryOp,
    ast.Subscript,
    ast.Slice,
    ast.BinOp,
    ast.Tuple,
)


def compared(low: Lowering, test: ast.Compare) -> Condition | None:
    """What a single comparison says when it is true, or, if it is a negated one, when it is false."""
    (operator,), (right,) = (test := _turned(test)).ops, test.comparators
    place = subject(low, test.left)
    found = None if place is None else _with_constants(low, place, operator, right)
    if found is not None:
        return found
    positive = _POSITIVE[type(operator)]() if isinstance(operator, NEGATED) else operator
    return text(low, ast.Compare(test.left, [positive], test.comparators))


def _turned(test: ast.Compare) -> ast.Compare:
    """A comparison of a literal with a name, the name first."""
    turned = _MIRRORED.get(type(test.ops[0]))
    if turned is None or not isinstance(test.left, ast.Constant) or not isinstance(test.comparators[0], ast.Name):
        return test
    return ast.Compare(test.comparators[0], [turned()], [test.left])


def _with_constants(low: Lowering, place: Place, operator: ast.cmpop, node: ast.expr) -> Condition | None:
    """What a comparison of a name with constants says; None if there are none."""
    if isinstance(operator, ast.In | ast.NotIn) and isinstance(node, ast.Tuple | ast.List | ast.Set):
        constants = [known.named(low, each) for each in node.elts]
        return among(place, [each for each in constants if each is not None]) if None not in constants else None
    constant = known.named(low, node)
    form = "none" if constant == "None" else _FORMS.get(type(operator), "")
    if constant is None or not form or (form in ("above", "below") and number(constant) is None):
        return None
    return Condition(form, place, "" if form == "none" else constant, frozenset({place}))


def among(place: Place, constants: list[Constant]) -> Condition | None:
    """The condition that a name stands for one of some constants."""
    if not constants or any(CHOICE in each for each in constants):
        return None
    return Condition("among", place, CHOICE.join(constants), frozenset({place}))


def subject(low: Lowering, node: ast.expr) -> str | None:
    """The local name that a comparison is about, also in `(x := ...) is None`."""
    return local(low, node.target if isinstance(node, ast.NamedExpr) else node)


def text(low: Lowering, test: ast.expr) -> Condition | None:
    """A test that only looks, known again by its text while its names keep their values."""
    names: set[str] = set()
    attributes: list[ast.Attribute] = []
    if not _pure(test, names, attributes):
        return None
    places = {low.place(name) or name for name in names}
    frail = any(_changes(low, attribute) for attribute in attributes)
    return Condition("text", "", ast.unparse(test), frozenset(places), frail)


def _pure(test: ast.expr, names: set[str], attributes: list[ast.Attribute]) -> bool:
    """Whether a test only reads names, attributes and literals, also by calls that look; collects what it reads."""
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute) and node.attr not in catalog.LOOKS:
            attributes.append(node)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        if isinstance(node, ast.Call):
            if getattr(node.func, "attr", None) not in catalog.LOOKS and getattr(node.func, "id", "") not in _LOOKS:
                return False
        elif isinstance(node, ast.expr) and not isinstance(node, _PURE):
            return False
    return True


def _changes(low: Lowering, attribute: ast.Attribute) -> bool:
    """Whether the class sets the attribute anywhere but at its making."""
    cls = low.kinds.class_of(low.ref(attribute.value), low.scope)
    uses = cls.uses.get(attribute.attr, ()) if cls is not None else ()
    return any(use.how == "set" and use.method.name != "__init__" for use in uses)


def local(low: Lowering, node: ast.expr) -> str | None:
    """The place of a plain local name; None for any other expression."""
    return low.place(node.id) if isinstance(node, ast.Name) else None
