"""A wrong entry of an option is one line that names it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from flake8_valuetask.options import KINDS, NAMES, OPT_IN, OTHERS, Additions, Options, WrongEntry, parse
from tests.options.library import RETRY
from tests.trees import flake8, process, write

WRONG = {
    **{
        option.name: ["fetch", "mylib..fetch", ".fetch", "mylib.", "mylib.1", "my-lib.x", "mylib.fetch()"]
        for option in NAMES
    },
    "enable": ["VT101", "vt101", "VT1", "retries"],
    "kinds": ["Coroutine", "task", "valuetasks", "awaitable"],
    "python": ["/etc/passwd", "pyton3", ".venv", "nowhere", "/nowhere/bin/python"],
    "roots": ["nowhere", "sample.py", "/nowhere"],
}
ENTRIES = [(option, entry) for option, entries in WRONG.items() for entry in entries]


def one_line(text: object, option: str, entry: str) -> None:
    """A message is one line that names the option and the entry."""
    assert isinstance(text, str)
    assert len(text.strip().splitlines()) == 1
    assert f"--valuetask-{option}" in text
    assert repr(entry) in text


@pytest.mark.parametrize(("option", "entry"), ENTRIES)
def test_wrong_entry(option: str, entry: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": "async def fetch(): ...\n", ".flake8": f"[flake8]\nvaluetask-{option} = {entry}\n"})
    for arguments in (("--isolated", f"--valuetask-{option}={entry}"), ("--config=.flake8",)):
        message, lines = flake8(tmp_path, *arguments, "sample.py")
        one_line(message, option, entry)
        assert lines == []


@pytest.mark.parametrize(
    ("option", "good", "wrong"),
    [("readers", "mylib.log", "log"), ("kinds", "step", "future")],
)
def test_wrong_entry_among_good_ones_as_users_see_it(option: str, good: str, wrong: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": RETRY})
    run = process(tmp_path, "--isolated", f"--valuetask-{option}={good},{wrong}", "sample.py")
    assert run.returncode != 0
    assert run.stdout == ""
    one_line(run.stderr, option, wrong)
    assert good not in run.stderr.partition(";")[0].replace("mylib.name", "")


@pytest.mark.parametrize("entries", [[], "", None, ()])
def test_empty_entries_are_none(entries: object) -> None:
    options = parse(dict.fromkeys((option.name for option in (*NAMES, *OTHERS)), entries))
    assert options.additions == Additions()
    assert (options.kinds, options.opt_in) == (frozenset(KINDS), frozenset())
    assert parse({}) == options
    assert Options().kinds == options.kinds


@pytest.mark.parametrize("code", sorted(OPT_IN))
def test_opt_in_codes_are_entries(code: str) -> None:
    assert parse({"enable": [code]}).opt_in == {code}
    with pytest.raises(WrongEntry, match=f"'{code}0'"):
        parse({"enable": [code, f"{code}0"]})
    assert parse({"enable": [code.lower()]}).opt_in == {code}


def test_help_names_all_options(tmp_path: Path) -> None:
    shown = " ".join(process(tmp_path, "--help").stdout.split())
    for option in (*NAMES, *OTHERS):
        assert f"--valuetask-{option.name} {option.metavar}".strip() in shown
        assert any(piece in shown for piece in halves(option.help))


def halves(text: str) -> Iterable[str]:
    """A text, and its halves, of which one may be cut by a hyphen."""
    words = text.split()
    return text, " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
