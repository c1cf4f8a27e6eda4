"""A cache is put around a producer of one-shot values

Why
---
The cache keeps what the call returned, and that is the coroutine, not its result. The first caller
gets the result, every later one with the same arguments gets the spent object:
`RuntimeError: cannot reuse already awaited coroutine`; with a `ValueTask` it is
`ValueTaskConsumedError`. `functools.cached_property` on an `async def` does the same at the second
access. It passes every test that calls once. People write it because the decorator does its duty on
plain functions and raises no objection to an async one.

Wrong
-----

    import asyncio
    from functools import lru_cache


    @lru_cache(maxsize=None)  # want: VT305
    async def fetch(url: str) -> str:
        await asyncio.sleep(0)
        return url.upper()


    async def fetch_again(url: str) -> bool:
        first = await fetch(url)
        return first == await fetch(url)

Right
-----

    import asyncio

    pages: dict[str, str] = {}


    async def fetch(url: str) -> str:
        if url not in pages:
            await asyncio.sleep(0)
            pages[url] = url.upper()
        return pages[url]


    async def fetch_again(url: str) -> bool:
        first = await fetch(url)
        return first == await fetch(url)

How it is decided
-----------------
`functools.cache`, `lru_cache` and `cached_property`, `cachetools.cached` and `cachedmethod`,
`reify`, and the `cached_property` of other packages and frameworks, as a decorator of an
`async def` or of another producer, or in call form, `cache(f)`. The finding stands on the
decorator's line, or the call's. Caches made for async functions (`async_lru.alru_cache`, aiocache,
asyncache, cashews, `cachetools_async`) are clean, and so is a function that returns a task.

Known misses
------------
Caches of the project's own and of packages not listed, and plain functions whose one-shot result is
not visible in their annotation or body.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.typestate import Flow


@rule(
    "VT305",
    name="cached-producer",
    since="0.1.0",
    message="`{cache}` around `{name}` hands out one {kind} again and again; cache its result",
)
def cached_producer(flow: Flow) -> Iterable[Report]:
    """Caches around producers."""
    for event in flow.remarks(events.Cached):
        yield Report(event.at, {"cache": event.cache, "name": event.label, "kind": event.kind.value})
