"""What functions of other modules do with the values they are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trees import ROOT, codes, found, given, write

# A row: the helper, the call with `page`, the codes for an await after it.

CONTRACTS: dict[str, tuple[str, str, list[str]]] = {
    "awaits": ("async def use(c):\n    await c\n", "await use(page)", ["VT103"]),
    "awaits, by way of another": (
        "async def use(c):\n    await eat(c)\n\n\nasync def eat(c):\n    await c\n",
        "await use(page)",
        ["VT103"],
    ),
    "awaits on each path": (
        "async def use(c, x=0):\n    if x:\n        await c\n    else:\n        await c\n",
        "await use(page)",
        ["VT103"],
    ),
    "makes a task": ("import asyncio\n\n\ndef use(c):\n    return asyncio.ensure_future(c)\n", "use(page)", ["VT103"]),
    "closes": ("def use(c):\n    c.close()\n", "use(page)", ["VT103"]),
    "reads": ("def use(c):\n    print(c)\n", "use(page)", []),
    "reads, by way of another": (
        "def use(c):\n    look(c)\n\n\ndef look(c):\n    print(c)\n",
        "use(page)",
        [],
    ),
    "reads, by way of another module": (
        "from other import look\n\n\ndef use(c):\n    look(c)\n",
        "use(page)",
        [],
    ),
    "reads, by keyword": ("def use(*, c=None):\n    print(c)\n", "use(c=page)", []),
    "reads, in a method": (
        "class Log:\n    def use(self, c):\n        self.look(c)\n\n    def look(self, c):\n        print(c)\n",
        "Log().use(page)",
        [],
    ),
    "reads, in a static method": (
        "class Log:\n    @staticmethod\n    def use(c):\n        print(c)\n",
        "Log.use(page)",
        [],
    ),
    "reads, inherited": (
        "class Base:\n    def use(self, c):\n        print(c)\n\n\nclass Log(Base): ...\n",
        "Log().use(page)",
        [],
    ),
    "reads, declared": (
        "from collections.abc import Coroutine\n\n\ndef use(c: Coroutine) -> None:\n    print(c)\n",
        "use(page)",
        [],
    ),
    "gives back": ("def use(c):\n    print(c)\n    return c\n", "page = use(page)", []),
    "gives back, dropped": ("def use(c):\n    print(c)\n    return c\n", "use(page)", []),
    "gives back, declared and dropped": (
        "from collections.abc import Coroutine\n\n\ndef use(c: Coroutine) -> Coroutine:\n    print(c)\n    return c\n",
        "use(page)",
        [],
    ),
    "unknown": ("from absent import use\n", "use(page)", ["VT103"]),
}
OTHER = {**ROOT, "other.py": "def look(c):\n    print(c)\n"}


@pytest.mark.parametrize(("helper", "call", "expected"), CONTRACTS.values(), ids=CONTRACTS)
def test_functions_of_other_modules(helper: str, call: str, expected: list[str], tmp_path: Path) -> None:
    write(tmp_path, {**OTHER, "helper.py": helper, "app.py": given("from helper import *", call)})
    assert codes(tmp_path / "app.py") == expected


@pytest.mark.parametrize(("helper", "call", "expected"), CONTRACTS.values(), ids=CONTRACTS)
def test_functions_of_the_same_module(helper: str, call: str, expected: list[str], tmp_path: Path) -> None:
    text = given(helper, call)
    write(tmp_path, {**OTHER, "app.py": text})
    after = text.count("\n", 0, text.index("async def own"))
    assert [code for line, code in found(tmp_path / "app.py") if line > after] == expected


@pytest.mark.parametrize("name", ["use", "keep", "stored"])
def test_value_that_a_helper_keeps_is_not_lost(name: str, tmp_path: Path) -> None:
    helper = (
        "import asyncio\n\nKEPT = []\n\n\ndef keep(c):\n    KEPT.append(c)\n\n\ndef use(c):\n    asyncio.run(c)\n\n\n"
    )
    helper += "class stored:\n    def __init__(self, c):\n        self.c = c\n"
    text = (
        f"from helper import {name}\n\n\nasync def own(): ...\n\n\ndef sample():\n    page = own()\n    {name}(page)\n"
    )
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []


def test_value_that_a_helper_only_reads_is_lost(tmp_path: Path) -> None:
    text = "from helper import use\n\n\nasync def own(): ...\n\n\ndef sample():\n    page = own()\n    use(page)\n"
    write(tmp_path, {**ROOT, "helper.py": "def use(c):\n    print(c)\n", "app.py": text})
    assert found(tmp_path / "app.py") == [(8, "VT401")]


@pytest.mark.parametrize("imports", ["from space.helper import use", "import space.helper\nuse = space.helper.use"])
@pytest.mark.parametrize("files", [{}, {"app/helper.py": "def use(c): ...\n\n\nasync def look(c):\n    await c\n"}])
def test_helper_in_a_namespace_calls_its_neighbours(imports: str, files: dict[str, str], tmp_path: Path) -> None:
    helper = "def use(c):\n    look(c)\n\n\ndef look(c):\n    print(c)\n"
    write(tmp_path, {**ROOT, **files, "space/helper.py": helper, "app/sample.py": given(imports, "use(page)")})
    assert codes(tmp_path / "app/sample.py") == []
