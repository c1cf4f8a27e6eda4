"""Events that make, move and keep values: names, containers.

In: a world and an event. Out: the world after it. Never: what consumes values (`uses`), loops (`rounds`).
"""

from __future__ import annotations

from flake8_valuetask import events
from flake8_valuetask.events import Place
from flake8_valuetask.typestate import boxes, knowledge, layouts
from flake8_valuetask.typestate.machine import LIVE, Action, State
from flake8_valuetask.typestate.transfer import Transfer, on
from flake8_valuetask.typestate.worlds import AGES, NONE, OTHER, Box, Columns, Spot, Value, ValueId, World

_FRESH = frozenset({State.FRESH})


@on(events.Make)
def _make(run: Transfer, world: World, event: events.Make) -> list[World] | None:
    state = frozenset({State.DONE}) if event.done else _FRESH
    how = "perhaps" if event.optional and event.how == "call" else event.how
    value = run.make(world, Value(event.at, event.kind, event.label, how), state)
    other = world.copy() if event.optional else None
    run.put(world, event.dst, frozenset({value}), "overwritten")
    if other is None:
        return None
    run.discard(other, value)
    run.put(other, event.dst, frozenset({NONE}), "overwritten")
    return [world, other]


@on(events.Copy)
def _copy(run: Transfer, world: World, event: events.Copy) -> None:
    held = world.held(event.src) or frozenset({OTHER})
    run.drop(world, event.src)
    run.put(world, event.dst, held, "dropped")


@on(events.Bind)
def _bind(run: Transfer, world: World, event: events.Bind) -> None:
    known, facts = frozenset(event.constants), {}
    if not known and event.of is not None and event.src not in run.component.places:
        known = world.constants.get(event.of, known)
        if world.facts.get(knowledge.nothing(event.of)) is False:
            facts = {knowledge.nothing(event.name): False}
    if event.name in run.component.places:
        unknown = NONE if event.constants == ("None",) else OTHER
        held = world.held(event.src) if event.src is not None else frozenset()
        run.put(world, event.name, held or frozenset({unknown}), "overwritten")
    else:
        knowledge.forget(world, event.name)
    if known:
        world.constants[event.name] = known
    world.facts |= facts


@on(events.Add)
def _add(run: Transfer, world: World, event: events.Add) -> None:
    knowledge.add(world, event.name, event.number)


@on(events.Learn)
def _learn(run: Transfer, world: World, event: events.Learn) -> None:
    if event.name not in run.component.places:
        knowledge.forget(world, event.name)
        if event.constants:
            world.constants[event.name] = frozenset(event.constants)


@on(events.Delete)
def _delete(run: Transfer, world: World, event: events.Delete) -> None:
    knowledge.forget(world, event.name)
    world.places.pop(event.name, None)
    run.release(world, "overwritten")


@on(events.Forget)
def _forget(run: Transfer, world: World, event: events.Forget) -> None:
    gone = [p for p in world.places if p[0] == "%" and event.first <= int(p[1:]) <= event.last]
    for place in gone:
        del world.places[place]
    if gone:
        run.release(world, "dropped")


@on(events.Drop)
def _drop(run: Transfer, world: World, event: events.Drop) -> None:
    run.drop(world, event.src)
    run.release(world, "dropped")


@on(events.Pack)
def _pack(run: Transfer, world: World, event: events.Pack) -> None:
    if event.container in ("zip", "enumerate"):
        _view(run, world, event)
        return
    parts = tuple(
        frozenset({NONE if number in event.nones else OTHER}) if src is None else world.held(src) or frozenset({OTHER})
        for number, src in enumerate(event.srcs)
    )
    if not event.lazy and not event.passing and event.container != "parameter":
        for src in event.srcs:
            if src is not None:
                _strict(run, world, src, event.at)
    exact = parts if event.exact or event.keys else None
    members = frozenset().union(*parts) if parts else frozenset()
    crate = run.box(world, Box(members, exact, event.keys, event.lazy, event.passing, event.container == "parameter"))
    for src in event.srcs:
        if src is not None:
            run.drop(world, src)
    run.put(world, event.dst, frozenset({crate}), "dropped")


