"""The parts of a call that runs a coroutine up to its first suspension; the call itself is a text in the decorator."""

# It fills the slots of ValueTask as the methods there do.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from types import TracebackType, coroutine
from typing import Any, Final, TypeVar, cast

from flake8_valuetask.runtime.outcomes import Failure
from flake8_valuetask.runtime.suspension import Suspension
from flake8_valuetask.runtime.values import ValueTask, from_backing

T = TypeVar("T")

# What a runner yields when the coroutine that it was given has ended. Nobody else has it.
FINISHED: Final = object()

# As many as calls were inside each other, but not all of them after a deep recursion.
idle_runners: Final[deque[Generator[Any, Any, Any]]] = deque(maxlen=64)


@coroutine
def _runner() -> Generator[Any, Any, Any]:
    """Run the coroutines in the ValueTasks that are sent in, and yield FINISHED when a result is in its place.

    Python's own delegation brings the result here without the StopIteration that coro.send() would raise, which saves
    about a fifth of the call. A coroutine that suspends keeps the runner to itself, which then returns its result.
    """
    while True:
        made: Any = yield FINISHED
        made._load = yield from made._load
        if made._state is None:
            # It suspended: see suspended().
            return made._load  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        # An idle runner must keep nothing alive.
        del made


def new_runner() -> Generator[Any, Any, Any]:
    """Return a runner that waits for its first coroutine."""
    runner = cast("Generator[Any, Any, Any]", _runner())
    runner.send(None)
    return runner


def failed(made: ValueTask[T], exc: BaseException) -> ValueTask[T]:
    """Return the ValueTask of the coroutine in `made`, which raised `exc`; raise what must leave the call."""
    _give_up(made)
    if isinstance(exc, (KeyboardInterrupt, SystemExit)):
        raise exc
    # The frames of the call and of the runner would tell the reader of a traceback nothing.
    return from_backing(Failure(exc.with_traceback(_without_outer(exc.__traceback__, 2))))


def suspended(made: ValueTask[T], runner: Generator[Any, Any, Any], yielded: Any) -> ValueTask[T]:
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
