"""A one-shot value is consumed after it was already consumed on some path

Why
---
A coroutine runs once. The second await raises
`RuntimeError: cannot reuse already awaited coroutine`, also when the first one failed or was
cancelled; a step of an async generator says `cannot reuse already awaited __anext__()/asend()`. A
`ValueTask` raises `ValueTaskConsumedError`, which names the file and the line of the first
consumption. People write it because tasks, futures and the promises of other languages may be
awaited as often as one likes, and because each branch looks right by itself: above all in retries
and fallbacks that await again in an `except`.

Wrong
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def measure(verbose: bool) -> int:
        page = fetch()
        if verbose:
            print(await page)
        return len(await page)  # want: VT101

Right
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def measure(verbose: bool) -> int:
        page = await fetch()
        if verbose:
            print(page)
        return len(page)

How it is decided
-----------------
On every path that can be taken, a consumption that finds the value already consumed is a finding.
It stands at the later consumption and names the line of the earlier one; a third one adds nothing.
The value carries the state, not the name, so copies count and a name bound to a new value starts
afresh. `close()` of a coroutine is no finding, also after a use. Branches that exclude each other,
a flag set beside the consumption and a name set to None afterwards silence it.

Known misses
------------
Values that travel through functions or containers of other modules whose code is not known, and
values whose producer is not known to make a one-shot value.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow, State


@rule(
    "VT101",
    name="consumed-twice",
    since="0.1.0",
    message="{kind} `{name}` is {verb} {again} on line {line}",
)
def consumed_twice(flow: Flow) -> Iterable[Report]:
    """Second consumptions that a first one, in this body, can reach without closing a loop."""
    for step in words.second(flow):
        mine = step.before is State.SPENT and not words.elsewhere(step.since.how)
        if mine and flow.onward(step):
            yield words.again(step)
