"""Sources: objects behind a ValueTask that can be completed, and used again for the next operation."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from flake8_valuetask.runtime.errors import ValueTaskMisuseError, ValueTaskStateError, ValueTaskTokenError
from flake8_valuetask.runtime.outcomes import Failure, Success, check_exception

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ValueTaskSourceStatus(Enum):
    """How far the operation of a source has come."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAULTED = "faulted"
    CANCELLED = "cancelled"


class ValueTaskSource(Protocol[T_co]):
    """What `ValueTask.from_source` wants; a token tells one operation of the source from the next.

    Every method raises ValueTaskTokenError for a token that is not the current one.
    """

    def get_status(self, token: int) -> ValueTaskSourceStatus:
        """Return how far the operation has come."""
        ...

    def get_result(self, token: int) -> T_co:
        """Return the result or raise the exception of the operation, which has ended."""
        ...

    def on_completed(self, callback: Callable[[], object], token: int) -> None:
        """Call `callback`, without arguments and in the thread of the loop, once the operation has ended."""
        ...


class ManualResetValueTaskSource(Generic[T]):
    """A source that its owner completes, and resets to use it once more. For the thread of the loop only."""

    __slots__ = ("_notify", "_outcome", "_version")

    def __init__(self) -> None:
        self._version = 0
        self._outcome: Success[T] | Failure | None = None
        self._notify: Callable[[], object] | None = None

    @property
    def version(self) -> int:
        """The token of the current operation; only reset() changes it."""
        return self._version

    def reset(self) -> None:
        """Begin a new operation: earlier tokens are stale from here on.

        Who still waits for the earlier one is woken, and finds its token stale.
        """
        self._version += 1
        self._outcome = None
        self._wake()

    def set_result(self, value: T) -> None:
        """End the operation with `value`; ValueTaskStateError if it has ended already."""
        self._complete(Success(value))

    def set_exception(self, exc: BaseException) -> None:
        """End the operation with `exc`; a CancelledError means that it was cancelled.

        Raises TypeError if `exc` is not an exception instance or is a StopIteration, and ValueTaskStateError if the
        operation has ended already.
        """
        self._complete(Failure(check_exception(exc)))

    def get_status(self, token: int) -> ValueTaskSourceStatus:
        """Return how far the operation has come; ValueTaskTokenError for any token but the current one."""
        self._check(token)
        if self._outcome is None:
            return ValueTaskSourceStatus.PENDING
        if self._outcome.succeeded():
            return ValueTaskSourceStatus.SUCCEEDED
        return ValueTaskSourceStatus.CANCELLED if self._outcome.cancelled() else ValueTaskSourceStatus.FAULTED

    def get_result(self, token: int) -> T:
        """Return the result or raise the exception of the operation, as often as wanted until reset().

        Raises ValueTaskStateError while the operation is pending and ValueTaskTokenError for any token but the current
        one.
        """
        self._check(token)
        if self._outcome is None:
            raise ValueTaskStateError("the operation of this source has not ended yet")
        return self._outcome.result()

    def on_completed(self, callback: Callable[[], object], token: int) -> None:
        """Have the running loop call `callback`, in a copy of the current context, when the operation has ended.

        Raises ValueTaskTokenError for any token but the current one, ValueTaskMisuseError if another callback is
        waiting, RuntimeError without a running loop.
        """
        self._check(token)
        if self._notify is not None:
            raise ValueTaskMisuseError("this source has a callback waiting already")
        loop = asyncio.get_running_loop()
        context = contextvars.copy_context()

        def notify() -> Any:
            return loop.call_soon(callback, context=context)

        self._notify = notify
        if self._outcome is not None:
            self._wake()

    def _check(self, token: int) -> None:
        if token != self._version:
            raise ValueTaskTokenError(f"token {token!r} does not fit: the source is at version {self._version}")

    def _complete(self, outcome: Success[T] | Failure) -> None:
        if self._outcome is not None:
            raise ValueTaskStateError("the operation of this source has ended already")
        self._outcome = outcome
        self._wake()

    def _wake(self) -> None:
        notify, self._notify = self._notify, None
        if notify is not None:
            notify()
