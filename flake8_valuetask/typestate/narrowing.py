"""Narrowing: what the outcome of a condition says of a world.

In: a world, a condition, an outcome. Out: the world where it holds, or None where it cannot be.
Never: events, solving.
"""

from __future__ import annotations

from flake8_valuetask.events import Kind
from flake8_valuetask.graph import Condition
from flake8_valuetask.typestate import boxes, exceptions, knowledge
from flake8_valuetask.typestate.machine import TABLE, Action, State
from flake8_valuetask.typestate.worlds import NONE, OTHER, Value, ValueId, World

_NOT_SHOTS = frozenset(
    {
        "str",
        "int",
        "float",
        "bytes",
        "bool",
        "dict",
        "list",
        "tuple",
        "set",
        "Exception",
        "BaseException",
        "Task",
        "Future",
    }
)
_COROUTINES = frozenset({"Coroutine", "CoroutineType", "coroutine", "types.CoroutineType", "collections.abc.Coroutine"})
_DONE = frozenset({"done", "succeeded", "cancelled"})  # if they are so, the value is done
_AWAITABLES = frozenset({"Awaitable", "awaitable", "collections.abc.Awaitable", "typing.Awaitable"})


def narrow(world: World, condition: Condition | None, outcome: bool, values: dict[ValueId, Value]) -> World | None:
    """`world` where `condition` has `outcome`; None if that cannot be."""
    if condition is None:
        return world
    if condition.form == "caught":
        return exceptions.caught(world, condition, outcome)
    if outcome or len(condition.parts) == 1:
        found: World | None = world
        for part, wanted in condition.parts:
            found = None if found is None else narrow(found, part, wanted is outcome, values)
        if condition.parts:
            return found
    if condition.place in world.places:
        return _held(world, condition, outcome, values)
    return world if condition.form == "filled" else knowledge.assume(world, condition, outcome)


def _held(world: World, condition: Condition, outcome: bool, values: dict[ValueId, Value]) -> World | None:
    """The place holds tracked values: each of them says whether it fits."""
    place = condition.place
    kept = frozenset(v for v in world.held(place) if _fits(world, v, condition, outcome, values))
    if not kept:
        return None
    if OTHER in kept and condition.form != "filled":
        known = knowledge.assume(world, condition, outcome)
        if known is None:
            kept -= {OTHER}
            if not kept:
                return None
        else:
            world = known
    changed = world.copy()
    changed.places[place] = kept
    if condition.form in _DONE:
        if world.facts.get(condition, outcome) is not outcome:
            return None
        changed.facts[condition] = outcome
        if outcome:
            _found_done(changed, kept)
    if condition.form in ("truth", "filled") and not outcome:
        for crate in kept & changed.boxes.keys():
            boxes.vanish(changed, crate)
    return changed


def _found_done(world: World, values: frozenset[ValueId]) -> None:
    if len(values) == 1:
        for value in values & world.states.keys():
            world.states[value] = frozenset(TABLE[Action.FOUND_DONE][s] for s in world.states[value])


def _fits(world: World, value: ValueId, condition: Condition, outcome: bool, values: dict[ValueId, Value]) -> bool:
    """Whether `value` can have the outcome."""
    if value == OTHER:
        return True
    if value == NONE:
        return outcome is (condition.form == "none" or (condition.form == "equal" and condition.detail == "None"))
    if value in world.boxes and condition.form in ("truth", "filled") and world.boxes[value].exact is not None:
        return outcome is bool(world.boxes[value].exact)
    if value in world.boxes:
        return condition.form in ("truth", "filled", "text", "done") or not outcome or condition.form == "isinstance"
    match condition.form:
        case "none" | "equal":
            return not outcome
        case "truth" | "filled":
            return outcome
        case "done":
            settled = world.states.get(value, frozenset()) <= {State.DONE, State.SPENT}
            return outcome or not (settled and values[value].kind.strict)
        case "isinstance":
            return _instance(values[value].kind, condition.detail, outcome)
        case _:
            return True


def _instance(kind: Kind, classes: str, outcome: bool) -> bool:
    """Whether a value of `kind` can (or, by `outcome`, cannot) be an instance of `classes`."""
    names = {
        name.strip().rpartition(".")[2] for name in classes.strip("()").replace("|", ",").split(",") if name.strip()
    }
    if kind is Kind.AWAITABLE:
        return True
    if (
        names & _AWAITABLES
        or (kind is Kind.COROUTINE and names & _COROUTINES)
        or (kind.strict and "ValueTask" in names)
    ):
        return outcome
    foreign = _NOT_SHOTS | _COROUTINES | {"ValueTask"}
    return not outcome if names and names <= foreign else True
