"""An async function is given to an API that calls a plain one

Why
---
The API calls the function and forgets, or passes on, what it returned: a coroutine that nobody
awaits. Nothing of the body is run, and no exception says so, only
`RuntimeWarning: coroutine 'refresh' was never awaited`. `to_thread` and `run_in_executor` return
the coroutine as if it were the result; `filter` keeps everything, as a coroutine is true; `sorted`
raises `'<' not supported between instances of 'coroutine' and 'coroutine'`. People write it when a
callback has become async, or in the belief that a thread or the loop would await whatever it is
given.

Wrong
-----

    import asyncio

    seen: list[str] = []


    async def refresh(name: str) -> None:
        await asyncio.sleep(0)
        seen.append(name)


    async def refresh_all() -> int:
        await asyncio.to_thread(refresh, "prices")  # want: VT406
        return len(seen)

Right
-----

    import asyncio

    seen: list[str] = []


    async def refresh(name: str) -> None:
        await asyncio.sleep(0)
        seen.append(name)


    async def refresh_all() -> int:
        await refresh("prices")
        return len(seen)

How it is decided
-----------------
An `async def`, or another function that is known to make one-shot values, where one of these wants
a plain function: `to_thread`, `run_in_executor`, `call_soon`, `call_later`, `add_done_callback`,
`Thread(target=...)`, `ExitStack.callback`, `assertRaises`, `map`, `filter`, `sorted(key=...)` and
their like. The finding stands at the function's expression. A lambda that starts a task, as in
`lambda: create_task(refresh())`, and a `map` whose results are gathered or awaited are clean.

Known misses
------------
APIs of other packages that are not listed, functions behind `functools.partial` or an unknown
decorator, and methods of objects of unknown type.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.typestate import Flow


@rule(
    "VT406",
    name="async-where-plain",
    since="0.1.0",
    message="async function `{name}` is given to `{api}`, which calls it without await",
)
def async_where_plain(flow: Flow) -> Iterable[Report]:
    """Async functions given to APIs that call plain ones, and maps of them that nothing awaits."""
    for event in flow.remarks(events.Misplaced):
        yield Report(event.at, {"kind": "coroutine", "name": event.label, "api": event.api})
    for loss in flow.losses():
        if loss.value.how == "map" and not loss.consumed:
            yield Report(
                loss.value.at, {"kind": "coroutine", "name": loss.value.label.removesuffix("()"), "api": "map"}
            )
