"""A small expression language: what the source says about a value, without its tree.

In: nothing. Out: immutable, hashable descriptions (`client.fetch()` is
`Call(Attr(Name("client"), "fetch"))`) that `survey` writes from `ast`, `lower` from libcst,
and `kinds` evaluates in a scope. Never: trees, positions, control flow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """The base of all references; by itself it stands for «unknown»."""


@dataclass(frozen=True, slots=True)
class Name(Ref):
    """A plain name, looked up from the scope it stands in."""

    id: str


@dataclass(frozen=True, slots=True)
class Attr(Ref):
    """`base.name`."""

    base: Ref
    name: str


@dataclass(frozen=True, slots=True)
class Call(Ref):
    """`func(...)`; `args` are the positional arguments, as far as they are plain."""

    func: Ref
    args: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Await(Ref):
    """`await value`."""

    value: Ref


@dataclass(frozen=True, slots=True)
class Item(Ref):
    """`value[...]` read as a value; `index` where it is a constant integer."""

    value: Ref
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Iter(Ref):
    """One element of `for ... in value` (`async for` when `asynchronous`)."""

    value: Ref
    asynchronous: bool = False


@dataclass(frozen=True, slots=True)
class Enter(Ref):
    """What `with value as ...` gives (`async with` when `asynchronous`)."""

    value: Ref
    asynchronous: bool = False


@dataclass(frozen=True, slots=True)
class Generic(Ref):
    """`base[args]` read as a type: `Coroutine[Any, Any, int]`."""

    base: Ref
    args: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Either(Ref):
    """One of several: a conditional expression, `or`, or `X | Y` as a type."""

    parts: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Display(Ref):
    """A list, tuple, set or dict display; for dicts the parts are the values."""

    container: str
    parts: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Const(Ref):
    """A literal; `type` names its built-in type ("NoneType" for None)."""

    type: str


@dataclass(frozen=True, slots=True)
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
