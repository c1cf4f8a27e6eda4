"""From `ast` expressions to references.

In: an expression node of `ast`. Out: a `Ref`. Never: scopes, kinds.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from flake8_valuetask import refs
from flake8_valuetask.refs import UNKNOWN, Ref

Known: TypeAlias = Mapping[str, Ref]
NOTHING: Known = MappingProxyType({})

_COMPREHENSIONS: dict[type[ast.expr], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
    ast.DictComp: "dict",
}


def value(node: ast.expr | None, known: Known = NOTHING) -> Ref:
    """What `node` refers to, read as a value; `UNKNOWN` for what cannot be followed.

    `known` says what some names, the variables of comprehensions, stand for.
    """
    read = _READERS.get(type(node))
    return UNKNOWN if read is None else read(node, known)


def _name(node: ast.Name, known: Known) -> Ref:
    return known[node.id] if node.id in known else named(node.id)


@functools.lru_cache(maxsize=10_000)
def named(name: str) -> Ref:
    """The reference to a name: one for all that say it."""
    return refs.Name(name)


def _attribute(node: ast.Attribute, known: Known) -> Ref:
    return refs.Attr(value(node.value, known), node.attr)


def _call(node: ast.Call, known: Known) -> Ref:
    return refs.Call(value(node.func, known), arguments(node, known))


def arguments(node: ast.Call, known: Known = NOTHING) -> tuple[Ref, ...]:
    """The positional arguments of a call, as far as they are plain; of `cast()` the type."""
    func, args = node.func, node.args
    if len(args) == 2 and "cast" in (getattr(func, "id", ""), getattr(func, "attr", "")):
        return (refs.Annotated(annotation(args[0])),)
    return tuple([value(each, known) for each in args])


def _subscript(node: ast.Subscript, known: Known) -> Ref:
    base = value(node.value, known)
    return refs.Part(base) if isinstance(node.slice, ast.Slice) else refs.Item(base, index(node.slice))


def index(node: ast.expr) -> int | None:
    """The constant integer that a subscript asks for, or None."""
    match node:
        case ast.Constant(value=int() as number) if type(number) is int:
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return -number
        case _:
            return None


def _display(node: ast.List | ast.Tuple | ast.Set, known: Known) -> Ref:
    return refs.Display(type(node).__name__.lower(), tuple([value(each, known) for each in node.elts]))


_READERS: dict[type | None, Callable[[Any, Known], Ref]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Await: lambda node, known: refs.Await(value(node.value, known)),
    ast.NamedExpr: lambda node, known: value(node.value, known),
    ast.Constant: lambda node, known: refs.Const(type(node.value).__name__),
    ast.IfExp: lambda node, known: refs.Either((value(node.body, known), value(node.orelse, known))),
    ast.BoolOp: lambda node, known: refs.Either(tuple([value(each, known) for each in node.values])),
    ast.Subscript: _subscript,
    ast.JoinedStr: lambda node, known: refs.Const("str"),
    ast.Dict: lambda node, known: refs.Display("dict", tuple([value(each, known) for each in node.values])),
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), _display),
    **dict.fromkeys(_COMPREHENSIONS, lambda node, known: refs.Display(_COMPREHENSIONS[type(node)], (UNKNOWN,))),
}


def annotation(node: ast.expr | None) -> Ref:
    """What `node` refers to, read as a type; quoted ones are parsed."""
    read = _TYPE_READERS.get(type(node))
    return UNKNOWN if read is None else read(node)


def classes(node: ast.expr) -> Ref:
    """The classes that `isinstance()` asks for, read as a type."""
    if isinstance(node, ast.Tuple):
        return refs.Either(tuple([classes(each) for each in node.elts]))
    return annotation(node)


def _constant(node: ast.Constant) -> Ref:
    if isinstance(node.value, str):
        return quoted(node.value)
    return refs.NONE if node.value is None else UNKNOWN


def _binary(node: ast.BinOp) -> Ref:
    either = isinstance(node.op, ast.BitOr)
    return refs.Either((annotation(node.left), annotation(node.right))) if either else UNKNOWN


def _bound(node: ast.Call) -> Ref:
    """What a type variable is bound to."""
    made = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    bounds = [keyword.value for keyword in node.keywords if keyword.arg == "bound"] if made == "TypeVar" else []
    return annotation(bounds[0]) if bounds else UNKNOWN


def _generic(node: ast.Subscript) -> Ref:
    given = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    base = annotation(node.value)
    if (refs.dotted(base) or "").rpartition(".")[2] == "Literal":
        constants = [repr(each.value) for each in given if isinstance(each, ast.Constant)]
        return refs.Literals(tuple(constants)) if len(constants) == len(given) else UNKNOWN
    return refs.Generic(base, tuple([annotation(each) for each in given]))


_TYPE_READERS: dict[type | None, Callable[[Any], Ref]] = {
    ast.Name: lambda node: named(node.id),
    ast.Attribute: value,
    ast.Constant: _constant,
    ast.BinOp: _binary,
    ast.Subscript: _generic,
    ast.Call: _bound,
    ast.List: lambda node: refs.Display("list", tuple([annotation(each) for each in node.elts])),
}


@functools.lru_cache(maxsize=10_000)
def quoted(text: str) -> Ref:
    """What an annotation with this text refers to; `UNKNOWN` if it is no expression."""
    if all(part.isidentifier() for part in text.split(".")):
        first, *rest = text.split(".")
        found: Ref = refs.NONE if text == "None" else named(first)
        for part in rest:
            found = refs.Attr(found, part)
        return found
    try:
        return annotation(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return UNKNOWN
