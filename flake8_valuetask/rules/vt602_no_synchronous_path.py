"""A producer of ValueTasks has no path that finishes without suspending

Why
---
A `ValueTask` pays where the result is often there already. A producer that waits at every call
gives its callers the strict contract (await it once, do not store it) and nothing in return;
measured, it even costs more than the plain coroutine it wraps. Its synchronous part runs at the
call, and the rest makes no progress until somebody awaits it, so locks taken there are held for as
long. People write it when they decorate a whole module alike, or when a cache was removed later.

Wrong
-----

    import asyncio

    from flake8_valuetask.runtime import value_task


    @value_task
    async def _fetch(name: str) -> int:  # want: VT602
        await asyncio.sleep(0.001)
        return len(name)


    async def total() -> int:
        return await _fetch("tea") + await _fetch("milk")

Right
-----

    import asyncio


    async def _fetch(name: str) -> int:
        await asyncio.sleep(0.001)
        return len(name)


    async def total() -> int:
        return await _fetch("tea") + await _fetch("milk")

How it is decided
-----------------
Opt-in. Every path of a `@value_task` function from its start to a `return` or to its end passes an
await, `async for` or `async with` that may be taken to suspend. The finding stands at the `def`. A
path that returns before the first await, and an await of another ValueTask, which may be finished
already, silence it. Without a synchronous path a plain `async def` or a task serves better.

Known misses
------------
Whether an unknown awaitable suspends cannot be seen: only those known to do so count. Conditions
that are never true in practice hide the fault.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.typestate import Flow


@rule(
    "VT602",
    name="no-synchronous-path",
    since="0.1.0",
    opt_in=True,
    message="ValueTask producer `{name}` always suspends; an ordinary coroutine serves it better",
)
def no_synchronous_path(flow: Flow) -> Iterable[Report]:
    """Producers of ValueTasks of which every path suspends."""
    for event in flow.remarks(events.Define):
        if event.fault == "producer" and flow.always(events.Suspend):
            yield Report(event.at, {"kind": "ValueTask", "name": event.name})
