"""A one-shot value is made and never consumed

Why
---
Calling an async function runs nothing; it makes a coroutine. Dropped, its work is never done, and
all one sees is a line on stderr, at some later time:
`RuntimeWarning: coroutine 'save' was never awaited`. A dropped `ValueTask` warns in the same words;
its operation has begun, and nobody will see its result or its exception. People forget the `await`,
most often where the result is not needed, or where a plain function has been made async and not all
of its callers have followed.

Wrong
-----

    import asyncio


    async def save(record: str) -> None:
        await asyncio.sleep(0)
        print("saved", record)


    async def handle(record: str) -> str:
        save(record)  # want: VT401
        return "ok"

Right
-----

    import asyncio


    async def save(record: str) -> None:
        await asyncio.sleep(0)
        print("saved", record)


    async def handle(record: str) -> str:
        await save(record)
        return "ok"

How it is decided
-----------------
A value of a known one-shot kind that is neither consumed, handed over nor stored on any path: an
expression statement, `_ = save(record)`, or a name that is left to the end of its function or only
read. The finding stands where the value was made. `close()` of a coroutine ends it properly, and what a
name still holds when an exception leaves is not lost by mistake. A result that may be None need not be
awaited. A line that tells mypy or ty to ignore `unused-coroutine` or `unused-awaitable`, or pyright
`reportUnusedCoroutine`, is left alone.

Known misses
------------
Calls of functions whose kind is not known: an untyped object's methods, the result of an unknown
decorator. A value given to an unknown function is taken to be in good hands.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT401", name="never-consumed", since="0.1.0", message="{kind} `{name}` is never awaited")
def never_consumed(flow: Flow) -> Iterable[Report]:
    """Values made here that no path consumes."""
    for loss in flow.losses():
        if words.mine(loss) and not loss.consumed and not loss.kept and "overwritten" not in loss.ways:
            yield words.lost(loss)
