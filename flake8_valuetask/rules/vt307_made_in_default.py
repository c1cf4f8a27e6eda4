"""A one-shot value is made in a default argument

Why
---
A default is evaluated once, when the `def` is executed, and the same value then serves every call.
The first call without the argument awaits it, the second raises
`RuntimeError: cannot reuse already awaited coroutine`, or `ValueTaskConsumedError` with a
`ValueTask`. If every caller passes its own, it ends as
`RuntimeWarning: coroutine 'fetch' was never awaited`. It is the old trap of the mutable default,
with an object that is used up instead of one that grows.

Wrong
-----

    import asyncio
    from collections.abc import Coroutine
    from typing import Any


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def render(page: Coroutine[Any, Any, str] = fetch()) -> str:  # want: VT307
        return (await page).upper()

Right
-----

    import asyncio
    from collections.abc import Coroutine
    from typing import Any


    async def fetch() -> str:
        await asyncio.sleep(0)
        return "page"


    async def render(page: Coroutine[Any, Any, str] | None = None) -> str:
        if page is None:
            page = fetch()
        return (await page).upper()

How it is decided
-----------------
The default of a parameter of a function, method or lambda makes a value of a known one-shot kind.
The finding stands at the default, not at the parameter's use. Defaults that are functions, None or
many-shot are clean.

Known misses
------------
Defaults that call a producer of unknown kind, and the `default_factory` or `default` of library
calls, which are not parameters.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT307",
    name="made-in-default",
    since="0.1.0",
    message="{kind} `{name}` is made once, as the default of `{target}`; every call shares it",
)
def made_in_default(flow: Flow) -> Iterable[Report]:
    """Values stored in a default."""
    return (words.plain(step) for step in flow.steps("store") if step.how == "default")
