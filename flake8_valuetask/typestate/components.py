"""Components: which places of a body can hold the same values, and the part of its graph they need.

In: a graph. Out: for each group of places that can hold a value, a graph with only its events.
Never: states.

Groups are found by union-find over the events that move values (Tarjan 1975); each is analysed by
itself, so unrelated values do not multiply each other's paths.
"""

from __future__ import annotations

import bisect
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from flake8_valuetask import events
from flake8_valuetask.events import Event, Place
from flake8_valuetask.graph import Assume, Block, BlockId, Branch, Condition, Exit, Graph, Jump
from flake8_valuetask.records import record


@record
class Component:
    """A group of places with its part of the graph."""

    places: frozenset[Place]
    graph: Graph


def places(event: Event) -> Iterator[Place]:
    """The places that an event reads or writes."""
    match event:
        case events.Combine(args=args):
            yield from (arg.place for arg in args)
        case events.Among(args=args):
            yield from args
        case events.Pack(dst=dst, srcs=srcs):
            yield dst
            yield from (src for src in srcs if src is not None)
        case events.Join(dst=dst, left=left, right=right):
            yield dst
            yield from (side for side in (left, right) if side is not None)
        case _:
            for name in ("dst", "src", "name", "container"):
                place = getattr(event, name, None)
                if isinstance(place, str) and not (name == "name" and isinstance(event, events.Method)):
                    if name != "container" or not isinstance(event, events.Pack):
                        yield place


_MOVES = (events.Copy, events.Bind, events.Pack, events.Join, events.Insert, events.Pick, events.Next, events.Method)
_LISTED = (events.Bind, events.Delete)
_STATELESS = (events.Cached, events.Misplaced, events.Declare, events.AwaitField, events.Define, events.Suspend)


class _Groups:
    """Union-find over places."""

    def __init__(self) -> None:
        self.parent: dict[Place, Place] = {}

    def find(self, place: Place) -> Place:
        root = place
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        while self.parent.get(place, place) != root:
            self.parent[place], place = root, self.parent[place]
        return root

    def unite(self, one: Place, other: Place) -> None:
        self.parent[self.find(one)] = self.find(other)


def components(graph: Graph, captured: dict[int, frozenset[str]]) -> list[Component]:
    """The components of `graph` in which a value is made; `captured` names of each closure."""
    groups = _Groups()
    made: dict[Place, None] = {}
    for block in graph.blocks:
        for event in block.events:
            if isinstance(event, _MOVES):
                first, *rest = [*places(event), ""]
                for other in rest:
                    if other:
                        groups.unite(first, other)
            elif isinstance(event, events.Make):
                made[event.dst] = None
    wanted: dict[Place, set[Place]] = {groups.find(place): set() for place in made}
    for block in graph.blocks:
        for event in block.events:
            for place in () if isinstance(event, _STATELESS) else places(event):
                root = groups.find(place)
                if root in wanted:
                    wanted[root].add(place)
    repeated, index = _repeated(graph), _Index(graph)
    return [_component(graph, frozenset(group), captured, repeated, index) for group in wanted.values()]


Spot: TypeAlias = tuple[BlockId, int]


class _Index:
    """Where the events of a graph stand, so that each component looks at its own only."""

    def __init__(self, graph: Graph) -> None:
        self.places: dict[Place, list[Spot]] = defaultdict(list)
        self.names: dict[str, list[Spot]] = defaultdict(list)
        self.temporaries: dict[int, list[Spot]] = defaultdict(list)
        self.captures: list[tuple[int, Spot]] = []
        self.disturbs: list[Spot] = []
        self.ends: list[Spot] = []
        self.raising: dict[BlockId, list[int]] = {}
        for block in graph.blocks:
            for number, event in enumerate(block.events):
                self._add(event, (block.id, number))
            if block.handler is not None:
                found = [n for n, e in enumerate(block.events) if isinstance(e, events.MayRaise) and not e.again]
                self.raising[block.id] = found

    def _add(self, event: Event, spot: Spot) -> None:
        if isinstance(event, events.Forget):
            for number in range(event.first, event.last + 1):
                self.temporaries[number].append(spot)
        elif isinstance(event, events.Finish) or (isinstance(event, events.MayRaise) and event.again):
            self.ends.append(spot)
        elif isinstance(event, events.Disturb):
            self.disturbs.append(spot)
        elif isinstance(event, events.Capture):
            self.captures.append((event.closure, spot))
        elif not isinstance(event, _STATELESS):
            if isinstance(event, _LISTED):
                self.names[event.name].append(spot)
            for place in places(event):
                self.places[place].append(spot)

    def chosen(
        self, group: frozenset[Place], captured: dict[int, frozenset[str]], names: frozenset[str], frail: bool
    ) -> dict[BlockId, list[int]]:
        """The numbers of the events that matter for a group of places, by their blocks."""
        spots = {spot for place in group for spot in self.places.get(place, ())}
        spots.update(spot for name in names for spot in self.names.get(name, ()))
        spots.update(spot for t in group if t[0] == "%" for spot in self.temporaries.get(int(t[1:]), ()))
        spots.update(spot for closure, spot in self.captures if captured.get(closure, frozenset()) & group)
        spots.update(self.ends, self.disturbs if frail else ())
        found: dict[BlockId, list[int]] = defaultdict(list)
        for block, number in spots:
            found[block].append(number)
        for block, raising in self.raising.items():
            found[block] += _one_between(raising, sorted(found[block]))
        return {block: sorted(numbers) for block, numbers in found.items()}


