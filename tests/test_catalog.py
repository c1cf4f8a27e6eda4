"""The tables name what exists, and their words are those of the signatures."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Coroutine, Iterable

import pytest

from flake8_valuetask import catalog
from flake8_valuetask.events import Kind
from flake8_valuetask.runtime import ValueTask


def resolved(path: str) -> object:
    """The object of a dotted path."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise AssertionError(f"{path} is not in a module")


# Names that a supported Python does not have yet, with the first that has them.
SINCE = {
    "typing.assert_never": (3, 11),
    "typing.reveal_type": (3, 11),
    "typing.assert_type": (3, 11),
    "typing.override": (3, 12),
    "warnings.deprecated": (3, 13),
    "asyncio.taskgroups.TaskGroup.create_task": (3, 11),
    "asyncio.runners.Runner.run": (3, 11),
}
TABLES: dict[str, Iterable[str]] = {
    "CONTRACTS": catalog.CONTRACTS,
    "METHODS": catalog.METHODS,
    "ONE_SHOT": catalog.ONE_SHOT,
    "MANY_SHOT": catalog.MANY_SHOT,
    "STREAMS": catalog.STREAMS,
    "PRODUCERS": catalog.PRODUCERS,
    "AT_HAND": catalog.AT_HAND,
    "DECORATORS": catalog.DECORATORS,
    "CACHES": catalog.CACHES,
    "NO_RETURN": catalog.NO_RETURN,
    "SWALLOWING": catalog.SWALLOWING,
    "CONTAINERS": catalog.CONTAINERS,
    "SUSPENDS": catalog.SUSPENDS,
}
HOMES = sys.stdlib_module_names | {"builtins", "flake8_valuetask"}
ROWS = sorted(
    {
        path
        for table in TABLES.values()
        for path in table
        if path.partition(".")[0] in HOMES and sys.version_info[:2] >= SINCE.get(path, (3, 10))
    }
)


@pytest.mark.parametrize("path", ROWS)
def test_row_of_a_table_is_an_object(path: str) -> None:
    assert resolved(path) is not None


@pytest.mark.parametrize("kind", catalog.ATTRIBUTES)
def test_attributes_are_those_of_the_kind(kind: Kind) -> None:
    owner = ValueTask if kind is Kind.VALUETASK else Coroutine
    assert {name for name in catalog.ATTRIBUTES[kind] if not hasattr(owner, name)} == set()


def test_task_only_attributes_are_those_of_tasks() -> None:
    newer = {"uncancel": (3, 11), "cancelling": (3, 11), "get_context": (3, 12)}
    expected = {name for name, version in newer.items() if sys.version_info[:2] < version}
    assert {name for name in catalog.TASK_ONLY if not hasattr(asyncio.Task, name)} == expected


def signed(path: str) -> inspect.Signature | None:
    """The signature of a function of the standard library; None where Python tells none."""
    if path not in ROWS:
        return None
    found = resolved(path)
    try:
        return inspect.signature(found) if callable(found) else None
    except ValueError:
        return None


WORDED = [
    (path, words, signature)
    for path, row in {**catalog.CONTRACTS, **catalog.METHODS}.items()
    if (words := {word for word in (*row.given, *row.plain) if isinstance(word, str)}) and (signature := signed(path))
]


@pytest.mark.parametrize(("path", "words", "signature"), WORDED, ids=[path for path, _, _ in WORDED])
def test_keywords_of_contracts_are_parameters(path: str, words: set[str], signature: inspect.Signature) -> None:
    assert words & signature.parameters.keys(), path
