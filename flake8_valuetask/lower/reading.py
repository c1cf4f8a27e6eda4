"""From libcst expressions to references, the twin of `survey.reading`.

In: an expression node, and what comprehension variables stand for. Out: a `Ref`. Never: scopes,
kinds.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst

from flake8_valuetask import refs
from flake8_valuetask.refs import UNKNOWN, Ref
from flake8_valuetask.survey import reading as survey_reading

_CONSTANTS = {"None": "NoneType", "True": "bool", "False": "bool"}
_LITERALS: dict[type[cst.CSTNode], str] = {
    cst.SimpleString: "str",
    cst.ConcatenatedString: "str",
    cst.FormattedString: "str",
    cst.Integer: "int",
    cst.Float: "float",
}
_COMPREHENSIONS: dict[type[cst.CSTNode], str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
    cst.DictComp: "dict",
}


def value(node: cst.CSTNode, known: Mapping[str, Ref]) -> Ref:
    """What `node` refers to; `known` says what comprehension variables stand for."""
    match node:
        case cst.Name(value=name):
            return refs.Const(_CONSTANTS[name]) if name in _CONSTANTS else known.get(name, refs.Name(name))
        case cst.Attribute(value=base, attr=attr):
            return refs.Attr(value(base, known), attr.value)
        case cst.Call(func=cst.Name(value="cast") | cst.Attribute(attr=cst.Name(value="cast")) as func, args=[kind, _]):
            return refs.Call(value(func, known), (refs.Annotated(annotation(kind.value)),))
        case cst.Call(func=func, args=args):
            plain = tuple(value(a.value, known) for a in args if a.keyword is None and not a.star)
            return refs.Call(value(func, known), plain)
        case cst.Await(expression=inner):
            return refs.Await(value(inner, known))
        case cst.NamedExpr(value=inner):
            return value(inner, known)
        case cst.IfExp(body=body, orelse=orelse):
            return refs.Either((value(body, known), value(orelse, known)))
        case cst.BooleanOperation(left=left, right=right):
            return refs.Either((value(left, known), value(right, known)))
        case cst.Subscript(value=base):
            return refs.Item(value(base, known), index(node))
        case _:
            return _literal(node, known)


def _literal(node: cst.CSTNode, known: Mapping[str, Ref]) -> Ref:
    if type(node) in _LITERALS:
        return refs.Const(_LITERALS[type(node)])
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        parts = tuple(value(e.value, known) for e in node.elements)
        return refs.Display(type(node).__name__.lower(), parts)
    if isinstance(node, cst.Dict):
        return refs.Display("dict", tuple(value(e.value, known) for e in node.elements))
    if type(node) in _COMPREHENSIONS:
        return refs.Display(_COMPREHENSIONS[type(node)], (UNKNOWN,))
    return UNKNOWN


def annotation(node: cst.BaseExpression) -> Ref:
    """What `node` refers to, read as a type."""
    text = cst.Module([]).code_for_node(node).strip()
    return survey_reading.annotation(ast.parse(f"({text})", mode="eval").body)


def index(node: cst.Subscript) -> int | None:
    """The constant integer that a subscript asks for, or None."""
    element = node.slice[0].slice if len(node.slice) == 1 else None
    if not isinstance(element, cst.Index):
        return None
    match element.value:
        case cst.Integer(value=digits):
            return int(ast.literal_eval(digits))
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer(value=digits)):
            return -int(ast.literal_eval(digits))
        case _:
            return None


def key(node: cst.CSTNode) -> str | None:
    """The literal that a subscript or a comparison names, as text; None if it is no literal."""
    match node:
        case cst.SimpleString(value=text) | cst.Integer(value=text):
            return repr(ast.literal_eval(text))
        case cst.Name(value="None" | "True" | "False" as text):
            return text
        case _:
            return None
