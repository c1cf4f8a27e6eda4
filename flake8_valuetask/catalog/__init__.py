"""What is known of well-known APIs: pure data, keyed by dotted path.

In: nothing. Out: tables; a method stands under the path of the class that defines it (as the stubs
have it), a row of `RECEIVERS` holds for a method of that name on a receiver of unknown type.
Never: code beyond the look-up of a row.
"""

from __future__ import annotations

from flake8_valuetask.catalog.contracts import CONTRACTS, LOOK, METHODS, OF_PACKAGES, RECEIVERS, Contract
from flake8_valuetask.catalog.errors import (
    EXPECTING,
    HARMLESS,
    HARMLESS_METHODS,
    HARMLESS_OF_CONTAINERS,
    LETTING_PASS,
    NO_RETURN,
    SELF_CONTAINED,
    STACKS,
    SWALLOWING,
    WAITS,
)
from flake8_valuetask.catalog.tables import Tables, tables
from flake8_valuetask.catalog.types import (
    ASKING,
    ASYNC_CACHES,
    AT_HAND,
    ATTRIBUTES,
    CACHES,
    CHANGES,
    CONTAINERS,
    DECORATORS,
    ENUMERATIONS,
    FINDS,
    GIVEN_ON,
    GIVING_BACK,
    INSERTS,
    LOOKS,
    MANY_SHOT,
    MARKS,
    OF_CLASSES,
    ONE_SHOT,
    PRODUCERS,
    STREAMS,
    SUSPENDS,
    TAKES,
    TASK_ONLY,
)

__all__ = [
    "ASKING",
    "ASYNC_CACHES",
    "ATTRIBUTES",
    "AT_HAND",
    "CACHES",
    "CHANGES",
    "CONTAINERS",
    "CONTRACTS",
    "DECORATORS",
    "ENUMERATIONS",
    "EXPECTING",
    "FINDS",
    "GIVEN_ON",
    "GIVING_BACK",
    "HARMLESS",
    "HARMLESS_METHODS",
    "HARMLESS_OF_CONTAINERS",
    "INSERTS",
    "LETTING_PASS",
    "LOOK",
    "LOOKS",
    "MANY_SHOT",
    "MARKS",
    "METHODS",
    "NO_RETURN",
    "OF_CLASSES",
    "OF_PACKAGES",
    "ONE_SHOT",
    "PRODUCERS",
    "RECEIVERS",
    "SELF_CONTAINED",
    "STACKS",
    "STREAMS",
    "SUSPENDS",
    "SWALLOWING",
    "TAKES",
    "TASK_ONLY",
    "WAITS",
    "Contract",
    "Tables",
    "tables",
]