def _view(run: Transfer, world: World, event: events.Pack) -> None:
    """`zip` and `enumerate` give tuples; some of their columns hold elements."""
    crates = [[] if src is None else run.crates(world, src) for src in event.srcs]
    members = frozenset(m for column in crates for crate in column for m in world.boxes[crate].members)
    columns: Columns = tuple(
        any(boxes.matters(world, crate) for crate in column) and (boxes.columns(world, column) or True)
        for column in crates
    )
    lazy = all(world.boxes[crate].lazy for column in crates for crate in column)
    box = Box(members, lazy=lazy, columns=(False, *columns) if event.container == "enumerate" else columns)
    run.put(world, event.dst, frozenset({run.box(world, box)}), "dropped")


def _strict(run: Transfer, world: World, place: Place, at: int) -> None:
    """A ValueTask does not belong into any container."""
    for value in run.shots(world, place):
        if run.values[value].kind.strict and world.states[value] <= LIVE:
            run.note("store", world, value, at, "container")
            world.states[value] = frozenset({State.MISUSED})


@on(events.Join)
def _join(run: Transfer, world: World, event: events.Join) -> None:
    members: frozenset[ValueId] = frozenset()
    for side in (event.left, event.right):
        if side is None:
            continue
        if run.shots(world, side):
            run.spoil("use", world, side, event.at, "computed with")
        for crate in run.crates(world, side):
            members |= world.boxes[crate].members
        run.drop(world, side)
    crate = run.box(world, Box(members))
    run.put(world, event.dst, frozenset({crate}), "dropped")


@on(events.Put)
def _put(run: Transfer, world: World, event: events.Put) -> None:
    crates = run.crates(world, event.container)
    if not crates and run.shots(world, event.container):
        run.spoil("use", world, event.container, event.at, "subscripted")
    if event.whole and crates:
        _refill(run, world, event, crates)
        return
    held = world.held(event.src) if event.src is not None else frozenset()
    if event.src is not None and crates:
        _received(run, world, event.src, crates, event.at)
    elif event.src is not None:
        run.each(world, event.src, Action.HAND_OVER, event.at, "a container")
    single = len(world.held(event.container)) == 1
    for crate in crates:
        if single and boxes.replace(world, crate, event.index, event.key, held or frozenset({OTHER})):
            continue
        if held:
            boxes.put(world, crate, held)
            world.boxes[crate] = world.boxes[crate]._replace(exact=None, keys=())
        else:
            run.picked(world, crate, event.at)
            boxes.blur(world, crate)
            boxes.forget(world, crate)
    if event.src is not None:
        run.drop(world, event.src)
    run.release(world, "overwritten")


def _refill(run: Transfer, world: World, event: events.Put, crates: list[ValueId]) -> None:
    """All elements of a container are replaced; of one that may be another they may be."""
    for crate in crates:
        boxes.blur(world, crate)
        boxes.settled(world, crate)
        if len(world.held(event.container)) == 1:
            (boxes.empty if event.src is not None else boxes.forget)(world, crate)
    if event.src is not None:
        _pour(run, world, event.src, crates)
        run.drop(world, event.src)
    run.release(world, "overwritten")


@on(events.Find)
def _find(run: Transfer, world: World, event: events.Find) -> None:
    crates = run.crates(world, event.container)
    if not crates:
        run.each(world, event.src, Action.HAND_OVER, event.at, "a container")
    for crate in crates if event.take else ():
        boxes.discard(world, crate, world.held(event.src))
    run.drop(world, event.src)
    run.release(world, "dropped")


def _received(run: Transfer, world: World, src: Place, crates: list[ValueId], at: int) -> None:
    """Containers get what `src` holds."""
    held = [world.boxes[crate] for crate in crates]
    for value in run.shots(world, src):
        if run.values[value].how == "item" or any(box.any for box in held):
            run.act(world, value, Action.BLUR, at, "")  # which elements go into which containers is not followed
    if not all(box.lazy or box.passing for box in held):
        _strict(run, world, src, at)
    if any(box.parameter for box in held):
        _outlives(run, world, src, at)


@on(events.Insert)
def _insert(run: Transfer, world: World, event: events.Insert) -> None:
    crates = run.crates(world, event.container)
    if event.asked is not None and not crates and run.shots(world, event.container):
        run.spoil("use", world, event.container, event.asked.at, "subscripted")
    if event.many and run.shots(world, event.src):
        run.spoil("use", world, event.src, event.at, "iterated over" if crates else "computed with")
    elif not crates:
        run.each(world, event.src, Action.BLUR if event.shared else Action.HAND_OVER, event.at, "a container")
    elif event.many:
        _pour(run, world, event.src, crates)
    else:
        _received(run, world, event.src, crates, event.at)
        held = [world.boxes[crate] for crate in crates]
        for value in run.shots(world, event.src):
            if any(value in box.members for box in held) and value % AGES == 0 and world.states[value] <= LIVE:
                run.note("duplicate", world, value, event.at)
                world.states[value] = frozenset({State.MISUSED})
        for crate in crates:
            boxes.put(world, crate, world.held(event.src), event.where)
    if not event.shared:
        run.drop(world, event.src)
        run.release(world, "dropped")


