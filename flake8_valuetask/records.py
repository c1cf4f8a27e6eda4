"""Immutable records that are cheap to define, and attributes that are computed once.

In: classes with annotated fields. Out: the same as records with slots. A type checker sees a frozen dataclass; at run
time nothing enforces that, and no code is generated for each class: `dataclass` compiles several methods of each, and
that was most of what it took to import a hundred of them. Never: anything but definitions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

__all__ = ["comparable", "lazy", "made", "mutable", "mutable_with_more", "record", "replaced"]

if TYPE_CHECKING:
    from functools import cached_property as lazy

    from typing_extensions import dataclass_transform
else:

    class lazy:
        """A `functools.cached_property` without the lock that this has before Python 3.12."""

        def __init__(self, function):
            self.function = function
            self.name = function.__name__
            self.__doc__ = function.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            found = self.function(instance)
            return instance.__dict__.setdefault(self.name, found)  # computing it may have led here again

    def dataclass_transform(**_):
        """Only type checkers need to know."""
        return lambda function: function


C = TypeVar("C", bound=type)
R = TypeVar("R")
T = TypeVar("T")


class _Made(NamedTuple):
    factory: Callable[[], Any]


def made(*, factory: Callable[[], T]) -> T:
    """The default of a field: what a function gives, anew for each object."""
    return _Made(factory)  # type: ignore[return-value]


@dataclass_transform(frozen_default=True, eq_default=False)
def record(cls: C) -> C:
    """A record that is equal to itself only."""
    return _with_slots(cls, {})


@dataclass_transform(frozen_default=True)
def comparable(cls: C) -> C:
    """A record that is equal to others of its class with the same fields, and can be hashed."""
    return _with_slots(cls, {"__eq__": _equal, "__hash__": _hash, "__repr__": _repr})


@dataclass_transform(field_specifiers=(made,))
def mutable(cls: C) -> C:
    """Something whose fields may change; equal to others of its class with the same fields."""
    return _with_slots(cls, {"__eq__": _equal, "__hash__": None, "__repr__": _repr})


@dataclass_transform(eq_default=False, field_specifiers=(made,))
def mutable_with_more(cls: C) -> C:
    """Something whose fields may change, and which may get other attributes; equal to itself only."""
    names = tuple(cls.__annotations__)
    defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
    for name in defaults:
        delattr(cls, name)
    setattr(cls, "__init__", _constructor(names, defaults))  # noqa: B010 - mypy knows better than to assign it
    return cls


def replaced(of: R, **changes: Any) -> R:
    """A record like another one, with other values in some fields."""
    names: tuple[str, ...] = of.__match_args__  # type: ignore[attr-defined]
    return type(of)(**({name: getattr(of, name) for name in names} | changes))


def _with_slots(cls: C, methods: dict[str, Any]) -> C:
    """The class anew, with slots for its own fields, and with a constructor for these and for those of its base."""
    base: Any = cls.__base__
    own = tuple(cls.__annotations__)
    names = (*getattr(base, "__match_args__", ()), *own)
    given = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
    defaults = {**getattr(base, "_defaults", {}), **given}
    space = {key: value for key, value in cls.__dict__.items() if key not in (*own, "__dict__", "__weakref__")}
    space |= {"__slots__": own, "__match_args__": names, "_defaults": defaults, "__qualname__": cls.__qualname__}
    space |= {"__init__": _constructor(names, defaults), **methods}
    if methods:
        space["_values"] = staticmethod(_values(names))
    return type(cls)(cls.__name__, cls.__bases__, space)


def _constructor(names: tuple[str, ...], defaults: dict[str, object]) -> FunctionType:
    """A function that takes these fields and sets them."""
    factories = {n: d.factory for n, name in enumerate(names) if isinstance(d := defaults.get(name), _Made)}
    code = _template(len(names), frozenset(factories))
    known = {f"f{n}": name for n, name in enumerate(names)}
    code = code.replace(co_names=tuple(known.get(name, name) for name in code.co_names), co_varnames=("self", *names))
    last = tuple(None if n in factories else defaults[name] for n, name in enumerate(names) if name in defaults)
    return FunctionType(code, {f"make{n}": factory for n, factory in factories.items()}, "__init__", last)


@cache
def _template(number: int, factories: frozenset[int]) -> CodeType:
    """The code of a constructor with so many fields, some of which are made if they are not given; its names are to be
    replaced."""
    parameters = "".join(f", p{n}" for n in range(number))
    values = (f"make{n}() if p{n} is None else p{n}" if n in factories else f"p{n}" for n in range(number))
    body = "".join(f"; self.f{n} = {value}" for n, value in enumerate(values))
    module = compile(f"def __init__(self{parameters}): pass{body}", "<record>", "exec")
    return next(each for each in module.co_consts if isinstance(each, CodeType))


def _values(names: tuple[str, ...]) -> Any:
    """A function from a record to what its fields hold."""
    return attrgetter(*names) if names else type


def _equal(self: Any, other: Any) -> bool:
    return self is other or (type(self) is type(other) and self._values(self) == self._values(other))


def _hash(self: Any) -> int:
    return hash(self._values(self))


def _repr(self: Any) -> str:
    names: tuple[str, ...] = self.__match_args__
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
