"""A small expression language: what the source says about a value, without its tree.

In: nothing. Out: immutable, hashable descriptions (`client.fetch()` is
`Call(Attr(Name("client"), "fetch"))`) that `survey` and `lower` write from `ast`
and `kinds` evaluates in a scope. Never: trees, positions, control flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TypeVar

from flake8_valuetask.records import record

R = TypeVar("R", bound="type[Ref]")


def _hashed_once(cls: R) -> R:
    """A reference is looked up often, and holds others: its digest is computed when it is made, and compared instead
    of its parts. (64 bits; that two of a module's references share one by chance is not to be expected.)"""
    cls.__hash__ = _digest  # type: ignore[assignment]
    cls.__eq__ = _same  # type: ignore[assignment]
    return cls


def _digest(ref: Ref) -> int:
    return ref.digest


def _same(ref: Ref, other: object) -> bool:
    return ref is other or (type(ref) is type(other) and isinstance(other, Ref) and ref.digest == other.digest)


@_hashed_once
@record
class Ref:
    """The base of all references; by itself it stands for «unknown»."""

    digest: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        names: tuple[str, ...] = self.__match_args__
        self.digest = hash((type(self), *[getattr(self, name) for name in names]))  # type: ignore[misc]


@_hashed_once
@record
class Name(Ref):
    """A plain name, looked up from the scope it stands in."""

    id: str


@_hashed_once
@record
class Attr(Ref):
    """`base.name`."""

    base: Ref
    name: str


@_hashed_once
@record
class Call(Ref):
    """`func(...)`; `args` are the positional arguments, as far as they are plain."""

    func: Ref
    args: tuple[Ref, ...] = ()


@_hashed_once
@record
class Await(Ref):
    """`await value`."""

    value: Ref


@_hashed_once
@record
class Item(Ref):
    """`value[...]` read as a value; `index` where it is a constant integer."""

    value: Ref
    index: int | None = None


@_hashed_once
@record
class Iter(Ref):
    """One element of `for ... in value` (`async for` when `asynchronous`)."""

    value: Ref
    asynchronous: bool = False


@_hashed_once
@record
class Enter(Ref):
    """What `with value as ...` gives (`async with` when `asynchronous`)."""

    value: Ref
    asynchronous: bool = False


@_hashed_once
@record
class Generic(Ref):
    """`base[args]` read as a type: `Coroutine[Any, Any, int]`."""

    base: Ref
    args: tuple[Ref, ...]


@_hashed_once
@record
class Either(Ref):
    """One of several: a conditional expression, `or`, or `X | Y` as a type."""

    parts: tuple[Ref, ...]


@_hashed_once
@record
class Display(Ref):
    """A list, tuple, set or dict display; for dicts the parts are the values."""

    container: str
    parts: tuple[Ref, ...]


@_hashed_once
@record
class Const(Ref):
    """A literal; `type` names its built-in type ("NoneType" for None)."""

    type: str


@_hashed_once
@record
class Annotated(Ref):
    """A value of which only the type is known: a parameter, an annotated name."""

    annotation: Ref


UNKNOWN = Ref()
NONE = Const("NoneType")


def dotted(ref: Ref) -> str | None:
    """The dotted text of a chain of names (`a.b.c`), or None for anything else."""
    parts: list[str] = []
    while isinstance(ref, Attr):
        parts.append(ref.name)
        ref = ref.base
    if not isinstance(ref, Name):
        return None
    return ".".join([ref.id, *reversed(parts)])


def words(ref: Ref) -> Iterator[str]:
    """The names in a reference; attributes with a dot before them."""
    if isinstance(ref, Name):
        yield ref.id
    elif isinstance(ref, Attr):
        yield f".{ref.name}"
    fields: tuple[str, ...] = ref.__match_args__
    for name in fields:
        part = getattr(ref, name)
        for each in part if isinstance(part, tuple) else (part,):
            if isinstance(each, Ref):
                yield from words(each)


def text(ref: Ref) -> str:
    """A short text for messages: the chain of names, with `()` for calls in it."""
    match ref:
        case Name(name):
            return name
        case Attr(base, name):
            return f"{text(base)}.{name}"
        case Call(func, _):
            return f"{text(func)}()"
        case Item(value, _):
            return f"{text(value)}[...]"
        case _:
            return "..."
