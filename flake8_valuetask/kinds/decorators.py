"""What decorators make of functions.

In: functions with decorators, by name or of this project. Out: words for their effects, and what these do to a
result. An unknown decorator makes the result unknown. Never: what the function itself gives.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import names, types, wrappers
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import UNKNOWN, Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope

_ANYTHING = frozenset({"Any", "typing.Any", "object"})


def effects(look: Look, scope: Scope) -> list[str]:
    """What the decorators of a function make of it, innermost first; "unknown" among them."""
    if not scope.decorators:
        return []
    found = look.effects.get(scope)
    if found is None:
        found = look.effects[scope] = [_decorator(look, d, scope) for d in reversed(scope.decorators)]
    return found


def only_marked(look: Look, scope: Scope) -> bool:
    """Whether the decorators of a function leave it what it is, so that a call runs nothing else."""
    home = scope.parent or scope
    return all(types.path(look.evaluate(each, home)) in catalog.MARKS for each in scope.decorators)


def kept(look: Look, cls: Scope) -> bool:
    """Whether the decorators of a class leave its methods what they are; an unknown one may have replaced them."""
    found = look.effects.get(cls)
    if found is None:
        look.effects[cls] = ["unknown"]  # a decorator may be one of its own methods
        home = cls.parent or cls
        same = all(_keeps(look, ref, home) for ref in cls.decorators)
        found = look.effects[cls] = ["same" if same else "unknown"]
    return found == ["same"]


def _keeps(look: Look, ref: Ref, home: Scope) -> bool:
    """Whether a decorator of a class gives that back, and does not set whatever attributes it has."""
    called = isinstance(ref, refs.Call)
    found = look.evaluate(ref.func if isinstance(ref, refs.Call) else ref, home)
    target = found if _of_classes(found) else names.resolve(look, found)
    if called and isinstance(target, types.ClassType):
        called, target = False, look.attribute(types.Instance(target.cls), "__call__")
    others = [each for each in types.members(target) if not _of_classes(each)]
    if not others:
        return True
    target = types.union(others)
    written = types.implementation(target)
    if not isinstance(written, types.Function) or written.scope.sets_attributes:
        return False
    signatures = _overloads(target, called)
    declared = bool(signatures) and all(_gives_back(signature, called) for signature in signatures)
    return declared or wrappers.gives_back(written.scope, called)


def _of_classes(found: Type) -> bool:
    """Whether a well-known decorator leaves a class what it is."""
    path = types.path(found)
    return path in catalog.OF_CLASSES or path.startswith("pytest.mark.")


def decorated(result: Type, effect: str) -> Type:
    """The result of a call after one decorator."""
    match effect:
        case "same" | "property":
            return result
        case "valuetask":
            return types.Shot(Kind.VALUETASK, result.result if isinstance(result, types.Shot) else UNKNOWN)
        case "async":
            return types.Shot(Kind.COROUTINE, result.result if isinstance(result, types.Shot) else result)
        case "either":
            return result if isinstance(result, types.Shot) and result.kind is Kind.COROUTINE else UNKNOWN
        case "task":
            return types.ManyShot(result.result if isinstance(result, types.Shot) else UNKNOWN)
        case "manager":
            inner = result.element if isinstance(result, types.Stream | types.Container) else UNKNOWN
            return types.Manager(inner)
        case _:
            return UNKNOWN


def _decorator(look: Look, ref: Ref, scope: Scope) -> str:
    """What one decorator makes of a function."""
    home = scope.parent or scope
    if isinstance(ref, refs.Attr) and ref.name in ("setter", "getter", "deleter"):
        return "property"
    called = isinstance(ref, refs.Call)
    found = look.evaluate(ref.func if isinstance(ref, refs.Call) else ref, home)
    if not any(isinstance(each, types.Symbol) for each in types.members(found)):
        return _effect(look, found, called)
    effects = {_effect(look, each, called) for each in types.members(found)}  # one for each version of a library
    return effects.pop() if len(effects) == 1 else "unknown"


def _effect(look: Look, found: Type, called: bool) -> str:
    path = types.path(found)
    if path in catalog.DECORATORS:
        return catalog.DECORATORS[path]
    target = names.resolve(look, found)
    if types.path(target) in catalog.DECORATORS:
        return catalog.DECORATORS[types.path(target)]
    if path in look.tables.caches or types.path(target) in look.tables.caches:
        return "property" if "property" in path or "reify" in path else "same"
    return _own(look, target, called)


def _own(look: Look, found: Type, called: bool) -> str:
    """What a decorator of this project does: "same" if its signature says that it gives its argument back or a wrapper
    that makes what the function makes, else what its body says."""
    signatures = _overloads(found, called)
    if signatures and all(_gives_back(signature, called) for signature in signatures):
        return "same"
    written = types.implementation(found)
    return wrappers.effect(look, written.scope, called) if isinstance(written, types.Function) else "unknown"


def _overloads(found: Type, called: bool) -> list[Type]:
    """The signatures of a decorator that its use can mean: used bare, it gets a function as its first argument."""
    functions = [part for part in types.members(found) if isinstance(part, types.Function)]
    declared = [f for f in functions if f.scope.result is not None]
    if len(functions) == len(types.members(found)) == 1:
        return [*functions]
    bare = [f for f in declared if f.scope.parameters and f.scope.parameters[0].variety == "positional"]
    return [f for f in declared if f not in bare] if called else [*bare]


def _gives_back(found: Type, called: bool) -> bool:
    """Whether the signature of a decorator says that it gives back what it gets: `(F) -> F`, or, when it is `called`
    first, `-> Callable[[F], F]`."""
    if not isinstance(found, types.Function) or found.scope.result is None:
        return False
    result = found.scope.result
    if called:
        match result:
            case refs.Generic(args=(refs.Display(parts=(given,)), made)):
                return given == made and not _whatever(made)
        return False
    first = wrappers.decorated(found.scope)
    return first is not None and not _whatever(result) and first.type == result


def _whatever(annotation: Ref) -> bool:
    """Whether an annotation says nothing of what a function gives: `Any`, `Callable`, `Callable[..., Any]`."""
    if isinstance(annotation, refs.Generic) and wrappers.is_callable(annotation.base):
        return _whatever(annotation.args[-1])
    return annotation == refs.UNKNOWN or refs.dotted(annotation) in _ANYTHING or wrappers.is_callable(annotation)
