"""An event loop whose time does not pass by waiting.

In: timers. Out: the same order of events as with a real clock, at once. Never: waiting, but for threads.
"""

from __future__ import annotations

import asyncio
import selectors

THREADS_MAY_TAKE = 5.0


class Stuck(RuntimeError):
    """Nothing that is waited for can still happen."""


class SkippingSelector(selectors.SelectSelector):
    """Skips the time for which it should wait."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return self._selected_by_a_thread()
        events = super().select(0)
        if not events:
            self.skipped += max(timeout, 0.0)
        return events

    def _selected_by_a_thread(self) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(THREADS_MAY_TAKE)
        if not events:
            raise Stuck("nothing that is waited for can still happen")
        return events


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop with such a selector."""

    def __init__(self) -> None:
        self._skipping = SkippingSelector()
        super().__init__(self._skipping)
        self.set_exception_handler(_unheard)

    def time(self) -> float:
        return super().time() + self._skipping.skipped


def _unheard(loop: asyncio.AbstractEventLoop, context: object) -> None:
    """Failures of tasks are recorded by their factory; asyncio's log of them would only repeat that."""
