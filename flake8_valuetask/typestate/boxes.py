"""Local containers: what is in them, and what iterating them does.

In: a world and its boxes. Out: the elements. Never: events.
"""

from __future__ import annotations

from collections.abc import Collection

from flake8_valuetask.typestate.machine import LIVE, TABLE, Action, State
from flake8_valuetask.typestate.worlds import AGES, OTHER, Box, Columns, Spot, Value, ValueId, World, joined

_UNKNOWN = frozenset({State.UNSURE})
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
        if any(value in (old, new) for _, value in box.seen):
            seen = tuple((spot, new if value == old else value) for spot, value in box.seen if value != new)
            world.boxes[crate] = world.boxes[crate]._replace(seen=seen)
    for loop, turn in world.rounds.items():
        if old in turn.crates:
            world.rounds[loop] = turn._replace(crates=frozenset(new if v == old else v for v in turn.crates))


def _renamed(part: frozenset[ValueId], old: ValueId, new: ValueId) -> frozenset[ValueId]:
    return frozenset(new if v == old else v for v in part)


def either(one: Box, other: Box | None) -> Box:
    """A container that is one of two."""
    if other is None or one == other:
        return one
    return joined(one, other)


def spotted(world: World, crate: ValueId, spot: Spot | None) -> ValueId | None:
    """The element that was seen at a position or key, if one was."""
    return dict(world.boxes[crate].seen).get(spot) if spot is not None else None


def plain(world: World, crate: ValueId) -> bool:
    """Whether a container is known to have nothing but one-shot values that are still to be consumed."""
    box = world.boxes[crate]
    plain = not (box.any or box.lazy or box.columns)
    return plain and bool(box.members) and all(world.states.get(each, _UNKNOWN) <= LIVE for each in box.members)


def see(world: World, crate: ValueId, spot: Spot, value: ValueId) -> None:
    """`value` is the element at a position or key."""
    box = world.boxes[crate]
    world.boxes[crate] = box._replace(seen=(*box.seen, (spot, value)))


def let_go(world: World, crate: ValueId) -> list[ValueId]:
    """The elements that were seen, before that is not known any more."""
    gone = sorted(value for _, value in world.boxes[crate].seen)
    for other, box in world.boxes.items() if gone else ():
        kept = tuple((spot, value) for spot, value in box.seen if value not in gone)
        if kept != box.seen:
            world.boxes[other] = box._replace(seen=kept)
    return gone


def put(world: World, crate: ValueId, held: frozenset[ValueId], where: str = "") -> None:
    """`held` becomes a member at the end, at the front, or somewhere, so that no positions are known any more."""
    let_go(world, crate)
    box = world.boxes[crate]
    if box.exact is None or box.keys or where == "somewhere":
        exact = None
    else:
        exact = (*box.exact, held) if not where else (held, *box.exact)
    world.boxes[crate] = box._replace(members=box.members | held, exact=exact, keys=())


def empty(world: World, crate: ValueId) -> None:
    """Nothing is left in a container."""
    let_go(world, crate)
    world.boxes[crate] = world.boxes[crate]._replace(members=frozenset(), exact=None, keys=())


def forget(world: World, crate: ValueId) -> None:
    """What is in a container is of no interest any more."""
    let_go(world, crate)
    world.boxes[crate] = world.boxes[crate]._replace(members=frozenset({OTHER}), exact=None, keys=())


def pick(world: World, crate: ValueId, index: int | None, key: str | None) -> frozenset[ValueId] | None:
    """The element at a known position or key; None if it is not known which."""
    box = world.boxes[crate]
    place = _position(box, index, key)
    return None if place is None or box.exact is None else box.exact[place]


def _position(box: Box, index: int | None, key: str | None) -> int | None:
    """The number of the element at a position or key; None if it is not known which."""
    if box.exact is None:
        return None
    if box.keys:
        wanted = key if key is not None else None if index is None else repr(index)
        return box.keys.index(wanted) if wanted is not None and wanted in box.keys else None
    known = index is not None and -len(box.exact) <= index < len(box.exact)
    return index % len(box.exact) if known and index is not None else None


