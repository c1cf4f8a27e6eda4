"""A survey as plain data, and back: what other modules need to know of a module.

In: a `Survey` of a whole module, or data that JSON has kept. Out: lists, dicts and strings, the scopes of a
module as the JSON texts of their own; or a `Survey` whose scopes read them when they are asked.
Left out are calls, awaits and uses, and the locals of functions whose result is declared. Never: files,
kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cached_property
from typing import Any, TypeAlias

from flake8_valuetask import refs
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Survey
from flake8_valuetask.survey.scopes import Binding, Parameter, Scope

Data: TypeAlias = Any
"""What JSON can hold."""

_REFS: tuple[type[Ref], ...] = (
    Ref,
    refs.Name,
    refs.Attr,
    refs.Call,
    refs.Await,
    refs.Item,
    refs.Iter,
    refs.Enter,
    refs.Generic,
    refs.Either,
    refs.Display,
    refs.Const,
    refs.Annotated,
)
_NUMBERS = {cls: number for number, cls in enumerate(_REFS)}
_FIELDS = {cls: tuple(each.name for each in fields(cls) if each.init) for cls in _REFS}
_MANY = -1  # marks a tuple of references


def write(survey: Survey) -> Data:
    """The outline of a survey."""
    return {"package": survey.package, "scope": _scope(survey.scope)}


def read(data: Data, name: str) -> Survey:
    """The survey of the module `name` from its outline.

    Raises KeyError, TypeError or the like, now or when a part is asked for, if the data is no outline.
    """
    scope = Outlined(data["scope"], None, name)
    return Survey(name, scope, [], {}, data["package"])


def _scope(scope: Scope) -> Data:
    data: dict[str, Data] = {
        "kind": scope.kind,
        "name": scope.name,
        "lines": [scope.line, scope.end],
        "decorators": [_ref(each) for each in scope.decorators],
        "bases": [_ref(each) for each in scope.bases],
        "stars": scope.stars,
        "starred": scope.starred,
        "exports": scope.exports,
        "patched": sorted(scope.patched),
        "attributes": _bindings(scope.attributes, scope),
    }
    if scope.kind == "function":
        data |= _signature(scope)
        if not _needs_locals(scope):
            return _filled(data)
    data["bindings"] = _bindings(scope.bindings, scope)
    data["comprehensions"] = _bindings(scope.comprehensions, scope)
    data["children"] = [_child(child, scope) for child in scope.children]
    return _filled(data)


def _child(child: Scope, scope: Scope) -> Data:
    """A scope inside another one: as text in a module, for most of them are never looked into."""
    data = _scope(child)
    return json.dumps(data, separators=(",", ":")) if scope.kind == "module" else data


def _filled(data: dict[str, Data]) -> Data:
    asked = ("name", "returned", "result", "ending")
    return {key: value for key, value in data.items() if value or (key in asked and value is not None)}


def _needs_locals(scope: Scope) -> bool:
    """Whether a result or an attribute may follow from the names of a function."""
    home = scope.parent
    if scope.result is None or scope.generator:
        return True
    kept = home.attributes.values() if home is not None and home.kind == "class" else ()
    return any(scope.line <= binding.line <= scope.end for bindings in kept for binding in bindings)


def _signature(scope: Scope) -> dict[str, Data]:
    return {
        "async": scope.is_async,
        "generator": scope.generator,
        "stub": scope.is_stub,
        "true": scope.may_return_true,
        "ending": _ref(scope.ending) if scope.ending is not None else None,
        "result": _ref(scope.result) if scope.result is not None else None,
        "returned": _returned(scope),
        "parameters": [[p.name, p.variety, p.annotation is not None, p.default is not None] for p in scope.parameters],
        "annotations": {
            p.name: _ref(scope.bindings[p.name][0].ref) for p in scope.parameters if p.annotation is not None
        },
    }


def _returned(scope: Scope) -> list[Data]:
    """What a function gives back: all of it, or, where that is declared, whether it is a name."""
    plain = all(isinstance(each, refs.Name) for each in scope.returned)
    return [_ref(each) if scope.result is None or plain else 0 for each in scope.returned]


def _bindings(found: dict[str, list[Binding]], scope: Scope) -> Data:
    return {name: [_binding(each, scope) for each in bindings] for name, bindings in found.items()}


def _binding(binding: Binding, scope: Scope) -> Data:
    if binding.scope is not None:
        inside = binding.scope in scope.children  # a `global` statement may bring one from elsewhere
        return [binding.how, binding.line, scope.children.index(binding.scope)] if inside else ["unknown", 0, ""]
    if binding.how in ("import", "unknown"):
        return [binding.how, binding.line, binding.target]
    alias = _ref(binding.as_type) if binding.is_alias else None
    return [binding.how, binding.line, _ref(binding.ref), alias]


def _ref(ref: Ref) -> Data:
    """A reference as a list: the number of its class, then its fields."""
    cls = type(ref)
    if cls is Ref:
        return 0
    return [_NUMBERS[cls], *(_field(getattr(ref, name)) for name in _FIELDS[cls])]


def _field(value: object) -> Data:
    if isinstance(value, Ref):
        return _ref(value)
    return [_MANY, *map(_ref, value)] if isinstance(value, tuple) else value


def _reference(data: Data) -> Ref:
    if data == 0:
        return refs.UNKNOWN
    number, *fields = data
    cls = _REFS[number]
    found: Ref = cls(*map(_value, fields, _FIELDS[cls]))
    return found


def _value(data: Data, name: str) -> object:
    if isinstance(data, list):
        return tuple(map(_reference, data[1:])) if data and data[0] == _MANY else _reference(data)
    return refs.UNKNOWN if data == 0 and name in ("base", "func", "value", "annotation") else data


class Kept(Binding):
    """A binding of an outline; its references are read when asked for."""

    __slots__ = ("data",)

    def __init__(self, data: Data, scope: Scope | None) -> None:
        target = data[2] if data[0] in ("import", "unknown") else ""
        super().__init__(data[0], data[1], None, scope, target)
        self.data = data

    @property
    def is_alias(self) -> bool:
        """Whether the name can stand for a type."""
        return len(self.data) > 3 and self.data[3] is not None

    @property
    def ref(self) -> Ref:
        """The bound value as a reference."""
        return _reference(self.data[2])

    @property
    def as_type(self) -> Ref:
        """The bound value read as a type."""
        return _reference(self.data[3])


class Named(dict[str, list[Binding]]):
    """The bindings of an outlined scope by name, each read when it is asked for."""

    def __init__(self, data: dict[str, Data], scope: Outlined) -> None:
        super().__init__()
        self._data = data
        self._scope = scope

    def __missing__(self, name: str) -> list[Binding]:
        self[name] = found = [self._scope.binding(each) for each in self._data[name]]
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def get(self, name: str, default: Any = None) -> Any:
        """The bindings of a name, or the default."""
        return self[name] if name in self._data else default

    def values(self) -> Any:
        """The bindings of all names."""
        return [self[name] for name in self._data]

    def items(self) -> Any:
        """All names with their bindings."""
        return [(name, self[name]) for name in self._data]


class Outlined(Scope):
    """A scope of an outline; its parts are read when asked for."""

    def __init__(self, data: Data, parent: Scope | None, module: str) -> None:
        self.data = data
        self.kind: str = data["kind"]
        self.name: str = data["name"]
        self.parent = parent
        self.module = module
        self.generator: bool = data.get("generator", False)
        self.stars: list[str] = data.get("stars", [])
        self.starred: int = data.get("starred", 0)
        self.exports: list[str] | None = data.get("exports")
        self.patched: set[str] = set(data.get("patched", ()))
        self.line, self.end = data["lines"]
        self.is_async: bool = data.get("async", False)
        self.is_stub: bool = data.get("stub", False)
        self.may_return_true: bool = data.get("true", False)
        self.docstring = ""
        self._children: dict[int, Scope] = {}
        self.uses = {}
        self.elsewhere = set()

    def _refs(self, key: str) -> list[Ref]:
        return [_reference(each) for each in self.data.get(key, ())]

    def _one(self, key: str) -> Ref | None:
        return _reference(self.data[key]) if key in self.data else None

    def binding(self, data: Data) -> Binding:
        """A binding from its data."""
        return Kept(data, self._child(data[2]) if data[0] in ("function", "class") else None)

    def _child(self, number: int) -> Scope:
        if number not in self._children:
            data = self.data["children"][number]
            if isinstance(data, str):  # read once in a process, for all linted files
                data = self.data["children"][number] = json.loads(data)
            self._children[number] = Outlined(data, self, self.module)
        return self._children[number]

    @cached_property
    def children(self) -> list[Scope]:  # type: ignore[override]
        """The scopes inside this one, as far as they matter."""
        return [self._child(number) for number in range(len(self.data.get("children", ())))]

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:  # type: ignore[override]
        """The names of the scope; of a function perhaps only its parameters."""
        if "bindings" in self.data:
            return Named(self.data["bindings"], self)
        annotated: dict[str, Data] = self.data.get("annotations", {})
        return Named({name: [["parameter", self.line, ref]] for name, ref in annotated.items()}, self)

    @cached_property
    def attributes(self) -> dict[str, list[Binding]]:  # type: ignore[override]
        """The attributes of a class that its methods set."""
        return Named(self.data.get("attributes", {}), self)

    @cached_property
    def comprehensions(self) -> dict[str, list[Binding]]:  # type: ignore[override]
        """The variables of comprehensions."""
        return Named(self.data.get("comprehensions", {}), self)

    @cached_property
    def decorators(self) -> list[Ref]:
        """The decorators, top down."""
        return self._refs("decorators")

    @cached_property
    def bases(self) -> list[Ref]:
        """The base classes."""
        return self._refs("bases")

    @cached_property
    def result(self) -> Ref | None:
        """The return annotation, or None."""
        return self._one("result")

    @cached_property
    def ending(self) -> Ref | None:
        """What the last statement calls, if it is a call; see `Scope.ending`."""
        return self._one("ending")

    @cached_property
    def returned(self) -> list[Ref]:
        """What the return statements give back."""
        return self._refs("returned")

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The parameters, in order."""
        return list(_parameters(self.data.get("parameters", ())))


def _parameters(data: Iterable[Data]) -> Iterable[Parameter]:
    for name, variety, annotated, default in data:
        yield Parameter(name, variety, refs.UNKNOWN if annotated else None, refs.UNKNOWN if default else None)
