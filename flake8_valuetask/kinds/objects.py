"""Objects with a name: members of enumerations, True and False, and what a module makes once and never replaces.

In: references in scopes. Out: constants. What is not known is left out. Never: one-shot values.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.constants import RESULT, SOMETHING, Constant
from flake8_valuetask.kinds import attributes, names, types
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope, members


def alternatives(look: Look, found: Type) -> frozenset[Constant]:
    """All objects of a type that has few: the members of an enumeration, True and False, what `Literal` names; none of
    others."""
    if isinstance(found, types.Choice):
        return found.constants
    if found == types.Literal("bool") or isinstance(found, types.Guard):
        return frozenset({"True", "False"})
    cls = found.cls if isinstance(found, types.Instance) else None
    return frozenset(_member(cls, name) for name in _members(look, cls).values()) if cls is not None else frozenset()


def _members(look: Look, cls: Scope) -> dict[str, str]:
    """The names of an enumeration, and the member that each of them stands for; nothing of another class."""
    bases = {types.path(look.evaluate(base, cls.parent or cls)) for base in cls.bases}
    return {} if bases.isdisjoint(catalog.ENUMERATIONS) else members.members(cls)


def _member(cls: Scope, name: str) -> Constant:
    return f"{cls.name}.{name}"


def constant(look: Look, ref: Ref, scope: Scope) -> Constant | None:
    """The one object that `ref` names: `Color.RED`, `_MISSING`; None if it may be any."""
    if isinstance(ref, refs.Attr):
        owner = look.resolve(look.evaluate(ref.base, scope))
        found = owner.cls if isinstance(owner, types.ClassType) else None
        member = _members(look, found).get(ref.name) if found is not None else None
        return _member(found, member) if found is not None and member is not None else None
    if not isinstance(ref, refs.Name) or not names.single(ref.id, scope):
        return None
    made = look.resolve(look.evaluate(ref, scope))
    return ref.id if isinstance(made, types.Instance) or names.plain_object(look, ref.id, scope) else None


def given(look: Look, found: Type, awaited: bool) -> tuple[Constant, ...]:
    """What a call or an `await` of this type gives; who keeps what an await gives says that it gives something."""
    if found is types.UNKNOWN:
        return (RESULT,) if awaited else ()
    if types.NONE in types.members(found):
        return ()
    if all(isinstance(each, types.ManyShot) or _always_true(look, each) for each in types.members(found)):
        return (SOMETHING,)
    return tuple(sorted(alternatives(look, found))) or (RESULT,)


def _always_true(look: Look, found: Type) -> bool:
    """Whether objects of a type are true, as they are where neither the class nor a base of it says otherwise."""
    order = attributes.order(look, found.cls) if isinstance(found, types.Instance) else iter([None])
    return all(cls is not None and "__bool__" not in cls.bindings and "__len__" not in cls.bindings for cls in order)
