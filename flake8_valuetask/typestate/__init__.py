"""The typestate of the values of a body: every event with the states before it.

In: a lowered `Body`, and the effects of bodies that it calls. Out: a `Flow`, its steps and losses.
Never: messages, syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from flake8_valuetask import events
from flake8_valuetask.descent import Descent, Question
from flake8_valuetask.events import Event, Kind
from flake8_valuetask.graph import Block, BlockId, Graph, Jump, Stop
from flake8_valuetask.records import lazy, made, mutable, mutable_with_more, record
from flake8_valuetask.solve import solve
from flake8_valuetask.typestate import moves, uses
from flake8_valuetask.typestate.actions import Point, Step
from flake8_valuetask.typestate.budget import Budget, Exhausted, Purse
from flake8_valuetask.typestate.components import Component, Components
from flake8_valuetask.typestate.machine import LIVE, Action, State, misuse
from flake8_valuetask.typestate.transfer import Effect, Transfer
from flake8_valuetask.typestate.worlds import Value

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body
    from flake8_valuetask.survey import Scope

__all__ = ["LIVE", "Budget", "Flow", "Loss", "State", "Step", "Typestate"]

E = TypeVar("E", bound=Event)
_NONE: frozenset[BlockId] = frozenset()

_CASES = (moves, uses)


@record
class Loss:
    """A value that is lost on some path: in which `ways`, whether it is consumed on
    another, and whether it is kept in a global to the end."""

    value: Value
    ways: frozenset[str]
    consumed: bool
    kept: bool = False


@mutable_with_more
class Flow:
    """What happens to the values of one body; `joined` if it has more paths than were told apart, `exhausted` if
    some of it took more work than the budget allows, and was left out."""

    body: Body
    found: list[Step] = made(factory=list)
    work: int = 0
    joined: bool = False
    exhausted: bool = False
    effort: int = 0

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
    def _events(self) -> dict[type[Event], list[Event]]:
        found: dict[type[Event], list[Event]] = {}
        for number in sorted(self.order):
            for event in self.body.graph.blocks[number].events:
                found.setdefault(type(event), []).append(event)
        return found

    def events(self, kind: type[E]) -> Iterator[E]:
        """The reachable events of one class."""
        return (event for event in self._events.get(kind, ()) if isinstance(event, kind))

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
            here = any(self._share_a_loop(point, other) for point in tally.rounds for other in tally.consumed)
            ways.add("overwritten" if tally.consumed and not here else "end")
        kept = self.body.scope.kind == "module" and ways == {"end"}
        return Loss(tally.value, frozenset(ways), bool(tally.consumed), kept)

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

    def forward(self, start: Point, goal: Point) -> bool:
        """Whether `goal` can follow `start` without another round of a loop that both are in.

        Past a back edge the search goes on in the state «next round», in which the blocks of that
        loop do not count; leaving the loop ends it.
        """
        if start[0] == goal[0] and start[1] < goal[1]:
            return True
        loops = self._loops
        stack: list[tuple[BlockId, BlockId | None]] = [(start[0], None)]
        seen = set(stack)
        while stack:
            number, head = stack.pop()
            block = self.body.graph.blocks[number]
            for target in self.body.graph.successors(block):
                again = head
                if isinstance(block.exit, Jump) and block.exit.back and block.exit.target == target and head is None:
                    again = target
                if again is not None and target not in loops.get(again, ()):
                    again = None
                if target == goal[0] and again is None:
                    return True
                if (target, again) not in seen:
                    seen.add((target, again))
                    stack.append((target, again))
        return False

    def onward(self, step: Step) -> bool:
        """Whether the first consumption comes before the second one without another round of a
        loop; the copies of a `finally` are one and the same place."""
        origins = self.body.origins
        return origins[step.since.at] is not origins[step.at] and self.forward(step.since.point, step.point)


@mutable
class _Tally:
    """What happens to the values of one making place, counted."""

    value: Value
    ways: set[str] = made(factory=set)
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
                if step.how == "round":
                    self.rounds.add(step.point)
            case "hand" if step.how == "close" and self.value.how == "parameter":
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


class Typestate:
    """Analyses bodies; `body` gives the lowered body of a function of the module, or None, and `looking` is entered
    while what a function does is found."""

    def __init__(
        self,
        body: Callable[[Scope], Body | None],
        awaitables: bool = True,
        budget: Budget | None = None,
        looking: Callable[[Scope], AbstractContextManager[None]] = lambda scope: nullcontext(),
    ) -> None:
        self.body = body
        self.looking = looking
        self.budget = Budget() if budget is None else budget
        self.awaitables = awaitables
        self._effects: dict[tuple[int, str, Kind, bool], tuple[Body, Effect]] = {}
        self._descent = Descent()

    def flow(self, body: Body) -> Flow:
        """The flow of one body, its nested ones excepted."""
        flow = Flow(body)
        captured = {number: closure.body.free for number, closure in enumerate(body.closures)}
        with self._purse(0) as purse:
            parts = Components(
                body.graph, captured, flow.order, lambda group: group.known or self.awaitables, purse.spend
            )
            for group in parts.groups:
                if group.known or group.consumed:
                    self._add(flow, self._run(parts.part(group), body))
        flow.exhausted |= purse.exhausted
        return flow

    @staticmethod
    def _add(flow: Flow, transfer: Transfer) -> None:
        flow.found += dict.fromkeys(transfer.steps)
        flow.work += transfer.visits
        flow.effort += transfer.purse.spent
        flow.joined |= transfer.joined
        flow.exhausted |= transfer.purse.exhausted

    @contextmanager
    def _purse(self, events: int) -> Iterator[Purse]:
        """Units for one piece of work, which ends when they do."""
        purse = self.budget.purse(events)
        try:
            yield purse
        except Exhausted:
            purse.exhausted = True
        finally:
            purse.close()

    def _run(self, component: Component, body: Body) -> Transfer:
        """Solve a component, and record its steps at the fixed point; none if that is too much work."""
        with self._purse(component.size) as purse:
            transfer = Transfer(component, lambda event, kind, crate: self._of(event, kind, crate, body), purse)
            solution = solve(component.graph, transfer, range(len(component.graph.blocks)))
            if solution.steps > len(solution.before):  # some steps were recorded before that
                transfer.once_more()
                for number in sorted(solution.before):
                    for _ in transfer.transfer(component.graph.blocks[number], solution.before[number]):
                        pass
        if purse.exhausted:
            transfer.steps = []
        return transfer

    def _of(self, event: Event, kind: Kind, crate: bool, body: Body) -> Iterable[Effect]:
        """What a nested function or a known callee does with the values of an event."""
        if isinstance(event, events.Capture):
            closure = body.closures[event.closure].body
            return [self.effect(closure, name, kind, crate) for name in sorted(closure.free)]
        assert isinstance(event, events.Pass)
        callee = self.body(event.function)  # type: ignore[arg-type]
        if callee is None:
            return [Effect(event.src, Action.HAND_OVER, event.at, "")]
        return [self.effect(callee, event.parameter, kind, crate)]

    def settle(self) -> None:
        """Forget the summaries that depend on the order in which they were asked for: those of recursive functions, and
        of what calls them."""
        self._descent.forget()

    def effect(self, body: Body, name: str, kind: Kind, crate: bool = False) -> Effect:
        """What `body` does with the value of `kind` that it gets under `name` (or, for a `crate`,
        with the elements of the container): a summary."""
        return self._descent.ask(self._question(body, name, kind, crate))[1]

    def _question(
        self, body: Body, name: str, kind: Kind, crate: bool
    ) -> Question[tuple[int, str, Kind, bool], tuple[Body, Effect]]:
        return Question(
            self._effects,
            (id(body), name, kind, crate),
            (body, Effect(name, Action.HAND_OVER, 0, "")),
            lambda: (body, self._summary(body, name, kind, crate)),
            lambda: self._passed(body, name, kind, crate),
        )

    def _passed(
        self, body: Body, name: str, kind: Kind, crate: bool
    ) -> Iterator[Question[tuple[int, str, Kind, bool], tuple[Body, Effect]]]:
        """What the functions do to which a body passes the value on by this name."""
        for block in body.graph.blocks:
            for event in block.events:
                if isinstance(event, events.Pass) and event.src == name:
                    callee = self.body(event.function)  # type: ignore[arg-type]
                    if callee is not None:
                        yield self._question(callee, event.parameter, kind, crate)

    def _summary(self, body: Body, name: str, kind: Kind, crate: bool) -> Effect:
        seeded = _seeded(body.graph, name, kind, crate)
        captured = {number: closure.body.free for number, closure in enumerate(body.closures)}
        steps: list[Step] = []
        with self.looking(body.scope), self._purse(0) as purse:
            parts = Components(seeded, captured, seeded.postorder(), lambda group: name in group.places, purse.spend)
            for group in parts.groups:
                met = self._run(parts.part(group), body)
                if met.purse.exhausted:
                    raise Exhausted
                steps = [s for s in dict.fromkeys(met.steps) if s.value.label == name and s.value.at == 0]
        return Effect(name, Action.BLUR, 0, "") if purse.exhausted else _effect(name, steps, body)


def _seeded(graph: Graph, name: str, kind: Kind, crate: bool) -> Graph:
    """The graph with a value (or a container of one) in `name` from the start."""
    seeded = Graph(graph.name, list(graph.blocks))
    first = graph.blocks[0]
    made = [e for e in first.events if not (isinstance(e, events.Make | events.Pack) and e.dst == name)]
    if crate:
        item = "%0"
        made.insert(0, events.Pack(0, name, (item,), "parameter"))
        made.insert(0, events.Make(0, item, kind, name, "seed"))
    else:
        made.insert(0, events.Make(0, name, kind, name, "seed"))
    seeded.blocks[0] = Block(first.id, first.handler, made, first.exit)
    return seeded


_ORDER = ("consume", "store", "keep", "hand", "duplicate", "bare", "attribute", "use", "early", "closure")


def _effect(name: str, steps: list[Step], body: Body) -> Effect:
    """The strongest thing that happens to a seeded value."""
    chosen = sorted(
        (s for s in steps if s.what in _ORDER and s.before in LIVE), key=lambda s: (_ORDER.index(s.what), s.point)
    )
    if not chosen:
        blurred = any(s.what == "blur" for s in steps)
        return Effect(name, Action.BLUR if blurred else None, 0, "")
    first = chosen[0]
    lost = any(s.what == "lose" for s in steps)
    match first.what:
        case "consume" if lost and body.scope.may_return_true:
            # The result may tell the caller whether it was consumed.
            return Effect(name, Action.BLUR, first.at, first.how)
        case "consume":
            return Effect(name, Action.CONSUME, first.at, first.how)
        case "store" | "keep":
            return Effect(name, Action.STORE, first.at, first.how)
        case "hand" if first.how == "close":
            return Effect(name, Action.DISPOSE, first.at, first.how)
        case "hand":
            return Effect(name, Action.HAND_OVER, first.at, first.how)
        case _:
            return Effect(name, Action.BLUR, first.at, first.how)
