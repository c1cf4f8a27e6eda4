"""Components: which values of a body have nothing to do with each other, and the part of its graph that they need.

In: a graph. Out: for each group of places that can hold a value, a graph with only its events. Never: states.

Each is analysed by itself, so unrelated values do not multiply each other's paths. What a graph takes to make is about
its own size: the events of each group are found in one walk, and `regions` leads past the blocks that it does not need.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Set

from flake8_valuetask import events
from flake8_valuetask.constants import RESULT
from flake8_valuetask.events import Event, Place
from flake8_valuetask.graph import Assume, Block, BlockId, Branch, Condition, Exit, Graph, Jump, Stop
from flake8_valuetask.records import lazy, made, mutable, record
from flake8_valuetask.typestate import exceptions
from flake8_valuetask.typestate.groups import STATELESS, Group, Sorter, grouped
from flake8_valuetask.typestate.regions import Regions


@record
class Component:
    """A group of places with its part of the graph, whose blocks are in reverse postorder; `origins` are their numbers
    in the body's graph, `doomed` those from which an exception leaves for certain, `size` is the number of events that
    concern its places."""

    places: Set[Place]
    graph: Graph
    origins: list[BlockId]
    doomed: Set[BlockId]
    size: int


_SHARED = frozenset({events.MayRaise, events.Finish, events.Disturb})  # events of all components
_OF_MANY = _SHARED | {events.Capture}  # events that are counted once, however many components have them
_BINDING = (events.Bind, events.Add, events.Learn, events.Delete)  # after these a name may stand for something else
_USUAL = 4  # blocks and events of a component for each one that concerns its places
_COST = 4  # units for each one beyond that

Spots = dict[BlockId, dict[int, Event]]
"""Events by block and position."""


@mutable
class _Choice:
    """What is kept of a graph for what some places hold: blocks, events besides those of the places, the names that
    are asked for, and whether attributes are."""

    held: Set[Place]
    blocks: set[BlockId] = made(factory=set)
    names: set[str] = made(factory=set)
    frail: bool = False
    spots: Spots = made(factory=dict)


class Components:
    """The parts of a graph, for the groups that matter. `captured` are the names of each closure, `postorder` gives
    that of the graph, `spend` is told of work that grows faster than that, into the places that are `given` a value may
    be put, and the blocks `staying` are in all."""

    def __init__(
        self,
        graph: Graph,
        captured: dict[int, frozenset[str]],
        postorder: Callable[[], list[BlockId]],
        matters: Callable[[Group], bool],
        spend: Callable[[int], None],
        given: Iterable[Place] = (),
        staying: Iterable[BlockId] = (),
    ) -> None:
        self.graph = graph
        self.staying = staying
        spend(sum(len(captured[e.closure]) for b in graph.blocks for e in b.events if type(e) is events.Capture))
        self.groups = [group for group in grouped(graph, given) if matters(group)]
        self.raising: dict[BlockId, list[int]] = {}  # where an exception may leave for the handler of the block
        self.shared: Spots = {}  # what concerns all groups
        self.named: dict[str, list[tuple[BlockId, int]]] = defaultdict(list)  # where names are bound and changed
        self.sources: dict[str, list[str]] = defaultdict(list)  # the names whose values a name takes over
        self.disturbed: list[tuple[BlockId, int]] = []
        self.order = postorder() if self.groups else []
        sorter = Sorter(self.groups, captured)
        self._holders = sorter.groups
        if self.groups:
            self._sort(sorter)

    def holding(self, place: Place) -> Group:
        """The group of a place; an empty one, if nothing is made or given there."""
        return self._holders.get(place) or Group({place})

    def _sort(self, sorter: Sorter) -> None:
        """One walk over all events that can be reached."""
        for number in self.order:
            block = self.graph.blocks[number]
            for position, event in enumerate(block.events):
                kind = type(event)
                if kind is events.Disturb:
                    self.disturbed.append((number, position))
                elif kind in _SHARED:
                    self._share(block, position, event)
                elif kind not in STATELESS:
                    sorter.sort(number, position, event)
                if isinstance(event, _BINDING):
                    self.named[event.name].append((number, position))
                    if isinstance(event, events.Bind) and event.of:
                        self.sources[event.name].append(event.of)

    def _share(self, block: Block, position: int, event: Event) -> None:
        """Note an event that concerns all groups."""
        if not isinstance(event, events.MayRaise) or event.again:
            self.shared.setdefault(block.id, {})[position] = event
        elif block.handler is not None:
            self.raising.setdefault(block.id, []).append(position)

    @lazy
    def regions(self) -> Regions:
        """The regions between the blocks that all components have."""
        blocks = self.graph.blocks
        staying = {0, *self.raising, *self.shared, *self.staying}
        staying.update(handler for number in self.raising if (handler := blocks[number].handler) is not None)
        for number in self.order:
            end = blocks[number].exit
            assumed = isinstance(end, Assume) and self.condition(number, frozenset()) is not None
            if assumed or isinstance(end, Stop) or (isinstance(end, Jump) and end.back):
                staying.add(number)
        return Regions(self.graph, self.order, staying)

    @lazy
    def doomed(self) -> frozenset[BlockId]:
        """The blocks from which an exception leaves for certain."""
        return self.graph.doomed(self.order)

    @lazy
    def repeated(self) -> frozenset[Condition]:
        """The conditions whose outcome can be known when they are tested."""
        return _repeated(self.graph, self.order)

    @lazy
    def asking(self) -> dict[Place, list[BlockId]]:
        """The blocks whose exit has a condition on a place, of those that are not known anyway."""
        found: dict[Place, list[BlockId]] = defaultdict(list)
        for number in self.order:
            end = self.graph.blocks[number].exit
            if isinstance(end, Branch | Assume) and end.condition is not None:
                for leaf in end.condition.leaves():
                    if leaf not in self.repeated:
                        found[leaf.place].append(number)
        return found

    @lazy
    def common(self) -> _Choice:
        """What all components have."""
        choice = _Choice(frozenset())
        choice.spots = {block: dict(spots) for block, spots in self.shared.items()}
        self._keep(choice, self.regions.roots)
        return choice

    @lazy
    def least(self) -> int:
        """How many blocks and events all components have."""
        return len(self.common.blocks) + sum(map(len, self.common.spots.values()))

    def condition(self, block: BlockId, held: Set[Place]) -> Condition | None:
        """The condition at the end of a block, if it can matter for what these places hold."""
        end = self.graph.blocks[block].exit
        if not isinstance(end, Branch | Assume) or end.condition is None:
            return None
        matters = all(leaf.place in held or leaf in self.repeated for leaf in end.condition.leaves())
        return end.condition if matters else None

    def part(self, group: Group, spend: Callable[[int], None]) -> Component:
        """The component of one of the groups; `spend` is told of work that grows faster than the graph."""
        least = _COST * max(self.least - _USUAL * sum(map(len, group.spots.values())), 0)
        spend(least)
        choice = _Choice(group.places, self.common.blocks.copy(), self.common.names.copy(), self.common.frail)
        self._keep(choice, group.spots)
        for block in (block for place in group.places for block in self.asking.get(place, ())):
            if block in choice.blocks:
                self._keep(choice, self._needed(choice, block))
            elif isinstance(self.graph.blocks[block].exit, Assume) and self.condition(block, group.places) is not None:
                self._keep(choice, [block])
        found = self._compact(choice, group)
        shared = sum(1 + len(block.events) for block in found.graph.blocks) - _USUAL * found.size
        spend(max(_COST * shared - least, 0))
        return found

    def _keep(self, choice: _Choice, blocks: Iterable[BlockId]) -> None:
        """Keep blocks, what decides whether control comes there, and all that this depends on."""
        stack = list(blocks)
        while stack:
            block = stack.pop()
            if block not in choice.blocks:
                choice.blocks.add(block)
                stack += self.regions.frontier.get(block, ())
                stack += self._needed(choice, block)

    def _needed(self, choice: _Choice, block: BlockId) -> list[BlockId]:
        """The blocks in which the outcome of the condition of a block may change."""
        condition = self.condition(block, choice.held)
        if condition is None:
            return []
        spots = [spot for name in self._new(choice, condition.names) for spot in self.named.get(name, ())]
        if condition.frail and not choice.frail:
            choice.frail = True
            spots += self.disturbed
        for number, position in spots:
            choice.spots.setdefault(number, {})[position] = self.graph.blocks[number].events[position]
        return [number for number, _ in spots]

    def _new(self, choice: _Choice, names: Iterable[str]) -> list[str]:
        """Those of some names that were not asked for before, and those whose values they take over."""
        found: list[str] = []
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in choice.names:
                choice.names.add(name)
                found.append(name)
                stack += self.sources.get(name, ())
        return found

    def _compact(self, choice: _Choice, group: Group) -> Component:
        """The graph of what was chosen; every edge leads past the blocks in between."""
        blocks = self.graph.blocks
        origins = sorted(choice.blocks, key=self.regions.rank.__getitem__, reverse=True)
        number = {block: at for at, block in enumerate(origins)}
        onward = self.regions.onward(choice.blocks, {goal for block in origins for goal in blocks[block].targets()})
        to = {goal: number[block] for goal, block in onward.items()}
        parts = [
            Block(
                number[block],
                None if (handler := blocks[block].handler) is None else number.get(handler),
                self._events(block, (self.common.spots, choice.spots, group.spots)),
                self._exit(block, group.places, to),
            )
            for block in origins
        ]
        size = sum(type(event) not in _OF_MANY for block in parts for event in block.events)
        return Component(group.places, Graph(self.graph.name, parts), origins, self.doomed, size)

    def _exit(self, number: BlockId, held: Set[Place], to: dict[BlockId, BlockId]) -> Exit | None:
        """The exit of a block, without a condition that cannot matter."""
        condition = self.condition(number, held)
        match self.graph.blocks[number].exit:
            case Jump(target=target, back=back):
                return Jump(to[target], back)
            case Assume(outcome=outcome, target=target):
                return Jump(to[target]) if condition is None else Assume(condition, outcome, to[target])
            case Branch(yes=yes, no=no):
                return Jump(to[yes]) if condition is None and to[yes] == to[no] else Branch(condition, to[yes], to[no])
            case end:
                return end

    def _events(self, number: BlockId, chosen: Iterable[Spots]) -> list[Event]:
        """The events of a block that matter. Between two of them nothing changes, so that of those that may raise
        there, the first one tells the handler as much as all; of those of the program, if there is one."""
        spots: dict[int, Event] = {}
        for each in chosen:
            if number in each:
                spots |= each[number]
        positions = sorted(spots)
        if number not in self.raising:
            return [spots[position] for position in positions]
        raising, own = self.raising[number], self.graph.blocks[number].events
        found: list[Event] = []
        done = 0
        for position in [*positions, len(own)]:
            before = bisect.bisect_left(raising, position)
            if before > done:
                found.append(_telling([own[at] for at in raising[done:before]]))
                done = before
            if position in spots:
                found.append(spots[position])
        return found


def _telling(raising: list[Event]) -> Event:
    """Of what may raise at one place, that which tells the handler as much as all."""
    sources = [getattr(event, "source", "") for event in raising]
    return raising[sources.index("" if "" in sources else sources[-1])]


def _repeated(graph: Graph, order: Iterable[BlockId]) -> frozenset[Condition]:
    """The conditions whose outcome can be known when they are tested: those about a name that
    is tested again, by a loop or elsewhere, or bound to a literal, texts that come twice, handlers one beyond another,
    and those that tell an exception by where it comes from."""
    rounds = frozenset().union(*graph.loops(order).values())
    tests = [
        (b.id, leaf)
        for b in graph.blocks
        if isinstance(b.exit, Branch) and b.exit.condition is not None
        for leaf in b.exit.condition.leaves()
    ]
    literal = _literal([e for b in graph.blocks for e in b.events if isinstance(e, events.Bind | events.Learn)])
    texts = Counter(c for _, c in tests if not c.place)
    names = Counter(c.place for _, c in tests if c.place)
    caught = [c for _, c in tests if c.form == "caught"]
    again = (
        c for at, c in tests if at in rounds or (names[c.place] > 1 or c.place in literal if c.place else texts[c] > 1)
    )
    sources = {e.source for b in graph.blocks for e in b.events if isinstance(e, events.MayRaise)} - {""}
    told = caught if len(caught) > 1 else [c for c in caught if exceptions.tells(c, sources)]
    return frozenset(again) | frozenset(told)


def _literal(bound: list[events.Bind | events.Learn]) -> set[str]:
    """The names that may stand for a constant: one that is assigned, or one that another name holds. That an await
    gives something decides no test by itself."""
    holders: dict[str, list[str]] = defaultdict(list)
    for bind in bound:
        if isinstance(bind, events.Bind) and bind.of is not None:
            holders[bind.of].append(bind.name)
    found: set[str] = set()
    stack = [bind.name for bind in bound if bind.constants and bind.constants != (RESULT,)]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += holders.get(name, ())
    return found
