"""A public producer of ValueTasks does not tell its callers that it is one

Why
---
A `ValueTask` looks like any awaitable, and its contract is stricter: whoever awaits it twice,
stores or shares it gets `ValueTaskConsumedError`, perhaps much later and far away. A caller can
only know from the signature and the docstring. Without the return annotation type checkers, editors
and this plugin in other modules do not see the kind; without the sentence people do not. It is left
out because the body makes it plain, but the caller does not read the body.

Wrong
-----

    from flake8_valuetask.runtime import ValueTask


    def price(name: str):  # want: VT601
        '''Return the price of `name`; the result may be awaited once.'''
        return ValueTask.from_result(len(name))


    def stock(name: str) -> ValueTask[int]:  # want: VT601
        '''Return how many of `name` there are.'''
        return ValueTask.from_result(len(name))

Right
-----

    from flake8_valuetask.runtime import ValueTask


    def price(name: str) -> ValueTask[int]:
        '''Return the price of `name`; the result may be awaited once.'''
        return ValueTask.from_result(len(name))


    def stock(name: str) -> ValueTask[int]:
        '''Return how many of `name` there are; the result may be awaited once.'''
        return ValueTask.from_result(len(name))

How it is decided
-----------------
Opt-in. A public function or method that makes ValueTasks, by its annotation, by `@value_task` or by
what it returns, has no return annotation, or no docstring that says that the result may be awaited
once. The finding stands at the `def`, one for each producer. Names with a leading underscore,
nested functions and methods of private classes are not public.

Known misses
------------
The docstring is searched for words, not understood. Functions that pass on what an unknown function
returned are not seen as producers.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask import events
from flake8_valuetask.rule import Report, rule
from flake8_valuetask.typestate import Flow

_SAYS = {
    "annotation": "public ValueTask producer `{name}` has no return annotation",
    "once": "the docstring of ValueTask producer `{name}` does not say that it may be awaited once",
}


@rule("VT601", name="undocumented-producer", since="0.1.0", opt_in=True, message=_SAYS["once"])
def undocumented_producer(flow: Flow) -> Iterable[Report]:
    """Public producers of ValueTasks that do not say so."""
    for event in flow.remarks(events.Define):
        if event.fault in _SAYS:
            yield Report(event.at, {"kind": "ValueTask", "name": event.name}, message=_SAYS[event.fault])
