"""Loops over containers: their rounds, and how the elements stand after the last one.

In: a world and an event. Out: the world after it. Never: what happens to an element in a round.
"""

from __future__ import annotations

from flake8_valuetask import events
from flake8_valuetask.typestate import boxes, layouts
from flake8_valuetask.typestate.machine import LIVE, State
from flake8_valuetask.typestate.transfer import Transfer, impossible, on
from flake8_valuetask.typestate.worlds import OTHER, Round, Since, ValueId, World


@on(events.Next)
def _next(run: Transfer, world: World, event: events.Next) -> list[World] | None:
    crates = frozenset(run.crates(world, event.src))
    if event.first:
        _first(run, world, event, crates)
        return None
    turn = world.rounds.get(event.at)
    if turn is None:
        run.put(world, event.dst, frozenset({OTHER}), "dropped")
        return None
    after, last = _folded(world, turn)
    crates = turn.crates & world.boxes.keys()
    if crates and all(world.boxes[crate].exact == () for crate in crates):
        return impossible(world)
    members = {m for c in crates for m in boxes.contents(world, c)}
    if not members:
        run.put(world, event.dst, frozenset({OTHER}), "dropped")
        world.rounds[event.at] = turn._replace(after=turn.after | turn.start)
        return None
    like = run.values[min(members)]
    direct = frozenset().union(*(world.boxes[crate].members for crate in crates))
    shape = layouts.layout(world, direct, boxes.columns(world, crates))
    states = turn.start
    since = min((world.since[m] for m in members if m in world.since), default=None)

    def item(part: int) -> ValueId:
        made = run.make(world, boxes.item(like), states, part)
        world.since[made] = since or world.since[made]
        return made

    held = layouts.hand(run, world, shape, item)
    items = frozenset(boxes.contents(world, held) if held in world.boxes else {held} - {OTHER})
    world.rounds[event.at] = turn._replace(after=after, items=items, since=last)
    run.put(world, event.dst, frozenset({held}), "dropped")
    return None


def _first(run: Transfer, world: World, event: events.Next, crates: frozenset[ValueId]) -> None:
    """The loop begins: its elements stand as they stand now."""
    world.rounds.pop(event.at, None)
    for crate in crates:
        boxes.settled(world, crate)
    if run.shots(world, event.src):
        run.spoil("use", world, event.src, event.at, "iterated over")
    if crates:
        members = [m for crate in crates for m in boxes.contents(world, crate)]
        states = frozenset(s for m in members for s in world.states.get(m, ()))
        world.rounds[event.at] = Round(states, frozenset(), crates)


def _folded(world: World, turn: Round) -> tuple[frozenset[State], Since | None]:
    """How the elements stand that the loop is done with, those in hand included; of several values that were in hand,
    one that is gone stands as nobody knows."""
    alive = turn.items & world.states.keys()
    gone = {State.UNSURE} if alive != turn.items and len(turn.items) > 1 else set()
    stood = frozenset(gone).union(*(world.states[item] for item in alive))
    since = min((world.since[item] for item in alive if item in world.since), default=turn.since)
    return turn.after | stood, since


@on(events.Exhaust)
def _exhaust(run: Transfer, world: World, event: events.Exhaust) -> list[World] | None:
    turn = world.rounds.pop(event.loop, None)
    if turn is None:
        return None
    after, since = _folded(world, turn)
    for crate in turn.crates & world.boxes.keys():
        box = world.boxes[crate]
        if not after and any(part - {OTHER} for part in box.exact or ()):
            return impossible(world)
        if not after or box.lazy:
            boxes.vanish(world, crate)
        elif not after <= LIVE:
            _settle(world, crate, after, since)
    return None


def _settle(world: World, crate: ValueId, after: frozenset[State], since: Since | None) -> None:
    """All rounds are over: every element stands as the rounds left theirs."""
    if len(after) > 1:
        boxes.blur(world, crate)
        return
    for member in boxes.contents(world, crate):
        if member in world.states:
            world.states[member] = after
            if since is not None:
                world.since[member] = since
