"""Arguments for a scenario, made from its annotations.

In: a function and the world's choices. Out: arguments that reach both sides of its conditions. Never: guessing what
has no annotation; that is refused with a reason.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import types
import typing
from collections import abc, deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

from fixtures import world
from flake8_valuetask.runtime import PreservedValueTask, ValueTask


class Receiver:
    """A callable of the scenario's caller, who keeps what it is given and may call it back."""

    def __init__(self, result: Any, module: types.ModuleType) -> None:
        self._result, self._module = result, module
        self.kept: list[Any] = []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.kept.extend(self._not_spent([*arguments, *named.values()]))
        if self._result is Any or (self._result is object and world.flag()):
            return _work(bytes, self._module)
        return _filled(self._result, self._module)

    def _not_spent(self, given: list[Any]) -> Iterator[Any]:
        for value in given:
            if isinstance(value, (types.CoroutineType, ValueTask)) and world.flag():
                world.take(value)
            else:
                yield value

    async def call_back(self) -> None:
        """Call each callable that was given here, up to twice."""
        for function in filter(callable, self.kept):
            for _ in range(world.choose(0, 1, 2)):
                returned = function()
                if inspect.iscoroutine(returned):
                    await returned


class Unfillable(Exception):
    """No argument can be made; the text says why."""


PLAIN: dict[Any, Callable[[], Any]] = {
    bool: lambda: world.choose(True, False),
    int: lambda: world.choose(2, 0, 1, 3),
    float: lambda: 1.0,
    str: lambda: "name",
    bytes: lambda: b"page",
    object: object,
    Any: lambda: b"page",
    None: lambda: None,
    type(None): lambda: None,
    BaseException: lambda: OSError("the caller said no"),
    asyncio.AbstractEventLoop: asyncio.get_running_loop,
    asyncio.Lock: asyncio.Lock,
    asyncio.Event: asyncio.Event,
    asyncio.Semaphore: asyncio.Semaphore,
}
COLLECTIONS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
    deque: deque,
    abc.Sequence: list,
    abc.Iterable: list,
    abc.Collection: list,
    abc.Iterator: iter,
    abc.Set: set,
}
STREAMS = (abc.AsyncIterator, abc.AsyncIterable, abc.AsyncGenerator)
COROUTINES = (abc.Coroutine, types.CoroutineType)


def arguments_for(function: Callable[..., Any], module: types.ModuleType) -> dict[str, Any]:
    """Keyword arguments for a call; positional-only parameters are not supported."""
    try:
        annotations = {name: hint for name, hint in function.__annotations__.items() if name != "return"}
        hints = typing.get_type_hints(types.SimpleNamespace(__annotations__=annotations), vars(module))
        parameters = inspect.signature(function).parameters.values()
    except (NameError, TypeError, ValueError) as error:
        raise Unfillable(f"its signature cannot be read: {error}") from error
    arguments = {}
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is not parameter.empty and not _varies(hints.get(parameter.name)):
            continue
        if parameter.name not in hints:
            raise Unfillable(f"parameter `{parameter.name}` has no annotation; its callers run it")
        arguments[parameter.name] = _filled(hints[parameter.name], module)
    return arguments


def _varies(annotation: Any) -> bool:
    """Whether a parameter with a default is filled all the same."""
    return annotation is bool or _is_union(annotation)


def _filled(annotation: Any, module: types.ModuleType) -> Any:
    annotation = getattr(annotation, "__value__", annotation)
    if isinstance(annotation, TypeVar):
        return _filled(_bound(annotation, module), module)
    if annotation in PLAIN:
        return PLAIN[annotation]()
    origin, parts = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    if _is_union(annotation):
        return _filled(world.choose(*parts), module)
    if origin is typing.Annotated:
        return _filled(parts[0], module)
    if origin is typing.Literal:
        return world.choose(*parts)
    return _made(origin, parts, module)


def _bound(variable: TypeVar, module: types.ModuleType) -> Any:
    """What a type variable is bound to."""
    bounds = {} if variable.__bound__ is None else {"bound": variable.__bound__}
    return typing.get_type_hints(types.SimpleNamespace(__annotations__=bounds), vars(module)).get("bound", Any)


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _made(origin: Any, parts: tuple[Any, ...], module: types.ModuleType) -> Any:
    if origin in COLLECTIONS:
        return COLLECTIONS[origin](_elements(parts[0] if parts else int, module))
    if origin in (dict, abc.Mapping):
        return {_filled(parts[0], module): _filled(parts[1], module)}
    if origin in STREAMS:
        return _stream(world.choose(2, 0, 1))
    if origin is abc.Callable:
        return _callable(parts[1] if parts else object, module)
    if origin is asyncio.Queue:
        return _queue(parts[0] if parts else object, module)
    return _value(origin, parts, module)


def _value(origin: Any, parts: tuple[Any, ...], module: types.ModuleType) -> Any:
    """One-shot and many-shot values, and instances of the module's own classes."""
    if origin in COROUTINES:
        return _work(parts[2] if len(parts) == 3 else bytes, module)
    if origin is abc.Awaitable:
        return world.choose(_work, _quick)(parts[0] if parts else bytes, module)
    if origin is ValueTask:
        return _quick(parts[0] if parts else bytes, module)
    if origin is PreservedValueTask:
        return _quick(parts[0] if parts else bytes, module).preserve()
    if origin in (asyncio.Future, asyncio.Task):
        return asyncio.ensure_future(_work(parts[0] if parts else bytes, module))
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        return world.choose(*origin)
    if isinstance(origin, type) and origin.__module__ == module.__name__:
        return instance_of(origin, module)
    raise Unfillable(f"nothing is known of {origin!r}")


def instance_of(owner: type, module: types.ModuleType) -> Any:
    """An instance of one of the module's classes."""
    if getattr(owner, "_is_protocol", False):
        raise Unfillable(f"`{owner.__name__}` is a protocol")
    if owner.__init__ is object.__init__:  # type: ignore[misc]
        return owner()
    bound = types.MethodType(owner.__init__, object()) if inspect.isfunction(owner.__init__) else None  # type: ignore[misc]
    if bound is None:
        raise Unfillable(f"`{owner.__name__}` has a constructor of another kind")
    return owner(**arguments_for(bound, module))


async def _work(result: Any, module: types.ModuleType) -> Any:
    await world.pause()
    return _filled(result, module)


def _quick(result: Any, module: types.ModuleType) -> ValueTask[Any]:
    return world.answer(_filled(result, module))


async def _stream(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


def _elements(element: Any, module: types.ModuleType) -> list[Any]:
    if element is int:
        return list(world.choose([0, 2], [], [1], [2, 0, 1]))
    return [_filled(element, module) for _ in range(world.choose(2, 0, 1))]


def _queue(element: Any, module: types.ModuleType) -> asyncio.Queue[Any]:
    queue: asyncio.Queue[Any] = asyncio.Queue()
    if element is not object:
        for filled in _elements(element, module):
            queue.put_nowait(filled)
    return queue


def _callable(result: Any, module: types.ModuleType) -> Callable[..., Any]:
    return Receiver(result, module)
