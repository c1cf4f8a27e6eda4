"""The table of states: the contract of a one-shot value, readable at a glance.

In: a state and what happens. Out: the next state, and whether that is a misuse. Never: graphs,
messages.

A value is fresh when it is made, and done once a guard has said so. It is spent by a consumption,
handed over to another owner, or stored. `UNSURE` (perhaps spent, by something that cannot be
followed) and `MISUSED` (already reported) are silent: they never lead to a finding.
"""

from __future__ import annotations

import functools
from enum import Enum

from flake8_valuetask.events import Kind, Wants


class State(str, Enum):
    """What is known of a value on a path."""

    FRESH = "fresh"
    DONE = "done"
    SPENT = "spent"
    HANDED = "handed over"
    STORED = "stored"
    UNSURE = "unsure"
    MISUSED = "misused"


class Action(str, Enum):
    """What happens to a value, as far as its contract is concerned."""

    CONSUME = "consume"
    HAND_OVER = "hand over"
    STORE = "store"
    DISPOSE = "dispose"
    BLUR = "blur"
    FOUND_DONE = "found done"


_F, _D, _S, _H, _K, _U, _M = State

# Rows in the order of State: fresh, done, spent, handed over, stored, unsure, misused.
TABLE: dict[Action, dict[State, State]] = {
    action: dict(zip(State, row, strict=True))
    for action, row in {
        Action.CONSUME: (_S, _S, _M, _M, _K, _U, _M),
        Action.HAND_OVER: (_H, _H, _S, _H, _K, _U, _M),
        Action.STORE: (_K, _K, _S, _H, _K, _U, _M),
        Action.DISPOSE: (_S, _S, _S, _H, _K, _U, _M),
        Action.BLUR: (_U, _U, _S, _H, _K, _U, _M),
        Action.FOUND_DONE: (_D, _D, _S, _H, _K, _U, _M),
    }.items()
}

LIVE = frozenset({State.FRESH, State.DONE})


def misuse(state: State, action: Action) -> bool:
    """Whether `action` on a value in `state` is a misuse: a second consumption."""
    return action is Action.CONSUME and state in (State.SPENT, State.HANDED)


def bare(kind: Kind, wants: Wants) -> bool:
    """Whether a value of a kind must be turned into something else before it is given to an API that wants this."""
    return kind.strict or wants is Wants.FUNCTION or (wants is Wants.TASKS and kind is Kind.COROUTINE)


@functools.cache
def after(states: frozenset[State], action: Action) -> frozenset[State]:
    """The states after `action`."""
    return frozenset(TABLE[action][state] for state in states)


@functools.cache
def matters(states: frozenset[State], action: Action) -> bool:
    """Whether `action` changes any of `states`, or is a misuse."""
    return any(TABLE[action][state] is not state or misuse(state, action) for state in states)
