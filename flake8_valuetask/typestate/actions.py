"""What can happen to the values of a world: they are made, acted on, held by other places, lost.

In: a world, and the values or the place in question. Out: the world changed, and the steps. Never:
what an event means; messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from flake8_valuetask import events
from flake8_valuetask.budget import Purse
from flake8_valuetask.events import Event, Kind, Place
from flake8_valuetask.records import comparable
from flake8_valuetask.typestate import boxes, exceptions, knowledge
from flake8_valuetask.typestate.components import Component
from flake8_valuetask.typestate.machine import LIVE, Action, State, after, matters
from flake8_valuetask.typestate.worlds import AGES, NONE, Box, Since, Value, ValueId, World

Point = tuple[int, int]


@comparable
class Step:
    """One thing that happened to one value on some path.

    `what` names it: consume, hand, blur, keep, duplicate, bare, attribute, early, store, test, use,
    closure, picked (one of some elements is taken) or lose.
    `before` is the state before it, `since` what brought the value there.
    """

    what: str
    event: Event
    at: int
    value: Value
    before: State
    since: Since
    point: Point
    how: str = ""


_NOTED = {
    Action.CONSUME: "consume",
    Action.HAND_OVER: "hand",
    Action.DISPOSE: "hand",
    Action.STORE: "keep",
    Action.BLUR: "blur",
    Action.FOUND_DONE: "blur",
}
_NOT_MISSED = frozenset({"item", "perhaps"})  # of some elements, or where None may have been given
_NOTHING = Value(0, Kind.AWAITABLE, "", "box")


class Actions:
    """The values of one component, and what happens to them at the current `point`, by the current `event`."""

    def __init__(self, component: Component, purse: Purse) -> None:
        self.purse = purse
        self.values: dict[ValueId, Value] = {}
        self.sites: dict[tuple[Point, int], int] = {}
        self.doomed = component.doomed
        self.steps: list[Step] = []
        self.point: Point = (0, 0)
        self.event: Event = events.MayRaise(0)

    # Values

    def site(self, part: int = 0) -> int:
        """The number of the making place at the current point; its newest value is `AGES` times it."""
        return self.sites.setdefault((self.point, part), len(self.sites))

    def make(self, world: World, value: Value, state: frozenset[State], part: int = 0) -> ValueId:
        """A new value at the current point; the one made here before becomes an older one."""
        newest = self.site(part) * AGES
        ages = range(newest, newest + AGES)
        alive = self.reachable(world)
        for aged in ages:
            self.values[aged] = value
            if aged not in alive and (aged in world.states or aged in world.boxes):
                self.discard(world, aged)
        if newest in world.states and not any(newest in held for held in world.places.values()):
            self.age(world, newest, ages[-1])  # in a container only: one of many
        if newest in world.states or newest in world.boxes:
            free = next((a for a in ages if a not in world.states and a not in world.boxes), ages[-1])
            for aged in range(free, newest, -1):
                self.age(world, aged - 1, aged)
        world.states[newest] = state
        world.since[newest] = Since(self.event.at, self.point, "made")
        return newest

    def box(self, world: World, box: Box, part: int = 0) -> ValueId:
        """A new container at the current point."""
        crate = self.make(world, _NOTHING, frozenset(), part)
        del world.states[crate]
        world.since.pop(crate, None)
        world.boxes[crate] = box
        return crate

    def age(self, world: World, newest: ValueId, older: ValueId) -> None:
        """A value of a making place becomes an older one; the oldest ones are not told apart."""
        if newest not in world.states and newest not in world.boxes:
            return
        renamed = {newest: older}
        for place, held in world.places.items():
            if newest in held:
                world.places[place] = frozenset(renamed.get(v, v) for v in held)
        boxes.rename(world, newest, older)
        states = world.states.pop(newest, frozenset())
        known = world.states.get(older, states)
        if states:
            # The oldest values are one: what holds for some of them only is not known of any.
            world.states[older] = states if states == known else frozenset({State.UNSURE})
        since = world.since.pop(newest, None)
        if since is not None:
            world.since[older] = min(since, world.since.get(older, since))
        if newest in world.boxes:
            world.boxes[older] = boxes.either(world.boxes.pop(newest), world.boxes.get(older))

    def discard(self, world: World, value: ValueId) -> None:
        """A value that nothing reaches is gone."""
        world.states.pop(value, None)
        world.since.pop(value, None)
        world.boxes.pop(value, None)

    def shots(self, world: World, place: Place) -> list[ValueId]:
        """The one-shot values that `place` may hold."""
        return sorted(v for v in world.held(place) if v >= 0 and v not in world.boxes)

    def crates(self, world: World, place: Place) -> list[ValueId]:
        """The containers that `place` may hold."""
        return sorted(v for v in world.held(place) if v in world.boxes)

    def certain(self, world: World, place: Place) -> bool:
        """Whether `place` holds a one-shot value for certain."""
        held = world.held(place)
        return bool(held) and all(v >= 0 and v not in world.boxes for v in held)

    # Actions

    def note(self, what: str, world: World, value: ValueId, at: int, how: str = "") -> None:
        """Record a step."""
        since = world.since.get(value, Since(0, self.point, "made"))
        for state in sorted(world.states.get(value, ())):
            self.steps.append(Step(what, self.event, at, self.values[value], state, since, self.point, how))

    def act(self, world: World, value: ValueId, action: Action, at: int, how: str, certain: bool = True) -> None:
        """Something happens to a value; recorded as a consumption if it is one."""
        self.purse.spend(2)
        before = world.states.get(value)
        if before is None:
            return
        if certain:
            self.note(_NOTED[action], world, value, at, how)
        world.states[value] = after(before, action if certain else Action.BLUR)
        if matters(before, action):
            world.since[value] = Since(at, self.point, how)
        for crate in boxes.lenders(world, value, self.values):  # which of its elements is in hand, is not known
            members = boxes.contents(world, crate)
            self.purse.spend(len(members))
            for member in members if certain and value not in world.boxes[crate].members else ():
                self.note(_NOTED[action], world, member, at, how)
            boxes.blur(world, crate)

    def each(self, world: World, place: Place, action: Action, at: int, how: str) -> None:
        """Something happens to what `place` holds; to all elements, if it is a container."""
        held = world.held(place) - {NONE}
        for value in self.shots(world, place):
            self.act(world, value, action, at, how, certain=len(held) == 1)
        for crate in self.crates(world, place):
            self.elements(world, crate, action, at, how)
            boxes.settled(world, crate)

    def elements(self, world: World, crate: ValueId, action: Action, at: int, how: str) -> None:
        """Something happens to every element of a container."""
        for member in sorted(boxes.contents(world, crate)):
            self.act(world, member, action, at, how)
        for value in boxes.let_go(world, crate):
            self.act(world, value, action, at, how)

    def picked(self, world: World, crate: ValueId, at: int) -> None:
        """Some elements of a container are taken or replaced, and which is unknown."""
        for member in sorted(boxes.contents(world, crate)):
            self.note("picked", world, member, at)

    def spoil(self, what: str, world: World, place: Place, at: int, how: str = "") -> None:
        """A misuse that says it all: the values in `place` are reported once."""
        if not self.certain(world, place):
            self.each(world, place, Action.BLUR, at, how)
            return
        for value in self.shots(world, place):
            if self.values[value].kind is not Kind.AWAITABLE and world.states[value] != {State.MISUSED}:
                self.note(what, world, value, at, how)
                world.states[value] = frozenset({State.MISUSED})

    # Ends of names

    def reachable(self, world: World) -> set[ValueId]:
        """The values that some place holds."""
        self.purse.spend((len(world.places) + len(world.states) + len(world.boxes)) // 16)
        return world.reachable()

    def release(self, world: World, way: str, rounds: Set[ValueId] = frozenset()) -> None:
        """Values that no place holds any more are lost, if they were still to be consumed; those
        in `rounds` because a loop makes them anew."""
        alive = self.reachable(world)
        gone = [v for v in world.states if v not in alive]
        if not gone:
            return
        self.end(world, gone, way, rounds)
        for value in gone:
            self.discard(world, value)
        for crate in [v for v in world.boxes if v not in alive]:
            self.discard(world, crate)

    def end(self, world: World, values: Iterable[ValueId], way: str, rounds: Set[ValueId] = frozenset()) -> None:
        """Values end here. What generators would make, if something asked them to, has not been there; that nothing has
        asked a `map` is a loss of its own (`unmade`)."""
        lazy = {v for crate, box in world.boxes.items() if box.lazy for v in boxes.contents(world, crate)}
        for value in values:
            if value not in lazy:
                self.lose(world, value, "round" if value in rounds else way)
            elif self.values[value].how == "map":
                self.lose(world, value, "unmade")

    def lose(self, world: World, value: ValueId, way: str) -> None:
        """A value ends; a loss if it is live and this body's to consume."""
        dropped = way == "dropped" and isinstance(self.event, events.Drop)
        if (self.point[0] in self.doomed and not dropped) or exceptions.interrupted(world):
            return  # leaving by an exception is no loss
        if self.values[value].how in _NOT_MISSED or self.values[value].kind is Kind.AWAITABLE:
            return
        if world.states[value] & LIVE and not world.states[value] - LIVE:
            self.note("lose", world, value, self.event.at, way)

    def put(self, world: World, place: Place, held: frozenset[ValueId], way: str) -> None:
        """`place` holds other values from here on."""
        knowledge.forget(world, place)
        again = {v // AGES for v in held if v >= 0}
        before = {v for v in world.held(place) if v // AGES in again} if way == "overwritten" else set()
        world.places[place] = held
        self.release(world, way, before)

    def drop(self, world: World, place: Place) -> None:
        """A temporary has been read; its values live on where else they are held."""
        if place.startswith("%"):
            world.places.pop(place, None)
