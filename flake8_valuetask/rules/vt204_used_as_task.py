"""A method that only a Task or a Future has is called on a one-shot value

Why
---
A coroutine has neither callbacks nor `cancel()`:
`AttributeError: 'coroutine' object has no attribute 'add_done_callback'`, and the same with
'ValueTask' in front. The error comes at the call, and the value is then mostly lost, which adds
`RuntimeWarning: coroutine 'compute' was never awaited`. People write it because a call of an async
function looks like starting it, as it does in languages where such a call returns a running
promise.

Wrong
-----

    import asyncio


    async def compute() -> int:
        await asyncio.sleep(0)
        return 42


    async def answer() -> int:
        job = compute()
        job.add_done_callback(print)  # want: VT204
        return await job

Right
-----

    import asyncio


    async def compute() -> int:
        await asyncio.sleep(0)
        return 42


    async def answer() -> int:
        job = asyncio.create_task(compute())
        job.add_done_callback(print)
        return await job

How it is decided
-----------------
An attribute that Task or Future have and the kind of the value has not (`add_done_callback`,
`cancel`, `set_name`, ...; for coroutines also `done` and `result`), looked up on a value known to
be one-shot on some path. The finding stands at that use. `isinstance`, `hasattr` and
`asyncio.isfuture` checks of the value silence it.

Known misses
------------
Attributes reached through `getattr` with a computed name, and values of an unknown kind.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT204",
    name="used-as-task",
    since="0.1.0",
    message="{kind} `{name}` has no `{attribute}`; only a Task or Future has",
)
def used_as_task(flow: Flow) -> Iterable[Report]:
    """Attributes that only a Task or Future has."""
    return (words.plain(step) for step in flow.steps("attribute"))
