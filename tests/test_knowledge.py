"""The benchmark of what is known of awaited calls, and of what a type checker knows of the same ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks import knowledge, probes
from tests import trees

MODULE = """\
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def fetch() -> int: ...


async def use(make: Callable[[], Awaitable[int]], thing: Any, later: asyncio.Future[int]) -> None:
    await fetch()
    print("ä😀", await asyncio.wait_for(later, await fetch()))
    await asyncio.shield(later)
    await make()
    await thing()
    raise SystemExit
    await fetch()
"""


def calls(text: str) -> list[ast.Call]:
    """The awaited calls of a text."""
    found = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Await))
    return [call for call in found if isinstance(call, ast.Call)]


def test_kinds_are_counted_and_compared(tmp_path: Path) -> None:
    known = knowledge.package(trees.write(tmp_path / "pages", {"__init__.py": "", "page.py": MODULE}))
    counted = knowledge.count(known)
    assert counted == {"awaited calls": 7, "one-shot": 4, "many-shot": 1, "awaitable": 1, "unknown": 1}
    compared = knowledge.against(tmp_path / "pages", known)
    expected = {"known here": 6, "reached": 6, "known there": 5, "known to both": 5, "the same": 5}
    assert compared == {"awaited calls": 7, **expected}


def test_disputed_places_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = knowledge.package(trees.write(tmp_path / "pages", {"page.py": MODULE}))
    first = probes.Place("page.py", 10, 10)
    monkeypatch.setattr(probes, "revealed", lambda folder, calls: {first: "Awaitable[int]"})
    compared = knowledge.against(tmp_path / "pages", known, ["disputed"])
    assert (compared["known to both"], compared["the same"]) == (1, 0)
    assert capsys.readouterr().out == f"{tmp_path / 'pages' / 'page.py'}:10: one-shot here, Awaitable[int] there\n"


@pytest.mark.parametrize(
    ("revealed", "told"),
    [
        ("CoroutineType[Any, Any, int]", "one-shot"),
        ("Task[int] | None", "many-shot"),
        ("CoroutineType[Any, Any, int] | Future[int]", "many-shot"),
        ("Awaitable[Task[int] | int]", "awaitable"),
        ("Unknown | Task[int]", "unknown"),
        ("Any", "unknown"),
        ("Timeout", "something else"),
    ],
)
def test_types_are_read_as_the_checker_writes_them(revealed: str, told: str) -> None:
    assert probes.verdict(revealed) == told


def test_places_are_found_again_in_the_copy() -> None:
    text, moved = probes.wrapped(MODULE, calls(MODULE))
    lines = text.split("\n")
    assert len(moved) == len(calls(MODULE))
    for (line, column), (before, at) in moved.items():
        units = lines[line - 1].encode("utf-16-le")[2 * column :].decode("utf-16-le")
        assert units[0] == MODULE.split("\n")[before - 1].encode()[at:].decode()[0]


def test_calls_over_several_lines_are_wrapped() -> None:
    text = "async def f():\n    await g(\n        await h(),\n    )\n"
    assert probes.wrapped(text, calls(text))[0] == (
        "async def f():\n    await reveal_type(g(\n        await reveal_type(h()),\n    ))\n"
    )
