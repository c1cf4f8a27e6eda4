"""The errors that a wrong use of a one-shot value raises."""

from __future__ import annotations

import asyncio


class ValueTaskMisuseError(RuntimeError):
    """A ValueTask, or the source behind one, was used against its contract."""


class ValueTaskConsumedError(ValueTaskMisuseError):
    """The ValueTask had been consumed before.

    ``consumed_by`` is the operation that did it ("await", "result", "exception", "as_task" or "preserve"),
    ``consumed_at`` the file name and line number of the code that asked for it.
    """

    def __init__(self, consumed_by: str, consumed_at: tuple[str, int]) -> None:
        super().__init__(consumed_by, consumed_at)
        self.consumed_by = consumed_by
        self.consumed_at = consumed_at

    def __str__(self) -> str:
        file, line = self.consumed_at
        return f"this ValueTask was already consumed by {self.consumed_by} at {file}:{line}"


class ValueTaskStateError(ValueTaskMisuseError, asyncio.InvalidStateError):
    """Something was read before it was there, or a source was completed a second time."""


class ValueTaskTokenError(ValueTaskMisuseError):
    """The token belongs to an earlier version of the source, or to none of its versions."""
