"""A result is read from a ValueTask that is not known to be done

Why
---
`result()` and `exception()` of a `ValueTask` do not wait. While the operation is pending they raise
`ValueTaskStateError`, which is an `asyncio.InvalidStateError` too, and consume nothing. Whether it
is pending depends on what was in a cache at that moment, so tests with a warm one never see it.
People write it because it works as long as the producer finishes at once, and because other
runtimes, and the futures of threads, would wait here.

Wrong
-----

    import asyncio

    from flake8_valuetask.runtime import value_task


    @value_task
    async def _price(cached: bool) -> int:
        if not cached:
            await asyncio.sleep(0)
        return 7


    async def show(cached: bool) -> int:
        return _price(cached).result()  # want: VT501

Right
-----

    import asyncio

    from flake8_valuetask.runtime import value_task


    @value_task
    async def _price(cached: bool) -> int:
        if not cached:
            await asyncio.sleep(0)
        return 7


    async def show(cached: bool) -> int:
        price = _price(cached)
        return price.result() if price.done() else await price

How it is decided
-----------------
A read by `result()` or `exception()` on a path where nothing says that the value is done; the
finding stands at the read. Known done: within `if v.done()`, after `assert v.done()`, after
`while not v.done(): ...` left normally, after an early return of the pending case, the same in
`and` and `?:`, and what `from_result()`, `from_exception()` or `completed()` made. A rebinding of
the name ends it. `or` with something else, another value's guard, and a `break` tell nothing.

Known misses
------------
Guards that are kept in a variable or asked by a function of another module, and values of unknown
kind: a Future's `result()` is another matter.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT501",
    name="result-before-done",
    since="0.1.0",
    message="`{name}.{attribute}()` is read where nothing says that the {kind} is done",
)
def result_before_done(flow: Flow) -> Iterable[Report]:
    """Results read where no guard has said that they are there."""
    return (words.plain(step) for step in flow.steps("early"))
