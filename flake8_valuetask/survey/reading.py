"""From `ast` expressions to references.

In: an expression node of `ast`. Out: a `Ref`. Never: scopes, kinds, libcst.
"""

from __future__ import annotations

import ast

from flake8_valuetask import refs
from flake8_valuetask.refs import UNKNOWN, Ref

_COMPREHENSIONS: dict[type[ast.expr], str] = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}


def value(node: ast.expr | None) -> Ref:
    """What `node` refers to, read as a value; `UNKNOWN` for what cannot be followed."""
    match node:
        case ast.Name(id=name):
            return refs.Name(name)
        case ast.Attribute(value=base, attr=attr):
            return refs.Attr(value(base), attr)
        case ast.Call(func=ast.Name(id="cast") | ast.Attribute(attr="cast") as func, args=[kind, _]):
            return refs.Call(value(func), (refs.Annotated(annotation(kind)),))
        case ast.Call(func=func, args=args):
            return refs.Call(value(func), tuple(value(a) for a in args))
        case ast.Await(value=inner):
            return refs.Await(value(inner))
        case ast.NamedExpr(value=inner):
            return value(inner)
        case ast.Constant(value=constant):
            return refs.Const(type(constant).__name__)
        case ast.IfExp(body=body, orelse=orelse):
            return refs.Either((value(body), value(orelse)))
        case ast.BoolOp(values=parts):
            return refs.Either(tuple(value(p) for p in parts))
        case ast.Subscript(value=base, slice=index):
            return _subscript(base, index)
        case ast.JoinedStr():
            return refs.Const("str")
        case ast.Dict(values=parts):
            return refs.Display("dict", tuple(value(p) for p in parts))
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return refs.Display(type(node).__name__.lower(), tuple(value(e) for e in elements))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return refs.Display(_COMPREHENSIONS[type(node)], (UNKNOWN,))
        case _:
            return UNKNOWN


def _subscript(base: ast.expr, index: ast.expr) -> Ref:
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return refs.Item(value(base), index.value)
    return refs.Item(value(base))


def annotation(node: ast.expr | None) -> Ref:
    """What `node` refers to, read as a type; quoted ones are parsed."""
    match node:
        case ast.Constant(value=str() as text):
            return _quoted(text)
        case ast.Constant(value=None):
            return refs.NONE
        case ast.Name(id=name):
            return refs.Name(name)
        case ast.Attribute():
            return value(node)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return refs.Either((annotation(left), annotation(right)))
        case ast.Subscript(value=base, slice=ast.Tuple(elts=elements)):
            return refs.Generic(annotation(base), tuple(annotation(e) for e in elements))
        case ast.Subscript(value=base, slice=index):
            return refs.Generic(annotation(base), (annotation(index),))
        case ast.List(elts=elements):
            return refs.Display("list", tuple(annotation(e) for e in elements))
        case _:
            return UNKNOWN


def _quoted(text: str) -> Ref:
    if all(part.isidentifier() for part in text.split(".")):
        first, *rest = text.split(".")
        found: Ref = refs.NONE if text == "None" else refs.Name(first)
        for part in rest:
            found = refs.Attr(found, part)
        return found
    try:
        return annotation(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return UNKNOWN
