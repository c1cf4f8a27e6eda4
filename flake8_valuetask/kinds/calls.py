"""What a call gives: of functions, classes and objects, of well-known names, and of methods of one-shot values.

In: calls in scopes, types of what is called. Out: types. Never: what a callee does with its arguments.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import attributes, decorators, names, results, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import CallSite, Scope

# What functions of these paths give depends on what they are given.
_BY_ARGUMENTS = frozenset({"typing.cast", "functools.partial", "builtins.anext"})
# Methods of streams, tasks and containers that can give a one-shot value.
_OF_VALUES = frozenset({"__anext__", "asend", "athrow", "aclose", "result", "pop", "popleft", "get"})


def call(look: Look, ref: refs.Call, scope: Scope) -> Type:
    """The result of a call."""
    if ref.func == refs.Name("super"):
        owner = scope.enclosing("class") if scope.kind != "class" else scope
        return types.Super(owner) if owner is not None else UNKNOWN
    return called(look, look.evaluate(ref.func, scope), ref, scope)


def made(look: Look, site: CallSite) -> Kind | None:
    """The kind of value that a call makes; its arguments are read only where the result may depend on them."""
    root = refs.root(site.func)
    scope = site.scope if root is None else names.widest(root, site.scope)
    if _makes_nothing(look, look.evaluate(site.func, scope), site.func):
        return None
    return kind_of(look.evaluate(site.ref, site.scope))


def _makes_nothing(look: Look, func: Type, ref: Ref) -> bool:
    """Whether the type of what is called settles that a call makes no one-shot value."""
    if isinstance(func, types.Symbol):
        if func.path in look.tables.producers or func.path in look.tables.one_shot or func.path in _BY_ARGUMENTS:
            return False
        func = names.resolve(look, func)
    if isinstance(func, types.ClassType):
        return func.cls.path not in look.tables.one_shot
    if isinstance(func, types.Function):
        result = results.function_result(look, func)
        return kind_of(result) is None and (func.scope.result is None or not _open(result))
    if isinstance(func, types.Union | types.Instance | types.Callable):
        return False
    return not isinstance(ref, refs.Attr) or ref.name not in _OF_VALUES


def called(look: Look, func: Type, ref: refs.Call, scope: Scope) -> Type:
    """What calling `func` gives."""
    match func:
        case types.Union():
            made = [called(look, p, ref, scope) for p in types.members(func) if p is not NONE]
            return types.union(made) if len({kind_of(each) for each in made}) == 1 else UNKNOWN
        case types.Symbol(path):
            return _known(look, path, ref, scope)
        case types.ClassType(cls):
            return _constructed(look, cls)
        case types.Function():
            return _given_back(look, func, ref, scope)
        case types.Callable(result):
            return UNKNOWN if _decorates(look, ref, scope) else result
        case types.Instance(cls):
            member = attributes.class_member(look, cls, "__call__", func)
            return results.function_result(look, member) if isinstance(member, types.Function) else UNKNOWN
        case _:
            return _method_of_value(look, ref, scope)


def _decorates(look: Look, ref: refs.Call, scope: Scope) -> bool:
    """Whether a call puts a decorator around a function by hand: what such a thing is said to give, is often what
    calling the function gives then."""
    functions = (arg for arg in ref.args if isinstance(look.evaluate(arg, scope), types.Function))
    return isinstance(ref.func, refs.Call) and any(functions)


def _given_back(look: Look, func: types.Function, ref: refs.Call, scope: Scope) -> Type:
    """The result of a function; of `def f(x: T) -> T` what `x` is in this call, where `self` is what the method was got
    from."""
    annotated, found = func.scope.result, UNKNOWN
    declared = isinstance(annotated, refs.Name) and names.variable(look, annotated, func.scope)
    plain = [p for p in func.scope.parameters if p.variety == "positional"] if declared else []
    for position, parameter in enumerate(plain):
        if parameter.type != annotated:
            continue
        given = position - (func.owner is not None)
        if given < 0:
            found = func.owner if isinstance(func.owner, types.Instance) else UNKNOWN
        elif given < len(ref.args):
            found = look.evaluate(ref.args[given], scope)
        break
    if found is UNKNOWN or any(effect not in ("same", "property") for effect in decorators.effects(look, func.scope)):
        return results.function_result(look, func)
    return types.Shot(Kind.COROUTINE, found) if func.scope.is_async else found


def _constructed(look: Look, cls: Scope) -> Type:
    """An instance of `cls`, unless its path is a known type."""
    path = cls.path
    if path in look.tables.one_shot:
        return types.Shot(look.tables.one_shot[path], UNKNOWN)
    if path in catalog.MANY_SHOT:
        return types.ManyShot(UNKNOWN)
    return types.Instance(cls)


def _known(look: Look, path: str, ref: refs.Call, scope: Scope) -> Type:
    """What calling the imported or built-in `path` gives."""
    if path in look.tables.producers:
        return types.Shot(look.tables.producers[path], UNKNOWN)
    if path in catalog.CONTAINERS:
        inner = look.evaluate(ref.args[0], scope) if ref.args else UNKNOWN
        element = inner.element if isinstance(inner, types.Container) else UNKNOWN
        return types.Container(catalog.CONTAINERS[path], element)
    if path == "typing.cast" and ref.args:
        return look.evaluate(ref.args[0], scope)
    if path == "functools.partial" and ref.args:
        return types.Callable(called(look, look.evaluate(ref.args[0], scope), refs.Call(ref.args[0]), scope))
    if path == "builtins.anext" and ref.args:
        return _step(look.evaluate(ref.args[0], scope))
    if path in catalog.MANY_SHOT or path in look.tables.one_shot:
        return types.ManyShot(UNKNOWN) if path in catalog.MANY_SHOT else UNKNOWN
    resolved = names.resolve(look, types.Symbol(path))
    if any(isinstance(part, types.Symbol) for part in types.members(resolved)):
        return UNKNOWN  # one of several things, or nothing that can be read
    return called(look, resolved, ref, scope)


def _step(stream: Type) -> Type:
    """`anext(stream)`: a step of an async generator; unknown for other iterators."""
    return types.Shot(Kind.STEP, stream.element) if isinstance(stream, types.Stream) else UNKNOWN


def _method_of_value(look: Look, ref: refs.Call, scope: Scope) -> Type:
    """Calls of methods of streams, tasks and one-shot values."""
    if not isinstance(ref.func, refs.Attr):
        return UNKNOWN
    owner = look.evaluate(ref.func.base, scope)
    name = ref.func.name
    if isinstance(owner, types.Stream) and name in ("__anext__", "asend", "athrow", "aclose"):
        return types.Shot(Kind.STEP, owner.element)
    if isinstance(owner, types.Shot) and owner.kind is Kind.VALUETASK and name in ("as_task", "preserve"):
        return types.ManyShot(owner.result)
    if isinstance(owner, types.Shot | types.ManyShot) and name == "result":
        return owner.result
    if isinstance(owner, types.Container) and name in ("pop", "popleft", "get", "copy"):
        found = NONE if name == "get" and len(ref.args) < 2 and owner.element is not UNKNOWN else owner.element
        return owner if name == "copy" else types.union([owner.element, found])
    if isinstance(owner, types.Container) and name in ("values", "items"):
        pair = types.Container("tuple", UNKNOWN, (UNKNOWN, owner.element))
        return types.Container("view", owner.element if name == "values" else pair)
    return UNKNOWN


def _open(result: Type) -> bool:
    """Whether nothing is known of a result, or of what awaiting it gives."""
    return (result.result if isinstance(result, types.Shot) else result) is UNKNOWN
