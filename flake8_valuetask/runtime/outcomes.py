"""Operations that have ended: a value or an exception, kept to be read any number of times."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, Generic, NoReturn, TypeVar

from flake8_valuetask.runtime.errors import ValueTaskStateError

T = TypeVar("T")


def check_exception(exc: object) -> BaseException:
    """Return `exc` if an operation can end with it, otherwise raise TypeError.

    StopIteration is refused because raising it from an await would look like a return.
    """
    if not isinstance(exc, BaseException):
        raise TypeError(f"an exception instance is required, not {exc!r}")
    if isinstance(exc, StopIteration):
        raise TypeError("StopIteration cannot be raised by an await")
    return exc


def fail_future(future: asyncio.Future[Any], exc: BaseException) -> None:
    """Finish `future` the way `exc` asks for: cancelled by a CancelledError, failed by anything else."""
    if isinstance(exc, asyncio.CancelledError):
        future.cancel(*exc.args[:1])
        return
    if isinstance(exc, StopIteration):
        # A Future refuses it; this is what Python itself makes of a StopIteration that leaves a coroutine.
        replacement = RuntimeError("the operation raised StopIteration")
        replacement.__cause__ = exc
        exc = replacement
    future.set_exception(exc)


class Backing(Generic[T]):
    """What stands behind a ValueTask or a PreservedValueTask.

    The check methods raise whatever keeps an operation from starting (no running loop, a stale token), so that the
    caller can ask before it gives the value up.
    """

    __slots__ = ()

    def describe(self) -> str:
        """Say in a few words what it is."""
        raise NotImplementedError

    def done(self) -> bool:
        """Say whether the operation has ended."""
        return True

    def cancelled(self) -> bool:
        """Say whether the operation was cancelled."""
        return False

    def succeeded(self) -> bool:
        """Say whether the operation gave a value."""
        return False

    def check_wait(self) -> None:
        """Raise what keeps wait() from starting."""

    def check_future(self) -> None:
        """Raise what keeps future() from starting."""
        asyncio.get_running_loop()

    def check_preserved(self) -> None:
        """Raise what keeps preserved() from starting."""

    def check_done(self) -> Backing[T]:
        """Return this; ValueTaskStateError while the operation is pending."""
        if not self.done():
            raise ValueTaskStateError("the operation has not ended yet: await it, or ask done() first")
        return self

    def wait(self) -> Generator[Any, Any, T]:
        """Wait for the end of the operation, then as result()."""
        try:
            return self.result()
            yield
        finally:
            # An exception's traceback holds this frame: what leads back to the exception must not stay in it.
            del self

    def result(self) -> T:
        """Return the value or raise the exception of the operation, which has ended."""
        raise NotImplementedError

    def exception(self) -> BaseException | None:
        """Return the exception of the operation, which has ended; raise it if it is a CancelledError."""
        raise NotImplementedError

    def future(self) -> asyncio.Future[T]:
        """Return a Future that ends as the operation does."""
        raise NotImplementedError

    def preserved(self) -> Backing[T]:
        """Return a backing of the same operation that may be used any number of times."""
        return self

    def abandon(self) -> None:
        """Nobody will ask for the operation any more."""


class Success(Backing[T]):
    """An operation that ended with a value."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def describe(self) -> str:
        return "result"

    def succeeded(self) -> bool:
        return True

    def result(self) -> T:
        return self._value

    def exception(self) -> None:
        return None

    def future(self) -> asyncio.Future[T]:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        future.set_result(self._value)
        return future


class Failure(Backing[Any]):
    """An operation that ended with an exception."""

    __slots__ = ("_exception", "_traceback")

    def __init__(self, exc: BaseException) -> None:
        self._exception = exc
        self._traceback = exc.__traceback__

    def describe(self) -> str:
        return type(self._exception).__name__

    def cancelled(self) -> bool:
        return isinstance(self._exception, asyncio.CancelledError)

    def result(self) -> NoReturn:
        try:
            # Every raise adds to the traceback that an exception carries: without the reset it would grow for ever.
            raise self._exception.with_traceback(self._traceback)
        finally:
            del self

    def exception(self) -> BaseException:
        if self.cancelled():
            self.result()
        return self._exception

    def future(self) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        fail_future(future, self._exception)
        return future
