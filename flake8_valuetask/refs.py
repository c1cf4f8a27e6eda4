"""A small expression language: what the source says about a value, without its tree.

In: nothing. Out: immutable, hashable descriptions (`client.fetch()` is
`Call(Attr(Name("client"), "fetch"))`) that `survey` and `lower` write from `ast`
and `kinds` evaluates in a scope. Never: trees, positions, control flow.

A file makes tens of thousands of references, and looks each up several times. So their classes are written out, with
slots, and a reference knows its `digest`, by which it is compared instead of by its parts. (64 bits; that two of a
module's references share one by chance is not to be expected.)
"""

from __future__ import annotations

from collections.abc import Iterator


class Ref:
    """The base of all references; by itself it stands for «unknown»."""

    __match_args__: tuple[str, ...] = ()
    __slots__ = ("digest",)

    def __init__(self) -> None:
        self.digest = 0

    def __hash__(self) -> int:
        return self.digest

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and isinstance(other, Ref) and self.digest == other.digest)


class Name(Ref):
    """A plain name, looked up from the scope it stands in."""

    __match_args__ = ("id",)
    __slots__ = ("id",)

    def __init__(self, id: str) -> None:
        self.id = id
        self.digest = hash(("Name", id))


class Attr(Ref):
    """`base.name`."""

    __match_args__ = ("base", "name")
    __slots__ = ("base", "name")

    def __init__(self, base: Ref, name: str) -> None:
        self.base = base
        self.name = name
        self.digest = hash(("Attr", base.digest, name))


class Call(Ref):
    """`func(...)`; `args` are the positional arguments, as far as they are plain."""

    __match_args__ = ("func", "args")
    __slots__ = ("args", "func")

    def __init__(self, func: Ref, args: tuple[Ref, ...] = ()) -> None:
        self.func = func
        self.args = args
        self.digest = hash(("Call", func.digest, args))


class Await(Ref):
    """`await value`."""

    __match_args__ = ("value",)
    __slots__ = ("value",)

    def __init__(self, value: Ref) -> None:
        self.value = value
        self.digest = hash(("Await", value.digest))


class Item(Ref):
    """`value[...]` read as a value; `index` where it is a constant integer."""

    __match_args__ = ("value", "index")
    __slots__ = ("index", "value")

    def __init__(self, value: Ref, index: int | None = None) -> None:
        self.value = value
        self.index = index
        self.digest = hash(("Item", value.digest, index))


class Part(Ref):
    """`value[...]` with a slice: some of what is in it."""

    __match_args__ = ("value",)
    __slots__ = ("value",)

    def __init__(self, value: Ref) -> None:
        self.value = value
        self.digest = hash(("Part", value.digest))


class Iter(Ref):
    """One element of `for ... in value` (`async for` when `asynchronous`)."""

    __match_args__ = ("value", "asynchronous")
    __slots__ = ("asynchronous", "value")

    def __init__(self, value: Ref, asynchronous: bool = False) -> None:
        self.value = value
        self.asynchronous = asynchronous
        self.digest = hash(("Iter", value.digest, asynchronous))


class Enter(Ref):
    """What `with value as ...` gives (`async with` when `asynchronous`)."""

    __match_args__ = ("value", "asynchronous")
    __slots__ = ("asynchronous", "value")

    def __init__(self, value: Ref, asynchronous: bool = False) -> None:
        self.value = value
        self.asynchronous = asynchronous
        self.digest = hash(("Enter", value.digest, asynchronous))


class Generic(Ref):
    """`base[args]` read as a type: `Coroutine[Any, Any, int]`."""

    __match_args__ = ("base", "args")
    __slots__ = ("args", "base")

    def __init__(self, base: Ref, args: tuple[Ref, ...]) -> None:
        self.base = base
        self.args = args
        self.digest = hash(("Generic", base.digest, args))


class Either(Ref):
    """One of several: a conditional expression, `or`, or `X | Y` as a type."""

    __match_args__ = ("parts",)
    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Ref, ...]) -> None:
        self.parts = parts
        self.digest = hash(("Either", parts))


class Display(Ref):
    """A list, tuple, set or dict display; for dicts the parts are the values."""

    __match_args__ = ("container", "parts")
    __slots__ = ("container", "parts")

    def __init__(self, container: str, parts: tuple[Ref, ...]) -> None:
        self.container = container
        self.parts = parts
        self.digest = hash(("Display", container, parts))


class Const(Ref):
    """A literal; `type` names its built-in type ("NoneType" for None)."""

    __match_args__ = ("type",)
    __slots__ = ("type",)

    def __init__(self, type: str) -> None:
        self.type = type
        self.digest = hash(("Const", type))


class Annotated(Ref):
    """A value of which only the type is known: a parameter, an annotated name."""

    __match_args__ = ("annotation",)
    __slots__ = ("annotation",)

    def __init__(self, annotation: Ref) -> None:
        self.annotation = annotation
        self.digest = hash(("Annotated", annotation.digest))


class Narrowed(Ref):
    """`value`, where `isinstance()` has said that it is of `classes`, or (unless `outcome`) of none of them."""

    __match_args__ = ("value", "classes", "outcome")
    __slots__ = ("classes", "outcome", "value")

    def __init__(self, value: Ref, classes: Ref, outcome: bool) -> None:
        self.value = value
        self.classes = classes
        self.outcome = outcome
        self.digest = hash(("Narrowed", value.digest, classes.digest, outcome))


class Literals(Ref):
    """`Literal[...]`: a type of a few constants, as Python writes them."""

    __match_args__ = ("constants",)
    __slots__ = ("constants",)

    def __init__(self, constants: tuple[str, ...]) -> None:
        self.constants = constants
        self.digest = hash(("Literals", constants))


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


def root(ref: Ref) -> str | None:
    """The first name of a chain of names (`a.b.c`), or None for anything else."""
    while isinstance(ref, Attr):
        ref = ref.base
    return ref.id if isinstance(ref, Name) else None


def words(ref: Ref) -> Iterator[str]:
    """The names in a reference; attributes with a dot before them."""
    stack = [ref]
    while stack:
        ref = stack.pop()
        if isinstance(ref, Name):
            yield ref.id
            continue
        if isinstance(ref, Attr):
            yield f".{ref.name}"
            stack.append(ref.base)
            continue
        for part in [getattr(ref, name) for name in ref.__match_args__]:
            stack += [each for each in (part if isinstance(part, tuple) else (part,)) if isinstance(each, Ref)]


def text(ref: Ref) -> str:
    """A short text for messages: the chain of names, with `()` for calls in it."""
    match ref:
        case Name(name):
            return name
        case Attr(base, name):
            return f"{text(base)}.{name}"
        case Call(func, _):
            return f"{text(func)}()"
        case Narrowed(value, _, _):
            return text(value)
        case Item(value, _) | Part(value):
            return f"{text(value)}[...]"
        case _:
            return "(...)"
