"""A one-shot value is stored in a container

Why
---
A look-up gives the value away without removing it. The second look-up of the same key gets a spent
one: `RuntimeError: cannot reuse already awaited coroutine`, or `coroutine is being awaited already`
while the first still waits; `ValueTaskConsumedError` with a `ValueTask`. What is never looked up is
never awaited. People write it as a table of pending work or as a cache by hand, which is right with
tasks: those can be awaited by any number of callers.

Wrong
-----

    import asyncio

    pages = {}


    async def fetch(url: str) -> str:
        await asyncio.sleep(0)
        return url.upper()


    async def page(url: str) -> str:
        if url not in pages:
            pages[url] = fetch(url)  # want: VT304
        return await pages[url]

Right
-----

    import asyncio

    pages: dict[str, asyncio.Task[str]] = {}


    async def fetch(url: str) -> str:
        await asyncio.sleep(0)
        return url.upper()


    async def page(url: str) -> str:
        if url not in pages:
            pages[url] = asyncio.create_task(fetch(url))
        return await pages[url]

How it is decided
-----------------
A `ValueTask` as element, key or value of any list, tuple, set, dict or other container. A coroutine
only where the container outlives the body: a global, an attribute, a parameter, a returned one. A
local list of coroutines is followed instead: to gather it once consumes every element, to do it
twice is VT101. The finding stands at the storing statement.

Known misses
------------
Containers with methods of their own (`registry.put(v)` hands over to an unknown function), and
containers that an unknown function fills.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT304", name="stored-in-container", since="0.1.0", message="{kind} `{name}` is stored in a container; {keep}")
def stored_in_container(flow: Flow) -> Iterable[Report]:
    """Values stored in a container."""
    return (words.plain(step) for step in flow.steps("store") if step.how == "container")
