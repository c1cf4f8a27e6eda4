"""Attributes of what is known: members of classes and of their bases, what methods set on `self`.

In: the type of an owner and a name. Out: types. Past an unknown base is the unknown. Never: calls, but for what a
method and its replacement would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from flake8_valuetask import refs
from flake8_valuetask.kinds import decorators, names, results, types
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.survey import Binding, Scope

_EMPTY = ("object", "Generic", "Protocol", "ABC")  # classes without members to speak of


def attribute(look: Look, owner: Type, name: str) -> Type:
    """`owner.name`."""
    match owner:
        case types.Union():
            return types.union([attribute(look, p, name) for p in types.members(owner) if p is not NONE])
        case types.Symbol(path):
            return types.Symbol(f"{path}.{name}")
        case types.Instance(cls) | types.ClassType(cls):
            key = (cls, name, type(owner))
            found = look.members.get(key)
            if found is None:
                found = look.members[key] = class_member(look, cls, name, owner)
            return found
        case types.Super(cls):
            return _first(look, islice(order(look, cls), 1, None), name, types.Instance(cls))
        case _:
            return UNKNOWN


def unless_patched(found: Type, name: str, scope: Scope) -> Type:
    """An attribute; unknown for a function whose name this module sets on some object, as tests do, and for
    anything that it sets a mock for."""
    if found is UNKNOWN:
        return found
    top = scope.top
    replaced = isinstance(found, types.Function | types.Symbol) and name in top.patched
    return UNKNOWN if replaced or f"{name} = Mock" in top.patched else found


def class_member(look: Look, cls: Scope, name: str, owner: Type) -> Type:
    """The member `name` of `cls` or of its bases, bound to `owner`."""
    return _first(look, order(look, cls), name, owner)


def _first(look: Look, classes: Iterable[Scope | None], name: str, owner: Type) -> Type:
    """The member of the first class that has one; unknown past an unknown one."""
    for each in classes:
        found = UNKNOWN if each is None else _own(look, each, name, owner)
        if found is not None:
            return found
    return UNKNOWN


def _own(look: Look, cls: Scope, name: str, owner: Type) -> Type | None:
    """A member that `cls` itself has; None if it has none of that name."""
    bindings = cls.bindings.get(name)
    declared = [b for b in bindings or () if b.how == "annotation"]
    if declared:  # whatever methods set
        return _kept(look, declared, cls, name)
    if bindings and not _default(bindings, cls, name):
        found = _got_from(look, names.bound(look, name, bindings, cls), owner)
        return _unless_replaced(look, found, name, cls)
    kept = [*(bindings or ()), *cls.attributes.get(name, ())]
    return _kept(look, kept, cls, name) if kept else None


def order(look: Look, cls: Scope) -> Iterator[Scope | None]:
    """A class, its bases and theirs, in the order in which Python looks members up, with None for unknown ones. As long
    as each class has one base, no more of them are read than are asked for."""
    seen: list[Scope] = []
    found: Scope | None = cls
    while found is not None and found not in seen:
        if len(found.bases) > 1:
            yield from _linear(look, found)
            return
        seen.append(found)
        yield found
        above = list(bases(look, found))
        found = above[0] if above else None
        if above and found is None:
            yield None


def _linear(look: Look, cls: Scope) -> list[Scope | None]:
    """The method resolution order of a class, with None for unknown bases.

    K. Barrett and others: A Monotonic Superclass Linearization for Dylan, OOPSLA 1996 (C3), as Python does it.
    """
    found = look.orders.get(cls)
    if found is None:
        look.orders[cls] = [cls]  # for a class that is among its own bases
        above = list(bases(look, cls))
        lines: list[list[Scope | None]] = [[None] if base is None else list(_linear(look, base)) for base in above]
        found = look.orders[cls] = [cls, *_merged([*lines, above])]
    return found


def _merged(orders: list[list[Scope | None]]) -> Iterator[Scope | None]:
    """One order for several: always the first of one that stands behind another one in none of them."""
    while orders := [order for order in orders if order]:
        heads = (order[0] for order in orders)
        free = (each for each in heads if each is None or not any(each in order[1:] for order in orders))
        chosen = next(free, orders[0][0])  # without such an order Python refuses the class
        yield chosen
        orders = [
            order[order[0] is None :] if chosen is None else [e for e in order if e is not chosen] for order in orders
        ]


def bases(look: Look, cls: Scope) -> Iterator[Scope | None]:
    """The bases of a class, in order, without those that have no members to speak of; None for an unknown one."""
    for base in cls.bases:
        inner = base.base if isinstance(base, refs.Generic) else base
        found = names.resolve(look, look.evaluate(inner, cls.parent or cls))
        if isinstance(found, types.ClassType):
            yield found.cls
        elif (refs.dotted(inner) or "").rpartition(".")[2] not in _EMPTY:
            yield None


def _got_from(look: Look, member: Type, owner: Type) -> Type:
    """A member as got from `owner`: functions are bound, properties give their value."""
    match member:
        case types.Union():
            return types.union([_got_from(look, p, owner) for p in types.members(member)])
        case types.Function(scope, None) if "property" in decorators.effects(look, scope):
            read = isinstance(owner, types.Instance)
            return results.function_result(look, types.Function(scope, owner)) if read else UNKNOWN
        case types.Function(scope, None):
            return types.Function(scope, owner)
        case _:
            return member


def _unless_replaced(look: Look, found: Type, name: str, cls: Scope) -> Type:
    """A method, unless instances get something else under its name."""
    if not isinstance(found, types.Function) or name not in cls.attributes:
        return found
    made = results.function_result(look, found)
    others = [_kept_value(look, b, cls) for b in cls.attributes[name]]
    same = all(look.called(other, refs.Call(refs.Attr(refs.UNKNOWN, name)), cls) == made for other in others)
    return found if same else UNKNOWN


def _default(bindings: list[Binding], cls: Scope, name: str) -> bool:
    """Whether a class-level value that is not declared is a default, whose instances may hold something else."""
    return name in cls.attributes and all(b.how == "value" for b in bindings)


def _kept(look: Look, bindings: list[Binding], cls: Scope, name: str) -> Type:
    """The type of an attribute from all its assignments; an annotation settles it."""
    key = (f"self.{name}", cls)
    if key not in look.names:
        look.names[key] = UNKNOWN
        declared = [b for b in bindings if b.how == "annotation"]
        found = [_kept_value(look, b, cls) for b in declared or bindings]
        look.names[key] = types.union(found)
    return look.names[key]


def _kept_value(look: Look, binding: Binding, cls: Scope) -> Type:
    """The value of one assignment to an attribute, read in the method where it stands."""
    return names.given(look, binding, cls.method_at(binding.line) or cls)
