"""What context managers do with an exception of their body.

In: the references in `with` statements. Out: whether they demand or can swallow one. Never: what they give.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.kinds import attributes, types
from flake8_valuetask.kinds.callees import Callees
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope


def expects(callees: Callees, ref: Ref, scope: Scope) -> bool:
    """Whether the context manager `ref` demands that its body raises."""
    return not catalog.EXPECTING.isdisjoint(_called(callees, ref, scope))


def wants_misuse(callees: Callees, ref: Ref, scope: Scope) -> bool:
    """Whether the context manager `ref` demands an error, or a warning, that misuse of a one-shot value gives."""
    wanted = _called(callees, ref, scope)
    demands = not wanted.isdisjoint(catalog.EXPECTING | catalog.WARNING)
    return demands and (not named(ref) or not named(ref).isdisjoint(catalog.OF_MISUSE))


def named(ref: Ref) -> frozenset[str]:
    """The errors that a call names, alone or in a tuple."""
    found = ref.args[:1] if isinstance(ref, refs.Call) else ()
    each = found[0].parts if found and isinstance(found[0], refs.Display) else found
    return frozenset(map(refs.text, each))


def _called(callees: Callees, ref: Ref, scope: Scope) -> frozenset[str]:
    """The names by which a manager is known that a call makes: that of a method, the path of a function."""
    if not isinstance(ref, refs.Call):
        return frozenset()
    method = ref.func.name if isinstance(ref.func, refs.Attr) else ""
    return frozenset({method, callees.callee(ref, scope).path})


def swallows(callees: Callees, ref: Ref, scope: Scope) -> bool:
    """Whether the context manager `ref` can swallow an exception of its body."""
    if isinstance(ref, refs.Call) and callees.callee(ref, scope).swallows:
        return True
    manager = callees.evaluator.evaluate(ref, scope)
    if not isinstance(manager, types.Instance):
        return False
    leaving = ("__exit__", "__aexit__")
    members = [attributes.class_member(callees.evaluator, manager.cls, name, manager) for name in leaving]
    return any(isinstance(m, types.Function) and _swallows(callees, m.scope) for m in members)


def _swallows(callees: Callees, leave: Scope) -> bool:
    """Whether an `__exit__` can give back something true; a stub says so by `-> bool` (as mypy reads it)."""
    if callees.written_here(leave):
        return leave.may_return_true
    return leave.result == refs.Name("bool")
