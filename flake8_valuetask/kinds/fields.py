"""Fields of the classes of a module: who empties them, who awaits them, what a property makes.

In: classes and the names of their attributes. Out: kinds, and what is known of the owners. Never: control flow.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.evaluate import Evaluator
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope

# Methods in which an object that was given a coroutine runs it, once, as its own await.
_OWN_AWAIT = frozenset(
    {"__await__", "__aenter__", "__aexit__", "__iter__", "__init__", "__del__", "send", "throw", "close"}
)


class Fields:
    """The fields of the classes of one module, `module`."""

    def __init__(self, module: Scope, evaluator: Evaluator) -> None:
        self.module = module
        self.evaluator = evaluator
        self._clears: dict[tuple[Scope, str], bool] = {}
        self._owns: dict[tuple[Scope, str], bool] = {}
        self._lines: dict[tuple[Scope, str], int | None] = {}

    def class_of(self, ref: Ref, scope: Scope) -> Scope | None:
        """The class of this module that `ref` is an instance of, or None."""
        found = types.without_none(self.evaluator.evaluate(ref, scope))
        return found.cls if isinstance(found, types.Instance) and found.cls.top is self.module else None

    def property(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind that a property makes anew at each read; None for plain attributes."""
        if not isinstance(ref, refs.Attr):
            return None
        cls = self.class_of(ref.base, scope)
        while cls is not None and ref.name not in cls.bindings and ref.name not in cls.attributes:
            cls = next((c for base in cls.bases if (c := self._base(base, cls)) is not None), None)
        if cls is None or any(b.how != "function" for b in cls.bindings.get(ref.name, ())):
            return None
        return self.evaluator.kind(ref, scope) if ref.name in cls.bindings else None

    def _base(self, base: Ref, cls: Scope) -> Scope | None:
        """A base class that this module defines."""
        found = self.evaluator.evaluate(base, cls.parent or cls)
        return found.cls if isinstance(found, types.ClassType) and found.cls.top is self.module else None

    def doubtful(self, owner: Ref, name: str, scope: Scope) -> int | None:
        """The line where the attribute `name` is set from a bare call of unknown kind, if it is
        awaited elsewhere than in the method that sets it, or in a loop."""
        cls = self.class_of(owner, scope)
        if cls is None or name in cls.bindings:
            return None
        if (cls, name) not in self._lines:
            self._lines[cls, name] = None if self.clears(cls, name) else self._set(cls, name)
        return self._lines[cls, name]

    def _set(self, cls: Scope, name: str) -> int | None:
        made = [b for b in cls.attributes.get(name, ()) if isinstance(b.ref, refs.Call) and self._doubtful(b.ref, cls)]
        awaits = [use for use in cls.uses.get(name, ()) if use.how == "await"]
        setters = {use.method for use in cls.uses.get(name, ()) if use.how == "set"}
        often = any(use.looped or use.method not in setters for use in awaits)
        return made[0].line if made and often else None

    def _doubtful(self, call: refs.Call, cls: Scope) -> bool:
        """Whether a call may make a one-shot value, by all that is known."""
        tail = call.func.name if isinstance(call.func, refs.Attr) else ""
        name = tail or (call.func.id if isinstance(call.func, refs.Name) else "")
        if name in ("create_task", "ensure_future", "create_future", "Future", "Task"):
            return False
        home = next((m for m in cls.children if m.kind == "function"), cls)
        return self.evaluator.evaluate(call, home) is types.UNKNOWN

    def clears(self, cls: Scope, attribute: str) -> bool:
        """Whether the class empties `attribute` again where it takes the value out, or puts the result in its place."""
        if (cls, attribute) not in self._clears:
            self._clears[cls, attribute] = self._emptied(cls, attribute)
        return self._clears[cls, attribute]

    def _emptied(self, cls: Scope, attribute: str) -> bool:
        uses = cls.uses.get(attribute, ())
        taken = _lines({use.method for use in uses if use.how != "set"})
        awaiting = _lines({use.method for use in uses if use.how == "await"})
        for binding in cls.attributes.get(attribute, ()):
            replaced = binding.ref != refs.NONE and self._result(binding.ref, cls, attribute)
            if binding.line in (awaiting if replaced else taken if binding.ref == refs.NONE else ()):
                return True
        return False

    def _result(self, ref: Ref, cls: Scope, attribute: str) -> bool:
        """Whether this is what awaiting an attribute of that name gives, perhaps if it is still to be awaited; or what
        is said to be something else than a one-shot value."""
        match ref:
            case refs.Either(parts):
                return any(self._result(part, cls, attribute) for part in parts)
            case refs.Await(refs.Attr(_, name)):
                return name == attribute
            case refs.Call(_, [refs.Annotated() as told]):  # a cast
                return self._result(told, cls, attribute)
            case refs.Annotated():
                return kind_of(types.without_none(self.evaluator.evaluate(ref, cls))) is None
            case _:
                return False

    def well_kept(self, cls: Scope, name: str, kind: Kind) -> bool:
        """Whether a declared field of coroutines belongs to an owner that consumes it once."""
        used = bool(cls.uses.get(name))
        return not kind.strict and used and (self.clears(cls, name) or self.owns(cls, name))

    def owns(self, cls: Scope, attribute: str) -> bool:
        """Whether the class consumes `attribute` as its own await only, if at all."""
        if (cls, attribute) not in self._owns:
            self._owns[cls, attribute] = _owned(cls, attribute)
        return self._owns[cls, attribute]


def _lines(methods: Iterable[Scope]) -> set[int]:
    """The lines of some methods."""
    return {line for method in methods for line in range(method.line, method.end + 1)}


def is_coroutine(cls: Scope) -> bool:
    """Whether the objects of a class are coroutines themselves: then they may keep one that lives as long."""
    plain = [base.base if isinstance(base, refs.Generic) else base for base in cls.bases]
    return any((refs.dotted(base) or "").rpartition(".")[2] == "Coroutine" for base in plain)


def _owned(cls: Scope, attribute: str) -> bool:
    awaits = [use for use in cls.uses.get(attribute, ()) if use.how == "await"]
    if len(awaits) == 1 and not awaits[0].looped and awaits[0].method.name.startswith("_"):
        return True  # one private method runs it, as a task does
    return {use.method.name for use in awaits} <= _OWN_AWAIT
