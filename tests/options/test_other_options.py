"""The options that name no functions, on the command line and in configuration files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flake8_valuetask.options import KINDS, OPT_IN
from tests.options.library import OWN, RETRY, codes, text_of
from tests.trees import FETCH, flake8, process, twice, write


@pytest.mark.parametrize("entries", ["VT105", "VT105,VT601", "VT308, VT105"])
def test_enable(entries: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": RETRY, ".flake8": f"[flake8]\nvaluetask-enable = {entries}\n"})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-enable=VT601") == []
    assert codes(tmp_path, f"--valuetask-enable={entries}") == ["VT105"]
    assert codes(tmp_path, "--config=.flake8") == ["VT105"]


THREE = """
import asyncio

from flake8_valuetask.runtime import ValueTask


async def fetch(): ...


async def stream():
    yield 1


async def coroutine():
    page = fetch()
    await page
    await page
    fetch()


async def step():
    page = anext(stream())
    await page
    await page
    anext(stream())


async def valuetask(page: ValueTask[int]):
    await page
    await page
    ValueTask.from_result(1)
    await asyncio.gather(ValueTask.from_result(1))
"""
JUDGED = {
    "coroutine": [(16, "VT101"), (17, "VT401")],
    "step": [(23, "VT101"), (24, "VT401")],
    "valuetask": [(29, "VT101"), (30, "VT401"), (31, "VT201")],
}


def places(folder: Path, *arguments: str) -> list[tuple[int, str]]:
    """Line and code of each finding."""
    _, lines = flake8(folder, "--isolated", "--select=VT", "--valuetask-no-cache", *arguments, "sample.py")
    return [(int(line.split(":")[1]), line.split()[1]) for line in lines]


@pytest.mark.parametrize("kinds", [["coroutine"], ["step"], ["valuetask"], ["step", "valuetask"], [*KINDS], []])
def test_kinds(kinds: list[str], tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": THREE.lstrip()})
    expected = sorted(place for kind in kinds or KINDS for place in JUDGED[kind])
    assert places(tmp_path, *([f"--valuetask-kinds={','.join(kinds)}"] if kinds else [])) == expected
    write(tmp_path, {".flake8": f"[flake8]\nvaluetask-kinds = {','.join(kinds)}\n"})
    assert codes(tmp_path, "--config=.flake8") == [code for _, code in expected]


OF_FUNCTIONS = {
    "VT406": ("coroutine", f"import threading{OWN}threading.Thread(target=own)\n"),
    "VT601": (
        "valuetask",
        "from flake8_valuetask.runtime import ValueTask\n\n\ndef get():\n    return ValueTask.from_result(1)\n",
    ),
    "VT602": (
        "valuetask",
        "import asyncio\n\nfrom flake8_valuetask.runtime import value_task\n\n\n@value_task\nasync def _get():\n"
        "    await asyncio.sleep(1)\n",
    ),
}


@pytest.mark.parametrize("code", OF_FUNCTIONS)
def test_kinds_of_what_functions_make(code: str, tmp_path: Path) -> None:
    kind, text = OF_FUNCTIONS[code]
    write(tmp_path, {"sample.py": text})
    enabled = [f"--valuetask-enable={code}"] if code in OPT_IN else []
    assert codes(tmp_path, *enabled) == [code]
    assert codes(tmp_path, *enabled, f"--valuetask-kinds={kind}") == [code]
    others = ",".join(sorted({*KINDS} - {kind}))
    assert codes(tmp_path, *enabled, f"--valuetask-kinds={others}") == []


def test_kinds_of_an_own_type(tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": text_of("one-shot", "mylib", "from")})
    own = "--valuetask-one-shot=mylib.Reply"
    assert codes(tmp_path, own, "--valuetask-kinds=valuetask") == ["VT101"]
    assert codes(tmp_path, own, "--valuetask-kinds=coroutine") == []


LAYOUT = {
    "setup.cfg": "",
    "lib/helper.py": FETCH,
    "tools/lib/other.py": FETCH,
    "app/sample.py": twice("from helper import fetch"),
    "app/deep/sample.py": twice("from other import fetch"),
}


@pytest.mark.parametrize("roots", ["./lib,./tools/lib", "tools/lib,./lib", "{root}/lib, {root}/tools/lib"])
def test_roots_on_the_command_line(roots: str, tmp_path: Path) -> None:
    write(tmp_path, LAYOUT)
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", "app")
    assert (status, lines) == (0, [])
    option = f"--valuetask-roots={roots.format(root=tmp_path)}"
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", option, "app")
    assert (status, len(lines)) == (1, 2)


@pytest.mark.parametrize("where", [".", "app", "app/deep", "lib"])
@pytest.mark.parametrize("roots", ["./lib, tools/lib", "{root}/lib, {root}/tools/lib"])
def test_roots_in_a_configuration_are_beside_it(roots: str, where: str, tmp_path: Path) -> None:
    text = f"[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-roots = {roots.format(root=tmp_path)}\n"
    write(tmp_path, {**LAYOUT, ".flake8": text})
    names = [str(tmp_path / "app/sample.py"), str(tmp_path / "app/deep/sample.py")]
    status, lines = flake8(tmp_path / where, *names)
    assert [line.split()[1] for line in lines] == ["VT101", "VT101"]
    assert status == 1


SITE = "lib/python3.11/site-packages"


@pytest.mark.parametrize("python", [".venv/bin/python", "./.venv/bin/python3", "{root}/.venv/bin/python"])
def test_python(python: str, tmp_path: Path) -> None:
    files = {f".venv/{SITE}/foo/__init__.py": FETCH, f".venv/{SITE}/foo/py.typed": ""}
    write(tmp_path, {**files, "sample.py": twice("from foo import fetch")})
    path = python.format(root=tmp_path)
    assert codes(tmp_path) == []
    assert codes(tmp_path, f"--valuetask-python={path}") == ["VT101"]
    write(
        tmp_path,
        {".flake8": f"[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-python = {path}\n", "x/y": ""},
    )
    assert len(flake8(tmp_path / "x", "../sample.py")[1]) == 1


ENVIRONMENTS = [
    "./.venv",
    ".venv",
    "./.venv/",
    "./.venv/bin",
    "~/.venv/bin/python",
    "~/.venv",
    "$HOME/.venv",
    "${HOME}/.venv",
]


@pytest.mark.parametrize("python", [*ENVIRONMENTS, "python3.98"])
@pytest.mark.parametrize("configured", [False, True])
def test_environment(python: str, configured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f".venv/{SITE}/foo/__init__.py": FETCH, f".venv/{SITE}/foo/py.typed": "", ".venv/bin/python3.98": ""}
    write(tmp_path, {**files, "sample.py": twice("from foo import fetch")})
    (tmp_path / ".venv/bin/python3.98").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / ".venv/bin"), prepend=os.pathsep)
    if not configured:
        assert codes(tmp_path, f"--valuetask-python={python}") == ["VT101"]
        return
    text = f"[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-python = {python}\n"
    write(tmp_path, {".flake8": text})
    assert len(flake8(tmp_path, "sample.py")[1]) == 1


def test_link_to_an_interpreter(tmp_path: Path) -> None:
    files = {f"opt/{SITE}/foo/__init__.py": FETCH, f"opt/{SITE}/foo/py.typed": "", "opt/bin/python3.98": "", "x/y": ""}
    write(tmp_path, {**files, "sample.py": twice("from foo import fetch")})
    (tmp_path / "x/python3").symlink_to(tmp_path / "opt/bin/python3.98")
    assert codes(tmp_path, "--valuetask-python=x/python3") == ["VT101"]


def test_roots_below_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, LAYOUT)
    monkeypatch.setenv("HOME", str(tmp_path))
    write(
        tmp_path,
        {".flake8": "[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-roots = ~/lib, $HOME/tools/lib\n"},
    )
    assert len(flake8(tmp_path, "app")[1]) == 2


@pytest.mark.parametrize("where", [".", "x"])
@pytest.mark.parametrize("name", ["./kept", "deep/kept", "{root}/kept"])
def test_cache_folder_in_a_configuration_is_beside_it(name: str, where: str, tmp_path: Path) -> None:
    folder = name.format(root=tmp_path)
    text = f"[flake8]\nselect = VT\nvaluetask-cache-dir = {folder}\n"
    write(tmp_path, {".flake8": text, "helper.py": FETCH, "sample.py": twice("from helper import fetch"), "x/y": ""})
    assert len(flake8(tmp_path / where, str(tmp_path / "sample.py"))[1]) == 1
    assert list((tmp_path / folder).rglob("*.json"))
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == ["y"]


@pytest.mark.parametrize("value", ["true", "yes", "1", "on"])
def test_no_cache_in_a_configuration(value: str, tmp_path: Path) -> None:
    text = f"[flake8]\nselect = VT\nvaluetask-no-cache = {value}\nvaluetask-cache-dir = ./kept\n"
    write(tmp_path, {".flake8": text, "helper.py": FETCH, "sample.py": twice("from helper import fetch")})
    assert len(flake8(tmp_path, "sample.py")[1]) == 1
    assert not (tmp_path / "kept").exists()


def test_options_reach_the_processes_of_jobs(tmp_path: Path) -> None:
    write(tmp_path, {name: text_of("producers", "mylib", "from") for name in ("one.py", "other.py", "third.py")})
    options = ("--isolated", "--select=VT", "--valuetask-producers=mylib.fetch", "--jobs=2")
    run = process(tmp_path, *options, "one.py", "other.py", "third.py")
    assert run.stderr == ""
    assert [line.split()[1] for line in run.stdout.splitlines()] == ["VT101"] * 3
