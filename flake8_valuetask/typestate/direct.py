"""Direct uses: values that are made in a temporary and given away by the next event that concerns it.

In: a group of places. Out: the steps of its value, which need no paths: nothing else can hold it, and an exception on
the way does not blame a value that has no name. Never: the solver.

Of `await fetch()`, `gather(fetch(), fetch())` and `create_task(fetch())` a body has many more than of all others.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_valuetask import events
from flake8_valuetask.events import Event, Kind, Origin, Wants
from flake8_valuetask.graph import BlockId
from flake8_valuetask.records import record
from flake8_valuetask.typestate.actions import Step
from flake8_valuetask.typestate.groups import Group
from flake8_valuetask.typestate.machine import State, bare
from flake8_valuetask.typestate.worlds import Since, Value

_GIVEN = frozenset({events.Consume, events.HandOver, events.Combine})
_MOST = 4  # events: made, compared with what else is given, given, forgotten


@record
class Direct:
    """A value, and the only event that does something with it."""

    block: BlockId
    make: events.Make
    use: Event

    def steps(self) -> Iterator[Step]:
        """What happens to the value."""
        match self.use:
            case events.Consume(at=at, how=how):
                yield self._step("consume", at, how)
            case events.HandOver(at=at, to=to):
                yield self._step("hand", at, to)
            case events.Combine(args=[given], api=api, wants=wants):
                if bare(self.make.kind, wants):
                    yield self._step("bare", given.at, wants.value)
                yield self._step("consume", given.at, api)
                if wants is Wants.COROUTINE:
                    yield self._step("hand", given.at, api)

    def _step(self, what: str, at: Origin, how: str) -> Step:
        make = self.make
        value = Value(make.at, make.kind, make.label, make.how)
        since = Since(make.at, (self.block, 0), "made")
        return Step(what, self.use, at, value, State.DONE if make.done else State.FRESH, since, (self.block, 1), how)


def direct(group: Group) -> Direct | None:
    """The direct use that a group is; None if it is more than that."""
    if len(group.spots) != 1 or len(group.places) != 1:
        return None
    ((block, spots),) = group.spots.items()
    if len(spots) > _MOST:
        return None
    make, *rest = (event for _, event in sorted(spots.items()) if not _alone(event))
    if not rest or not isinstance(make, events.Make) or make.optional or make.dst[0] != "%":
        return None
    use, *end = rest
    if type(use) not in _GIVEN or any(not isinstance(event, events.Forget) for event in end):
        return None
    if isinstance(use, events.Combine) and (len(use.args) != 1 or make.kind is Kind.AWAITABLE):
        return None
    return Direct(block, make, use)


def _alone(event: Event) -> bool:
    """Whether an event compares values that are given in one go, of which this group has only one."""
    return isinstance(event, events.Among) and len(event.args) == 1
