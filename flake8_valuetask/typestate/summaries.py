"""Summaries: what a body does with a value that it is given.

In: the graph of a body, or the steps of a value that was put into it from the start. Out: the graph with that value in
it; the effect on the value. Never: how the steps are found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_valuetask import events
from flake8_valuetask.events import Kind
from flake8_valuetask.graph import Block, Graph
from flake8_valuetask.typestate.actions import Step
from flake8_valuetask.typestate.machine import LIVE, Action
from flake8_valuetask.typestate.transfer import Effect

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body


def seeded(graph: Graph, name: str, kind: Kind, crate: bool) -> Graph:
    """The graph with a value (or a container of one) in `name` from the start."""
    found = Graph(graph.name, list(graph.blocks))
    first = graph.blocks[0]
    made = [e for e in first.events if not (isinstance(e, events.Make | events.Pack) and e.dst == name)]
    if crate:
        item = "%0"
        made.insert(0, events.Pack(0, name, (item,), "parameter"))
        made.insert(0, events.Make(0, item, kind, name, "seed"))
    else:
        made.insert(0, events.Make(0, name, kind, name, "seed"))
    found.blocks[0] = Block(first.id, first.handler, made, first.exit)
    return found


_ORDER = ("consume", "store", "keep", "hand", "duplicate", "bare", "attribute", "use", "early", "closure")


def effect(name: str, steps: list[Step], body: Body) -> Effect:
    """The strongest thing that happens to a seeded value."""
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
        case "consume" if lost and body.scope.may_return_true:
            # The result may tell the caller whether it was consumed.
            return Effect(name, Action.BLUR, first.at, first.how)
        case "consume":
            return Effect(name, Action.CONSUME, first.at, first.how)
        case "store" | "keep":
            return Effect(name, Action.STORE, first.at, first.how)
        case "hand" if first.how == "close" and lost and first.point[0] in body.graph.doomed(body.graph.postorder()):
            return Effect(name, None, 0, "")  # it is closed where the call fails, and left alone elsewhere
        case "hand" if first.how == "close":
            return Effect(name, Action.DISPOSE, first.at, first.how)
        case "hand":
            return Effect(name, Action.HAND_OVER, first.at, first.how)
        case _:
            return Effect(name, Action.BLUR, first.at, first.how)
