"""A one-shot value is consumed here after it was handed over to another owner

Why
---
After the hand-over somebody else consumes the value, and the two get into each other's way. While a
task runs it, the await here raises `RuntimeError: coroutine is being awaited already`; after that,
`cannot reuse already awaited coroutine`. If the await here comes first, the task dies of the latter
error instead, unseen until asyncio logs that its exception was never retrieved. A `ValueTask`
raises `ValueTaskConsumedError`. People write it because the name still looks usable: they start a
task and then await the coroutine instead of the task.

Wrong
-----

    import asyncio


    async def compute() -> int:
        await asyncio.sleep(0)
        return 42


    async def answer() -> int:
        job = compute()
        task = asyncio.create_task(job)
        await asyncio.sleep(0)
        return await job  # want: VT103

Right
-----

    import asyncio


    async def compute() -> int:
        await asyncio.sleep(0)
        return 42


    async def answer() -> int:
        task = asyncio.create_task(compute())
        await asyncio.sleep(0)
        return await task

How it is decided
-----------------
A value is handed over when it is scheduled as a task, passed to a function whose body is not known,
or taken by a closure that ran. A consumption after that, on some path, is a finding; it stands at
this later consumption and names the line of the hand-over. What a function of the same module does
with its parameter is known and followed. Functions known to read only (`print`, `repr`,
`isinstance`, `inspect.iscoroutine`, logging) hand nothing over, and `close()` is never a finding.

An unknown function that only looks at its argument cannot be told from an owner, so a finding can be
wrong about it. Then name the function in the option `valuetask-readers`, as in
`valuetask-readers = mylib.log`; one that awaits what it gets belongs into `valuetask-consumers`.

Known misses
------------
Values that a new owner keeps and another module takes from there again.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow, State


@rule(
    "VT103",
    name="consumed-after-hand-over",
    since="0.1.0",
    message="{kind} `{name}` is {verb} here, but {owner} has had it since line {line}",
)
def consumed_after_hand_over(flow: Flow) -> Iterable[Report]:
    """Consumptions of a value that a task, a callee or a nested function has."""
    for step in words.second(flow):
        other = step.before is State.HANDED or words.elsewhere(step.since.how)
        twice = step.how == "closure" and step.since.how == "closure"
        if other and not twice and flow.onward(step):
            yield words.again(step)
