"""The same one-shot value is given several times in one go

Why
---
`gather(c, c)` and `[c] * 3` repeat the object, not the work. `asyncio.gather` removes duplicates
without a word: the coroutine runs once and its one result is handed out several times, so three
rolls of a die are three times the same roll. Where nothing removes duplicates, the second await
raises `RuntimeError: cannot reuse already awaited coroutine`, or `ValueTaskConsumedError` for a
`ValueTask`. People write it because multiplying a list or repeating a name is the short way to ask
for something several times.

Wrong
-----

    import asyncio


    async def fetch() -> str:
        return "page"


    async def fetch_two() -> list[str]:
        page = fetch()
        return await asyncio.gather(page, page)  # want: VT104


    async def fetch_three() -> list[str]:
        return await asyncio.gather(*[fetch()] * 3)  # want: VT104

Right
-----

    import asyncio


    async def fetch() -> str:
        return "page"


    async def fetch_two() -> list[str]:
        return await asyncio.gather(fetch(), fetch())


    async def fetch_three() -> list[str]:
        return await asyncio.gather(*[fetch() for _ in range(3)])

How it is decided
-----------------
One value that stands more than once among the arguments of one call or the elements of one display,
a list or tuple that holds one and is multiplied, and `itertools.repeat` of one. The finding stands
where it is repeated. Two names for one value count; two calls make two values and are clean. What
becomes of the copies afterwards adds no second finding.

Known misses
------------
Copies made by unknown functions, and collections of unknown contents that are multiplied or added
to themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT104",
    name="duplicated",
    since="0.1.0",
    message="{kind} `{name}` is given several times, but runs only once",
)
def duplicated(flow: Flow) -> Iterable[Report]:
    """Values given more than once in one go."""
    return (words.plain(step) for step in flow.steps("duplicate"))
