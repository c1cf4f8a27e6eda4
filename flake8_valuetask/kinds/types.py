"""What an expression can evaluate to, as far as one-shot values need it.

In: scopes. Out: immutable types. Never: references, look-ups.
"""

from __future__ import annotations

from flake8_valuetask.events import Kind
from flake8_valuetask.records import comparable
from flake8_valuetask.refs import dotted
from flake8_valuetask.survey import Scope


@comparable
class Type:
    """The base of all types; by itself it stands for «unknown»."""


@comparable
class NoneType(Type):
    """None."""


@comparable
class Symbol(Type):
    """Something imported, known by its dotted path alone."""

    path: str


@comparable
class Instance(Type):
    """An object of a class whose source or stub is known."""

    cls: Scope


@comparable
class ClassType(Type):
    """A class itself."""

    cls: Scope


@comparable
class Function(Type):
    """A function; `owner` is the type it is bound to, if it is a method got from it."""

    scope: Scope
    owner: Type | None = None


@comparable
class Callable(Type):
    """Something callable of which only the result is known."""

    result: Type


@comparable
class Shot(Type):
    """A one-shot value; awaiting it gives `result`."""

    kind: Kind
    result: Type


@comparable
class ManyShot(Type):
    """A Task, Future or preserved value; awaiting it gives `result`."""

    result: Type


@comparable
class Stream(Type):
    """An async generator of `element`."""

    element: Type


@comparable
class Manager(Type):
    """A context manager that gives `element`."""

    element: Type


@comparable
class Container(Type):
    """A container of built-in type `name`, whose elements are `element`; `parts` where fixed."""

    name: str
    element: Type
    parts: tuple[Type, ...] | None = None


@comparable
class Literal(Type):
    """An object of a built-in type that makes nothing."""

    name: str


@comparable
class Choice(Type):
    """One of a few constants, as Python writes them."""

    constants: frozenset[str]


@comparable
class Guard(Type):
    """The answer of a function that asks whether its argument is of a type, and does nothing else with it."""

    of: Type


@comparable
class Super(Type):
    """`super()` in a method of `cls`."""

    cls: Scope


@comparable
class Union(Type):
    """One of several."""

    parts: frozenset[Type]


UNKNOWN = Type()
NONE = NoneType()
"""These two are the only ones of their classes, so that `is` tells them."""
_MANY = 64  # alternatives; overloads are alternatives, too


def union(parts: list[Type]) -> Type:
    """One type for several: unknown if one of them is, or if they are too many to ask each of them every time."""
    if len(parts) == 1:
        return parts[0]
    flat: set[Type] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, Union) else {part}
    if UNKNOWN in flat or not 0 < len(flat) <= _MANY:
        return UNKNOWN
    return flat.pop() if len(flat) == 1 else Union(frozenset(flat))


def members(found: Type) -> frozenset[Type]:
    """The alternatives of a type."""
    return found.parts if isinstance(found, Union) else frozenset({found})


def without_none(found: Type) -> Type:
    """`found` where it is not None."""
    return union([part for part in members(found) if part is not NONE]) if isinstance(found, Union) else found


def overloaded(found: Type) -> Type:
    """One overload, of a function that has several; anything else as it is."""
    parts = [part for part in members(found) if isinstance(part, Function)] if isinstance(found, Union) else []
    same = len(parts) == len(members(found)) and len({part.scope.path for part in parts}) == 1
    return min(parts, key=lambda part: part.scope.line) if same else found


def implementation(found: Type) -> Type:
    """What an overloaded function does: its last definition, behind the overloads; anything else as it is."""
    first = overloaded(found)
    if not isinstance(first, Function) or not isinstance(found, Union):
        return found
    functions = [part for part in found.parts if isinstance(part, Function)]
    last = max(functions, key=lambda part: part.scope.line)
    return found if any("overload" in (dotted(mark) or "") for mark in last.scope.decorators) else last


def path(found: Type) -> str:
    """The dotted path of a symbol, function or class; "" for anything else."""
    if isinstance(found, Symbol):
        return found.path
    if isinstance(found, Function):
        return found.scope.path
    return found.cls.path if isinstance(found, ClassType) else ""
