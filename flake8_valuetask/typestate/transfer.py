"""The transfer function: what each event does to a world.

In: a world and an event. Out: the worlds after it, and along each edge of a block. Never: messages,
syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

from flake8_valuetask import events
from flake8_valuetask.budget import Purse
from flake8_valuetask.events import Event, Kind, Place
from flake8_valuetask.graph import Assume, Block, BlockId, Branch, Condition, Jump
from flake8_valuetask.records import comparable, lazy
from flake8_valuetask.typestate import boxes, exceptions, narrowing
from flake8_valuetask.typestate.actions import Actions
from flake8_valuetask.typestate.components import Component
from flake8_valuetask.typestate.machine import LIVE, Action, State
from flake8_valuetask.typestate.worlds import ValueId, World, Worlds, add, gather, join

Effects = Callable[[Event, Kind, bool], Iterable["Effect"]]


@comparable
class Effect:
    """What a body that is not in sight does with a value in `place`: `action` (None: it only
    reads), and `at`, where in that body."""

    place: Place
    action: Action | None
    at: int
    how: str


class Transfer(Actions):
    """The analysis of one component that the solver runs: entry state, join, and transfer along each edge."""

    def __init__(self, component: Component, effects: Effects, purse: Purse) -> None:
        super().__init__(component, purse)
        self.component = component
        self.effects = effects
        self.visits = 0
        self.solved = False
        self.joined = False  # whether the paths to some block were more than can be told apart

    def entry(self) -> Worlds:
        """Before the body nothing is held."""
        return gather([World()])

    @lazy
    def doubtful(self) -> frozenset[Place]:
        """The places that may hold something else than a one-shot value at some time."""
        return _doubtful(self.component)

    def once_more(self) -> None:
        """The fixed point is known: the steps are recorded anew, at each block once."""
        self.solved = True
        self.steps = []

    def join(self, old: Worlds, new: Worlds) -> Worlds:
        """The union of both sets of worlds."""
        self.weigh(new)
        joined = join(old, new)
        self.joined = self.joined or len(joined) < max(len(old), len(new))
        return joined

    def transfer(self, block: Block, before: Worlds) -> Iterator[tuple[BlockId, Worlds]]:
        """Run a block; the worlds along each of its edges."""
        self.visits += not self.solved
        self.weigh(before)
        raised: Worlds = {}
        after: Worlds = {}
        for world in before.values():
            for last in self.run(block, world.copy(), raised):
                add(after, last)
        if block.handler is not None and raised:
            yield block.handler, raised
        if not isinstance(block.exit, Jump) or block.exit.target != block.handler:  # else it ends by raising
            yield from self.edges(block, after)

    def weigh(self, worlds: Worlds) -> None:
        """Spend what it takes to copy and to compare worlds."""
        units = 0
        for world in worlds.values():
            units += 6 + world.size() // 2
        self.purse.spend(units)

    def run(self, block: Block, world: World, raised: Worlds) -> list[World]:
        """The worlds after the events of a block; those at a raising point go to `raised`."""
        current, origin = [world], self.component.origins[block.id]
        units = 0
        for number, event in enumerate(block.events):
            self.point, self.event = (origin, number), event
            units += 2 * len(current)
            if isinstance(event, events.MayRaise):
                for each in current:
                    leaving = self.raising(each)
                    if not event.again:
                        exceptions.raised(leaving, event.source)
                    add(raised, leaving)
                continue
            handle = _HANDLERS[type(event)]
            following: list[World] = []
            for each in current:
                changed = handle(self, each, event)
                following += [each] if changed is None else [w for w in changed if w.places is not _IMPOSSIBLE]
            current = following
        self.purse.spend(units)
        return current

    def raising(self, world: World) -> World:
        """The world in which an exception leaves: a value that no name holds yet is not blamed."""
        left = world.copy()
        for place, held in world.places.items():
            if place.startswith("%"):
                looped = {crate for turn in world.rounds.values() for crate in turn.crates}
                inside = {m for c in held & world.boxes.keys() - looped for m in boxes.contents(world, c)}
                for value in (held | inside) & left.states.keys():
                    if left.states[value] <= LIVE and not self.named(world, value):
                        left.states[value] = frozenset({State.UNSURE})
        return left

    @staticmethod
    def named(world: World, value: ValueId) -> bool:
        """Whether a name of the source holds the value."""
        held = [v for place, values in world.places.items() if not place.startswith("%") for v in values]
        return value in held or any(value in boxes.contents(world, v) for v in held if v in world.boxes)

    def edges(self, block: Block, after: Worlds) -> Iterator[tuple[BlockId, Worlds]]:
        """Along each edge the worlds that can take it."""
        match block.exit:
            case Jump(target=target):
                if after:
                    yield target, after
            case Assume(condition=condition, outcome=outcome, target=target):
                yield from self.narrowed(after, condition, outcome, target)
            case Branch(condition=condition, yes=yes, no=no):
                yield from self.narrowed(after, condition, True, yes)
                yield from self.narrowed(after, condition, False, no)

    def narrowed(
        self, after: Worlds, condition: Condition | None, outcome: bool, target: BlockId
    ) -> Iterator[tuple[BlockId, Worlds]]:
        """The worlds that go to `target` because of the outcome of a condition."""
        found = [narrowing.narrow(w, condition, outcome, self.values) for w in after.values()]
        kept = gather(w for w in found if w is not None)
        if kept:
            yield target, kept


def _doubtful(component: Component) -> frozenset[Place]:
    """The places that may hold something else, and those that what they hold goes to."""
    stack: list[Place] = []
    made: set[Place] = set()
    moves: dict[Place, list[Place]] = {}
    for event in (event for block in component.graph.blocks for event in block.events):
        match event:
            case events.Bind(name=goal, src=str() as source):
                moves.setdefault(source, []).append(goal)
            case events.Copy(dst=goal, src=source) | events.Pick(dst=goal, container=source):
                moves.setdefault(source, []).append(goal)
            case events.Bind(name=goal) | events.Make(dst=goal, optional=True):
                stack.append(goal)
            case events.Make(dst=goal) | events.Pack(dst=goal) | events.Next(dst=goal):
                pass
            case events.Method(dst=goal) | events.Slice(dst=goal):
                pass
            case _:
                continue
        made.add(goal)
        if getattr(event, "optional", False):
            stack.append(goal)
    stack += moves.keys() - made  # of which nothing is known
    found: set[Place] = set()
    while stack:
        place = stack.pop()
        if place not in found:
            found.add(place)
            stack += moves.get(place, ())
    return frozenset(found)


_IMPOSSIBLE: dict[Place, frozenset[ValueId]] = {}
Handler: TypeAlias = Callable[[Transfer, World, Any], "list[World] | None"]
H = TypeVar("H", bound=Handler)
_HANDLERS: dict[type[Event], Handler] = {}


def on(*classes: type[Event]) -> Callable[[H], H]:
    """Register what an event does; returns the worlds after it, or None for the same world."""

    def register(handler: H) -> H:
        _HANDLERS.update(dict.fromkeys(classes, handler))
        return handler

    return register


def impossible(world: World) -> list[World]:
    """A world that cannot be."""
    world.places = _IMPOSSIBLE
    return [world]
