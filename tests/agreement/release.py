"""Takes care of the values that a scenario has handed to whoever outlives it.

In: results, arguments, globals. Out: nothing; coroutines in them are closed, ValueTasks consumed, so that what is
never awaited afterwards was lost by the scenario itself. Never: values nobody can reach.
"""

from __future__ import annotations

import asyncio
import builtins
import functools
import gc
from collections import deque
from collections.abc import Iterable, Iterator
from types import AsyncGeneratorType, CellType, CoroutineType, FunctionType, GeneratorType, MethodType
from typing import Any

from flake8_valuetask.runtime import ValueTask, ValueTaskMisuseError
from tests.agreement.arguments import Receiver

CONTAINERS = (
    dict,
    list,
    tuple,
    set,
    frozenset,
    deque,
    CellType,
    MethodType,
    functools.partial,
    functools._lru_cache_wrapper,
    asyncio.Queue,
    Receiver,
)


def release(roots: Iterable[object], namespace: dict[str, Any]) -> None:
    """Close or consume every one-shot value that can be reached from the roots."""
    for value in _reachable(roots, namespace):
        if isinstance(value, CoroutineType):
            _close(value)
        elif isinstance(value, ValueTask):
            _consume(value)


def _close(coroutine: CoroutineType[Any, Any, Any]) -> None:
    if not coroutine.cr_running:
        coroutine.close()


def _consume(value: ValueTask[Any]) -> None:
    try:
        value.preserve()
    except ValueTaskMisuseError:
        return  # it was consumed already: there is no way to ask


def _reachable(roots: Iterable[object], namespace: dict[str, Any]) -> Iterator[object]:
    waiting, seen = [root for root in roots if root is not builtins], {id(vars(builtins))}
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        waiting.extend(_parts(value, namespace))


def _parts(value: object, namespace: dict[str, Any]) -> Iterable[object]:
    if isinstance(value, FunctionType):
        return _kept_by(value) if value.__globals__ is namespace else ()
    if isinstance(value, (CoroutineType, GeneratorType, AsyncGeneratorType, ValueTask)):
        return ()
    owner = value if isinstance(value, type) else type(value)
    if owner in CONTAINERS or owner.__module__ == namespace["__name__"]:
        return gc.get_referents(value)
    return ()


def _kept_by(function: FunctionType) -> Iterator[object]:
    """What lives as long as a function does."""
    yield from function.__closure__ or ()
    yield from function.__defaults__ or ()
    yield function.__kwdefaults__
    yield from vars(function).values()
