"""A one-shot value loses its last name before it was consumed

Why
---
The new binding, or `del`, takes away the only way to reach the value. Its work is not done, and
Python prints `RuntimeWarning: coroutine 'fetch' was never awaited`, on the very line of the
overwriting; a `ValueTask` warns in the same words, although its operation has begun. People write
it when they bind a default first and replace it in a branch, which costs nothing with plain values
but here makes a value for the bin.

Wrong
-----

    import asyncio


    async def fetch(version: str) -> str:
        await asyncio.sleep(0)
        return f"page, {version}"


    async def show(draft: bool) -> str:
        page = fetch("final")  # want: VT403
        if draft:
            page = fetch("draft")
        return await page

Right
-----

    import asyncio


    async def fetch(version: str) -> str:
        await asyncio.sleep(0)
        return f"page, {version}"


    async def show(draft: bool) -> str:
        page = fetch("draft") if draft else fetch("final")
        return await page

How it is decided
-----------------
A name is rebound or deleted on some path while the value it holds is neither consumed nor handed
over nor stored, and no other name holds it. Every kind of binding counts: assignment, `for`
targets, `with ... as`, `import`, `except ... as`. The finding stands where the value was made, and
says which line takes the name away.
`page.close()` before it silences the rule.

Known misses
------------
Names rebound by `exec`, by an unseen writer of a `nonlocal`, or by star imports.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT403", name="overwritten", since="0.1.0", message="{kind} `{name}` loses its last name before it is awaited")
def overwritten(flow: Flow) -> Iterable[Report]:
    """Values whose last name is rebound or deleted."""
    for loss in flow.losses():
        if words.mine(loss) and "overwritten" in loss.ways:
            message = "{kind} `{name}` loses its last name {where} before it is awaited"
            yield words.lost_at(flow, loss, message, "overwritten", "round")
