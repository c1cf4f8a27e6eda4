"""Summaries: what a body does with a value that it is given.

In: the groups of a body, or the steps of a value that was put into one of them from the start. Out: the group with that
value in it; the effect on the value. Never: how the steps are found.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TYPE_CHECKING

from flake8_valuetask import events
from flake8_valuetask.events import Kind
from flake8_valuetask.graph import BlockId
from flake8_valuetask.typestate.actions import Step
from flake8_valuetask.typestate.components import Components
from flake8_valuetask.typestate.groups import Group
from flake8_valuetask.typestate.machine import LIVE, Action
from flake8_valuetask.typestate.transfer import Effect

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body
    from flake8_valuetask.survey import Scope


_ITEM = "%0"  # lowering counts from 1


def parts(body: Body, spend: Callable[[int], None]) -> Components:
    """The components of a body, for all values that it can be given: they are found once for all of these."""
    names = {*body.parameters, *body.free}
    graph, order = body.graph, body.graph.postorder
    return Components(graph, captured(body), order, lambda group: not names.isdisjoint(group.places), spend, names)


def captured(body: Body) -> dict[int, frozenset[str]]:
    """The names that each closure of a body uses."""
    return {number: closure.body.free for number, closure in enumerate(body.closures)}


def seeded(group: Group, name: str, kind: Kind, crate: bool) -> Group:
    """The group with a value (or a container of one) in `name` from the start."""
    first = {
        position: event
        for position, event in group.spots.get(0, {}).items()
        if not (isinstance(event, events.Make | events.Pack) and event.dst == name)
    }
    first[-2] = events.Make(0, _ITEM if crate else name, kind, name, "seed")
    if crate:
        first[-1] = events.Pack(0, name, (_ITEM,), "parameter")
    return Group({*group.places, _ITEM} if crate else group.places, {**group.spots, 0: first})


_ORDER = ("consume", "store", "keep", "hand", "duplicate", "bare", "attribute", "use", "early", "closure")


def effect(name: str, steps: list[Step], scope: Scope, doomed: Callable[[], Set[BlockId]]) -> Effect:
    """The strongest thing that happens to a seeded value; `doomed` gives the blocks from which an exception leaves."""
    if any(s.what == "picked" for s in steps):  # some of the elements only, and which is unknown
        return Effect(name, Action.BLUR, 0, "")
    chosen = sorted(
        (s for s in steps if s.what in _ORDER and s.before in LIVE), key=lambda s: (_ORDER.index(s.what), s.point)
    )
    if not chosen:
        blurred = any(s.what == "blur" for s in steps)
        return Effect(name, Action.BLUR if blurred else None, 0, "")
    first = chosen[0]
    lost = any(s.what == "lose" for s in steps)
    match first.what:
        case "consume" if lost and scope.may_return_true:
            # The result may tell the caller whether it was consumed.
            return Effect(name, Action.BLUR, first.at, first.how)
        case "consume":
            return Effect(name, Action.CONSUME, first.at, first.how)
        case "store" | "keep":
            return Effect(name, Action.STORE, first.at, first.how)
        case "hand" if first.how == "close" and lost and first.point[0] in doomed():
            return Effect(name, None, 0, "")  # it is closed where the call fails, and left alone elsewhere
        case "hand" if first.how == "close":
            return Effect(name, Action.DISPOSE, first.at, first.how)
        case "hand":
            return Effect(name, Action.HAND_OVER, first.at, first.how)
        case _:
            return Effect(name, Action.BLUR, first.at, first.how)
