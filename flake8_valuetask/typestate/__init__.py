"""The typestate of the values of a body: every event with the states before it.

In: a lowered `Body`, and the effects of bodies that it calls. Out: a `Flow`, its steps and losses.
Never: messages, syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from flake8_valuetask import events
from flake8_valuetask.budget import Budget, Exhausted
from flake8_valuetask.descent import Descent, Question
from flake8_valuetask.events import Event, Kind, Make, Origin, Place
from flake8_valuetask.solve import solve
from flake8_valuetask.typestate import moves, rounds, slices, summaries, uses
from flake8_valuetask.typestate.actions import Step
from flake8_valuetask.typestate.components import Component, Components
from flake8_valuetask.typestate.direct import direct
from flake8_valuetask.typestate.endings import Ending, Tracing
from flake8_valuetask.typestate.flows import Flow, Loss
from flake8_valuetask.typestate.machine import LIVE, Action, State
from flake8_valuetask.typestate.summaries import captured
from flake8_valuetask.typestate.transfer import Effect, Effects, Transfer
from flake8_valuetask.typestate.worlds import Value

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body
    from flake8_valuetask.survey import Scope

__all__ = ["LIVE", "Budget", "Ending", "Flow", "Loss", "State", "Step", "Typestate", "Value"]

_CASES = (moves, rounds, slices, uses)
_Key: TypeAlias = tuple[int, str, Kind, bool]
"""A body, a name, the kind of value under it, and whether it is in a container."""


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
        self._effects: dict[_Key, tuple[Body, Effect]] = {}
        self._given: dict[int, tuple[Body, Components]] = {}  # by the identities of bodies, which are kept for that
        self._tracks: dict[int, tuple[Body, tuple[Components, dict[Origin, set[Place]]]]] = {}
        self._tracing = Budget()
        self._descent = Descent()

    def flow(self, body: Body) -> Flow:
        """The flow of one body, its nested ones excepted."""
        flow = Flow(body, lambda site: self._endings(body, site), budget=self.budget)
        with self.budget.purse(0) as purse:
            parts = Components(
                body.graph,
                captured(body),
                lambda: flow.order,
                lambda group: group.known or self.awaitables,
                purse.spend,
            )
            for group in parts.groups:
                if group.known or group.consumed:
                    found = direct(group)
                    if found is None:
                        self._add(flow, self._run(parts.part(group, purse.spend), body))
                    else:
                        flow.found += found.steps()
                        flow.work += 1
        flow.exhausted |= purse.exhausted
        return flow

    @staticmethod
    def _add(flow: Flow, transfer: Transfer) -> None:
        flow.found += dict.fromkeys(transfer.steps)
        flow.work += transfer.visits
        flow.effort += transfer.purse.spent
        flow.joined |= transfer.joined
        flow.exhausted |= transfer.purse.exhausted

    def _run(self, component: Component, body: Body) -> Transfer:
        """Solve a component, and record its steps at the fixed point; none if that is too much work."""
        with self.budget.purse(component.size) as purse:
            transfer = Transfer(component, self._effects_in(component, body), purse)
            _solve(component, transfer)
        if purse.exhausted:
            transfer.steps = []
        return transfer

    def _endings(self, body: Body, site: Origin) -> list[Ending]:
        """How the values are lost that are made at `site`; nothing if that is too much work. What others may spend does
        not depend on it."""
        parts, made = self._traced(body)
        found: list[Ending] = []
        for group in {id(group): group for group in map(parts.holding, made.get(site, ()))}.values():
            with self._tracing.purse(sum(map(len, group.spots.values()))) as purse:
                component = parts.part(group, purse.spend)
                tracing = Tracing(component, self._effects_in(component, body), purse, site, body.leaving)
                _solve(component, tracing)
                found += () if tracing.joined else tracing.endings  # evidence of several paths in one tells of none
        return found

    def _traced(self, body: Body) -> tuple[Components, dict[Origin, set[Place]]]:
        """The components of a body with all statements that lead away, and the places in which values are made."""
        if id(body) not in self._tracks:
            made: dict[Origin, set[Place]] = {}
            for event in (event for block in body.graph.blocks for event in block.events):
                if isinstance(event, Make):
                    made.setdefault(event.at, set()).add(event.dst)
            order = body.graph.postorder
            parts = Components(body.graph, captured(body), order, lambda group: True, _free, staying=body.leaving)
            self._tracks[id(body)] = body, (parts, made)
        return self._tracks[id(body)][1]

    def _effects_in(self, component: Component, body: Body) -> Effects:
        """What others do with the values of an event of a component."""
        return lambda event, kind, crate: self._of(event, kind, crate, body, component.places)

    def _of(self, event: Event, kind: Kind, crate: bool, body: Body, places: Set[Place]) -> Iterable[Effect]:
        """What a nested function, with those in some places, or a known callee does with the values of an event."""
        if isinstance(event, events.Capture):
            closure = body.closures[event.closure].body
            return [self.effect(closure, name, kind, crate) for name in sorted(closure.free & places)]
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

    def _question(self, body: Body, name: str, kind: Kind, crate: bool) -> Question[_Key, tuple[Body, Effect]]:
        return Question(
            self._effects,
            (id(body), name, kind, crate),
            (body, Effect(name, Action.HAND_OVER, 0, "")),
            lambda: (body, self._summary(body, name, kind, crate)),
            lambda: self._passed(body, name, kind, crate),
        )

    def _passed(self, body: Body, name: str, kind: Kind, crate: bool) -> Iterator[Question[_Key, tuple[Body, Effect]]]:
        """What the functions do to which a body passes the value on by this name."""
        found: list[Event] = []
        with self.budget.purse(0) as purse:
            spots = self._parts(body, purse.spend).holding(name).spots
            found = [event for block in spots.values() for event in block.values()]
        for event in found:
            if isinstance(event, events.Pass) and event.src == name:
                callee = self.body(event.function)  # type: ignore[arg-type]
                if callee is not None:
                    yield self._question(callee, event.parameter, kind, crate)

    def _summary(self, body: Body, name: str, kind: Kind, crate: bool) -> Effect:
        with self.looking(body.scope), self.budget.purse(0) as purse:
            parts = self._parts(body, purse.spend)
            group = summaries.seeded(parts.holding(name), name, kind, crate)
            met = self._run(parts.part(group, purse.spend), body)
            if met.purse.exhausted:
                raise Exhausted
            steps = [s for s in dict.fromkeys(met.steps) if s.value.label == name and s.value.at == 0]
            return summaries.effect(name, steps, body.scope, lambda: parts.doomed)
        return Effect(name, Action.BLUR, 0, "")  # the budget was exhausted

    def _parts(self, body: Body, spend: Callable[[int], None]) -> Components:
        """The components of a body for what it is given."""
        if id(body) not in self._given:
            self._given[id(body)] = body, summaries.parts(body, spend)
        return self._given[id(body)][1]


def _free(units: int) -> None:
    """For work that is done once for a body, and grows as that does."""


def _solve(component: Component, transfer: Transfer) -> None:
    """Run a transfer to its fixed point, and record the steps there."""
    solution = solve(component.graph, transfer, range(len(component.graph.blocks)))
    if solution.steps > len(solution.before):  # some steps were recorded before that
        transfer.once_more()
        for number in sorted(solution.before):
            for _ in transfer.transfer(component.graph.blocks[number], solution.before[number]):
                pass
