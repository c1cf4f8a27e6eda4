"""What a reference evaluates to in a scope: the way to names, attributes, calls; awaits and the like are here.

In: references and scopes of a survey. Out: types. Ambiguity gives the unknown. Never: trees,
control flow (a name has the type on which all its bindings agree).
"""

from __future__ import annotations

from flake8_valuetask import refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import attributes, calls, decorators, names, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope

_DEPTH = 40  # no sensible program nests look-ups deeper; a circle is cut where it closes


class Evaluator(Look):
    """Evaluates references; remembers what it found."""

    def evaluate(self, ref: Ref, scope: Scope) -> Type:
        """The type of `ref` in `scope`; unknown where it depends on itself."""
        key = (ref.digest, scope)
        found = self.memo.get(key)
        if found is None:
            if self.depth > _DEPTH:
                return UNKNOWN
            self.memo[key] = UNKNOWN
            self.depth += 1
            try:
                found = self.memo[key] = self._evaluate(ref, scope)
            finally:
                self.depth -= 1
        return found

    def _evaluate(self, ref: Ref, scope: Scope) -> Type:
        if isinstance(ref, refs.Name):
            return names.named(self, ref.id, scope)
        if isinstance(ref, refs.Attr):
            found = attributes.attribute(self, self.evaluate(ref.base, scope), ref.name)
            return attributes.unless_patched(found, ref.name, scope)
        if isinstance(ref, refs.Call):
            return calls.call(self, ref, scope)
        if isinstance(ref, refs.Annotated):
            return names.annotation(self, ref.annotation, scope)
        return self._rare(ref, scope)

    def _rare(self, ref: Ref, scope: Scope) -> Type:
        match ref:
            case refs.Const(name):
                return NONE if name == "NoneType" else types.Literal(name)
            case refs.Either(parts):
                return types.union([self.evaluate(part, scope) for part in parts])
            case refs.Display(container, parts):
                elements = tuple(self.evaluate(part, scope) for part in parts)
                return types.Container(container, types.union(list(elements)), elements)
            case refs.Narrowed(value, classes, outcome):
                asked = names.annotation(self, classes, scope)
                return _narrowed(self, self.evaluate(value, scope), asked, outcome)
            case refs.Await() | refs.Iter() | refs.Enter() | refs.Item() | refs.Part():
                return _derived(self, ref, scope)
            case _:
                return UNKNOWN

    def kind(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind of one-shot value that `ref` gives, or None."""
        return kind_of(self.evaluate(ref, scope))

    def type_name(self, ref: Ref, scope: Scope) -> Type:
        """What a plain or dotted name stands for in an annotation; an alias as a `Callable` giving its type."""
        return names.type_name(self, ref, scope)

    def resolve(self, found: Type) -> Type:
        """What a symbol stands for, where its module can be read; other types are themselves."""
        return names.resolve(self, found)

    def foreign_alias(self, path: str) -> Type:
        """The type that an alias of another module stands for, by the path of its name."""
        return names.foreign_alias(self, path)

    def kept(self, cls: Scope) -> bool:
        """Whether its decorators leave a class what it is."""
        return decorators.kept(self, cls)

    def attribute(self, owner: Type, name: str) -> Type:
        """`owner.name`."""
        return attributes.attribute(self, owner, name)

    def called(self, func: Type, ref: refs.Call, scope: Scope) -> Type:
        """What calling `func` gives."""
        return calls.called(self, func, ref, scope)


def _derived(look: Look, ref: Ref, scope: Scope) -> Type:
    """Awaited, iterated, entered and subscripted values."""
    match ref:
        case refs.Await(value):
            inner = look.evaluate(value, scope)
            return inner.result if isinstance(inner, types.Shot | types.ManyShot) else UNKNOWN
        case refs.Iter(value, _):
            inner = types.without_none(look.evaluate(value, scope))
            return inner.element if isinstance(inner, types.Container | types.Stream) else UNKNOWN
        case refs.Item(value, index):
            return _item(types.without_none(look.evaluate(value, scope)), index)
        case refs.Part(value):
            return _part(types.without_none(look.evaluate(value, scope)))
        case refs.Enter(value, asynchronous):
            return _entered(look, look.evaluate(value, scope), asynchronous)
        case _:
            return UNKNOWN


def _item(container: Type, index: int | None) -> Type:
    """`container[index]`."""
    if not isinstance(container, types.Container):
        return UNKNOWN
    if container.parts is not None and index is not None and container.name in ("tuple", "list"):
        return container.parts[index] if -len(container.parts) <= index < len(container.parts) else UNKNOWN
    return container.element


def _part(container: Type) -> Type:
    """`container[...]` with a slice."""
    if not isinstance(container, types.Container) or container.name not in ("list", "tuple"):
        return UNKNOWN
    return types.Container(container.name, container.element)


def _entered(look: Look, manager: Type, asynchronous: bool) -> Type:
    """What `with manager as ...` binds."""
    if isinstance(manager, types.Manager):
        return manager.element
    manager = names.resolve(look, manager)
    if not isinstance(manager, types.Instance):
        return UNKNOWN
    member = attributes.class_member(look, manager.cls, "__aenter__" if asynchronous else "__enter__", manager)
    result = calls.called(look, member, refs.Call(refs.UNKNOWN), manager.cls) if member is not UNKNOWN else UNKNOWN
    if asynchronous:
        return result.result if isinstance(result, types.Shot | types.ManyShot) else UNKNOWN
    return result


def _narrowed(look: Look, found: Type, asked: Type, outcome: bool) -> Type:
    """What is, or is not, an object of the classes that were asked for; it may be of any class below these."""
    if outcome:
        return found if asked is UNKNOWN else asked
    classes = [each.cls for each in types.members(asked) if isinstance(each, types.Instance)]
    if len(classes) != len(types.members(asked)):
        return UNKNOWN
    left = [each for each in types.members(found) if not any(_below(look, each, cls) for cls in classes)]
    return types.union(left)


def _below(look: Look, found: Type, cls: Scope) -> bool:
    """Whether an object is surely one of a class."""
    return isinstance(found, types.Instance) and any(each is cls for each in attributes.order(look, found.cls))
