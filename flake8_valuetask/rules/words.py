"""The words of messages: how a value is named, what was done to it, what to do instead.

In: steps and losses. Out: reports with the fields that messages name. Never: deciding.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_valuetask.events import Insert, Kind, Wants
from flake8_valuetask.rule import Line, Report
from flake8_valuetask.typestate import Ending, Flow, Loss, State, Step, Value

_VERBS = {
    "await": "awaited",
    "__await__": "awaited",
    "yield from": "awaited",
    "as_task": "turned into a Task",
    "preserve": "preserved",
    "result": "read",
    "exception": "read",
    "close": "closed",
    "closure": "consumed by a nested function",
    "return": "returned",
    "yield": "yielded",
}
_LOST = ("call", "property", "read", "taken")
_RECEIVED = ("parameter", "argument", "element")


def second(flow: Flow) -> Iterator[Step]:
    """The consumptions of one-shot values that were consumed or handed over before."""
    chosen: dict[tuple[int, int], Step] = {}
    for step in flow.steps("consume"):
        if step.value.kind is not Kind.AWAITABLE and step.before in (State.SPENT, State.HANDED):
            known = chosen.get((step.at, step.value.at))
            if known is None or (flow.onward(step) and not flow.onward(known)):
                chosen[step.at, step.value.at] = step
    yield from chosen.values()


def elsewhere(how: str) -> bool:
    """Whether a consumption happened in another body: a callee's or a nested function's."""
    return how == "closure" or how.endswith("()")


def verb(how: str) -> str:
    """What a consumption did, as a participle."""
    return _VERBS.get(how) or f"given to `{how.removesuffix('()')}`"


def name(step: Step) -> str:
    """How the reader knows the value: by its variable, else by the call that made it."""
    fields = ("container", "src") if step.how == "subscripted" else ("src", "container")
    for field in fields[: 1 if isinstance(step.event, Insert) else 2]:  # a container is no value
        place = getattr(step.event, field, "")
        if isinstance(place, str) and place and place[0] != "%":
            return place.partition("'")[0]
    return step.value.label


def cure(step: Step) -> str:
    """What to give to a combinator instead."""
    if step.how == Wants.FUNCTION.value:
        return "it wants the function itself"
    return "call as_task() first" if step.value.kind.strict else "make it a Task first"


def keep(kind: Kind) -> str:
    """What to keep instead of a one-shot value."""
    return "keep its as_task() or its result" if kind.strict else "keep a Task or the result"


def kept(kind: Kind, label: str) -> dict[str, object]:
    """The fields of a message on a declared or bound field."""
    return {"kind": kind.value, "name": label, "keep": keep(kind)}


def plain(step: Step) -> Report:
    """A report on a step that says it all."""
    fields: dict[str, object] = {
        "kind": step.value.kind.value,
        "name": name(step),
        "cure": cure(step),
        "keep": keep(step.value.kind),
        "api": getattr(step.event, "api", ""),
        "attribute": step.how,
        "used": _used(step),
        "target": getattr(step.event, "target", ""),
    }
    return Report(step.at, fields, (_origin(step.value), (step.at, "misused here")))


def _used(step: Step) -> str:
    asked = getattr(step.event, "asked", None)
    if asked is not None and step.how == "subscripted":
        return f"asked for `.{asked.method}`"
    attribute = getattr(step.event, "attribute", None) or getattr(step.event, "name", None)
    return f"asked for `.{attribute}`" if attribute else step.how


def again(step: Step, *between: tuple[int, str]) -> Report:
    """A report on a second consumption."""
    owner = "a nested function" if step.since.how == "closure" else f"`{step.since.how.removesuffix('()')}`"
    closed = step.since.how == "close"
    earlier = verb(step.since.how)
    fields: dict[str, object] = {
        "kind": step.value.kind.value,
        "name": name(step),
        "verb": verb(step.how),
        "again": "after it was closed" if closed else f"again; it was first {earlier}",
        "first": earlier,
        "line": Line(step.since.at),
        "made": Line(step.value.at),
        "owner": owner,
    }
    first = (step.since.at, "closed here" if closed else f"first {earlier} here")
    path = (
        _origin(step.value),
        first,
        *between,
        (step.at, f"{verb(step.how)} {'' if closed else 'again '}here"),
    )
    return Report(step.at, fields, path)


def mine(loss: Loss) -> bool:
    """Whether the value was made in this body, so that this body should consume it."""
    return loss.value.how in _LOST


def lost(loss: Loss) -> Report:
    """A report on a lost value, at the place where it was made."""
    fields: dict[str, object] = {"kind": loss.value.kind.value, "name": loss.value.label, "keep": keep(loss.value.kind)}
    return Report(loss.value.at, fields, (_origin(loss.value),))


def lost_at(flow: Flow, loss: Loss, message: str, *hows: str) -> Report:
    """A report that also says what consumes the value elsewhere, and where it is lost first: in one of these ways, if
    any are named. `message` has a `{where}` for that; if nothing is known of it, the rule's own has none."""
    report = lost(loss)
    used = [(step.at, f"{verb(step.how)} here") for step in flow.uses(loss)]
    ending = next((e for e in flow.endings(loss) if not hows or e.how in hows), None)
    if ending is None:
        return Report(report.at, report.fields, (*report.path, *used))
    raised = [(ending.raised, "if this raises")] if ending.raised is not None else []
    left = [(ending.at, "lost here")] if ending.at is not None else []
    lines = {"raising": ending.raised, "line": ending.at}
    fields = report.fields | {name: Line(at) for name, at in lines.items() if at is not None}
    return Report(report.at, fields, (*report.path, *used, *raised, *left), message.replace("{where}", _where(ending)))


def _where(ending: Ending) -> str:
    """Where a value is lost, with fields for the lines."""
    if ending.raised is not None:
        return ("on line {line} " if ending.at is not None else "") + "if line {raising} raises"
    if ending.at is not None:
        return "on line {line}"
    return "in the next round" if ending.how == "round" else "at the end"


def _origin(value: Value) -> tuple[int, str]:
    """Where a value comes from, for this body."""
    return value.at, "received here" if value.how in _RECEIVED else "made here"
