"""A one-shot value is passed bare to an API that wants a task or a function

Why
---
`create_task`, `TaskGroup.create_task` and `run_coroutine_threadsafe` refuse a `ValueTask` with a
`TypeError` (`a coroutine was expected, got ...`), `asyncio.run` up to 3.13 with a `ValueError`.
`ensure_future`, `shield`, `as_completed` and, before 3.12, `wait_for` wrap it in silence; that
costs a task, and a task cancelled before its first step does not pass the cancellation on. People
write it because a coroutine in the same place is right. trio and anyio want the function instead:
`start_soon(f())` and `run(f())` raise a `TypeError`, in trio's words
`Trio was expecting an async function, but instead it got a coroutine object`.

Wrong
-----

    import asyncio

    from flake8_valuetask.runtime import ValueTask


    def _price(name: str) -> ValueTask[int]:
        return ValueTask.from_result(len(name))


    async def price_in_background() -> int:
        task = asyncio.create_task(_price("tea"))  # want: VT203
        return await task

Right
-----

    import asyncio

    from flake8_valuetask.runtime import ValueTask


    def _price(name: str) -> ValueTask[int]:
        return ValueTask.from_result(len(name))


    async def price_in_background() -> int:
        task = _price("tea").as_task()
        await asyncio.sleep(0)
        return await task

How it is decided
-----------------
A `ValueTask` as an argument of asyncio's scheduling functions and methods, `gather` and `wait`
aside, which have codes of their own; a `ValueTask` or a coroutine as the function of `start_soon`
or `run` of trio and anyio. The finding stands at the argument, and the value counts as consumed. A
coroutine given to asyncio's functions is as it should be, and so is `v.as_task()` where a task or a
future is taken.

Known misses
------------
Schedulers of other packages, and loops, task groups and nurseries that cannot be recognised as such
by an import, an annotation or the way they were made.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.events import Wants
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow

_SCHEDULING = (Wants.COROUTINE.value, Wants.WRAPPED.value, Wants.FUNCTION.value)


@rule(
    "VT203", name="scheduled-without-as-task", since="0.1.0", message="{kind} `{name}` is given bare to `{api}`; {cure}"
)
def scheduled_without_as_task(flow: Flow) -> Iterable[Report]:
    """Bare values given to what wants a Task, a coroutine or a function."""
    return (words.plain(step) for step in flow.steps("bare") if step.how in _SCHEDULING)
