"""Kinds: what a call, a name, a parameter or an attribute makes, and that the tables name what exists."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import sys
from collections.abc import Coroutine, Iterable
from textwrap import dedent

import pytest

from flake8_valuetask import catalog
from flake8_valuetask.events import Kind
from flake8_valuetask.runtime import ValueTask
from flake8_valuetask.survey import Scope, reading
from tests.analyses import analysis, codes

HEAD = """
import abc
import asyncio
import collections.abc
import contextlib
import functools
import typing
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Coroutine
from typing import Annotated, Any, Optional, Union

from flake8_valuetask.runtime import ValueTask, value_task


async def fetch() -> int:
    return 1


def plain() -> int:
    return 1


def quick() -> ValueTask[int]:
    return ValueTask.from_result(1)


async def stream():
    yield 1


Job = Coroutine[Any, Any, int]
"""

CO, VT, STEP, AW = Kind.COROUTINE, Kind.VALUETASK, Kind.STEP, Kind.AWAITABLE


def kind(expression: str, text: str = "", inside: str | None = None) -> Kind | None:
    """The kind of an expression in a module, or in one of its functions."""
    whole = analysis(HEAD + dedent(text))
    scope = whole.survey.scope if inside is None else named(whole.survey.scope, inside)
    return whole.kinds.kind(reading.value(ast.parse(expression, mode="eval").body), scope)


def named(scope: Scope, path: str) -> Scope:
    for name in path.split("."):
        scope = next(child for child in scope.children if child.name == name)
    return scope


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("fetch()", CO),
        ("plain()", None),
        ("fetch", None),
        ("quick()", VT),
        ("ValueTask.from_result(1)", VT),
        ("ValueTask.completed()", VT),
        ("quick().as_task()", None),
        ("quick().preserve()", None),
        ("stream()", None),
        ("stream().__anext__()", STEP),
        ("stream().asend(1)", STEP),
        ("stream().aclose()", STEP),
        ("anext(stream())", STEP),
        ("anext(unknown)", None),
        ("unknown()", None),
        ("fetch() if unknown else fetch()", CO),
        ("fetch() if unknown else plain()", None),
        ("functools.partial(fetch)()", CO),
        ("typing.cast(Job, unknown)", CO),
        ("[fetch()][0]", CO),
        ("asyncio.sleep(1)", CO),
        ("asyncio.Queue().get()", CO),
        ("asyncio.Queue().get_nowait()", None),
        ("asyncio.Lock().acquire()", CO),
        ("asyncio.Event().wait()", CO),
        ("asyncio.Semaphore(1).acquire()", CO),
        ("asyncio.create_task(fetch())", None),
        ("asyncio.gather(fetch())", None),
        ("asyncio.ensure_future(fetch())", None),
        ("asyncio.wait_for(fetch(), 1)", CO),
        ("asyncio.get_running_loop().create_future()", None),
        ("asyncio.TaskGroup().create_task(fetch())", None),
        ("asyncio.StreamReader().read()", CO),
        ("asyncio.StreamReader().readline()", CO),
        ("asyncio.to_thread(plain)", CO),
    ],
)
def test_kind_of_an_expression(expression: str, expected: Kind | None) -> None:
    assert kind(expression) is expected


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("Coroutine[Any, Any, int]", CO),
        ("'Coroutine[Any, Any, int]'", CO),
        ("Coroutine", CO),
        ("typing.Coroutine[Any, Any, int]", CO),
        ("collections.abc.Coroutine[Any, Any, int]", CO),
        ("Optional[Coroutine[Any, Any, int]]", CO),
        ("'Coroutine[Any, Any, int] | None'", CO),
        ("Union[Coroutine[Any, Any, int], None]", CO),
        ("Annotated[Coroutine[Any, Any, int], 'once']", CO),
        ("'Annotated[Optional[Coroutine[Any, Any, int]], 1]'", CO),
        ("Job", CO),
        ("'Job'", CO),
        ("Optional[Job]", CO),
        ("ValueTask[int]", VT),
        ("'ValueTask[int] | None'", VT),
        ("Awaitable[int]", AW),
        ("asyncio.Task[int]", None),
        ("asyncio.Future", None),
        ("int", None),
        ("'not valid ('", None),
        ("Unknown", None),
        ("'Job | int'", None),
    ],
)
def test_kind_of_a_parameter(annotation: str, expected: Kind | None) -> None:
    whole = analysis(f"{HEAD}\ndef sample(page: {annotation}): ...\n")
    scope = named(whole.survey.scope, "sample")
    assert whole.kinds.parameter(scope, scope.parameters[0]) is expected


CLASSES = """
class Base:
    async def fetch(self) -> int: ...
    async def inherited(self): ...
    @staticmethod
    async def static(): ...
    @classmethod
    async def made(cls): ...
    @property
    def page(self) -> Job: ...
    @functools.cached_property
    def kept(self) -> Job: ...
    @abc.abstractmethod
    async def abstract(self): ...
    def plain(self): ...
    task: asyncio.Task[int]

