"""Kinds: what a call, a name, a parameter or an attribute makes."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from flake8_valuetask.events import Kind
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


def test_unknown_and_ambiguous_kinds_are_silent() -> None:
    assert (
        codes("import unknown\n\nasync def sample():\n    page = unknown.fetch()\n    await page\n    await page\n")
        == []
    )
