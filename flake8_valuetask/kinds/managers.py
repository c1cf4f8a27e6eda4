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
    if not isinstance(ref, refs.Call):
        return False
    method = ref.func.name if isinstance(ref.func, refs.Attr) else ""
    return bool({method, callees.callee(ref, scope).path} & catalog.EXPECTING)


def swallows(callees: Callees, ref: Ref, scope: Scope) -> bool:
    """Whether the context manager `ref` can swallow an exception of its body."""
    if isinstance(ref, refs.Call) and callees.callee(ref, scope).swallows:
        return True
    manager = callees.evaluator.evaluate(ref, scope)
    if not isinstance(manager, types.Instance):
        return False
    leaving = ("__exit__", "__aexit__")
    members = [attributes.class_member(callees.evaluator, manager.cls, name, manager, []) for name in leaving]
    return any(isinstance(m, types.Function) and _swallows(callees, m.scope) for m in members)


def _swallows(callees: Callees, leave: Scope) -> bool:
    """Whether an `__exit__` can give back something true; a stub says so by `-> bool` (as mypy reads it)."""
    if callees.written_here(leave):
        return leave.may_return_true
    return leave.result == refs.Name("bool")
