"""A parameter that is only an Awaitable, or untyped, is awaited repeatedly

Why
---
`Awaitable` promises neither one await nor many. With a task the second await gives the result or
the exception once more, and with a coroutine it raises
`RuntimeError: cannot reuse already awaited coroutine`, or `ValueTaskConsumedError` with a
`ValueTask`. This is the bug of the retry helper: the first failure is replaced by that
`RuntimeError`, and nothing is ever tried again. Callers nearly always pass a coroutine, since that
is what a call of an async function makes. To repeat work, a helper must be given the function.

Wrong
-----

    from collections.abc import Awaitable


    async def retry_once(action: Awaitable[str]) -> str:
        try:
            return await action
        except OSError:
            return await action  # want: VT105

Right
-----

    from collections.abc import Awaitable, Callable


    async def retry_once(action: Callable[[], Awaitable[str]]) -> str:
        try:
            return await action()
        except OSError:
            return await action()

How it is decided
-----------------
Opt-in. A parameter annotated `Awaitable`, or one without annotation whose callers in the module do
not tell its kind, that is awaited after it was awaited on some path, or in the next round of a
loop. The finding stands at the later await. A parameter known to be one-shot is VT101 or VT102; a
`Task` or a `Future` is many-shot, and never a finding. A check such as `asyncio.isfuture(action)`,
or a new value bound to the name, silences it.

Known misses
------------
Parameters annotated with a type variable, a union or a protocol of the project's own, and
awaitables that come out of attributes, containers or unknown calls.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.events import Kind
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow, State


@rule(
    "VT105",
    name="awaitable-consumed-twice",
    since="0.1.0",
    opt_in=True,
    message="awaitable `{name}` is {verb} again, which fails if it is a coroutine; it was first {first} on line {line}",
)
def awaitable_consumed_twice(flow: Flow) -> Iterable[Report]:
    """Second consumptions of a parameter of which only the await is known."""
    for step in flow.steps("consume"):
        if step.value.kind is Kind.AWAITABLE and step.before is State.SPENT:
            yield words.again(step)
