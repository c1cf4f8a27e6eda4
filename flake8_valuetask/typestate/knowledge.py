"""Knowledge: what is known, in a world, of names that hold nothing of interest: outcomes of tests, and constants.

In: a world, a condition, an outcome. Out: what the condition must be, or the world in which it has the outcome; None
where that cannot be. Never: one-shot values.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_valuetask import constants
from flake8_valuetask.constants import Constant
from flake8_valuetask.events import Place
from flake8_valuetask.graph import Condition
from flake8_valuetask.typestate.worlds import FEW, World

_DISJOINT = frozenset({"str", "int", "float", "bytes", "dict", "list", "tuple", "set"})
_ORDER = ("above", "below")


def assume(world: World, condition: Condition, outcome: bool) -> World | None:
    """An ordinary name or text: what is known of it decides, else it is known from here on."""
    decided = decide(world, condition)
    if decided is not None:
        return world if decided is outcome else None
    changed = world.copy()
    _learn(changed, condition, outcome)
    return changed if _follow(changed) else None


def decide(world: World, condition: Condition) -> bool | None:
    """The outcome of a condition, where what is known decides it."""
    decided = world.facts.get(condition)
    if decided is None and condition.place:
        decided = _by_constants(world, condition)
    if decided is None and condition.parts:
        met = [_met(world, part, wanted) for part, wanted in condition.parts]
        return False if False in met else None if None in met else True
    return _implied(world, condition) if decided is None else decided


def _by_constants(world: World, condition: Condition) -> bool | None:
    """What all constants say that a name may stand for."""
    answers = {_says(constant, condition) for constant in world.constants.get(condition.place, ())}
    return answers.pop() if len(answers) == 1 else None


def _says(constant: Constant, condition: Condition) -> bool | None:
    """What a constant says: `used = True` decides `if used`."""
    match condition.form:
        case "none":
            return constants.same(constant, "None")
        case "truth":
            return constants.truth(constant)
        case "equal":
            return constants.same(constant, condition.detail)
        case "among":
            answers = {constants.same(constant, each) for each in condition.choices()}
            return True if True in answers else None if None in answers else False
        case "above" | "below":
            number = constants.number(constant)
            return None if number is None else _beyond(number, condition)
        case "isinstance":
            return False if constant == "None" else None
        case _:
            return None


def _beyond(number: float, condition: Condition) -> bool:
    limit = constants.number(condition.detail) or 0
    return number > limit if condition.form == "above" else number < limit


def _met(world: World, part: Condition, wanted: bool) -> bool | None:
    """Whether a part of a conjunction is as it should be."""
    decided = None if part.place in world.places else decide(world, part)
    return None if decided is None else decided is wanted


def _learn(world: World, condition: Condition, outcome: bool) -> None:
    """Keep an outcome in mind; a conjunction that holds is kept as its parts."""
    world.facts[condition] = outcome
    for part, wanted in condition.parts if outcome else ():
        if part.place not in world.places and decide(world, part) is None:
            _learn(world, part, wanted)
    known = world.constants.get(condition.place)
    if known is not None:
        world.constants[condition.place] = frozenset(c for c in known if _says(c, condition) in (outcome, None))
    elif outcome and condition.form in ("none", "equal", "among"):
        world.constants[condition.place] = frozenset({"None"} if condition.form == "none" else condition.choices())
    if condition.form == "among" and not outcome:
        for each in condition.choices():
            world.facts[Condition("equal", condition.place, each, condition.names)] = False


def _follow(world: World) -> bool:
    """Learn what follows from conjunctions that do not hold: if all parts but one are as they should be, that one is
    not. False if the world cannot be."""
    broken = [fact for fact, outcome in world.facts.items() if fact.parts and not outcome]
    while broken:
        count = len(world.facts)
        for fact in broken:
            met = {part: _met(world, part, wanted) for part, wanted in fact.parts}
            unknown = [(part, wanted) for part, wanted in fact.parts if met[part] is None]
            if False in met.values() or len(unknown) > 1:
                continue
            if not unknown:
                return False
            part, wanted = unknown[0]
            if part.place not in world.places:
                _learn(world, part, not wanted)
        if len(world.facts) == count:
            break
    return True


def _implied(world: World, condition: Condition) -> bool | None:
    """What other facts of the same name say: true means not None, and equal to one thing only."""
    if not condition.place:
        return None
    facts = [(fact, outcome) for fact, outcome in world.facts.items() if fact.place == condition.place]
    if condition.form == "among":
        different = {fact.detail for fact, outcome in facts if fact.form == "equal" and not outcome}
        return False if different.issuperset(condition.choices()) else None
    if condition.form in _ORDER or condition.form == "equal":
        ordered = _ordered([*_limits(facts)], condition)
        if ordered is not None:
            return ordered
    for fact, outcome in facts:
        if fact.form == "truth" and outcome and condition.form == "none":
            return False
        if fact.form == "isinstance" and outcome and condition.form == "none":
            return False
        if fact.form == condition.form == "isinstance" and outcome and _apart(fact.detail, condition.detail):
            return False
        if fact.form == "none" and outcome is False and condition.form == "equal" and condition.detail == "None":
            return False
    return None


def _limits(facts: list[tuple[Condition, bool]]) -> Iterator[tuple[str, float, bool]]:
    """The numbers that a name is above or below; true beside those that it may also be equal to."""
    for fact, outcome in facts:
        number = constants.number(fact.detail) if fact.form in _ORDER else None
        if number is not None:
            yield fact.form if outcome else _ORDER[fact.form == "above"], number, not outcome


def _ordered(limits: list[tuple[str, float, bool]], condition: Condition) -> bool | None:
    """What limits say of a comparison with a number."""
    asked = constants.number(condition.detail)
    if asked is None:
        return None
    above = {(limit, not equal) for side, limit, equal in limits if side == "above"}
    below = {(-limit, not equal) for side, limit, equal in limits if side == "below"}
    if condition.form == "below":
        above, below, asked = below, above, -asked
    low, high = max(above, default=None), max(below, default=None)
    least_above = low is not None and (low[0] > asked or low == (asked, True))
    most_below = high is not None and (-high[0] < asked or high == (-asked, True))
    if condition.form != "equal":
        return True if least_above else False if high is not None and -high[0] <= asked else None
    if least_above or most_below:
        return False
    return True if low == (asked, False) and high == (-asked, False) else None


def _apart(one: str, other: str) -> bool:
    """Whether no object is an instance of both of two built-in classes."""
    return one != other and {one, other} <= _DISJOINT


def nothing(place: Place) -> Condition:
    """The condition `place is None`."""
    return Condition("none", place, names=frozenset({place}))


def forget(world: World, place: Place) -> None:
    """`place` is rebound: what was known of it no longer holds."""
    world.constants.pop(place, None)
    stale = [fact for fact in world.facts if place in fact.names]
    for fact in stale:
        del world.facts[fact]


def add(world: World, place: Place, number: int) -> None:
    """A number is added to what `place` stands for; what comes of that is not None, whatever it was."""
    known = [constants.number(constant) for constant in world.constants.get(place, ())]
    forget(world, place)
    sums = [repr(each + number) for each in known if each is not None]
    counted = known and len(sums) == len(known) <= FEW
    world.constants[place] = frozenset(sums if counted else [constants.RESULT])


def disturb(world: World, root: str) -> None:
    """A method of `root` (or, for "", any code) ran: attributes may have changed."""
    stale = [fact for fact in world.facts if fact.frail and (not root or (root in fact.names and not fact.place))]
    for fact in stale:
        del world.facts[fact]
