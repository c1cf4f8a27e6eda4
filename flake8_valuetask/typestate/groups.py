"""Groups: which places of a body can hold the same values, and the events that concern each group.

In: a graph, and the names that its closures use. Out: the groups in which a value is made, or may be put. Never:
states, edges.

Groups are found by union-find over the events that move values (Tarjan 1975).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator

from flake8_valuetask import events
from flake8_valuetask.events import Event, Kind, Place
from flake8_valuetask.graph import BlockId, Graph
from flake8_valuetask.records import made, mutable

_MOVES = frozenset(
    {
        *(events.Copy, events.Bind, events.Pack, events.Join, events.Insert, events.Pick, events.Put, events.Find),
        *(events.Next, events.Method, events.Slice),
    }
)
STATELESS = frozenset(
    {events.Cached, events.Misplaced, events.Declare, events.AwaitField, events.Define, events.Suspend}
)


_FIELDS: dict[type[Event], tuple[str, ...]] = {events.Method: ("dst", "src")}
"""The fields of each sort of events that hold a place, found when they are first asked for: a server has its own."""


def _fields(kind: type[Event]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(filter(kind.__match_args__.__contains__, ("dst", "src", "name", "container")))
    return _FIELDS[kind]


def places(event: Event) -> list[Place]:
    """The places that an event reads or writes."""
    match event:
        case events.Combine(args=args):
            return [arg.place for arg in args]
        case events.Among(args=args):
            return list(args)
        case events.Pack(dst=dst, srcs=srcs):
            return [dst, *(src for src in srcs if src is not None)]
        case events.Join(dst=dst, left=left, right=right):
            return [dst, *(side for side in (left, right) if side is not None)]
        case _:
            held = (getattr(event, name) for name in _fields(type(event)))
            return [place for place in held if place is not None]


@mutable
class Group:
    """Places that can hold the same values, and the events that concern them, by block and position; whether more than
    an await is known of a value that is made for them, and whether what they hold is consumed."""

    places: set[Place] = made(factory=set)
    spots: dict[BlockId, dict[int, Event]] = made(factory=dict)
    known: bool = False
    consumed: bool = False

    def add(self, block: BlockId, position: int, event: Event) -> None:
        """An event concerns these places."""
        self.spots.setdefault(block, {})[position] = event
        if isinstance(event, events.Consume | events.Combine):
            self.consumed = True


class _Sets:
    """Union-find over places."""

    def __init__(self) -> None:
        self.parent: dict[Place, Place] = {}

    def find(self, place: Place) -> Place:
        """The place that stands for the set of this one."""
        parent = self.parent
        root = place
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[place] != root:
            parent[place], place = root, parent[place]
        return root

    def unite(self, one: Place, other: Place) -> None:
        """Two places can hold the same value."""
        self.parent[self.find(one)] = self.find(other)


def grouped(graph: Graph, given: Iterable[Place] = ()) -> list[Group]:
    """The groups of places in which a value is made or `given`, without their events."""
    sets = _Sets()
    made: list[events.Make] = []
    for block in graph.blocks:
        for event in block.events:
            if type(event) in _MOVES:
                first, *others = places(event)
                sets.find(first)
                for other in others:
                    sets.unite(first, other)
            elif isinstance(event, events.Make):
                made.append(event)
    groups: dict[Place, Group] = {}
    for make in made:
        group = groups.setdefault(sets.find(make.dst), Group())
        group.known = group.known or make.kind is not Kind.AWAITABLE
    for place in given:
        groups.setdefault(sets.find(place), Group())
    for place in sets.parent if groups else ():
        found = groups.get(sets.find(place))
        if found is not None:
            found.places.add(place)
    return [*groups.values()]


class Sorter:
    """Gives each event of a graph to the groups that it concerns."""

    def __init__(self, groups: list[Group], captured: dict[int, frozenset[str]]) -> None:
        self.groups = {place: group for group in groups for place in group.places}
        self.captured = captured
        self.temporaries = sorted(int(place[1:]) for place in self.groups if place[0] == "%")

    def sort(self, block: BlockId, position: int, event: Event) -> None:
        """Give an event to its groups; of values that are given in one go, each group sees its own."""
        if isinstance(event, events.Combine | events.Among):
            for group, own in self._shares(event):
                group.add(block, position, own)
            return
        concerned: Iterator[Place] | list[Place] = places(event)
        if isinstance(event, events.Forget):
            concerned = self._between(event.first, event.last)
        elif isinstance(event, events.Capture):
            concerned = iter(self.captured.get(event.closure, ()))
        for place in concerned:
            found = self.groups.get(place)
            if found is not None:
                found.add(block, position, event)

    def _between(self, first: int, last: int) -> Iterator[Place]:
        """The temporaries of groups between two numbers."""
        for at in range(bisect.bisect_left(self.temporaries, first), len(self.temporaries)):
            if self.temporaries[at] > last:
                return
            yield f"%{self.temporaries[at]}"

    def _shares(self, event: events.Combine | events.Among) -> Iterator[tuple[Group, Event]]:
        """The part of each group in an event with many values."""
        shares: dict[int, tuple[Group, list[int]]] = {}
        for number, place in enumerate(places(event)):
            group = self.groups.get(place)
            if group is not None:
                shares.setdefault(id(group), (group, []))[1].append(number)
        for group, numbers in shares.values():
            if isinstance(event, events.Among):
                yield group, events.Among(event.at, tuple(event.args[n] for n in numbers), event.to)
            else:
                args = tuple(event.args[n] for n in numbers)
                yield group, events.Combine(event.at, args, event.api, event.wants)