def _one_between(raising: list[int], others: list[int]) -> Iterator[int]:
    """Of the events that may raise, the last one before, between and after `others`: between two of these nothing
    changes, so that one tells the handler as much as all."""
    start = 0
    for end in [*others, sys.maxsize]:
        following = bisect.bisect_left(raising, end, start)
        if following > start:
            yield raising[following - 1]
        start = following


def _repeated(graph: Graph) -> frozenset[Condition]:
    """The conditions whose outcome can be known when they are tested: those about a name that
    is tested again, by a loop or elsewhere, or bound to a literal, texts that come twice, and handlers one beyond
    another."""
    rounds = frozenset().union(*graph.loops().values())
    tests = [
        (b.id, leaf)
        for b in graph.blocks
        if isinstance(b.exit, Branch) and b.exit.condition is not None
        for leaf in b.exit.condition.leaves()
    ]
    literal = {e.name for b in graph.blocks for e in b.events if isinstance(e, events.Bind) and e.constant}
    texts = Counter(c for _, c in tests if not c.place)
    names = Counter(c.place for _, c in tests if c.place)
    caught = [c for _, c in tests if c.form == "caught"]
    again = (
        c for at, c in tests if at in rounds or (names[c.place] > 1 or c.place in literal if c.place else texts[c] > 1)
    )
    return frozenset(again) | frozenset(caught if len(caught) > 1 else ())


def _component(
    graph: Graph,
    group: frozenset[Place],
    captured: dict[int, frozenset[str]],
    repeated: frozenset[Condition],
    index: _Index,
) -> Component:
    """The part of `graph` for one group: its events, and the conditions that can matter."""
    kept = repeated | frozenset(
        b.exit.condition
        for b in graph.blocks
        if isinstance(b.exit, Branch) and b.exit.condition is not None and b.exit.condition.place in group
    )
    whole = [b.exit.condition for b in graph.blocks if isinstance(b.exit, Branch | Assume) and b.exit.condition]
    kept |= frozenset(c for c in whole if all(leaf in repeated or leaf.place in group for leaf in c.leaves()))
    names = _copied(graph, frozenset(name for condition in kept for name in condition.names))
    frail = any(condition.frail for condition in kept)
    part = Graph(graph.name)
    chosen = index.chosen(group, captured, names, frail)
    for block in graph.blocks:
        own = [block.events[number] for number in chosen.get(block.id, ())]
        part.blocks.append(Block(block.id, block.handler, own, _exit(block, kept)))
    _shorten(part)
    return Component(group, part)


def _shorten(graph: Graph) -> None:
    """Lead every edge past the blocks in which nothing happens and nothing is decided."""
    past: dict[BlockId, BlockId] = {}
    for number in graph.postorder():
        block = graph.blocks[number]
        match block.exit:
            case Jump(target=target, back=back):
                block.exit = Jump(past.get(target, target), back)
            case Assume(condition=condition, outcome=outcome, target=target):
                block.exit = Assume(condition, outcome, past.get(target, target))
            case Branch(condition=condition, yes=yes, no=no):
                block.exit = Branch(condition, past.get(yes, yes), past.get(no, no))
        past[number] = _onward(block)


def _onward(block: Block) -> BlockId:
    """Where an edge to `block` can lead as well: past it, if it is empty and decides nothing."""
    match block.exit:
        case Jump(target=target, back=False) if not block.events:
            return target
        case Branch(yes=yes, no=no) if not block.events and yes == no:
            return yes
        case _:
            return block.id


def _copied(graph: Graph, names: frozenset[str]) -> frozenset[str]:
    """`names`, and the names whose values they take over."""
    copies = [(e.name, e.of) for b in graph.blocks for e in b.events if isinstance(e, events.Bind) and e.of]
    for _ in copies:
        grown = names | {of for name, of in copies if name in names and of is not None}
        if grown == names:
            break
        names = grown
    return names


def _exit(block: Block, kept: frozenset[Condition]) -> Exit | None:
    end = block.exit
    if isinstance(end, Branch) and end.condition is not None and end.condition not in kept:
        return Branch(None, end.yes, end.no)
    if isinstance(end, Assume) and end.condition not in kept:
        return Jump(end.target)
    return end
