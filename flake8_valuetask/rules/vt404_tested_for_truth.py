"""An unawaited value is tested for truth, which is always true

Why
---
A coroutine object, like a `ValueTask`, has no truth of its own, so Python takes it as true. The
check lets everybody in, whatever the function would have answered, and no exception says so: only
`RuntimeWarning: coroutine 'is_admin' was never awaited`, which says nothing about the access
granted. `not is_admin(user)` is always false, and `is_admin(user) or fallback` never falls back.
People forget the `await` when a check has become async, and nothing else changes at the call.

Wrong
-----

    import asyncio


    async def is_admin(user: str) -> bool:
        await asyncio.sleep(0)
        return user == "root"


    async def delete_all(user: str) -> str:
        if is_admin(user):  # want: VT404
            return "deleted"
        return "denied"

Right
-----

    import asyncio


    async def is_admin(user: str) -> bool:
        await asyncio.sleep(0)
        return user == "root"


    async def delete_all(user: str) -> str:
        if await is_admin(user):
            return "deleted"
        return "denied"

How it is decided
-----------------
A value of a known one-shot kind as a condition of `if`, `while`, `assert` or a conditional
expression, in `not`, `and`, `or`, `bool()`, `assertTrue()`, `assertFalse()`, or as the filter of a
comprehension. The finding stands at the value's expression. A name that may also be None
(`if page: await page`) is a fair question and clean, and `is None` is a read. So is a test beside a
question what the name holds (`if page and isawaitable(page)`).

Known misses
------------
Conditions on values of unknown kind, and truth asked for by other means: `any(values)` of a
list made before, `filter`, `assertEqual(allowed(), True)`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT404",
    name="tested-for-truth",
    since="0.1.0",
    message="{kind} `{name}` is tested without await, which is always true",
)
def tested_for_truth(flow: Flow) -> Iterable[Report]:
    """Unawaited values as conditions."""
    return (words.plain(step) for step in flow.steps("test"))
