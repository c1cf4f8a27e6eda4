"""What calling a function gives.

In: functions. Out: the types of their results: as the signature declares them, else what the returns agree on, the
decorators applied. Never: the arguments of a call.
"""

from __future__ import annotations

from itertools import chain

from flake8_valuetask import refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import decorators, names, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.survey import Scope


def function_result(look: Look, found: Type) -> Type:
    """What calling a function gives, its decorators applied."""
    if not isinstance(found, types.Function):
        return UNKNOWN
    kind = look.tables.producers.get(types.path(found))
    if kind is not None:
        return types.Shot(kind, UNKNOWN)
    result = plain_result(look, found)
    for effect in decorators.effects(look, found.scope):
        result = decorators.decorated(result, effect)
    return result


def plain_result(look: Look, found: types.Function) -> Type:
    """What the undecorated function gives when called."""
    scope = found.scope
    key = (scope, found.owner)
    if key not in look.results:
        look.results[key] = UNKNOWN
        declared = _declared(look, scope, found.owner)
        if declared is None or (_perhaps(declared) and _gives_nothing(scope)):
            declared = _inferred(look, scope)
        elif kind_of(declared) is not None and _gives_a_task(look, scope):
            declared = UNKNOWN
        look.results[key] = declared
    return look.results[key]


def _perhaps(result: Type) -> bool:
    """Whether a result is a one-shot value or None."""
    return NONE in types.members(result) and kind_of(result) is not None


def _gives_nothing(scope: Scope) -> bool:
    """Whether a function with a body gives None, whatever its signature allows those to give that replace it."""
    return not (scope.is_async or scope.generator or scope.is_stub) and set(scope.returned) <= {refs.NONE}


def _gives_a_task(look: Look, scope: Scope) -> bool:
    """Whether a plain function gives a Task on some way, whatever its signature says, spelled out."""
    if scope.is_async or scope.generator or not isinstance(scope.result, refs.Generic) or scope.is_stub:
        return False
    found = (types.members(look.evaluate(ref, scope)) for ref in scope.returned)
    return any(isinstance(each, types.ManyShot) for each in chain.from_iterable(found))


def _declared(look: Look, scope: Scope, owner: Type | None) -> Type | None:
    """The result as the signature declares it; None where it declares nothing."""
    annotated = scope.result
    home = owner.cls if isinstance(owner, types.Instance | types.ClassType) else scope.enclosing("class")
    result: Type | None = None
    if annotated is not None:
        result = names.read(look, annotated, scope.parent or scope, home)
    if scope.is_async and scope.generator:
        return result if isinstance(result, types.Stream) else types.Stream(UNKNOWN)
    if scope.is_async and scope.is_stub and annotated is not None and _entered_or_iterated(result, annotated):
        return UNKNOWN  # those that define it may be generators or managers, which nobody awaits
    if scope.is_async:
        return types.Shot(Kind.COROUTINE, _inferred(look, scope) if result is None else result)
    return UNKNOWN if scope.generator and result is None else result


def _entered_or_iterated(result: Type | None, annotated: refs.Ref) -> bool:
    """Whether what a signature declares is there for `async for` or `async with`."""
    base = annotated.base if isinstance(annotated, refs.Generic) else annotated
    return isinstance(result, types.Stream | types.Manager) or (refs.dotted(base) or "").endswith("ContextManager")


def _inferred(look: Look, scope: Scope) -> Type:
    """What the return statements of a function agree on."""
    if not scope.returned:
        return UNKNOWN if scope.generator or scope.is_stub else NONE
    return types.union([look.evaluate(ref, scope) for ref in scope.returned])
