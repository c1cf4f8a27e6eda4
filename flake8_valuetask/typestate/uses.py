"""Events that consume, hand over, read or misuse values.

In: a world and an event. Out: the world after it, and steps. Never: what moves values (`moves`).
"""

from __future__ import annotations

from flake8_valuetask import catalog, events
from flake8_valuetask.events import Given, Kind, Place, Wants
from flake8_valuetask.typestate import boxes
from flake8_valuetask.typestate.machine import LIVE, Action, State, bare
from flake8_valuetask.typestate.transfer import Transfer, on
from flake8_valuetask.typestate.worlds import NONE, OTHER, Box, ValueId, World

_CONSUMING = frozenset({"as_task", "preserve", "__await__"})
_CHANGES = frozenset({"append", "appendleft", "extend", "extendleft", "insert", "remove", "sort", "reverse", "rotate"})
_LOOKS = ("cr_", "ag_", "gi_", "__")


@on(events.Consume)
def _consume(run: Transfer, world: World, event: events.Consume) -> None:
    run.each(world, event.src, Action.CONSUME, event.at, event.how)
    run.drop(world, event.src)


@on(events.HandOver)
def _hand_over(run: Transfer, world: World, event: events.HandOver) -> None:
    run.each(world, event.src, Action.HAND_OVER, event.at, event.to)
    run.drop(world, event.src)


@on(events.Pass)
def _pass(run: Transfer, world: World, event: events.Pass) -> None:
    for effect in run.effects(event, _kind(run, world, event.src), bool(run.crates(world, event.src))):
        action = effect.action
        if action is Action.CONSUME and not event.awaited:
            _start(run, world, event.src, event.at, event.label)
        elif action is not None:
            run.each(world, event.src, action, event.at, f"{event.label}()")
        elif not event.awaited:
            run.each(world, event.src, Action.HAND_OVER, event.at, f"{event.label}()")
    run.drop(world, event.src)
    run.release(world, "dropped")


def _kind(run: Transfer, world: World, *places: Place) -> Kind:
    """The kind of the values in some places, in a container or not."""
    for place in places:
        found = set(run.shots(world, place))
        for crate in run.crates(world, place):
            found |= boxes.contents(world, crate)
        for value in sorted(found):
            return run.values[value].kind
    return Kind.COROUTINE


def _captured_kind(run: Transfer, world: World) -> Kind:
    return _kind(run, world, *sorted(world.places))


def _start(run: Transfer, world: World, place: Place, at: int, label: str, closure: bool = False) -> None:
    """Another owner will consume the value: a task, a coroutine that was made and not awaited."""
    how = "closure" if closure else f"{label}()"
    for value in run.shots(world, place):
        _give(run, world, value, at, how)
    for crate in run.crates(world, place):
        for member in [*sorted(boxes.contents(world, crate)), *boxes.let_go(world, crate)]:
            _give(run, world, member, at, how)


def _give(run: Transfer, world: World, value: ValueId, at: int, how: str) -> None:
    """Hand a value to what will consume it; a misuse if it was consumed or given away before."""
    if world.states[value] <= LIVE:
        run.note("consume", world, value, at, how)
        run.act(world, value, Action.HAND_OVER, at, how)
    else:
        run.act(world, value, Action.CONSUME, at, how)


@on(events.Combine)
def _combine(run: Transfer, world: World, event: events.Combine) -> None:
    seen: set[ValueId] = set()
    for given in event.args:
        for value in run.shots(world, given.place):
            if value in seen:
                run.note("duplicate", world, value, given.at)
                world.states[value] = frozenset({State.MISUSED})
            seen.add(value)
            _combined(run, world, event, given, value)
        for crate in run.crates(world, given.place):
            for member in boxes.listed(world, crate):
                if member in seen and world.states[member] <= LIVE | {State.SPENT, State.HANDED}:
                    run.note("duplicate", world, member, given.at)
                    world.states[member] = frozenset({State.MISUSED})
                seen.add(member)
                _combined(run, world, event, given, member)
            for value in boxes.let_go(world, crate):
                _combined(run, world, event, given, value)
            boxes.settled(world, crate)
            if world.boxes[crate].lazy:
                boxes.empty(world, crate)
    for given in event.args:
        run.drop(world, given.place)
    run.release(world, "dropped")


