"""From annotations to types.

In: a reference read as a type, the scope it stands in, and a `Look` at what names stand for. Out: a type.
Never: values, calls.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope

_LISTS = {
    "list": "list",
    "List": "list",
    "set": "set",
    "Set": "set",
    "frozenset": "set",
    "FrozenSet": "set",
    "deque": "deque",
    "Deque": "deque",
    "Sequence": "list",
    "Iterable": "view",
    "Iterator": "view",
    "Collection": "list",
    "AsyncIterator": "stream",
    "AsyncIterable": "stream",
    "Generator": "view",
    "MutableSequence": "list",
    "AbstractSet": "set",
}
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "DefaultDict"})
_WRAPPERS = frozenset({"Annotated", "Optional", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar"})
_HOMES = frozenset(
    {"typing", "typing_extensions", "collections.abc", "collections", "builtins", "types", "dataclasses"}
)
_PLAIN = frozenset({"int", "str", "bytes", "bool", "float", "complex", "object", "bytearray", "memoryview"})


class Reader:
    """Reads annotations with the help of a `Look`; `home` is Self's class."""

    def __init__(self, look: Look, scope: Scope, home: Type | None = None) -> None:
        self.look = look
        self.tables = look.tables
        self.scope = scope
        self.home = home
        self.depth = 0

    def read(self, ref: Ref) -> Type:
        """The type that an annotation names."""
        self.depth += 1
        try:
            return UNKNOWN if self.depth > 20 else self._read(ref)
        finally:
            self.depth -= 1

    def _read(self, ref: Ref) -> Type:
        match ref:
            case refs.Const("NoneType"):
                return NONE
            case refs.Either(parts):
                return self._either([self.read(part) for part in parts])
            case refs.Literals(constants):
                return types.Choice(frozenset(constants))
            case refs.Generic(base, args):
                return self._generic(self._path(base), base, args)
            case refs.Name() | refs.Attr():
                return self._plain(ref)
            case _:
                return UNKNOWN

    def _either(self, parts: list[Type]) -> Type:
        known = [part for part in parts if part is not UNKNOWN]
        # A union with an unknown part promises nothing, unless all the rest is None.
        return types.union(parts) if len(known) == len(parts) else UNKNOWN

    def _path(self, ref: Ref) -> str:
        found = self.look.type_name(ref, self.scope)
        if isinstance(found, types.Symbol):
            return found.path
        if isinstance(found, types.ClassType):
            return found.cls.path
        return ""

    def _plain(self, ref: Ref) -> Type:
        found = self.look.type_name(ref, self.scope)
        if isinstance(found, types.Symbol):
            known = self._symbol(found.path)
            if known is not UNKNOWN or found.path.startswith("typing"):
                return known
            resolved = self.look.resolve(found)
            return (
                self._class(resolved) if isinstance(resolved, types.ClassType) else self.look.foreign_alias(found.path)
            )
        if isinstance(found, types.ClassType):
            return self._class(found)
        return self._alias(ref, found)

    def _class(self, found: types.ClassType) -> Type:
        """A class by its path, if the tables know that; else an instance of it."""
        known = self._symbol(found.cls.path)
        return types.Instance(found.cls) if known is UNKNOWN else known

    def _alias(self, ref: Ref, found: Type) -> Type:
        """A name bound to a type expression: `Fetch = Coroutine[Any, Any, int]`."""
        return found.result if isinstance(found, types.Callable) and isinstance(ref, refs.Name) else UNKNOWN

    def _symbol(self, path: str) -> Type:
        tail = _tail(path)
        if path in self.tables.one_shot:
            return types.Shot(self.tables.one_shot[path], UNKNOWN)
        if path in catalog.MANY_SHOT:
            return types.ManyShot(UNKNOWN)
        if path in catalog.STREAMS:
            return types.Stream(UNKNOWN)
        if tail == "Self" and self.home is not None:
            return self.home
        if tail in _LISTS:
            return types.Container(_LISTS[tail], UNKNOWN)
        if tail in _DICTS:
            return types.Container("dict", UNKNOWN)
        if tail in _PLAIN:
            return types.Literal(tail)
        return UNKNOWN

    def _generic(self, path: str, base: Ref, args: tuple[Ref, ...]) -> Type:
        tail = _tail(path)
        if not args:
            return UNKNOWN
        if path in self.tables.one_shot:
            return types.Shot(self.tables.one_shot[path], self.read(args[-1]))
        if path in catalog.MANY_SHOT:
            return types.ManyShot(self.read(args[-1]))
        if path in catalog.STREAMS:
            return types.Stream(self.read(args[0]))
        if tail in _WRAPPERS:
            inner = self.read(args[0])
            return types.union([inner, NONE]) if tail == "Optional" else inner
        if tail == "Union":
            return self._either([self.read(arg) for arg in args])
        if tail in ("type", "Type"):
            inner = self.read(args[0])
            return types.ClassType(inner.cls) if isinstance(inner, types.Instance) else UNKNOWN
        if tail in ("TypeGuard", "TypeIs"):
            return types.Guard(self.read(args[0]))
        if tail == "Callable":
            return types.Callable(self.read(args[-1]))
        return self._container(tail, base, args)

    def _container(self, tail: str, base: Ref, args: tuple[Ref, ...]) -> Type:
        if tail in ("tuple", "Tuple"):
            if len(args) == 2 and args[1] == UNKNOWN_REF:
                return types.Container("tuple", self.read(args[0]))
            parts = tuple(self.read(arg) for arg in args)
            return types.Container("tuple", types.union(list(parts)), parts)
        if tail in _LISTS:
            element = self.read(args[0])
            return types.Stream(element) if _LISTS[tail] == "stream" else types.Container(_LISTS[tail], element)
        if tail in _DICTS:
            return types.Container("dict", self.read(args[-1]))
        if tail in ("AbstractAsyncContextManager", "AsyncContextManager", "AbstractContextManager", "ContextManager"):
            return types.Manager(self.read(args[0]))
        found = self._plain(base)
        return found if isinstance(found, types.Instance | types.Shot) else UNKNOWN


UNKNOWN_REF = refs.UNKNOWN


def _tail(path: str) -> str:
    """The bare name of a type of `typing`, `collections.abc` or the builtins; "" for others."""
    home, _, tail = path.rpartition(".")
    return tail if home in _HOMES else ""


def kind_of(found: Type) -> Kind | None:
    """The kind of a value of type `found`: that of all its alternatives, None aside."""
    if not isinstance(found, types.Union):
        return found.kind if isinstance(found, types.Shot) else None
    kinds = {part.kind if isinstance(part, types.Shot) else None for part in found.parts if part is not NONE}
    if Kind.VALUETASK in kinds and kinds <= {Kind.VALUETASK, Kind.COROUTINE}:
        return Kind.VALUETASK if kinds == {Kind.VALUETASK} else Kind.COROUTINE
    return kinds.pop() if len(kinds) == 1 else None
