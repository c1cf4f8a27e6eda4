"""A library whose functions do what nobody can see, and the codes that flake8 gives with options."""

from __future__ import annotations

from pathlib import Path

from tests.trees import ROOT, flake8

# A library whose functions do what nobody can see, re-exported by its package.

CORE = """
import unseen


class Reply: ...


class Client:
    def send(self):
        return unseen.made(self)


def fetch():
    return unseen.made()


def run_now(value):
    unseen.take(value)


def log(value):
    unseen.take(value)


def together(*values):
    return unseen.take(values)


def remember(function):
    return unseen.take(function)


class log_and_go_on:
    def __enter__(self): ...
    def __exit__(self, *_): return False


def fail():
    unseen.take()
"""
NAMES_OF_CORE = ("Reply", "Client", "fetch", "run_now", "log", "together", "remember", "log_and_go_on", "fail")
LIBRARY = {
    **ROOT,
    "mylib/__init__.py": f"from mylib.core import {', '.join(NAMES_OF_CORE)}\n",
    "mylib/core.py": CORE,
}
OWN = "\n\n\nasync def own(): ...\n\n\n"
PASSED = OWN + "async def sample():\n    page = own()\n    {name}(page)\n    await page\n"

# By option: what is named, a use of it, the codes without the option and with it.
USES: dict[str, tuple[str, str, list[str], list[str]]] = {
    "one-shot": ("Reply", "\n\n\nasync def sample(x: {name}):\n    await x\n    await x\n", [], ["VT101"]),
    "producers": ("fetch", "\n\n\nasync def sample():\n    x = {name}()\n    await x\n    await x\n", [], ["VT101"]),
    "consumers": ("run_now", PASSED, ["VT103"], ["VT101"]),
    "readers": ("log", PASSED, ["VT103"], []),
    "combinators": ("together", PASSED.replace("{name}(", "await {name}("), ["VT103"], ["VT101"]),
    "caches": ("remember", "\n\n\n@{name}\nasync def sample():\n    return 1\n", [], ["VT305"]),
    "swallowing": (
        "log_and_go_on",
        OWN + "async def sample():\n    page = own()\n    with {name}():\n        print()\n        await page\n"
        "        return\n    await page\n",
        [],
        ["VT101"],
    ),
    "no-return": (
        "fail",
        OWN
        + "async def sample(x):\n    page = own()\n    if x:\n        await page\n        {name}()\n    await page\n",
        ["VT101"],
        [],
    ),
}
# How a member of `home` is imported and named.
IMPORTS = {
    "from": ("from {home} import {name}", "{name}"),
    "from as": ("from {home} import {name} as other", "other"),
    "import": ("import {home}", "{home}.{name}"),
    "import as": ("import {home} as m", "m.{name}"),
}


def text_of(option: str, home: str, how: str) -> str:
    """A module that uses what an option names."""
    name, use, _, _ = USES[option]
    line, named = IMPORTS[how]
    return line.format(home=home, name=name) + use.replace("{name}", named.format(home=home, name=name))


def codes(folder: Path, *arguments: str, kept: bool = False) -> list[str]:
    """The codes that flake8 prints for a folder's `sample.py`."""
    cache = f"--valuetask-cache-dir={folder / 'kept'}" if kept else "--valuetask-no-cache"
    chosen = arguments if any(each.startswith("--config") for each in arguments) else ("--isolated", *arguments)
    status, lines = flake8(folder, "--select=VT", cache, *chosen, "sample.py")
    assert status == int(bool(lines)), lines
    return [line.split()[1] for line in lines]


RETRY = """
from collections.abc import Awaitable


async def retry(action: Awaitable[int]) -> int:
    await action
    return await action
"""
