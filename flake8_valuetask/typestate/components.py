"""Components: which places of a body can hold the same values, and the part of its graph they need.

In: a graph. Out: for each group of places that can hold a value, a graph with only its events.
Never: states.

Groups are found by union-find over the events that move values (Tarjan 1975); each is analysed by
itself, so unrelated values do not multiply each other's paths.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from flake8_valuetask import events
from flake8_valuetask.events import Event, Place
from flake8_valuetask.graph import Assume, Block, BlockId, Branch, Condition, Exit, Graph, Jump
from flake8_valuetask.records import record


@record
class Component:
    """A group of places with its part of the graph; `origins` are the numbers of its blocks in the body's graph,
    `size` the number of events that concern its places."""

    places: frozenset[Place]
    graph: Graph
    origins: tuple[BlockId, ...]
    size: int = 0


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
_MANY = (events.Combine, events.Among)
_STATELESS = (events.Cached, events.Misplaced, events.Declare, events.AwaitField, events.Define, events.Suspend)
_SHARED = (events.MayRaise, events.Finish, events.Disturb)  # events of all components
_FEW = 4  # groups that are not worth halving
_USUAL = 4  # blocks and events of a component for each one that concerns its places


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


def components(
    graph: Graph, captured: dict[int, frozenset[str]], spend: Callable[[int], None] = lambda units: None
) -> Iterator[Component]:
    """The components of `graph` in which a value is made; `captured` names of each closure. `spend` is told of work
    that grows faster than the graph."""
    whole = Component(frozenset(), graph, tuple(range(len(graph.blocks))))
    return _Parts(graph, captured, spend).split(whole, _grouped(graph))


def _grouped(graph: Graph) -> list[frozenset[Place]]:
    """The groups of places that can hold the same values, of those in which a value is made."""
    groups = _Groups()
    made: dict[Place, None] = {}
    met: dict[Place, None] = {}
    for block in graph.blocks:
        for event in block.events:
            if isinstance(event, _STATELESS):
                continue
            found = tuple(places(event))
            met.update(dict.fromkeys(found))
            if isinstance(event, _MOVES):
                for other in found[1:]:
                    groups.unite(found[0], other)
            elif isinstance(event, events.Make):
                made[event.dst] = None
    wanted: dict[Place, set[Place]] = {groups.find(place): set() for place in made}
    for place in met:
        root = groups.find(place)
        if root in wanted:
            wanted[root].add(place)
    return [frozenset(group) for group in wanted.values()]


@record
class _Wanted:
    """What matters for a group of places: those, names that its conditions need, temporaries by number, and whether
    attributes are asked for."""

    places: frozenset[Place]
    names: frozenset[str]
    temporaries: list[int]
    frail: bool


class _Parts:
    """Takes a graph apart. Many groups are halved first, so that what only the other half needs is looked at no more:
    otherwise each group would look at the whole body, and many groups take time by the square."""

    def __init__(self, graph: Graph, captured: dict[int, frozenset[str]], spend: Callable[[int], None]) -> None:
        self.captured = captured
        self.spend = spend
        self.repeated = _repeated(graph)
        self.places: dict[Event, tuple[Place, ...]] = {}

    def split(self, whole: Component, groups: list[frozenset[Place]]) -> Iterator[Component]:
        """The component of each group, from one that has all of them."""
        if len(groups) <= _FEW:
            yield from (self.part(whole, group) for group in groups)
            return
        middle = len(groups) // 2
        for half in (groups[:middle], groups[middle:]):
            yield from self.split(self.part(whole, frozenset().union(*half)), half)

    def part(self, whole: Component, group: frozenset[Place]) -> Component:
        """The part of a component for some of its places: their events, and the conditions that can matter."""
        graph = whole.graph
        exits = [self._exit(block, group) for block in graph.blocks]
        kept = [end.condition for end in exits if isinstance(end, Branch | Assume) and end.condition is not None]
        names = _copied(graph, {name for condition in kept for name in condition.names})
        temporaries = sorted(int(place[1:]) for place in group if place[0] == "%")
        wanted = _Wanted(group, names, temporaries, any(condition.frail for condition in kept))
        blocks = [
            Block(block.id, block.handler, self._events(block, wanted), end)
            for block, end in zip(graph.blocks, exits, strict=True)
        ]
        found = _compact(group, Graph(graph.name, blocks), whole.origins)
        shared = sum(1 + len(block.events) for block in found.graph.blocks) - _USUAL * found.size
        if shared > 0:
            self.spend(shared)
        return found

    def _exit(self, block: Block, group: frozenset[Place]) -> Exit | None:
        """The exit of a block, without a condition that cannot matter."""
        end = block.exit
        if not isinstance(end, Branch | Assume) or end.condition is None:
            return end
        if all(leaf.place in group or leaf in self.repeated for leaf in end.condition.leaves()):
            return end
        return Branch(None, end.yes, end.no) if isinstance(end, Branch) else Jump(end.target)

    def _events(self, block: Block, wanted: _Wanted) -> list[Event]:
        """The events of a block that matter. Between two of them nothing changes, so that of those that may raise
        there, the last one tells the handler as much as all."""
        found: list[Event] = []
        raising: Event | None = None
        for event in block.events:
            if isinstance(event, events.MayRaise) and not event.again:
                raising = event if block.handler is not None else None
            elif self._matters(event, wanted):
                found += [event] if raising is None else [raising, event]
                raising = None
        found += [] if raising is None else [raising]
        return [_own(event, wanted.places) if isinstance(event, _MANY) else event for event in found]

    def _matters(self, event: Event, wanted: _Wanted) -> bool:
        match event:
            case events.Forget(first=first, last=last):
                at = bisect.bisect_left(wanted.temporaries, first)
                return at < len(wanted.temporaries) and wanted.temporaries[at] <= last
            case events.Disturb():
                return wanted.frail
            case events.Capture(closure=closure):
                return not wanted.places.isdisjoint(self.captured.get(closure, ()))
            case events.Finish() | events.MayRaise():
                return True
        if isinstance(event, _STATELESS):
            return False
        if isinstance(event, _LISTED) and event.name in wanted.names:
            return True
        if event not in self.places:
            self.places[event] = tuple(places(event))
        return not wanted.places.isdisjoint(self.places[event])


def _own(event: events.Combine | events.Among, group: frozenset[Place]) -> Event:
    """What a component sees of values that are given in one go: its own."""
    if isinstance(event, events.Among):
        return events.Among(event.at, tuple(place for place in event.args if place in group), event.to)
    given = tuple(each for each in event.args if each.place in group)
    return events.Combine(event.at, given, event.api, event.wants)


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


def _compact(group: frozenset[Place], graph: Graph, origins: tuple[BlockId, ...]) -> Component:
    """The component of a graph, of which only those blocks are kept that can be reached and where something is done or
    decided."""
    _shorten(graph)
    kept = sorted(graph.postorder())
    number = {block: at for at, block in enumerate(kept)}
    blocks = [_moved(graph.blocks[block], number) for block in kept]
    size = sum(not isinstance(event, _SHARED) for block in blocks for event in block.events)
    return Component(group, Graph(graph.name, blocks), tuple(origins[block] for block in kept), size)


def _moved(block: Block, number: dict[BlockId, BlockId]) -> Block:
    """A block with other numbers."""
    handler = None if block.handler is None else number.get(block.handler)
    end = block.exit
    match end:
        case Jump(target=target, back=back):
            end = Jump(number[target], back)
        case Assume(condition=condition, outcome=outcome, target=target):
            end = Assume(condition, outcome, number[target])
        case Branch(condition=choice, yes=yes, no=no):
            end = Branch(choice, number[yes], number[no])
    return Block(number[block.id], handler, block.events, end)


def _copied(graph: Graph, names: set[str]) -> frozenset[str]:
    """`names`, and the names whose values they take over."""
    sources: dict[str, list[str]] = defaultdict(list)
    for block in graph.blocks if names else ():
        for event in block.events:
            if isinstance(event, events.Bind) and event.of:
                sources[event.name].append(event.of)
    stack = list(names)
    while stack:
        more = set(sources.get(stack.pop(), ())) - names
        names |= more
        stack += more
    return frozenset(names)
