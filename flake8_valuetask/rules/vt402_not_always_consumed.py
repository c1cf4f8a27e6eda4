"""A one-shot value is consumed on some paths and forgotten on another

Why
---
On the forgotten path the coroutine is made and thrown away: its work is not done, and Python prints
`RuntimeWarning: coroutine 'fetch' was never awaited` when the object is collected, at a line that
may have nothing to do with it. With a `ValueTask` the operation was begun in vain and its error is
never seen. People write it when they make the value early, at the head of the function, and later
add a guard that returns before the await.

Wrong
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def show(quiet: bool) -> None:
        page = fetch()  # want: VT402
        if quiet:
            return
        print(await page)

Right
-----

    import asyncio


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def show(quiet: bool) -> None:
        if quiet:
            return
        print(await fetch())

How it is decided
-----------------
A path on which the value is lost at an early `return`, at the function's end or by a `break`, while
another path consumes it. The finding stands where the value was made, and says which statement loses it,
the first one if there are several. Leaving by an exception is no
lost value; where something between the making and the await may raise, the way through a handler that
takes it is a path as well. A handler that names only exceptions of the program takes none from locks,
`asyncio.sleep()` and the like, and one for `OSError` or a timeout none from a list without such an
element. A `finally` that closes or consumes it, `close()` on
the forgetful path, and paths that cannot be taken together silence it; a path that only an interrupt
from the keyboard takes (`except KeyboardInterrupt`) does not count.

Known misses
------------
Paths that differ only by conditions too tangled to follow, values handed to an unknown function on
one of the paths, and values of unknown kind.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT402", name="not-always-consumed", since="0.1.0", message="{kind} `{name}` is not awaited on every path")
def not_always_consumed(flow: Flow) -> Iterable[Report]:
    """Values that one path consumes and another one forgets."""
    for loss in flow.losses():
        mapped = loss.value.how == "map" and loss.ways != {"unmade"}
        owned = words.mine(loss) or mapped or loss.value.how in ("parameter", "argument")
        if owned and loss.consumed and "overwritten" not in loss.ways:
            yield words.lost_at(flow, loss, "{kind} `{name}` is not awaited on every path; it is lost {where}")
