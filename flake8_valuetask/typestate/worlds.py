"""Worlds: what the places hold and how the values stand, on a set of paths that cannot be told apart.

In: places and values. Out: immutable-by-convention worlds (copied before they change) and sets of
them. Never: events.

The lattice is the one of ESP (Das, Lerner and Seigle 2002): worlds that agree on places and states
are one, and keep only the facts that hold in both; worlds that differ stay apart, up to a cap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from flake8_valuetask.constants import Constant
from flake8_valuetask.events import Kind, Part, Place
from flake8_valuetask.graph import Condition
from flake8_valuetask.records import comparable, made, mutable
from flake8_valuetask.typestate.machine import State

ValueId: TypeAlias = int
NONE: ValueId = -1  # the object None
OTHER: ValueId = -2  # something of no interest

CAP = 24  # worlds in a block; beyond it they are joined
FEW = 6  # constants that a name can stand for; beyond that nothing is known of it
AGES = 4  # values of one making place that are told apart: the newest, and those of earlier rounds


@comparable
class Value:
    """What is known of the values of one making place: `at` is the origin, `how` as in `Make`."""

    at: int
    kind: Kind
    label: str
    how: str


class Since(NamedTuple):
    """The latest thing that happened to a value: where, in which event, and how."""

    at: int
    point: tuple[int, int]
    how: str


Spot: TypeAlias = "int | str | Part"
"""A position, a key as it is written, or the bounds of a slice: what is seen there are several elements."""
Columns: TypeAlias = "tuple[bool | Columns, ...]"


class Box(NamedTuple):
    """A local container: its elements by position and by key, where known, and all of them.

    `lazy` is a generator, `passing` a display on its way to a combinator, `parameter` a container
    of the caller's, `any` one of several containers, of which it is not known which; a view has
    `columns` when it gives tuples, true where they hold an element, or columns again. `seen` are elements that were
    looked at by a position, key or slice while those of the others are not known; they are no `members`.
    """

    members: frozenset[ValueId] = frozenset()
    exact: tuple[frozenset[ValueId], ...] | None = None
    keys: tuple[str | None, ...] = ()
    lazy: bool = False
    passing: bool = False
    parameter: bool = False
    columns: Columns = ()
    any: bool = False
    seen: tuple[tuple[Spot, ValueId], ...] = ()


States: TypeAlias = frozenset[State]


class Round(NamedTuple):
    """A loop over containers: how their elements stood when it began, how those that are done
    with stand after it, the containers, and the numbers of the values in hand."""

    start: States
    after: States
    crates: frozenset[ValueId]
    items: frozenset[ValueId] = frozenset()
    since: Since | None = None


Known: TypeAlias = frozenset[Constant]
Key: TypeAlias = tuple[object, ...]
_EMPTY: frozenset[object] = frozenset()


@mutable
class World:
    """One abstract state."""

    places: dict[Place, frozenset[ValueId]] = made(factory=dict)
    states: dict[ValueId, States] = made(factory=dict)
    boxes: dict[ValueId, Box] = made(factory=dict)
    since: dict[ValueId, Since] = made(factory=dict)
    rounds: dict[int, Round] = made(factory=dict)
    facts: dict[Condition, bool] = made(factory=dict)
    constants: dict[Place, Known] = made(factory=dict)  # what a name can stand for

    def copy(self) -> World:
        """A world of its own, equal to this one."""
        return World(
            self.places.copy(),
            self.states.copy(),
            self.boxes.copy(),
            self.since.copy(),
            self.rounds.copy(),
            self.facts.copy(),
            self.constants.copy(),
        )

    def key(self) -> Key:
        """What must agree for two worlds to be one."""
        return (
            frozenset(self.places.items()),
            frozenset(self.states.items()),
            frozenset(self.boxes.items()) if self.boxes else _EMPTY,
            frozenset((loop, turn[:4]) for loop, turn in self.rounds.items()) if self.rounds else _EMPTY,
        )

    def size(self) -> int:
        """How much there is in it."""
        return len(self.places) + len(self.states) + len(self.boxes) + len(self.facts) + len(self.constants)

    def held(self, place: Place) -> frozenset[ValueId]:
        """The values in `place`; nothing if it is unbound."""
        return self.places.get(place, frozenset())

    def reachable(self) -> set[ValueId]:
        """The values that some place holds, directly or in a container."""
        found: set[ValueId] = set().union(*self.places.values())
        if not self.boxes:
            return found
        stack = [crate for crate in self.boxes if crate in found]
        while stack:
            box = self.boxes[stack.pop()]
            more = (box.members | {value for _, value in box.seen} if box.seen else box.members) - found
            found |= more
            stack += [crate for crate in self.boxes if crate in more] if more else ()
        return found


Worlds: TypeAlias = dict[Key, World]


def gather(worlds: Iterable[World]) -> Worlds:
    """A set of worlds, those with the same key merged."""
    found: Worlds = {}
    for world in worlds:
        add(found, world)
    return found


def add(worlds: Worlds, world: World) -> bool:
    """Add a world; whether that changed the set."""
    key = world.key()
    old = worlds.get(key)
    if old is None:
        worlds[key] = world
        return True
    merged = merge(old, world)
    if merged is old:
        return False
    worlds[key] = merged
    return True


def merge(old: World, new: World) -> World:
    """Two worlds of one key as one: common facts, the earliest evidence; `old` if it is that."""
    facts = {k: v for k, v in old.facts.items() if new.facts.get(k) == v}
    constants = either(old.constants, new.constants)
    since = {v: min(s, new.since.get(v, s)) for v, s in old.since.items()}
    if len(facts) == len(old.facts) and constants == old.constants and since == old.since:
        return old
    merged = old.copy()
    merged.facts, merged.constants, merged.since = facts, constants, since
    return merged


def either(one: dict[Place, Known], other: dict[Place, Known]) -> dict[Place, Known]:
    """What names can stand for in one of two worlds, of those for which there are few constants."""
    if one == other:
        return one
    both = {place: constants | other[place] for place, constants in one.items() if place in other}
    return {place: constants for place, constants in both.items() if len(constants) <= FEW}


def join(old: Worlds, new: Worlds) -> Worlds:
    """The union of two sets of worlds; beyond the cap everything is one world."""
    joined = dict(old)
    changed = False
    for world in new.values():
        changed = add(joined, world) or changed
    if not changed:
        return old
    return gather([collapse(joined.values())]) if len(joined) > CAP else joined


def collapse(worlds: Iterable[World]) -> World:
    """One world above all of `worlds`: what each place may hold, how each value may stand."""
    first, *rest = worlds
    total = first.copy()
    for world in rest:
        for place, values in world.places.items():
            total.places[place] = total.places.get(place, frozenset()) | values
        for value, states in world.states.items():
            total.states[value] = total.states.get(value, frozenset()) | states
        for value, box in world.boxes.items():
            total.boxes[value] = joined(total.boxes.get(value, box), box)
        for value, since in world.since.items():
            total.since[value] = min(since, total.since.get(value, since))
        for loop, turn in world.rounds.items():
            known = total.rounds.get(loop, turn)
            total.rounds[loop] = known._replace(
                start=known.start | turn.start, after=known.after | turn.after, crates=known.crates | turn.crates
            )
        total.facts = {k: v for k, v in total.facts.items() if world.facts.get(k) == v}
        total.constants = either(total.constants, world.constants)
    return total


def joined(one: Box, other: Box) -> Box:
    if one == other:
        return one
    columns = one.columns if len(one.columns) == len(other.columns) else ()
    both = tuple(a or b for a, b in zip(columns, other.columns, strict=False))
    seen = tuple(each for each in one.seen if each in other.seen)
    return one._replace(members=one.members | other.members, exact=None, keys=(), columns=both, seen=seen)
