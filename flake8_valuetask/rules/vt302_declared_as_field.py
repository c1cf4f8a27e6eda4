"""A class declares a field of a one-shot type

Why
---
A field promises that it can be read at any time and by anybody, and data classes are copied,
compared, printed and pickled. The first `await quote.price` works, the second one raises
`ValueTaskConsumedError`, or `RuntimeError: cannot reuse already awaited coroutine`. Copies share
the one value, and `copy.deepcopy` and `pickle.dumps` raise a `TypeError`
(`cannot pickle 'coroutine' object`). People write it because the type of the field is simply what
the producer returns.

Wrong
-----

    from dataclasses import dataclass

    from flake8_valuetask.runtime import ValueTask


    @dataclass
    class Quote:
        name: str
        price: ValueTask[int]  # want: VT302


    async def describe(quote: Quote) -> str:
        return f"{quote.name}: {await quote.price}"

Right
-----

    import asyncio
    from dataclasses import dataclass


    @dataclass
    class Quote:
        name: str
        price: asyncio.Future[int]


    async def describe(quote: Quote) -> str:
        return f"{quote.name}: {await quote.price}"

How it is decided
-----------------
An annotation or a value in a class body whose type is one-shot: plain classes, dataclasses,
NamedTuple, TypedDict, attrs and pydantic alike, also quoted, `Optional`, aliased or `Annotated`.
The finding stands at the declaring statement. `Future`, `Task` and `Awaitable` fields are clean, as
is a field that holds a function which makes the value. The result of `as_task()` fits a Future
field.

Known misses
------------
Fields that are declared by a call of an unknown library or only by a base class elsewhere, and
aliases of types imported from modules that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT302",
    name="declared-as-field",
    since="0.1.0",
    message="{kind} field `{name}`: every reader of the object shares one value; {keep}",
)
def declared_as_field(flow: Flow) -> Iterable[Report]:
    """Fields annotated with a one-shot type, and one-shot values bound in a class body."""
    for event in flow.remarks(events.Declare):
        yield Report(event.at, words.kept(event.kind, event.name))
    for step in flow.steps("store"):
        if step.how == "field":
            yield Report(step.at, words.kept(step.value.kind, getattr(step.event, "target", "")))
