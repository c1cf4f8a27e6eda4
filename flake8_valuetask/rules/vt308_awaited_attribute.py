"""An attribute set from a bare call is awaited where it may be awaited again

Why
---
The attribute was set from the result of a call whose kind cannot be known here, and some method
awaits it. Nothing keeps that method from being called twice. If the call made a coroutine, the
second await raises `RuntimeError: cannot reuse already awaited coroutine`; if it made a
`ValueTask`, it raises `ValueTaskConsumedError`; only with a task or a future all is well. People
write it because the first await works and the place of making is far away. Wrapped in
`ensure_future()` at the assignment, the code is right whatever the call returns.

Wrong
-----

    from collections.abc import Callable
    from typing import Any


    class Job:
        def __init__(self, start: Callable[[], Any]) -> None:
            self.outcome = start()

        async def report(self) -> str:
            return f"done: {await self.outcome}"  # want: VT308

Right
-----

    import asyncio
    from collections.abc import Callable
    from typing import Any


    class Job:
        def __init__(self, start: Callable[[], Any]) -> None:
            self.outcome = asyncio.ensure_future(start())

        async def report(self) -> str:
            return f"done: {await self.outcome}"

How it is decided
-----------------
Opt-in, and judged by use: `self.x` is set in the class from a bare call of unknown kind and awaited
in another method or in a loop. The finding stands at the await. `create_task()`, `ensure_future()`
or `as_task()` around the call silence it, as do a call known to return something many-shot and code
that clears the attribute with the consumption. A call known to make a one-shot value is VT301 at
the assignment instead.

Known misses
------------
Attributes set by other classes, by subclasses or through `setattr`, and those awaited from outside
of the class.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.typestate import Flow


@rule(
    "VT308",
    name="awaited-attribute",
    since="0.1.0",
    opt_in=True,
    message="`{name}` is set from a call on line {line} and awaited repeatedly, which fails if that is a coroutine",
)
def awaited_attribute(flow: Flow) -> Iterable[Report]:
    """Awaits of attributes that were set from a bare call of unknown kind."""
    for event in flow.remarks(events.AwaitField):
        yield Report(event.at, {"name": event.name, "line": event.line})
