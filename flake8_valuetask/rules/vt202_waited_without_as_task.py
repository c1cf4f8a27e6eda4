"""A one-shot value is passed to asyncio.wait, which wants tasks

Why
---
Since Python 3.11 `asyncio.wait` refuses coroutines:
`TypeError: Passing coroutines is forbidden, use tasks explicitly.` A bare `ValueTask` ends in
`AttributeError: 'ValueTask' object has no attribute 'add_done_callback'`. Python 3.10 wrapped both,
and the sets `done` and `pending` then held tasks nobody had seen, so that `if page in done` was
never true. People write it because `gather` and `as_completed` do take coroutines, and because
older examples did the same with `wait`.

Wrong
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def fetch_in_time() -> bool:
        page = fetch()
        done, pending = await asyncio.wait([page], timeout=1)  # want: VT202
        return len(done) == 1

Right
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def fetch_in_time() -> bool:
        page = asyncio.create_task(fetch())
        done, pending = await asyncio.wait([page], timeout=1)
        return page in done

How it is decided
-----------------
The first argument of `asyncio.wait` holds a coroutine, a `ValueTask` or another one-shot value, in
a display, a comprehension or a collection filled in this body. The finding stands at the argument,
and the value counts as consumed. Elements made by `create_task()`, `ensure_future()` or `as_task()`
are clean.

Known misses
------------
Collections that come from an unknown function, a parameter or an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.events import Wants
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT202", name="waited-without-as-task", since="0.1.0", message="{kind} `{name}` is given to wait() bare; {cure}")
def waited_without_as_task(flow: Flow) -> Iterable[Report]:
    """Bare values given to `wait`."""
    return (words.plain(step) for step in flow.steps("bare") if step.how == Wants.TASKS.value)
