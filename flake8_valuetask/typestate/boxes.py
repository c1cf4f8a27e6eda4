"""Local containers: what is in them, and what iterating them does.

In: a world and its boxes. Out: the elements. Never: events.
"""

from __future__ import annotations

from flake8_valuetask.typestate.machine import LIVE, TABLE, Action, State
from flake8_valuetask.typestate.worlds import AGES, Box, Value, ValueId, World

_DEPTH = 4  # containers in containers in containers in containers


def contents(world: World, crate: ValueId, depth: int = 0) -> set[ValueId]:
    """The one-shot values in a container, and in the containers in it."""
    found: set[ValueId] = set()
    for member in world.boxes[crate].members:
        if member in world.boxes:
            if depth < _DEPTH:
                found |= contents(world, member, depth + 1)
        elif member >= 0:
            found.add(member)
    return found


def rename(world: World, old: ValueId, new: ValueId) -> None:
    """A value is known by another number from here on."""
    for crate, box in world.boxes.items():
        if old in box.members:
            # Values that are no longer told apart have no positions of their own.
            merged = new in box.members
            exact = None if merged or box.exact is None else tuple(_renamed(part, old, new) for part in box.exact)
            members = frozenset(new if v == old else v for v in box.members)
            world.boxes[crate] = box._replace(members=members, exact=exact, keys=box.keys if exact else ())
    for loop, turn in world.rounds.items():
        if old in turn.crates:
            world.rounds[loop] = turn._replace(crates=frozenset(new if v == old else v for v in turn.crates))


def _renamed(part: frozenset[ValueId], old: ValueId, new: ValueId) -> frozenset[ValueId]:
    return frozenset(new if v == old else v for v in part)


def either(one: Box, other: Box | None) -> Box:
    """A container that is one of two."""
    if other is None or one == other:
        return one
    return one._replace(members=one.members | other.members, exact=None, keys=())


def put(world: World, crate: ValueId, held: frozenset[ValueId]) -> None:
    """`held` becomes a member; positions are no longer known from there on."""
    box = world.boxes[crate]
    exact = None if box.exact is None or box.keys else (*box.exact, held)
    world.boxes[crate] = box._replace(members=box.members | held, exact=exact, keys=())


def empty(world: World, crate: ValueId) -> None:
    """Nothing is left in a container."""
    world.boxes[crate] = world.boxes[crate]._replace(members=frozenset(), exact=None, keys=())


def pick(world: World, crate: ValueId, index: int | None, key: str | None) -> frozenset[ValueId] | None:
    """The element at a known position or key; None if it is not known which."""
    box = world.boxes[crate]
    if box.exact is None:
        return None
    if box.keys:
        wanted = key if key is not None else None if index is None else repr(index)
        return box.exact[box.keys.index(wanted)] if wanted is not None and wanted in box.keys else None
    if index is not None and -len(box.exact) <= index < len(box.exact):
        return box.exact[index]
    return None


def remove(world: World, crate: ValueId, index: int | None, key: str | None) -> None:
    """The element at a known position or key leaves the container."""
    box = world.boxes[crate]
    assert box.exact is not None
    place = box.keys.index(key) if key is not None and key in box.keys else index
    if place is None or box.keys:
        world.boxes[crate] = box._replace(exact=None, keys=())
        return
    kept = [part for number, part in enumerate(box.exact) if number != place % len(box.exact)]
    world.boxes[crate] = box._replace(exact=tuple(kept), members=frozenset().union(*kept))


def borrowed(world: World, value: ValueId, values: dict[ValueId, Value]) -> None:
    """An element in the hands of a loop was used: the rest of its container is no longer sure."""
    if values[value].how != "item":
        return
    for turn in world.rounds.values():
        if turn.item is not None and turn.item // AGES == value // AGES:
            for crate in turn.crates & world.boxes.keys():
                blur(world, crate)


def blur(world: World, crate: ValueId) -> None:
    """The elements of a container may or may not have been consumed."""
    for member in contents(world, crate):
        if member in world.states:
            world.states[member] = frozenset(TABLE[Action.BLUR][s] for s in world.states[member])


def vanish(world: World, crate: ValueId) -> None:
    """There are no elements: what only the container held does not exist, and what a name still holds was taken out
    or never got in; nobody is blamed for it."""
    members = contents(world, crate)
    empty(world, crate)
    for other, box in world.boxes.items():
        # What one view of a container does not have, the container does not have either.
        if box.members and box.members <= members:
            empty(world, other)
    alive = world.reachable()
    for member in members - alive:
        world.states.pop(member, None)
        world.since.pop(member, None)
    for member in members & alive & world.states.keys():
        if world.states[member] <= LIVE:
            world.states[member] = frozenset({State.UNSURE})


def columns(world: World, crates: frozenset[ValueId]) -> tuple[bool, ...]:
    """Which columns of the elements hold one-shot values, if the elements are tuples."""
    for crate in sorted(crates):
        box = world.boxes[crate]
        if box.columns:
            return box.columns
        for member in sorted(box.members & world.boxes.keys()):
            exact = world.boxes[member].exact
            if exact is not None:
                return tuple(any(v >= 0 for v in part) for part in exact)
    return ()


def listed(world: World, crate: ValueId) -> list[ValueId]:
    """The elements of a container as they would be spread, repeated ones included."""
    box = world.boxes[crate]
    if box.exact is None or any(len(part) != 1 for part in box.exact):
        return sorted(contents(world, crate))
    single = [v for part in box.exact for v in part if v >= 0]
    return [v for value in single for v in (listed(world, value) if value in world.boxes else [value])]


def settled(world: World, crate: ValueId) -> None:
    """All elements of a container are dealt with: no loop over it is left half done."""
    for loop, turn in list(world.rounds.items()):
        if crate in turn.crates:
            del world.rounds[loop]


def left_over(world: World) -> list[ValueId]:
    """The elements of the containers whose loops were left before their end."""
    found: set[ValueId] = set()
    for turn in world.rounds.values():
        for crate in turn.crates & world.boxes.keys():
            exact = world.boxes[crate].exact
            if turn.start <= LIVE and not world.boxes[crate].lazy and (exact is None or len(exact) > 1):
                found |= contents(world, crate)
    return sorted(found)