def _combined(run: Transfer, world: World, event: events.Combine, given: Given, value: ValueId) -> None:
    """One value is given to a combinator."""
    kind = run.values[value].kind
    if kind is Kind.AWAITABLE:
        run.act(
            world, value, Action.CONSUME if event.wants is not Wants.COROUTINE else Action.BLUR, given.at, event.api
        )
        return
    if bare(kind, event.wants) and world.states[value] <= LIVE:
        run.note("bare", world, value, given.at, event.wants.value)
    if event.wants is Wants.COROUTINE:
        _give(run, world, value, given.at, event.api)
    else:
        run.act(world, value, Action.CONSUME, given.at, event.api)


@on(events.Blur)
def _blur(run: Transfer, world: World, event: events.Blur) -> None:
    run.each(world, event.src, Action.BLUR, event.at, "")
    run.drop(world, event.src)


@on(events.Among)
def _among(run: Transfer, world: World, event: events.Among) -> None:
    seen: set[ValueId] = set()
    for place in event.args:
        for value in run.shots(world, place):
            if value in seen and world.states[value] <= LIVE and run.values[value].kind is not Kind.AWAITABLE:
                run.note("duplicate", world, value, event.at)
                world.states[value] = frozenset({State.MISUSED})
            seen.add(value)


@on(events.Duplicate)
def _duplicate(run: Transfer, world: World, event: events.Duplicate) -> None:
    shots = set(run.shots(world, event.src))
    for crate in run.crates(world, event.src):
        shots |= boxes.contents(world, crate)
    for value in sorted(shots):
        if world.states[value] <= LIVE and run.values[value].kind is not Kind.AWAITABLE:
            run.note("duplicate", world, value, event.at)
            world.states[value] = frozenset({State.MISUSED})


@on(events.Store)
def _store(run: Transfer, world: World, event: events.Store) -> None:
    for value in run.shots(world, event.src):
        _stored(run, world, value, event, event.where)
    for crate in run.crates(world, event.src):
        where = event.where if event.where in ("default", "field", "global") else "container"
        boxes.let_go(world, crate)
        for member in sorted(boxes.contents(world, crate)):
            _stored(run, world, member, event, where)


def _stored(run: Transfer, world: World, value: ValueId, event: events.Store, where: str) -> None:
    """A value outlives the body, unless its new owner is known to consume it once."""
    known = run.values[value]
    owned = event.exempt == "cleared" or (event.exempt == "owned" and known.how in ("parameter", "argument"))
    if known.kind is Kind.AWAITABLE or (owned and not known.kind.strict):
        run.act(world, value, Action.HAND_OVER, event.at, event.target)
    elif world.states[value] <= LIVE:
        run.note("store", world, value, event.at, where)
        world.states[value] = frozenset({State.STORED})
    else:
        run.act(world, value, Action.STORE, event.at, event.target)


@on(events.Read)
def _read(run: Transfer, world: World, event: events.Read) -> None:
    """A look changes nothing."""


@on(events.Test)
def _test(run: Transfer, world: World, event: events.Test) -> None:
    if run.certain(world, event.src) and event.src not in run.doubtful:
        for value in run.shots(world, event.src):
            known = run.values[value]
            if (
                known.kind is not Kind.AWAITABLE
                and known.how not in ("argument", "item")
                and world.states[value] <= LIVE
            ):
                run.note("test", world, value, event.at)
                if event.src.startswith("%") and not event.keep:
                    world.states[value] = frozenset({State.MISUSED})
    if not event.keep and event.src.startswith("%") and not run.crates(world, event.src):
        world.places[event.src] = world.held(event.src)


@on(events.Use)
def _use(run: Transfer, world: World, event: events.Use) -> None:
    if event.attribute is not None:
        for value in run.shots(world, event.src):
            _attribute(run, world, event.src, value, event.attribute, event.at, called=False)
    elif run.shots(world, event.src):
        run.spoil("use", world, event.src, event.at, event.how)
    if not run.crates(world, event.src):
        run.drop(world, event.src)
        run.release(world, "dropped")


