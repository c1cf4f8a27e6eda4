"""Functions of other modules that do not return, and managers that swallow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trees import ROOT, codes, write

ENDING = "def fail(code):\n    raise SystemExit(code)\n"
ENDS: dict[str, tuple[str, str]] = {
    "raises": (ENDING, "fail(1)"),
    "calls one that raises": (f"{ENDING}\n\ndef stop():\n    print()\n    fail(1)\n", "stop()"),
    "calls one elsewhere": ("import other\n\n\ndef stop():\n    other.fail(1)\n", "stop()"),
    "exits": ("import sys\n\n\ndef stop():\n    sys.exit(1)\n", "stop()"),
    "says so": ("from typing import NoReturn\n\n\ndef stop() -> NoReturn:\n    unknown()\n", "stop()"),
    "method": ("class Parser:\n    def error(self):\n        raise SystemExit\n", "Parser().error()"),
    "stub of the standard library": ("import argparse\n\nparser = argparse.ArgumentParser()\n", "parser.error('no')"),
}
AFTER = "\n\n\nasync def own(): ...\n\n\n"
BRANCHES = """async def {}(x):
    page = own()
    if x:
        await page
        {}
    await page


"""


@pytest.mark.parametrize(("helper", "call"), ENDS.values(), ids=ENDS)
def test_call_that_does_not_return_ends_its_path(helper: str, call: str, tmp_path: Path) -> None:
    text = f"from helper import *{AFTER}{BRANCHES.format('sample', call)}"
    write(tmp_path, {**ROOT, "other.py": ENDING, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", text.replace(call, "print()")) == ["VT101"]


@pytest.mark.parametrize(("helper", "call"), ENDS.values(), ids=ENDS)
def test_each_call_that_does_not_return_ends_its_path(helper: str, call: str, tmp_path: Path) -> None:
    text = f"from helper import *{AFTER}{BRANCHES.format('one', call)}{BRANCHES.format('other', call)}"
    write(tmp_path, {**ROOT, "other.py": ENDING, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []


def test_methods_of_a_test_case_that_do_not_return(tmp_path: Path) -> None:
    text = "import unittest\n\n\nasync def own(): ...\n\n\nclass Case(unittest.TestCase):\n"
    for name in ("fail", "skipTest"):
        body = BRANCHES.format(name + "s", f"self.{name}('so')").replace("(x)", "(self, x)")
        text += "".join(f"    {line}\n" for line in body.splitlines())
    write(tmp_path, {"app.py": text})
    assert codes(tmp_path / "app.py") == []


MANAGERS: dict[str, tuple[str, list[str]]] = {
    "swallows": ("        return True\n", ["VT101"]),
    "swallows some": ("        return bool(self.errors)\n", ["VT101"]),
    "swallows nothing": ("        return False\n", []),
    "says nothing": ("        print()\n", []),
}


@pytest.mark.parametrize("inherited", [False, True])
@pytest.mark.parametrize(("leave", "expected"), MANAGERS.values(), ids=MANAGERS)
def test_manager_of_another_module(leave: str, expected: list[str], inherited: bool, tmp_path: Path) -> None:
    helper = f"class Base:\n    def __enter__(self): ...\n    def __exit__(self, *_):\n{leave}"
    helper += "\n\nclass Guard(Base): ...\n" if inherited else "\n\nGuard = Base\n"
    body = "async def sample():\n    page = own()\n    with Guard():\n        print()\n        await page\n        return\n    await page\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": f"from helper import Guard{AFTER}{body}"})
    assert codes(tmp_path / "app.py") == expected
