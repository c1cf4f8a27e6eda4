"""What can go wrong with a one-shot value while a program runs.

In: exceptions. Out: the kind of misuse they tell of, if any. Never: running anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from flake8_valuetask.runtime import ValueTaskConsumedError, ValueTaskStateError

REUSED = re.compile(r"cannot reuse already awaited|is being awaited already|await wasn't used with future")
ONE_SHOT = re.compile(r"coroutine|ValueTask|awaitable|async_generator|anext")


class Kind(str, Enum):
    """The kind of an incident."""

    REJECTED = "consumption rejected"
    LOST = "never consumed"
    EARLY = "read too early"
    MISTYPED = "of the wrong type"


@dataclass(frozen=True, slots=True)
class Incident:
    """One misuse: the innermost line of the scenario, and all that was under way there.

    `lines` are the lines of the module on the stack, where the value was made or consumed; `executed` those that every
    run with this incident has passed, `runs` those of each such run.
    """

    kind: Kind
    line: int
    lines: frozenset[int]
    text: str
    executed: frozenset[int] = frozenset()
    runs: frozenset[frozenset[int]] = field(default=frozenset(), repr=False)


def kind_of(error: BaseException) -> Kind | None:
    """What an exception says about one-shot values."""
    if isinstance(error, ValueTaskConsumedError):
        return Kind.REJECTED
    if isinstance(error, ValueTaskStateError):
        return Kind.EARLY
    if isinstance(error, RuntimeError) and REUSED.search(str(error)):
        return Kind.REJECTED
    if isinstance(error, (TypeError, AttributeError, ValueError)) and ONE_SHOT.search(str(error)):
        return Kind.MISTYPED
    return None
