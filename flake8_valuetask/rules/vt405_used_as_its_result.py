"""An unawaited value is used as if it were its result

Why
---
`await` binds more loosely than calls, subscripts and attributes: `await f()["name"]` takes the item
of the coroutine first, and raises `TypeError: 'coroutine' object is not subscriptable`. Others say
`'coroutine' object has no attribute 'name'`, `is not iterable`, `unsupported operand type(s) for +`
or `has no len()`. Worse, an f-string and `==` raise nothing: the text becomes
`<coroutine object fetch_user at 0x...>`, and the comparison is false. The value itself is then
never awaited. People forget the `await`, or the parentheses around it.

Wrong
-----

    import asyncio


    async def fetch_user() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"name": "Ada"}


    async def greet() -> str:
        return "hello " + await fetch_user()["name"]  # want: VT405

Right
-----

    import asyncio


    async def fetch_user() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"name": "Ada"}


    async def greet() -> str:
        return "hello " + (await fetch_user())["name"]

How it is decided
-----------------
A subscript, an attribute the kind has not, iteration, unpacking, arithmetic, a comparison, `in`, or
an f-string of a value of a known one-shot kind. The finding stands at the value's expression. `is`
and `isinstance` are reads, `repr(v)` and `{v!r}` are meant for logs, and the attributes a coroutine
has (`close`, `send`, `throw`, `cr_frame`, ...) are its own. Methods of Task and Future are VT204.

Known misses
------------
Values of unknown kind, and plain functions that use their argument as a result, such as
`json.dumps(fetch_user())`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT405",
    name="used-as-its-result",
    since="0.1.0",
    message="{kind} `{name}` is {used} without await, as if it were its result",
)
def used_as_its_result(flow: Flow) -> Iterable[Report]:
    """Unawaited values in the place of their results."""
    return (words.plain(step) for step in flow.steps("use"))