@on(events.Method)
def _method(run: Transfer, world: World, event: events.Method) -> None:
    for value in run.shots(world, event.src):
        _attribute(run, world, event.src, value, event.name, event.at, called=True)
    crates = run.crates(world, event.src)
    if event.name in ("values", "items", "copy") and crates:
        view = run.box(world, Box())
        crates = run.crates(world, event.src)  # one that was made here before has another number now
        members = frozenset(m for crate in crates for m in world.boxes[crate].members)
        columns = boxes.columns(world, crates)
        exact = world.boxes[crates[0]].exact if len(crates) == 1 else None
        columns = (False, columns or True) if event.name == "items" else columns
        seen = world.boxes[crates[0]].seen if len(crates) == 1 and event.name != "items" else ()
        world.boxes[view] = Box(members, exact, columns=columns, seen=seen)
        run.put(world, event.dst, frozenset({view}), "dropped")
    elif event.name in _CHANGES:
        for crate in crates:
            boxes.let_go(world, crate)
            world.boxes[crate] = world.boxes[crate]._replace(exact=None, keys=())
    elif event.name == "clear":
        for crate in crates:
            boxes.blur(world, crate)
            boxes.settled(world, crate)
            boxes.empty(world, crate)
    else:
        world.places[event.dst] = frozenset({OTHER})


def _attribute(run: Transfer, world: World, place: Place, value: ValueId, name: str, at: int, called: bool) -> None:
    """An attribute or method of a one-shot value itself."""
    kind = run.values[value].kind
    certain = world.held(place) - {NONE} == {value}
    if kind is Kind.AWAITABLE:
        run.act(world, value, Action.BLUR, at, name)
    elif name in catalog.ATTRIBUTES[kind] or name.startswith(_LOOKS):
        _own(run, world, value, name, at, called, certain)
    elif certain and not world.states[value] & {State.MISUSED, State.UNSURE}:
        run.note("attribute" if name in catalog.TASK_ONLY else "use", world, value, at, name)
        world.states[value] = frozenset({State.MISUSED})
    else:
        run.act(world, value, Action.BLUR, at, name)


def _own(run: Transfer, world: World, value: ValueId, name: str, at: int, called: bool, certain: bool) -> None:
    """What a one-shot value offers: consumptions, disposal, looks."""
    if name in ("send", "throw"):
        run.act(world, value, Action.BLUR, at, name)
    elif name == "close":
        run.act(world, value, Action.DISPOSE if called else Action.BLUR, at, name, certain)
    elif not called and (name in _CONSUMING or name in ("result", "exception")):
        run.act(world, value, Action.HAND_OVER, at, name, certain)
    elif name in _CONSUMING:
        run.act(world, value, Action.CONSUME, at, name, certain)
    elif name in ("result", "exception"):
        if certain and State.FRESH in world.states[value]:
            run.note("early", world, value, at, name)
        run.act(world, value, Action.CONSUME, at, name, certain)


@on(events.Capture)
def _capture(run: Transfer, world: World, event: events.Capture) -> None:
    boxed = bool(world.boxes) and not world.states.keys() - {m for c in world.boxes for m in boxes.contents(world, c)}
    for effect in run.effects(event, _captured_kind(run, world), boxed):
        for value in run.shots(world, effect.place):
            _captured(run, world, value, event.mode, effect.action, effect.at)
        for crate in run.crates(world, effect.place):
            boxes.let_go(world, crate)
            # What takes elements out, or goes through an iterator, never gets one twice.
            if effect.action is Action.BLUR or (effect.action is not None and world.boxes[crate].lazy):
                run.picked(world, crate, event.at)
                boxes.blur(world, crate)
                continue
            for member in sorted(boxes.contents(world, crate)):
                _captured(run, world, member, event.mode, effect.action, effect.at)


def _captured(run: Transfer, world: World, value: ValueId, mode: str, action: Action | None, at: int) -> None:
    """A nested function that uses a value runs here, will run once, or can run at any time."""
    live = world.states[value] <= LIVE
    if mode == "run":
        if action is not None:
            run.act(world, value, action, at, "closure")
    elif action is None or action is Action.DISPOSE:
        run.act(world, value, Action.BLUR, at, "closure")
    elif mode == "start" or (mode == "later" and not run.values[value].kind.strict):
        _give(run, world, value, at, "closure")
    elif live and run.values[value].kind is not Kind.AWAITABLE:
        run.note("closure", world, value, at)
        world.states[value] = frozenset({State.MISUSED})
    else:
        run.act(world, value, Action.BLUR, at, "closure")
