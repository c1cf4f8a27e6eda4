"""A coroutine that ran up to its first suspension and waits for somebody to take it further."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from types import CodeType, CoroutineType, FrameType, TracebackType
from typing import Any, TypeVar

from flake8_valuetask.runtime.backings import FutureBacking
from flake8_valuetask.runtime.outcomes import Backing

T = TypeVar("T")


class Suspension(Backing[T], Coroutine[Any, Any, T]):
    """The rest of a started coroutine: what stands behind a ValueTask, and a coroutine for the Task that takes it over.

    As a coroutine its first step hands out what the coroutine yielded when it was started; throw() and close() reach
    the started coroutine at once. An `async def` around it could not do that: a Task that is cancelled before its
    first step throws into a coroutine that has not begun, and nothing inside of it would ever hear of it.
    """

    __slots__ = ("__name__", "__qualname__", "_coro", "_parked", "_steps", "_untouched", "_yielded")

    def __init__(self, coro: CoroutineType[Any, Any, T], steps: Generator[Any, Any, T], yielded: Any) -> None:
        """Take over `coro`, which `steps` runs and which yielded `yielded` first."""
        self._coro = coro
        self._steps = steps
        self._yielded: Any = yielded
        self._untouched = True
        # A Future that a Task is about to wait for is marked as such. Take the mark off while nobody waits: whoever
        # else awaited the Future in the meantime would be told that it had not been used with `await`.
        self._parked = False
        if yielded is not None and getattr(yielded, "_asyncio_future_blocking", None) is True:
            yielded._asyncio_future_blocking = False
            self._parked = True

    def describe(self) -> str:
        return f"suspended {self._coro.__qualname__}"

    def done(self) -> bool:
        return False

    def check_preserved(self) -> None:
        self.check_future()

    def wait(self) -> Generator[Any, Any, T]:
        """Go on in place: the same coroutine, in the task that awaits."""
        if not self._ready():
            try:
                sent = yield self._hand_out()
            except GeneratorExit:
                self.close()
                raise
            except BaseException as exc:
                return (yield from self._relay(self._steps.throw, exc))
            if sent is not None:
                return (yield from self._relay(self._steps.send, sent))
        # Python's own delegation, which begins with send(None), is much faster than _relay().
        return (yield from self._steps)

    def future(self) -> asyncio.Future[T]:
        # For the repr of the Task.
        self.__name__, self.__qualname__ = self._coro.__name__, self._coro.__qualname__
        return asyncio.get_running_loop().create_task(self)

    def preserved(self) -> Backing[T]:
        return FutureBacking(self.future())

    def abandon(self) -> None:
        self.close()

    def send(self, value: Any, /) -> Any:
        """Take the coroutine a step further: return what it yields, raise StopIteration at its end."""
        if self._untouched and not self._ready():
            return self._hand_out()
        return self._steps.send(value)

    def throw(self, typ: Any, val: Any = None, tb: TracebackType | None = None, /) -> Any:
        """Raise an exception where the coroutine stands: return what it yields, or raise what leaves it."""
        self._untouched = False
        if val is None and tb is None:
            return self._steps.throw(typ)
        # Python 3.12 warns of the long form.
        exc = val if isinstance(val, BaseException) else typ() if val is None else typ(val)
        return self._steps.throw(exc if tb is None else exc.with_traceback(tb))

    def close(self) -> None:
        """Close the coroutine."""
        self._untouched = False
        self._steps.close()

    def __await__(self) -> Generator[Any, Any, T]:
        """Go on in place, as wait() does."""
        return self.wait()

    def _ready(self) -> bool:
        """Say whether the Future that the coroutine waits for has ended already: then there is nothing to hand out."""
        if self._parked and self._yielded.done():
            self._untouched = False
            return True
        return False

    def _hand_out(self) -> Any:
        yielded, self._yielded, self._untouched = self._yielded, None, False
        if self._parked:
            yielded._asyncio_future_blocking = True
        return yielded

    def _relay(self, step: Callable[[Any], Any], argument: Any) -> Generator[Any, Any, T]:
        """Pass on what is sent and thrown, until it is nothing but None."""
        while True:
            try:
                yielded = step(argument)
            except StopIteration as stop:
                value: T = stop.value
                return value
            try:
                argument = yield yielded
            except GeneratorExit:
                self.close()
                raise
            except BaseException as exc:
                step, argument = self._steps.throw, exc
                continue
            if argument is None:
                return (yield from self._steps)
            step = self._steps.send

    # What asyncio looks at to describe a Task and to print its stack.

    @property
    def cr_await(self) -> Any:
        """What the coroutine waits for."""
        return self._coro.cr_await

    @property
    def cr_code(self) -> CodeType:
        """The code of the coroutine."""
        return self._coro.cr_code

    @property
    def cr_frame(self) -> FrameType | None:
        """The frame of the coroutine, None when it has ended."""
        return self._coro.cr_frame

    @property
    def cr_running(self) -> bool:
        """Whether the coroutine is running."""
        return self._coro.cr_running
