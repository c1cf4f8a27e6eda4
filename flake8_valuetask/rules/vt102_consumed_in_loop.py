"""A one-shot value made outside a loop is consumed again in its next round

Why
---
The first round awaits the coroutine to its end; the second one awaits the same object and raises
`RuntimeError: cannot reuse already awaited coroutine`. A `ValueTask` raises
`ValueTaskConsumedError`. The first round always works, so short tests do not see it. People write
it in polling and retry loops, where the call looks like a description of work to be repeated, while
it has made one value that can be used up once.

Wrong
-----

    import asyncio


    async def is_ready(attempt: int) -> bool:
        await asyncio.sleep(0)
        return attempt == 2


    async def wait_until_ready() -> int:
        attempt = 0
        ready = is_ready(attempt)
        while True:
            if await ready:  # want: VT102
                return attempt
            attempt += 1

Right
-----

    import asyncio


    async def is_ready(attempt: int) -> bool:
        await asyncio.sleep(0)
        return attempt == 2


    async def wait_until_ready() -> int:
        attempt = 0
        while not await is_ready(attempt):
            attempt += 1
        return attempt

How it is decided
-----------------
A value that exists before a `for`, `async for`, `while` or comprehension begins, and whose
consumption in it can be reached again over the next round. The finding stands at the consumption in
the loop. Parameters of a one-shot type count as much as locals. A value made anew in the round is
clean, and so is a consumption followed by `break`, `return` or `raise` on every path.

Known misses
------------
Loops hidden in other functions: a callback that an unknown library calls for each item. A parameter
that is only an `Awaitable`, or untyped, is left to VT105.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT102",
    name="consumed-in-loop",
    since="0.1.0",
    message="{kind} `{name}` is {verb} again in the next round of the loop; it is made once, on line {made}",
)
def consumed_in_loop(flow: Flow) -> Iterable[Report]:
    """Second consumptions that the first one reaches only by going round a loop."""
    for step in words.second(flow):
        by_closures = step.how == step.since.how == "closure"  # VT306
        if not by_closures and flow.onward(step) is False:
            yield words.again(step, (step.since.at, "comes round the loop"))
