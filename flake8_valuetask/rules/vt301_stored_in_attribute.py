"""A one-shot value is stored in an attribute

Why
---
An attribute outlives the method that set it, and every method, every call and every task can reach
it, but the value may be consumed once. The second caller gets
`RuntimeError: cannot reuse already awaited coroutine`, or `coroutine is being awaited already`
while the first one still waits; with a `ValueTask` it is `ValueTaskConsumedError`. If nobody comes,
it is never awaited. People write it in `__init__`, where they cannot await, and expect the result
to be kept, as a task would keep it.

Wrong
-----

    import asyncio


    async def fetch_greeting() -> str:
        await asyncio.sleep(0)
        return "hello"


    class Client:
        def __init__(self) -> None:
            self.greeting = fetch_greeting()  # want: VT301

        async def greet(self) -> str:
            return await self.greeting

Right
-----

    import asyncio


    async def fetch_greeting() -> str:
        await asyncio.sleep(0)
        return "hello"


    class Client:
        async def start(self) -> None:
            self.greeting = asyncio.create_task(fetch_greeting())

        async def greet(self) -> str:
            return await self.greeting

How it is decided
-----------------
An assignment to an attribute, `setattr`, or a write to `__dict__`, of a value known to be one-shot.
The finding stands at the storing statement. For coroutines these owners are clean: a class that is
given one, keeps it and consumes it once in its own `__await__` or `__aenter__`, and code that
clears the attribute before or right after the consumption (`c, self._c = self._c, None`), or puts
the result in its place (`self._c = await self._c`). So is a class that is a coroutine itself. A
`ValueTask` has no such exception; store `as_task()`, `preserve()` or the result.

Known misses
------------
Values of unknown kind (VT308 judges some of them by their use), and objects that an unknown
function fills.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT301", name="stored-in-attribute", since="0.1.0", message="{kind} `{name}` is stored in `{target}`; {keep}")
def stored_in_attribute(flow: Flow) -> Iterable[Report]:
    """Values stored in an attribute."""
    return (words.plain(step) for step in flow.steps("store") if step.how == "attribute")
