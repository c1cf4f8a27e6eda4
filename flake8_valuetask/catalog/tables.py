"""The tables that a configuration can add to, with its additions.

In: additions. Out: `Tables`. Never: looking at code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from flake8_valuetask.catalog.contracts import CONTRACTS, LOOK, Contract
from flake8_valuetask.catalog.errors import NO_RETURN, SWALLOWING
from flake8_valuetask.catalog.types import CACHES, ONE_SHOT, PRODUCERS
from flake8_valuetask.events import Kind, Wants
from flake8_valuetask.options import Additions
from flake8_valuetask.records import record

_CONSUMED = Contract(effect="consume")

_COMBINED = Contract(Wants.AWAITABLES)
_OF_THEIR_ARGUMENTS = frozenset({"builtins.anext", "builtins.map"})  # make what their arguments make


@record
class Tables:
    """What is known by dotted path: types, producers, contracts of functions, caches, managers, ends."""

    one_shot: Mapping[str, Kind]
    producers: Mapping[str, Kind]
    contracts: Mapping[str, Contract]
    caches: frozenset[str]
    swallowing: frozenset[str]
    no_return: frozenset[str]
    active: frozenset[str]  # the built-in functions that make a one-shot value or call what they are given, by name


@cache
def tables(added: Additions) -> Tables:
    """The tables with the names of a configuration."""
    contracts = dict(CONTRACTS)
    contracts |= dict.fromkeys(added.consumers, _CONSUMED)
    contracts |= dict.fromkeys(added.readers, LOOK)
    contracts |= dict.fromkeys(added.combinators, _COMBINED)
    producers = (
        PRODUCERS | dict.fromkeys(added.producers, Kind.COROUTINE) | dict.fromkeys(added.one_shot, Kind.VALUETASK)
    )
    calling = (path for path, contract in contracts.items() if contract.plain)
    paths = {*_OF_THEIR_ARGUMENTS, *producers, *CACHES, *added.caches, *calling}
    return Tables(
        one_shot=ONE_SHOT | dict.fromkeys(added.one_shot, Kind.VALUETASK),
        producers=producers,
        contracts=contracts,
        caches=CACHES | added.caches,
        swallowing=SWALLOWING | added.swallowing,
        no_return=NO_RETURN | added.no_return,
        active=frozenset(path.partition(".")[2] for path in paths if path.startswith("builtins.")),
    )
