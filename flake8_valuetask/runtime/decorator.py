"""The decorator that makes an `async def` function return ValueTasks."""

# It fills the slots of ValueTask as the methods there do.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import functools
import inspect
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from types import CodeType, TracebackType, coroutine
from typing import Any, Final, ParamSpec, TypeVar, cast

from flake8_valuetask.runtime.outcomes import Failure
from flake8_valuetask.runtime.suspension import Suspension
from flake8_valuetask.runtime.values import ValueTask, from_backing
from flake8_valuetask.runtime.wrappers import wrapper

P = ParamSpec("P")
T = TypeVar("T")

# What a runner yields when the coroutine that it was given has ended. Nobody else has it.
_FINISHED: Final = object()

_idle_runners: Final[deque[Generator[Any, Any, Any]]] = deque(maxlen=64)

# What a ValueTask holds until the runner has put the result in its place is no result.
_from_result: Final[Callable[[Any], ValueTask[Any]]] = ValueTask.from_result


def value_task(func: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, ValueTask[T]]:
    """Make `func`, an `async def` function, run at the call, up to its first suspension, and return a ValueTask.

    What ends without suspending costs no Task and no tick of the loop. An exception is kept for who consumes the
    ValueTask, except KeyboardInterrupt and SystemExit, which leave the call. A suspended one makes no progress until
    it is consumed. Raises TypeError if `func` is anything but an `async def` function.
    """
    code = getattr(func, "__code__", None)
    if not isinstance(code, CodeType) or not code.co_flags & inspect.CO_COROUTINE:
        raise TypeError(f"value_task wants an async def function, not {func!r}")
    call = cast("Callable[P, ValueTask[T]]", wrapper(func, _start))
    return functools.wraps(func)(call)


def _start(coro: Coroutine[Any, Any, T]) -> ValueTask[T]:
    """Run `coro` up to its first suspension or its end, and return its ValueTask."""
    made: ValueTask[T] = _from_result(coro)
    try:
        runner = _idle_runners.pop() if _idle_runners else _new_runner()
    except IndexError:
        # Another thread took the last one in between.
        runner = _new_runner()
    try:
        yielded = runner.send(made)
    except BaseException as exc:
        return _failed(made, exc)
    if yielded is _FINISHED:
        _idle_runners.append(runner)
        return made
    return _suspended(made, runner, yielded)


@coroutine
def _runner() -> Generator[Any, Any, Any]:
    """Run the coroutines in the ValueTasks that are sent in, and yield _FINISHED when a result is in its place.

    Python's own delegation brings the result here without the StopIteration that coro.send() would raise, which saves
    about a fifth of the call. A coroutine that suspends keeps the runner to itself, which then returns its result.
    """
    while True:
        made: Any = yield _FINISHED
        made._load = yield from made._load
        if made._state is None:
            # It suspended: see _suspended().
            return made._load  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        # An idle runner must keep nothing alive.
        del made


def _new_runner() -> Generator[Any, Any, Any]:
    runner = cast("Generator[Any, Any, Any]", _runner())
    runner.send(None)
    return runner


def _failed(made: ValueTask[T], exc: BaseException) -> ValueTask[T]:
    """Return the ValueTask of the coroutine in `made`, which raised `exc`; raise what must leave the call."""
    _give_up(made)
    if isinstance(exc, (KeyboardInterrupt, SystemExit)):
        raise exc
    # The frames of the wrapper and of the runner would tell the reader of a traceback nothing.
    return from_backing(Failure(exc.with_traceback(_without_outer(exc.__traceback__, 2))))


def _suspended(made: ValueTask[T], runner: Generator[Any, Any, Any], yielded: Any) -> ValueTask[T]:
    """Return the ValueTask of the coroutine in `made`, which suspended and keeps the runner."""
    suspension: Suspension[T] = Suspension(made._load, runner, yielded)
    _give_up(made)
    return from_backing(suspension)


def _give_up(made: ValueTask[Any]) -> None:
    """Make `made` a spent one: frames that stay alive hold it, and with it would hold whatever it led to."""
    made._state = None
    made._load = None


def _without_outer(traceback: TracebackType | None, count: int) -> TracebackType | None:
    for _ in range(count):
        traceback = traceback and traceback.tb_next
    return traceback
