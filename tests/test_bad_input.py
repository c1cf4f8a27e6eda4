"""What no linter likes to read, through flake8 itself: findings, silence or flake8's own error, never a crash."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest

from flake8_valuetask import rules
from flake8_valuetask.plugin import Plugin
from flake8_valuetask.rule import Report, Rule
from flake8_valuetask.typestate import Flow
from tests.analyses import findings, reported
from tests.samples import ROOT

HEAD = "async def fetch(*_):\n    return 1\n\n\n"
DOUBLE = HEAD + "async def sample():\n    page = fetch()\n    await page\n    await page\n"
MESSAGE = "VT101 coroutine `page` is awaited again; it was first awaited on line"


def flake8(content: bytes, folder: Path) -> list[str]:
    """What flake8 prints for a file of these bytes, without the name of the file."""
    path = folder / "sample.py"
    path.write_bytes(content)
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=VT,E9", "-j1", "sample.py"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert run.stderr == ""
    assert run.returncode in (0, 1)
    assert "VT000" not in run.stdout
    return [line.removeprefix("sample.py:") for line in run.stdout.splitlines()]


def sample(head: str) -> str:
    """A double await below other lines."""
    return HEAD + head + "\n\nasync def sample():\n    page = fetch()\n    await page\n    await page\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (DOUBLE.encode(), "8:5"),
        (b"\xef\xbb\xbf" + DOUBLE.encode(), "8:5"),
        (DOUBLE.replace("\n", "\r\n").encode(), "8:5"),
        (DOUBLE.replace("\n", "\r").encode(), "8:5"),
        (DOUBLE.replace("    ", "\t").encode(), "8:2"),
        (DOUBLE.replace("async def sample", "\fasync def sample").encode(), "8:5"),
        (("\f" + DOUBLE).encode(), "8:5"),
        (DOUBLE.replace("await page\n    await", "\f\n    await page\n    await").encode(), "9:5"),
        (("# \u2028 separator \x1c and \x85\n" + DOUBLE).encode(), "9:5"),
        (DOUBLE.rstrip("\n").encode(), "8:5"),
        (DOUBLE.replace("    await page\n    await page", "    x = 'ä€𝄞'; await page; await page").encode(), "7:28"),
        (b"# -*- coding: latin-1 -*-\n# \xe4\xf6\n" + DOUBLE.encode(), "10:5"),
        (b"# \xe4\xf6 without a cookie\n" + DOUBLE.encode(), "9:5"),
        (DOUBLE.replace("    page = fetch()", "    page = \\\n        fetch()").encode(), "9:5"),
    ],
)
def test_odd_bytes_keep_lines_and_columns(content: bytes, place: str, tmp_path: Path) -> None:
    (line,) = flake8(content, tmp_path)
    assert line.startswith(f"{place}: {MESSAGE}")


@pytest.mark.parametrize("content", [b"", b"\n", b"\f", b"\xef\xbb\xbf", b"# only a comment", b"async def f(): ...\n"])
def test_nothing_gives_nothing(content: bytes, tmp_path: Path) -> None:
    assert flake8(content, tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "async def sample(:\n",
        "await (\n",
        "async def f():\n\tawait x\n        await x\n",
        "async def f():\n    return '\0'\n",
        "async def f():\n    await x = 1\n",
        "return await x\n    y\n",
    ],
)
def test_invalid_python_is_left_to_flake8(text: str, tmp_path: Path) -> None:
    lines = flake8(text.encode(), tmp_path)
    assert lines
    assert all(" E9" in line for line in lines)


def nested(depth: int) -> str:
    """Blocks in blocks, as deep as Python's parser allows, around a double await."""
    heads = [f"{'  ' * (n + 1)}if x[{n}]:\n" for n in range(depth)]
    inner = "  " * (depth + 1)
    return f"{HEAD}async def sample(x):\n  page = fetch()\n{''.join(heads)}{inner}await page\n{inner}await page\n"


def test_nested_blocks() -> None:
    assert [line.split()[1] for line in reported(nested(97), "sample.py")] == ["VT101"]


def test_long_function_is_judged_in_time() -> None:
    group = "    if x:\n        page = fetch()\n        await page\n    for one in x:\n        print(one)\n"
    text = f"{HEAD}async def sample(x):\n{group * 1000}    page = fetch()\n    await page\n    await page\n"
    start = time.process_time()
    lines = reported(text, "sample.py")
    assert time.process_time() - start < 20
    assert [line.split()[1] for line in lines] == ["VT101"]


