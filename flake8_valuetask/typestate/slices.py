"""Parts of containers.

In: a world and an event. Out: the world after it, with a container for the part. Never: what happens to its elements.
"""

from __future__ import annotations

from flake8_valuetask import events
from flake8_valuetask.events import Part
from flake8_valuetask.typestate import boxes
from flake8_valuetask.typestate.transfer import Transfer, on
from flake8_valuetask.typestate.worlds import OTHER, Box, ValueId, World


@on(events.Slice)
def _slice(run: Transfer, world: World, event: events.Slice) -> None:
    if run.shots(world, event.src):
        run.spoil("use", world, event.src, event.at, "subscripted")
    if not run.crates(world, event.src):
        world.places[event.dst] = frozenset({OTHER})
        return
    part = run.box(world, Box())
    crates = run.crates(world, event.src)  # one that was made here before has another number now
    single = len(crates) == len(world.held(event.src)) == 1
    found = _known(run, world, crates[0], event.part) if single and event.part is not None else None
    world.boxes[part] = _some(run, world, crates, event) if found is None else found
    run.put(world, event.dst, frozenset({part}), "dropped")


def _known(run: Transfer, world: World, crate: ValueId, part: Part) -> Box | None:
    """A part of constant bounds; None if nothing is known of it."""
    box = world.boxes[crate]
    if box.exact is not None and not box.keys:
        exact = box.exact[slice(*part)]
        return Box(frozenset().union(*exact), exact)
    if part[:2] == (None, None) and part[2] in (None, 1, -1):
        return Box(box.members, None, columns=box.columns, seen=box.seen if part[2] != -1 else ())
    item = boxes.spotted(world, crate, part)
    if item is None and boxes.plain(world, crate):
        like = run.values[min(box.members)]
        states = frozenset(state for each in box.members for state in world.states[each])
        item = run.make(world, boxes.item(like), states, 1)
        boxes.blur(world, crate)
        boxes.see(world, crate, part, item)
    return None if item is None else Box(frozenset({item}))


def _some(run: Transfer, world: World, crates: list[ValueId], event: events.Slice) -> Box:
    """Which of the elements a part has is not followed."""
    for crate in crates:
        run.picked(world, crate, event.at)
        boxes.blur(world, crate)
    members = frozenset(member for crate in crates for member in world.boxes[crate].members)
    return Box(members, columns=boxes.columns(world, crates))
