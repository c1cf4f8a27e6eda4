"""Loops over containers: their rounds, and how the elements stand after the last one.

In: a world and an event. Out: the world after it. Never: what happens to an element in a round.
"""

from __future__ import annotations

from flake8_valuetask import events
from flake8_valuetask.typestate import boxes, moves
from flake8_valuetask.typestate.machine import LIVE, State
from flake8_valuetask.typestate.transfer import Transfer, impossible, on
from flake8_valuetask.typestate.worlds import OTHER, Box, Round, Since, Value, ValueId, World


@on(events.Next)
def _next(run: Transfer, world: World, event: events.Next) -> None:
    crates = frozenset(run.crates(world, event.src))
    if event.first:
        _first(run, world, event, crates)
        return
    turn = world.rounds.get(event.at)
    if turn is None:
        run.put(world, event.dst, frozenset({OTHER}), "dropped")
        return
    after, since = _folded(world, turn)
    crates = turn.crates & world.boxes.keys()
    members = {m for c in crates for m in boxes.contents(world, c)}
    if not members:
        run.put(world, event.dst, frozenset({OTHER}), "dropped")
        world.rounds[event.at] = turn._replace(after=turn.after | turn.start)
        return
    like = run.values[min(members)]
    item = run.make(world, Value(like.at, like.kind, like.label, "item"), turn.start)
    world.since[item] = min((world.since[m] for m in members if m in world.since), default=world.since[item])
    world.rounds[event.at] = turn._replace(after=after, item=item, since=since)
    columns = boxes.columns(world, crates)
    run.put(world, event.dst, frozenset({_row(run, world, item, columns) if columns else item}), "dropped")


def _row(run: Transfer, world: World, item: ValueId, columns: tuple[bool, ...]) -> ValueId:
    """A tuple of which some columns hold the element."""
    parts = tuple(frozenset({item if column else OTHER}) for column in columns)
    return moves.boxed(run, world, Box(frozenset({OTHER, item}), parts), part=1)


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
    """How the elements stand that the loop is done with, the one in hand included."""
    if turn.item is None or turn.item not in world.states:
        return turn.after, turn.since
    return turn.after | world.states[turn.item], world.since.get(turn.item, turn.since)


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