SCRIPT = """
import ast, io, sys
from flake8_valuetask.plugin import Plugin

text = sys.stdin.read()
try:
    tree = ast.parse(text)
except (RecursionError, MemoryError, SyntaxError):
    raise SystemExit(3)
for line, column, message, _ in Plugin(tree, "sample.py", list(io.StringIO(text))).run():
    print(f"{line}:{column + 1}: {message}")
"""

DEEP: dict[str, Callable[[int], str]] = {
    "sum": lambda n: "+".join(["a"] * n),
    "methods": lambda n: "x" + ".y()" * n,
    "subscripts": lambda n: "a" + "[0]" * n,
    "attributes": lambda n: "a" + ".b" * n,
    "displays": lambda n: "[" * n + "]" * n,
    "calls": lambda n: "f(" * n + ")" * n,
    "nots": lambda n: "not " * n + "a",
    "signs": lambda n: "-" * n + "a",
    "conditionals": lambda n: "a if b else " * n + "c",
    "booleans": lambda n: " and ".join(["a"] * n),
    "comparisons": lambda n: " < ".join(["a"] * n),
    "lambdas": lambda n: "lambda: " * n + "a",
    "strings": lambda n: "'a' " * n,
    "formatted": lambda n: "f'{a}' " * n,
}


@pytest.mark.parametrize(("shape", "size"), [*product(DEEP, [100, 3000]), ("sum", 900), ("methods", 1500)])
def test_deep_expressions_do_no_harm(shape: str, size: int) -> None:
    """The plugin by itself, since other checkers of flake8 give up on some of these."""
    text = (
        HEAD
        + f"async def sample(a, b, c, x, f):\n    page = fetch()\n    y = {DEEP[shape](size)}\n    await page\n    await page\n"
    )
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.stderr == ""
    assert run.returncode in (0, 3), "neither judged nor refused by Python's own parser"
    assert run.stdout in ("", f"9:5: {MESSAGE} 8\n")


@pytest.mark.parametrize("shape", DEEP)
def test_moderately_deep_expressions_are_judged(shape: str) -> None:
    text = (
        HEAD
        + f"async def sample(a, b, c, x, f):\n    page = fetch()\n    y = {DEEP[shape](30)}\n    await page\n    await page\n"
    )
    assert reported(text, "sample.py") == [f"9:5: {MESSAGE} 8"]


@pytest.mark.parametrize("depth", [300, 5000])
def test_deep_displays_are_left_to_python(depth: int, tmp_path: Path) -> None:
    lines = flake8(sample(f"x = {'[' * depth}{']' * depth}").encode(), tmp_path)
    assert all(" E9" in line or MESSAGE in line for line in lines)


# A rule that fails

TWO = HEAD + (
    "async def first():\n    page = fetch()\n    await page\n    await page\n\n\n"
    "class Client:\n    async def second(self):\n        page = fetch()\n        await page\n        await page\n"
)


def test_failure_of_a_rule_is_one_line_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(flow: Flow) -> Iterable[Report]:
        if flow.body.scope.name == "second":
            raise KeyError("page")
        return ()

    broken = Rule("VT999", "failing", "0.1.0", "", failing, False, __name__)
    monkeypatch.setattr(rules, "load", lambda loaded=dict(rules.load()): {**loaded, "VT999": broken})
    assert reported(TWO, "package/sample.py") == [
        f"8:5: {MESSAGE} 7",
        "12:1: VT000 internal error in package/sample.py, Client.second: KeyError (please report it)",
    ]


def test_failure_of_the_survey_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("flake8_valuetask.survey.survey", failing)
    assert reported(TWO, "sample.py") == [
        "1:1: VT000 internal error in sample.py, the module: ZeroDivisionError (please report it)"
    ]


def test_a_deep_tree_in_one_function_does_not_silence_the_others() -> None:
    deep = f"async def deep(x):\n    page = fetch()\n    y = x{'.y()' * 250}\n    await page\n    await page\n"
    text = HEAD + deep + TWO.removeprefix(HEAD)
    assert [f.span.line for f in findings(text) if f.code == "VT101" and f.span.line > 9] == [13, 20]


def test_what_is_no_module_gives_nothing() -> None:
    assert list(Plugin(ast.Expression(ast.Constant(1)), "sample.py", ["async\n"]).run()) == []
