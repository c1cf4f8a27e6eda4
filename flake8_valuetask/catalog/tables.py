"""The tables that a configuration can add to, with its additions.

In: additions. Out: `Tables`. Never: looking at code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flake8_valuetask.catalog.contracts import CONTRACTS, Contract
from flake8_valuetask.catalog.types import CACHES, NO_RETURN, ONE_SHOT, PRODUCERS, SWALLOWING
from flake8_valuetask.events import Kind, Wants
from flake8_valuetask.options import Additions

_CONSUMED = Contract(effect="consume")
_READ = Contract(effect="read")
_COMBINED = Contract(Wants.AWAITABLES)


@dataclass(frozen=True)
class Tables:
    """What is known by dotted path: types, producers, contracts of functions, caches, managers, ends."""

    one_shot: Mapping[str, Kind]
    producers: Mapping[str, Kind]
    contracts: Mapping[str, Contract]
    caches: frozenset[str]
    swallowing: frozenset[str]
    no_return: frozenset[str]


@cache
def tables(added: Additions) -> Tables:
    """The tables with the names of a configuration."""
    contracts = dict(CONTRACTS)
    contracts |= dict.fromkeys(added.consumers, _CONSUMED)
    contracts |= dict.fromkeys(added.readers, _READ)
    contracts |= dict.fromkeys(added.combinators, _COMBINED)
    return Tables(
        one_shot=ONE_SHOT | dict.fromkeys(added.one_shot, Kind.VALUETASK),
        producers=PRODUCERS
        | dict.fromkeys(added.producers, Kind.COROUTINE)
        | dict.fromkeys(added.one_shot, Kind.VALUETASK),
        contracts=contracts,
        caches=CACHES | added.caches,
        swallowing=SWALLOWING | added.swallowing,
        no_return=NO_RETURN | added.no_return,
    )