def _outlives(run: Transfer, world: World, src: Place, at: int) -> None:
    """The container is the caller's: what is put into it outlives the body."""
    for value in run.shots(world, src):
        if world.states[value] <= LIVE:
            run.note("store", world, value, at, "container")
            world.states[value] = frozenset({State.STORED})


def _pour(run: Transfer, world: World, src: Place, crates: list[ValueId]) -> None:
    """The elements of one container go into others."""
    for source in run.crates(world, src):
        box = world.boxes[source]
        for crate in crates:
            boxes.let_go(world, crate)
            known = world.boxes[crate]
            columns = known.columns if known.members else box.columns
            members = known.members | box.members
            world.boxes[crate] = known._replace(members=members, exact=None, keys=(), columns=columns)
        if box.lazy:
            boxes.empty(world, source)


@on(events.Pick)
def _pick(run: Transfer, world: World, event: events.Pick) -> None:
    crates = run.crates(world, event.container)
    if not crates:
        if run.shots(world, event.container):
            run.spoil("use", world, event.container, event.at, event.how or "subscripted")
        run.put(world, event.dst, frozenset({OTHER}), "dropped")
        return
    held: frozenset[ValueId] = frozenset()
    for crate in crates:
        seen = boxes.spotted(world, crate, _spot(event))
        if event.take:
            boxes.let_go(world, crate)
        if seen is not None:
            held |= {seen}
            continue
        exact = boxes.pick(world, crate, event.index, event.key)
        if exact is not None and event.take:
            boxes.remove(world, crate, event.index, event.key)
        held |= exact if exact is not None else _any(run, world, crate, event)
        if exact is None and event.optional:
            held |= {NONE}
    run.put(world, event.dst, held or frozenset({OTHER}), "dropped")


def _spot(event: events.Pick) -> Spot | None:
    return event.key if event.index is None else event.index


def _any(run: Transfer, world: World, crate: ValueId, event: events.Pick) -> frozenset[ValueId]:
    """An element of which it is not known which: the rest may or may not be consumed later."""
    members = boxes.contents(world, crate)
    nested = world.boxes[crate].members & world.boxes.keys()
    run.picked(world, crate, event.at)
    if nested:
        states = frozenset(s for m in members for s in world.states.get(m, ()))
        shape = layouts.layout(world, world.boxes[crate].members, world.boxes[crate].columns)
        held = layouts.elements(run, world, shape, run.values[min(members or nested)], states or _FRESH)
        boxes.blur(world, crate)
        return frozenset({held})
    states = frozenset(s for m in members for s in world.states.get(m, ()))
    if not members:
        return frozenset({OTHER})
    spot = None if event.take or event.optional or len(world.held(event.container)) > 1 else _spot(event)
    seen = spot is not None and boxes.plain(world, crate)
    fresh = states <= LIVE and (event.take or seen)
    if not fresh and states & (LIVE | {State.UNSURE}):  # else all of them are consumed
        states = frozenset({State.UNSURE})
    like = run.values[min(members)]
    boxes.blur(world, crate)
    item = run.make(world, Value(like.at, like.kind, like.label, "taken" if event.take else "item"), states)
    world.since[item] = min((world.since[m] for m in members if m in world.since), default=world.since[item])
    if spot is not None and seen:
        boxes.see(world, crate, spot, item)
    return frozenset({item}) | (frozenset({OTHER}) & world.boxes[crate].members)


@on(events.Disturb)
def _disturb(run: Transfer, world: World, event: events.Disturb) -> None:
    knowledge.disturb(world, event.root)


@on(events.Finish)
def _finish(run: Transfer, world: World, event: events.Finish) -> None:
    run.end(world, sorted(world.states), "end")
    for value in boxes.left_over(world):
        if run.values[value].how not in ("element", "seed") and world.states.get(value) == frozenset({State.UNSURE}):
            run.note("lose", world, value, event.at, "end")
