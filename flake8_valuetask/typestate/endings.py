"""Endings: where a value is lost, and what has led there.

In: a component, the value in question, the statements with which blocks end. Out: an `Ending` for each way
in which it is lost. Never: whether that is a mistake.

This is the same analysis once more, for the few values that are reported. What control has met since the value was
made is kept as evidence, under numbers that no value has: where ways meet, the earliest one is kept, and none is
earlier still.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from flake8_valuetask.budget import Purse
from flake8_valuetask.events import MayRaise, Origin
from flake8_valuetask.graph import Block, BlockId
from flake8_valuetask.records import comparable
from flake8_valuetask.typestate.components import Component
from flake8_valuetask.typestate.machine import State
from flake8_valuetask.typestate.transfer import Effects, Transfer
from flake8_valuetask.typestate.worlds import Since, Value, ValueId, World, Worlds

_RETURNED, _CONTINUED, _BROKEN, _ROUND, _RAISED = -3, -4, -5, -6, -7
_LEFT = {"return": _RETURNED, "end": _RETURNED, "continue": _CONTINUED, "break": _BROKEN}
Leaving: TypeAlias = Mapping[BlockId, tuple[str, Origin]]
_LAST = sys.maxsize
_NOTHING = Since(-1, (0, 0), "")


@comparable
class Ending:
    """One way in which a value is lost: `how` as in the step, `at` which statement, and `raised`, what has raised an
    exception before; None where there is none. `broken` is the `break` that has led to the end of the body."""

    how: str
    at: Origin | None
    raised: Origin | None = None
    broken: Since | None = None


class Tracing(Transfer):
    """The analysis that notes how the value made at `making` is lost."""

    def __init__(self, component: Component, effects: Effects, purse: Purse, making: Origin, leaving: Leaving) -> None:
        super().__init__(component, effects, purse)
        self.making = making
        self.leaving = leaving
        self.endings: list[Ending] = []

    def once_more(self) -> None:
        """The endings are noted anew, too."""
        super().once_more()
        self.endings = []

    def make(self, world: World, value: Value, state: frozenset[State], part: int = 0) -> ValueId:
        """Nothing has happened yet to a new value."""
        if value.at == self.making:
            world.since[_ROUND] = world.since.get(_CONTINUED, _NOTHING)  # the value of the round before may be lost now
            world.since |= dict.fromkeys((*_LEFT.values(), _RAISED), _NOTHING)
        return super().make(world, value, state, part)

    def raising(self, world: World) -> World:
        """An exception leaves from here, or goes on."""
        left = super().raising(world)
        if isinstance(self.event, MayRaise) and not self.event.again:
            left.since[_RAISED] = Since(self.event.at, self.point, "raised")
        return left

    def edges(self, block: Block, after: Worlds) -> Iterator[tuple[BlockId, Worlds]]:
        """A statement leads away from here."""
        origin = self.component.origins[block.id]
        how, at = self.leaving.get(origin, ("", 0))
        for world in after.values() if how else ():
            world.since[_LEFT[how]] = Since(_LAST if how == "end" else at, (origin, sys.maxsize), how)
        return super().edges(block, after)

    def note(self, what: str, world: World, value: ValueId, at: int, how: str = "") -> None:
        """Record a step; of a loss, also what has led there."""
        super().note(what, world, value, at, how)
        if what == "lose" and self.values[value].at == self.making:
            self.endings.append(self._ending(world, at, how))

    @staticmethod
    def _ending(world: World, at: Origin, how: str) -> Ending:
        since = {number: world.since.get(number, _NOTHING) for number in (_RETURNED, _ROUND, _BROKEN, _RAISED)}
        if how == "round":
            at = since[_ROUND].at
            return Ending(how, at if at >= 0 else None)
        at = since[_RETURNED].at if how == "end" else at
        raised = since[_RAISED].at if since[_RAISED].at >= 0 else None
        if 0 <= at < _LAST:
            return Ending(how, at, raised)
        return Ending(how, None, raised, since[_BROKEN] if since[_BROKEN].at >= 0 else None)
