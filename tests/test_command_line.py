"""`python -m flake8_valuetask`: what it prints, and how it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flake8_valuetask import __version__
from flake8_valuetask.__main__ import main
from flake8_valuetask.rule import Rule
from tests import samples

TEXT = """\
async def fetch():
    return 1


class Client:
    async def twice(self):
        page = fetch()
        await page
        await page


print(fetch)
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A file with a double await."""
    path = tmp_path / "client.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("rule", samples.loaded(), ids=lambda rule: rule.code)
def test_explain(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", rule.code]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{rule.code} {rule.name}")
    assert ("opt-in" in shown.splitlines()[0]) == rule.opt_in
    assert f"since {rule.since}\n" in shown
    assert shown.rstrip().endswith(rule.documentation.rstrip())


def test_explain_takes_small_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "vt101"]) == 0
    assert capsys.readouterr().out.startswith("VT101 consumed-twice\n")


@pytest.mark.parametrize("rule", samples.loaded(), ids=lambda rule: rule.name)
def test_explain_by_name(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", rule.name]) == 0
    assert capsys.readouterr().out.startswith(f"{rule.code} {rule.name}")


def test_explain_of_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "vt000"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("VT000\n\nflake8-valuetask failed on this code")
    assert "report" in shown


@pytest.mark.parametrize("code", ["VT999", "E501", "consumed"])
def test_explain_of_no_rule(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", code]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"{code}: no such rule; --list shows them\n"


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rules = samples.loaded()
    assert [line.split()[:2] for line in lines] == [[rule.code, rule.name] for rule in rules]
    assert all(
        rule.summary in line and line.endswith("(opt-in)") == rule.opt_in
        for rule, line in zip(rules, lines, strict=True)
    )


def test_graph_shows_events_lines_and_states(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--graph", f"{module}:Client.twice"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Client.twice:\n  B0:\n")
    assert "    make %1 coroutine fetch() call  [line 7]\n" in shown
    assert "    consume page await  [line 8]\n        consume: fetch() is fresh\n" in shown
    assert "    consume page await  [line 9]\n        consume: fetch() is spent\n" in shown
    assert shown.rstrip().endswith("-> return")


@pytest.mark.parametrize("name", ["fetch", "<module>"])
def test_graph_of_other_bodies(name: str, module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--graph", f"{module}:{name}"]) == 0
    assert capsys.readouterr().out.startswith(f"{name}:\n  B0:\n")


def test_graph_of_no_function(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--graph", f"{module}:Client.once"]) == 1
    shown = capsys.readouterr()
    there = "there are <module>, fetch, Client.twice"
    assert (shown.out, shown.err) == ("", f"{module}: no function 'Client.once'; {there}\n")


@pytest.mark.parametrize("end", ["", ":"])
def test_graph_without_a_function_says_what_there_is(
    end: str, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--graph", f"{module}{end}"]) == 1
    there = "there are <module>, fetch, Client.twice"
    assert capsys.readouterr().err == f"{module}: --graph wants {module}:FUNCTION; {there}\n"


@pytest.mark.parametrize(
    "content", [b"# \xe4\nasync def fetch(): ...\n", b"# coding: cp1252\n# \x80\nasync def fetch(): ...\n"]
)
def test_graph_of_a_file_that_is_not_utf_8(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(content)
    assert main(["--graph", f"{path}:fetch"]) == 0
    assert capsys.readouterr().out.startswith("fetch:\n")


def test_graph_of_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--graph", f"{tmp_path / 'none.py'}:fetch"]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'none.py'}: ")


@pytest.mark.parametrize("place", ["client.py", ":fetch", ""])
def test_graph_of_half_a_place(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(["--graph", place])
    except SystemExit as usage:
        status = usage.code if isinstance(usage.code, int) else 1
    assert status in (1, 2)
    assert capsys.readouterr().err


@pytest.mark.parametrize("content", [b"async def fetch(:\n", b"# \xe4\n", b"x = '\0'\n"])
def test_graph_of_invalid_text(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(content)
    assert main(["--graph", f"{path}:fetch"]) == 1
    assert capsys.readouterr().err.startswith(f"{path}: ")


@pytest.mark.parametrize("arguments", [[], ["--list", "--explain", "VT101"], ["--explain"], ["file.py"], ["--graph"]])
def test_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m flake8_valuetask" in capsys.readouterr().err


def test_module_runs() -> None:
    command = [sys.executable, "-m", "flake8_valuetask", "--version"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == f"{__version__}\n"


@pytest.mark.parametrize("arguments", [["explain", "VT101"], ["list"]])
def test_reader_that_stops_early(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "flake8_valuetask", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