def remove(world: World, crate: ValueId, index: int | None, key: str | None) -> None:
    """The element at a known position or key leaves the container."""
    box = world.boxes[crate]
    place = _position(box, index, key)
    assert box.exact is not None
    kept = tuple(part for number, part in enumerate(box.exact) if number != place)
    keys = tuple(each for number, each in enumerate(box.keys) if number != place)
    exact = kept if keys or not box.keys else None  # without keys it would pass for a list
    world.boxes[crate] = box._replace(exact=exact, keys=keys, members=frozenset().union(*kept))


def replace(world: World, crate: ValueId, index: int | None, key: str | None, held: frozenset[ValueId]) -> bool:
    """`held` takes the place of the element at a position or key; false if it is not known which."""
    box = world.boxes[crate]
    place = _position(box, index, key)
    if place is None or box.exact is None:
        return False
    exact = tuple(held if number == place else part for number, part in enumerate(box.exact))
    world.boxes[crate] = box._replace(exact=exact, members=frozenset().union(*exact))
    return True


def discard(world: World, crate: ValueId, held: frozenset[ValueId]) -> None:
    """What `held` names leaves a container."""
    let_go(world, crate)
    box = world.boxes[crate]
    exact = None if box.exact is None or box.keys else tuple(part for part in box.exact if not part <= held)
    world.boxes[crate] = box._replace(exact=exact, keys=(), members=box.members - held)


def lenders(world: World, value: ValueId, values: dict[ValueId, Value]) -> list[ValueId]:
    """The containers of which an element, `value`, is in the hands of a loop."""
    if values[value].how != "item":
        return []
    turns = [t for t in world.rounds.values() if any(item // AGES == value // AGES for item in t.items)]
    return sorted({crate for turn in turns for crate in turn.crates & world.boxes.keys()})


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


def matters(world: World, crate: ValueId) -> bool:
    """Whether one-shot values are in a container, or may be in other worlds: it is empty in this one."""
    return bool(contents(world, crate)) or not world.boxes[crate].members


def columns(world: World, crates: Collection[ValueId]) -> Columns:
    """The columns of what some views give, if all of them agree."""
    found = {world.boxes[crate].columns for crate in crates}
    return found.pop() if len(found) == 1 else ()


def item(like: Value) -> Value:
    """A value that stands for any of the elements of a container that are like this one."""
    return Value(like.at, like.kind, like.label, "item")


def listed(world: World, crate: ValueId) -> list[ValueId]:
    """The elements of a container as they would be spread, repeated ones included."""
    box = world.boxes[crate]
    if box.exact is None or any(len(part) != 1 for part in box.exact):
        return sorted(contents(world, crate))
    single = [v for part in box.exact for v in part if v >= 0]
    return [v for value in single for v in (listed(world, value) if value in world.boxes else [value])]


def settled(world: World, crate: ValueId) -> None:
    """All elements of a container are dealt with: no loop over it, or over a view of it, is left half done."""
    members = contents(world, crate)
    for loop, turn in list(world.rounds.items()):
        looped = turn.crates & world.boxes.keys()
        if crate in turn.crates or any(not members.isdisjoint(contents(world, each)) for each in looped):
            del world.rounds[loop]


def left_over(world: World) -> list[ValueId]:
    """The elements of the containers whose loops were left before their end."""
    found: set[ValueId] = set()
    for turn in world.rounds.values():
        for crate in turn.crates & world.boxes.keys():
            box = world.boxes[crate]
            if turn.start <= LIVE and not box.lazy:
                found |= contents(world, crate)
                if box.exact and not box.keys:  # the first one was in the hands of the loop
                    found -= box.exact[0]
    return sorted(found)
