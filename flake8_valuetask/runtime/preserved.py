"""What preserve() gives: an awaitable that may be used any number of times."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, Generic, TypeVar, final

from flake8_valuetask.runtime.outcomes import Backing

T = TypeVar("T")


@final
class PreservedValueTask(Generic[T]):
    """The result of an operation, to be awaited and read any number of times. Made by ValueTask.preserve()."""

    __slots__ = ("_backing",)

    def __init__(self, backing: Backing[T]) -> None:
        """For ValueTask.preserve() alone."""
        self._backing = backing

    def done(self) -> bool:
        """Say whether the operation has ended."""
        return self._backing.done()

    def cancelled(self) -> bool:
        """Say whether the operation was cancelled."""
        return self._backing.cancelled()

    def is_completed_successfully(self) -> bool:
        """Say whether the operation gave a value."""
        return self._backing.succeeded()

    def __await__(self) -> Generator[Any, Any, T]:
        """Wait for the operation, return its value or raise its exception."""
        return self._backing.wait()

    def result(self) -> T:
        """Return the value or raise the exception of the operation; ValueTaskStateError while it is pending."""
        return self._backing.check_done().result()

    def exception(self) -> BaseException | None:
        """Return the exception of the operation, None if it gave a value, raise CancelledError if it was cancelled.

        Raises ValueTaskStateError while the operation is pending.
        """
        return self._backing.check_done().exception()

    def as_task(self) -> asyncio.Future[T]:
        """Return an asyncio Future of the operation; RuntimeError if one has to be made and no loop is running."""
        return self._backing.future()

    def preserve(self) -> PreservedValueTask[T]:
        """Return this same object."""
        return self

    def __repr__(self) -> str:
        return f"<PreservedValueTask {self._backing.describe()} at {id(self):#x}>"
