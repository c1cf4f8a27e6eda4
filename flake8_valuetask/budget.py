"""The budget: how much work the bodies of a module and their values may take.

In: the number of events that something concerns. Out: units of work (of about a microsecond), or `Exhausted`. Never:
what the work is for.

Each event may take a few units, which all but the strangest code can do with. What needs more draws on a reserve that
a module has once, each time on half of what is left of it, so that one body cannot leave the others with nothing. The
work on a module is bounded that way, and grows with its size. What exhausts its budget is left out:
nothing is said.
"""

from __future__ import annotations

from flake8_valuetask.records import mutable

BASE = 64  # units of a piece of work, however small it is
EACH = 16  # units that an event may take in any case: on a straight line it takes about three
RESERVE = 400_000  # several times what the densest of the fixtures needs


class Exhausted(Exception):
    """The budget does not allow more work."""


@mutable
class Budget:
    """What is left of the reserve of a module."""

    reserve: int = RESERVE

    def purse(self, events: int) -> Purse:
        """What may be spent on something that concerns so many events."""
        return Purse(self, BASE + EACH * events if events else 0)


class Purse:
    """The units for one piece of work: its own, and then half of what is left of the reserve. The work is done in a
    `with`, and ends when they do; then it is `exhausted`."""

    def __init__(self, budget: Budget, own: int) -> None:
        self.budget = budget
        self.own = own
        self.limit = own + budget.reserve // 2
        self.spent = 0
        self.exhausted = False

    def spend(self, units: int) -> None:
        """Do work of so many units; `Exhausted` if that is too much."""
        self.spent += units
        if self.spent > self.limit:
            raise Exhausted

    def __enter__(self) -> Purse:
        return self

    def __exit__(self, sort: type[BaseException] | None, *_: object) -> bool:
        """What the work took beyond its own units is no longer in the reserve."""
        self.budget.reserve -= min(max(self.spent - self.own, 0), self.budget.reserve)
        self.exhausted = self.exhausted or sort is Exhausted
        return sort is Exhausted
