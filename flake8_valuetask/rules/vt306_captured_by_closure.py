"""A closure that can run later or again consumes a captured one-shot value

Why
---
The value is made once, outside, and the function inside consumes it at every call. Its second call
raises `RuntimeError: cannot reuse already awaited coroutine`, or `ValueTaskConsumedError` with a
`ValueTask`; if it is never called, the value is never awaited. People write it when they wrap a
call for a handler, a callback or a retry helper that wants a function: the wrapper can be called
any number of times, but what it wraps has been made already.

Wrong
-----

    from collections.abc import Awaitable, Callable


    async def fetch() -> str:
        return "page"


    def make_reader() -> Callable[[], Awaitable[str]]:
        page = fetch()

        async def read() -> str:
            return await page  # want: VT306

        return read

Right
-----

    from collections.abc import Awaitable, Callable


    async def fetch() -> str:
        return "page"


    def make_reader() -> Callable[[], Awaitable[str]]:
        async def read() -> str:
            return await fetch()

        return read

How it is decided
-----------------
A nested function or lambda consumes a one-shot value of the function around it, and is stored,
returned, passed on, or called more than once or in a loop. The finding stands where the nested
function or lambda uses the value. One that is made and called once, in place, is as if its body
stood there. One that is given to what calls it once hands the value over: to a thread or an executor,
to the event loop as a callback (but a `ValueTask` should not wait for that), or to a function of the
module that does nothing else with it than to call it, in one place and outside of loops. One that
takes elements out of a container gets others each time. A nested function that makes the value
itself, or binds the outer name anew (`nonlocal`) before its use, is clean.

Known misses
------------
Values captured by `functools.partial` or by the methods of a class defined in the function. Whether
an unknown function calls a closure once or more often cannot be seen; it is reported either way.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule(
    "VT306",
    name="captured-by-closure",
    since="0.1.0",
    message="{kind} `{name}` is consumed in a nested function that can run more than once or later",
)
def captured_by_closure(flow: Flow) -> Iterable[Report]:
    """Values used by a nested function that is passed on, or that runs a second time."""
    yield from (words.plain(step) for step in flow.steps("closure"))
    for step in words.second(flow):
        if step.how == "closure" and step.since.how == "closure":
            yield words.plain(step)
