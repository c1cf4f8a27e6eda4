"""The debugging eye: a graph with its events, lines and the states that they meet.

In: a flow, and the line of each origin. Out: text. Never: findings.
"""

from __future__ import annotations

from flake8_valuetask.events import Combine, Event
from flake8_valuetask.graph import Block, edges
from flake8_valuetask.typestate import Flow


def render(flow: Flow, lines: list[int]) -> str:
    """Every reachable block with its events, edges, and under each event the states before it."""
    graph = flow.body.graph
    joined = "  (more paths than are told apart: some are joined)" if flow.joined else ""
    shown = [f"{graph.name}:" + ("  (too much work: some is left out)" if flow.exhausted else joined)]
    for number in sorted(graph.postorder()):
        block = graph.blocks[number]
        shown.append(f"  B{number}:" + ("" if block.handler is None else f"  (raises to B{block.handler})"))
        shown += _events(block, flow, lines)
        shown.append(f"    -> {edges(block.exit)}")
    return "\n".join(shown)


def _events(block: Block, flow: Flow, lines: list[int]) -> list[str]:
    shown = []
    for event in block.events:
        line = f"  [line {lines[event.at]}]" if 0 < event.at < len(lines) else ""
        shown.append(f"    {event}{line}")
        steps = sorted({f"{s.what}: {s.value.label} is {s.before.value}" for s in flow.found if _same(s.event, event)})
        shown += [f"        {step}" for step in steps]
    return shown


def _same(one: Event, other: Event) -> bool:
    """Whether the event of a step is this one; of one with many values, a component has its own part."""
    return one is other or (type(one) is type(other) is Combine and one.at == other.at)
