"""Flows: what happens to the values of a body, and which of them are lost.

In: the steps of a body, recorded at the fixed point. Out: a `Flow`, its steps and losses, and what is asked about its
paths. Never: how the steps were found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import TYPE_CHECKING, TypeVar

from flake8_valuetask import source
from flake8_valuetask.budget import Budget, Purse
from flake8_valuetask.events import Event, Origin, Remark
from flake8_valuetask.graph import Block, BlockId, Graph, Jump, Stop
from flake8_valuetask.records import lazy, made, mutable, mutable_with_more, record
from flake8_valuetask.typestate.actions import Point, Step
from flake8_valuetask.typestate.endings import Ending
from flake8_valuetask.typestate.machine import Action, misuse
from flake8_valuetask.typestate.worlds import Value

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body

R = TypeVar("R", bound=Remark)
_NONE: frozenset[BlockId] = frozenset()
_LOOK = 2  # units for a block that is looked at on the way from another


@record
class Loss:
    """A value that is lost on some path: in which `ways`, by which `steps`, whether it is consumed on
    another, and whether it is kept in a global to the end."""

    value: Value
    ways: frozenset[str]
    steps: tuple[Step, ...]
    consumed: bool
    kept: bool = False


@mutable_with_more
class Flow:
    """What happens to the values of one body; `joined` if it has more paths than were told apart, `exhausted` if
    some of it took more work than the budget allows, and was left out. `tracer` finds how the values of one making
    place are lost."""

    body: Body
    tracer: Callable[[Origin], list[Ending]] = lambda site: []
    found: list[Step] = made(factory=list)
    work: int = 0
    joined: bool = False
    exhausted: bool = False
    effort: int = 0
    budget: Budget = made(factory=Budget)
    _search: Budget = made(factory=Budget)  # for what no verdict depends on
    _followed: dict[BlockId, Set[BlockId] | None] = made(factory=dict)

    @lazy
    def order(self) -> list[BlockId]:
        """A postorder of the graph."""
        return self.body.graph.postorder()

    @lazy
    def _steps(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for step in self.found:
            found.setdefault(step.what, []).append(step)
        return found

    def steps(self, what: str) -> Iterable[Step]:
        """The steps of one sort, in the order of the blocks."""
        return self._steps.get(what, ())

    @lazy
    def _remarks(self) -> list[Remark]:
        blocks = self.body.graph.blocks
        found = [(block.id, event) for block in blocks for event in block.events if isinstance(event, Remark)]
        reachable = frozenset(self.order) if found else ()
        return [event for block, event in found if block in reachable]

    @property
    def silent(self) -> bool:
        """Whether there is nothing that a rule could report."""
        return not self.found and not self._remarks

    def remarks(self, kind: type[R]) -> Iterator[R]:
        """The reachable remarks of one class."""
        return (event for event in self._remarks if isinstance(event, kind))

    def losses(self) -> list[Loss]:
        """The values that are lost and not reported for something else, each once."""
        return self._losses

    @lazy
    def _losses(self) -> list[Loss]:
        tallies: dict[int, _Tally] = {}
        for step in self.found:
            tally = tallies.get(step.value.at)
            if tally is None:
                tally = tallies[step.value.at] = _Tally(step.value)
            tally.count(step)
        return [loss for tally in tallies.values() if (loss := self._loss(tally)) is not None]

    def _loss(self, tally: _Tally) -> Loss | None:
        if not tally.ways or tally.picked or tally.misused or (tally.tested and not tally.consumed):
            return None
        ways = set(tally.ways)
        if "round" in ways:
            ways.remove("round")
            around = set().union(*(self._around.get(block, _NONE) for block, _ in tally.consumed))
            here = any(not around.isdisjoint(self._around.get(block, _NONE)) for block, _ in tally.rounds)
            ways.add("overwritten" if tally.consumed and not here else "end")
        kept = self.body.scope.kind == "module" and ways == {"end"}
        return Loss(tally.value, frozenset(ways), tuple(tally.lost), bool(tally.consumed), kept)

    def endings(self, loss: Loss) -> list[Ending]:
        """How a value is lost, in the order of the lines; what has no line comes last."""
        found = [Ending(step.how, step.at) for step in loss.steps if step.how not in ("end", "round")]
        if len(found) < len(loss.steps):
            traced = (ending for ending in self.tracer(loss.value.at) if ending.how in ("end", "round"))
            found += [self._broken(ending, loss) for ending in traced]
        return sorted(dict.fromkeys(found), key=lambda e: (e.at is None, self._line(e.at), self._line(e.raised)))

    def uses(self, loss: Loss) -> list[Step]:
        """What consumes the value on other paths, in the order of the lines; the copies of a `finally` are one."""
        places = {id(self.body.origins[step.at]): step for step in self._uses.get(loss.value.at, ())}
        return sorted(places.values(), key=lambda step: self._line(step.at))

    @lazy
    def _uses(self) -> dict[Origin, list[Step]]:
        """The steps that consume values, by where these are made."""
        found: dict[Origin, list[Step]] = {}
        for step in self.found:
            if step.what in ("consume", "hand"):
                found.setdefault(step.value.at, []).append(step)
        return found

    def _broken(self, ending: Ending, loss: Loss) -> Ending:
        """What is lost at the end of the body is lost by a `break`, if nothing behind that would have consumed it."""
        broken = ending.broken
        behind = self._behind(broken.point[0]) if broken is not None else None
        if broken is None or behind is None or any(step.point[0] in behind for step in self.uses(loss)):
            return Ending(ending.how, ending.at, ending.raised)
        return Ending(ending.how, broken.at, ending.raised)

    def _behind(self, start: BlockId) -> Set[BlockId] | None:
        """The blocks that can follow a block without another round of any loop; None if that is too much work."""
        found: set[BlockId] = set()
        stack = [start]
        with self._search.purse(1) as purse:
            while stack:
                purse.spend(_LOOK)
                block = self.body.graph.blocks[stack.pop()]
                back = isinstance(block.exit, Jump) and block.exit.back
                stack += () if back else [each for each in self.body.graph.successors(block) if each not in found]
                found.update(stack)
        return None if purse.exhausted else found

    def _line(self, at: Origin | None) -> tuple[int, int]:
        return (0, 0) if at is None else source.start(self.body.origins[at])

    def _share_a_loop(self, one: Point, other: Point) -> bool:
        """Whether two points are in the same rounds of a loop."""
        return not self._around.get(one[0], _NONE).isdisjoint(self._around.get(other[0], _NONE))

    @lazy
    def _loops(self) -> dict[BlockId, frozenset[BlockId]]:
        return self.body.graph.loops(self.order)

    @lazy
    def _around(self) -> dict[BlockId, set[BlockId]]:
        """The heads of the loops around each block."""
        found: dict[BlockId, set[BlockId]] = {}
        for head, body in self._loops.items():
            for block in body:
                found.setdefault(block, set()).add(head)
        return found

    def always(self, kind: type[Event]) -> bool:
        """Whether every path to the return exit meets an event of `kind`, and there is such a path."""
        graph = self.body.graph
        free = Graph(graph.name, [b if not _has(b, kind) else Block(b.id, None, [], Stop(False)) for b in graph.blocks])
        return _returns(graph) and not _returns(free)

    def forward(self, start: Point, goal: Point) -> bool | None:
        """Whether `goal`, to which a way from `start` is known, can follow it without another round of a loop that
        both are in; None if it takes too much work to find out."""
        if start[0] == goal[0] and start[1] < goal[1]:
            return True
        if not self._share_a_loop(start, goal):
            return True
        following = self._following(start[0])
        return None if following is None else goal[0] in following

    def _following(self, start: BlockId) -> Set[BlockId] | None:
        """The blocks of the loops around a block that can follow it without another round; None if they are too many
        to look for."""
        if start not in self._followed:
            self._followed[start] = None
            with self.budget.purse(1) as purse:
                self._followed[start] = self._follow(start, purse)
        return self._followed[start]

    def _follow(self, start: BlockId, purse: Purse) -> Set[BlockId]:
        """Look for them. Past a back edge the search goes on in the state «next round», in which the blocks of that
        loop do not count; leaving the loop ends it."""
        loops = self._loops
        room = max((loops[head] for head in self._around[start]), key=len)  # no way out of it leads back
        found: set[BlockId] = set()
        stack: list[tuple[BlockId, BlockId | None]] = [(start, None)]
        seen = set(stack)
        while stack:
            number, head = stack.pop()
            purse.spend(_LOOK)
            block = self.body.graph.blocks[number]
            for target in self.body.graph.successors(block):
                again = head
                if isinstance(block.exit, Jump) and block.exit.back and block.exit.target == target and head is None:
                    again = target
                if again is not None and target not in loops.get(again, ()):
                    again = None
                if target in room and (target, again) not in seen:
                    seen.add((target, again))
                    stack.append((target, again))
                    if again is None:
                        found.add(target)
        return found

    def onward(self, step: Step) -> bool | None:
        """Whether the first consumption comes before the second one without another round of a
        loop; the copies of a `finally` are one and the same place. None if that is too much work."""
        origins = self.body.origins
        return origins[step.since.at] is not origins[step.at] and self.forward(step.since.point, step.point)


@mutable
class _Tally:
    """What happens to the values of one making place, counted."""

    value: Value
    ways: set[str] = made(factory=set)
    lost: list[Step] = made(factory=list)
    rounds: set[Point] = made(factory=set)
    consumed: set[Point] = made(factory=set)
    picked: bool = False
    misused: bool = False
    tested: bool = False

    def count(self, step: Step) -> None:
        """Add a step; the value made here, not an element in the hands of a loop, is named."""
        if self.value.how == "item":
            self.value = step.value
        match step.what:
            case "lose":
                self.ways.add(step.how)
                self.lost.append(step)
                if step.how == "round":
                    self.rounds.add(step.point)
            case "hand" if step.how == "close" and self.value.how in ("parameter", "argument"):
                pass  # a guard disposes of what the caller gave; that alone does not oblige others
            case "consume" | "hand":
                self.consumed.add(step.point)
                self.misused = self.misused or (misuse(step.before, Action.CONSUME) and step.what == "consume")
            case "picked":
                # Which elements were taken, and whether the loop that takes them runs, is unknown.
                self.picked = True
            case "test":
                self.tested = True
            case "duplicate" | "closure":
                self.misused = True


def _has(block: Block, kind: type[Event]) -> bool:
    return any(isinstance(event, kind) for event in block.events)


def _returns(graph: Graph) -> bool:
    return any(isinstance(e := graph.blocks[b].exit, Stop) and e.normal for b in graph.postorder())
