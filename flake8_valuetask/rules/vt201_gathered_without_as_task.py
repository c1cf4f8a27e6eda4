"""A ValueTask is passed to gather without as_task()

Why
---
`asyncio.gather` takes any awaitable, so a bare `ValueTask` raises nothing: it is wrapped in a
coroutine and a task of its own, also when its result is there already. If that task is cancelled
before its first step, a suspended operation inside does not get `CancelledError` but is only
closed. Giving one value twice is hidden too, because `gather` removes duplicates. A later
consumption raises `ValueTaskConsumedError` with a place inside asyncio. People write it because
coroutines are gathered just so. After `as_task()`, what `gather` holds is many-shot.

Wrong
-----

    import asyncio

    from flake8_valuetask.runtime import ValueTask


    def _price(name: str) -> ValueTask[int]:
        return ValueTask.from_result(len(name))


    async def total() -> int:
        prices = await asyncio.gather(
            _price("tea"),  # want: VT201
            _price("milk").as_task(),
        )
        return sum(prices)

Right
-----

    import asyncio

    from flake8_valuetask.runtime import ValueTask


    def _price(name: str) -> ValueTask[int]:
        return ValueTask.from_result(len(name))


    async def total() -> int:
        prices = await asyncio.gather(
            _price("tea").as_task(),
            _price("milk").as_task(),
        )
        return sum(prices)

How it is decided
-----------------
An argument of `asyncio.gather` that is a fresh `ValueTask`, by itself or as an element of a starred
list of this body. The finding stands at the argument, and the value counts as consumed. What
`as_task()` or `preserve()` returned is many-shot and clean, and so are coroutines: `gather` is made
for them.

Known misses
------------
Starred arguments that come from elsewhere, and functions of other packages that gather what they
are given.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.events import Wants
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT201",
    name="gathered-without-as-task",
    since="0.1.0",
    message="{kind} `{name}` is gathered bare; call as_task() first",
)
def gathered_without_as_task(flow: Flow) -> Iterable[Report]:
    """Bare values given to `gather`."""
    return (words.plain(step) for step in flow.steps("bare") if step.how == Wants.AWAITABLES.value)
