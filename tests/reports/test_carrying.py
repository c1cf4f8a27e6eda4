"""What carries a finding through flake8, and the order of its places."""

from __future__ import annotations

import ast
import json
import multiprocessing
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from flake8_valuetask.finding import Finding, Place
from flake8_valuetask.plugin import Message
from flake8_valuetask.reports import entries as reporting
from flake8_valuetask.source import Span
from tests import samples
from tests.reports.running import DOUBLE, Run, process, text_at


def message() -> Message:
    span = Span(7, 4, 7, 14)
    return Message("VT101 page is lost", Finding(span, "VT101", "page is lost", (Place(span, "here"),)), ("a\n",))


def test_a_message_is_the_text_that_it_was() -> None:
    text = "VT101 page is lost"
    given = message()
    assert (given, hash(given), f"{given}", given % (), json.dumps(given)) == (
        text,
        hash(text),
        text,
        text,
        f'"{text}"',
    )
    assert given.split() == text.split()
    assert given.split("x") == [text]
    assert Message(" ", given.finding, ()).split() == []


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_message_carries_its_finding_through_split_and_pickle(protocol: int) -> None:
    given = message()
    code, rest = pickle.loads(pickle.dumps(given, protocol)).split(" ", 1)
    assert (code, rest) == ("VT101", "page is lost")
    assert (rest.finding, rest.lines) == (given.finding, ("a\n",))
    assert pickle.loads(pickle.dumps(rest, protocol)).finding == given.finding


STARTED = """
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_findings_come_out_of_other_processes(method: str, tmp_path: Path) -> None:
    (tmp_path / "start.py").write_text(STARTED, encoding="utf-8")
    for name in ("one.py", "other.py"):
        (tmp_path / name).write_text(DOUBLE, encoding="utf-8")
    options = ["--isolated", "--select=VT", "--jobs=2", "--format=vt-json", "one.py", "other.py"]
    command = [sys.executable, "start.py", method, *options]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    found = json.loads(shown.stdout)["findings"]
    assert [(one["path"], len(one["places"])) for one in found] == [("one.py", 3), ("other.py", 3)]


def test_kept_findings_are_as_good(run: Run, tmp_path: Path) -> None:
    command = ("--format=vt-json", f"--valuetask-cache-dir={tmp_path / 'kept'}", "sample.py")
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    first, second = process(tmp_path, *command), process(tmp_path, *command)
    assert first.stdout == second.stdout == run("vt-json", DOUBLE).encode()


def test_other_formats_print_what_they_printed(run: Run) -> None:
    said = "coroutine `page` is awaited again; it was first awaited on line 6"
    assert run("default", DOUBLE) == f"sample.py:7:5: VT101 {said}\n"
    assert run("pylint", DOUBLE) == f"sample.py:7: [VT101] {said}\n"


def test_ranges_in_fixtures_are_expressions() -> None:
    checked = 0
    for rule in ("vt101_consumed_twice", "vt401_never_consumed", "vt104_duplicated"):
        sample = samples.fixture(samples.lasting(rule)[0])
        for finding in sample.findings:
            for span in (finding.span, *(place.span for place in finding.places)):
                region = dict(zip(("startLine", "startColumn", "endLine", "endColumn"), span, strict=True))
                region["startColumn"] += 1
                region["endColumn"] += 1
                ast.parse(f"async def f():\n (\n{text_at(region, sample.text)}\n )")
                checked += 1
    assert checked > 50


def test_places_follow_the_path() -> None:
    spans = [Span(n, 0, n, 1) for n in range(5)]
    places = [Place(span, f"{n}") for n, span in enumerate(spans[:4])] + [Place(spans[4], "or made here")]
    ordered = reporting.path_of(Finding(spans[3], "VT101", "", tuple(places)))
    assert [place.phrase for place in ordered] == ["0", "or made here", "1", "2", "3"]
    assert all(above != below for above, below in pairwise(ordered))
