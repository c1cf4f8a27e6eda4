"""The exception on its way to a handler: what it can be, and what it is not.

In: worlds, the conditions of handlers, where an exception comes from. Out: worlds that know it, or cannot be. Never:
where exceptions can be raised.
"""

from __future__ import annotations

import builtins
import sys

from flake8_valuetask.graph import OWN, Condition
from flake8_valuetask.typestate.worlds import World

_OF_WAITING = frozenset({"CancelledError", "TimeoutError"})
_INTERRUPTED = Condition("interrupted", "")
# What built-in objects raise that are used wrongly.
_OF_LANGUAGE = (
    *(LookupError, TypeError, ValueError, AttributeError, NameError, ArithmeticError, AssertionError, RuntimeError),
    *(StopIteration, StopAsyncIteration),
)


def caught(world: World, condition: Condition, outcome: bool) -> World | None:
    """The exception on its way is, or is not, of one of the types; what it is not stays known until it is caught."""
    passed = [fact.detail for fact in world.facts if fact.form == "caught"]
    sources = [fact.detail for fact in world.facts if fact.form == "source"]
    asked = condition.detail.split(",")
    if outcome and all(any(_below(name, other) for other in passed) for name in asked):
        return None
    if outcome and any(not _takes(condition, source) for source in sources):
        return None
    changed = world.copy()
    if outcome:
        raised(changed)
        if is_interrupt(condition):
            changed.facts[_INTERRUPTED] = True
    else:
        changed.facts |= {Condition("caught", "", name): False for name in asked}
    return changed


def raised(world: World, source: str = "") -> None:
    """A new exception is on its way, or none is any more: nothing is known of it but, perhaps, its source."""
    for fact in [fact for fact in world.facts if fact.form in ("caught", "source")]:
        del world.facts[fact]
    if source:
        world.facts[Condition("source", "", source)] = True


def is_interrupt(condition: Condition) -> bool:
    """Whether a condition is about an exception that can come anywhere, only because somebody presses a key."""
    return condition.form == "caught" and condition.detail == "KeyboardInterrupt"


def interrupted(world: World) -> bool:
    """Whether control comes here only by an interrupt."""
    return _INTERRUPTED in world.facts


def tells(condition: Condition, sources: set[str]) -> bool:
    """Whether the condition of a handler says something of an exception, of which perhaps the source is known."""
    return is_interrupt(condition) or not all(_takes(condition, source) for source in sources)


def _takes(condition: Condition, source: str) -> bool:
    """Whether a handler can take an exception from a source."""
    return any(_comes(name, source) for name in condition.detail.split(","))


def _comes(name: str, source: str) -> bool:
    """Whether an exception of this name can come from a source: the library, built-in objects (the language), waiting
    for others, which can also be cancelled, or a call that does not wait, which is not cancelled and takes no time."""
    if source == "plain":
        return name.rpartition(".")[2] not in _OF_WAITING
    if name.startswith(OWN) or source not in ("language", "waiting"):
        return not (name.startswith(OWN) and source)
    known = getattr(builtins, name, None)
    if isinstance(known, type):
        return any(issubclass(known, each) or issubclass(each, known) for each in _OF_LANGUAGE)
    cancelled = source == "waiting" and name.endswith("CancelledError")
    return cancelled or name.partition(".")[0] not in sys.stdlib_module_names


def _below(name: str, other: str) -> bool:
    """Whether whatever is a `name` is an `other`: the same name, or a subclass among the built-in exceptions."""
    one, two = getattr(builtins, name, None), getattr(builtins, other, None)
    return name == other or (isinstance(one, type) and isinstance(two, type) and issubclass(one, two))