class Client(Base):
    def fetch(self) -> int: ...
    async def own(self): ...
    @classmethod
    def build(cls): return cls()
    def use(self): ...

client = Client()
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("self.own()", CO),
        ("self.inherited()", CO),
        ("self.fetch()", None),
        ("super().fetch()", CO),
        ("self.static()", CO),
        ("Client.static()", CO),
        ("Client.made()", CO),
        ("self.page", CO),
        ("self.kept", CO),
        ("self.task", None),
        ("self.abstract()", CO),
        ("self.plain()", None),
        ("self.unknown()", None),
        ("client.own()", CO),
        ("Client().own()", CO),
        ("Client.build().own()", CO),
        ("Client.own(client)", CO),
        ("type(self)", None),
    ],
)
def test_kind_of_a_member(expression: str, expected: Kind | None) -> None:
    assert kind(expression, CLASSES, "Client.use") is expected


DECORATED = """
def same(f):
    return f

def wrapping(f):
    @functools.wraps(f)
    async def inner(*args):
        return await f(*args)
    return inner

def losing(f):
    def inner(*args):
        return asyncio.run(f(*args))
    return inner

@same
async def a(): ...

@wrapping
async def b(): ...

@losing
async def c(): ...

@unknown
async def d(): ...

@unknown.wraps(1)
async def e(): ...

@value_task
async def f(): ...

@contextlib.asynccontextmanager
async def g():
    yield 1

@typing.overload
async def h(x: int): ...
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", CO), ("b", CO), ("c", None), ("d", None), ("e", None), ("f", VT), ("g", None), ("h", CO)],
)
def test_decorators(name: str, expected: Kind | None) -> None:
    assert kind(f"{name}()", DECORATED) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def sample(): return fetch()", CO),
        ("def sample(fetch): return fetch()", None),
        ("def sample():\n    fetch = plain\n    return fetch()", None),
        ("def sample():\n    fetch = unknown\n    return fetch()", None),
        ("def sample():\n    async def fetch(): ...\n    return fetch()", CO),
        ("def sample():\n    def fetch(): ...\n    return fetch()", None),
        ("def sample():\n    for fetch in unknown: pass\n    return fetch()", None),
        ("def sample():\n    from unknown import fetch\n    return fetch()", None),
        ("def sample():\n    if unknown:\n        fetch = plain\n    return fetch()", None),
        ("def sample():\n    again = fetch\n    return again()", CO),
    ],
)
def test_names_are_looked_up_in_their_scope(text: str, expected: Kind | None) -> None:
    assert kind("sample()", text) is expected


def test_class_scope_is_not_seen_from_methods() -> None:
    text = "class A:\n    async def plain(self): ...\n    def use(self): return plain()\n"
    assert kind("plain()", text, "A.use") is None


@pytest.mark.parametrize(
    "alias",
    [
        "Tree = Union[None, 'list[Tree]']",
        "Tree: typing.TypeAlias = Union[None, 'tuple[Tree, ...]']",
        "One = 'Two'\nTwo = 'One'\nTree = One",
    ],
)
def test_recursive_aliases_end(alias: str) -> None:
    text = f"{HEAD}\n{alias}\n\n\nasync def sample(x: Tree, y: 'list[Tree]'):\n    page = fetch()\n    await page\n    await page\n"
    assert [code for code in codes(text) if code != "VT601"] == ["VT101"]


# The tables name what exists


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


def test_unknown_and_ambiguous_kinds_are_silent() -> None:
    assert (
        codes("import unknown\n\nasync def sample():\n    page = unknown.fetch()\n    await page\n    await page\n")
        == []
    )
