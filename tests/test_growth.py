"""The work of the solver grows with the code and no faster, for each sort of hard code; and the benchmarks run.

What is counted are steps, the blocks that the solver visits, and units of work. Seconds are for `benchmarks/growth.py`.
"""

from __future__ import annotations

import ast
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import growth, sorts
from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis, bodies
from flake8_valuetask.budget import BASE, EACH, RESERVE
from flake8_valuetask.graph import Graph
from flake8_valuetask.kinds import calls
from flake8_valuetask.kinds.callees import Callees
from flake8_valuetask.kinds.fields import Fields
from flake8_valuetask.refs import Attr
from flake8_valuetask.typestate import Typestate
from flake8_valuetask.typestate.groups import Sorter
from tests.samples import ROOT

MOST, STEEPEST = 2.3, 1.1
"""How many times the steps of the half size a size may take; the slope of all of them, in logarithms."""
DEEP = {"methods": 25, "asked": 25, "calls": 25, "lambdas": 25}
"""The smallest sizes of what is nested: Python and the analysis follow no more than some hundred levels."""
USUAL = 50
GENEROUS = 10
"""Seconds for 200 kB of these sorts: far more than they take, to tell a steep curve from a slow machine."""
needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="processor time of a tree of processes")
SORTS = list(sorts.SORTS)


def steps(name: str, size: int) -> int:
    """The steps for a size of a sort."""
    parsed = source.parse(sorts.module(name, size))
    assert parsed is not None, "Python cannot read it"
    found = growth.visits(parsed)
    assert found, "nothing was solved"
    return found


@pytest.mark.parametrize("name", SORTS)
def test_steps_grow_with_the_size(name: str) -> None:
    smallest = DEEP.get(name, USUAL)
    counted = [(smallest * times, steps(name, smallest * times)) for times in (1, 2, 4)]
    told = f"steps by size: {dict(counted)}"
    assert all(large <= MOST * small for (_, small), (_, large) in zip(counted, counted[1:], strict=False)), told
    assert growth.slope(counted[-2:]) <= STEEPEST, told


def counting(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[str]:
    """The calls of a function or method from now on, by its name."""
    made: list[str] = []
    known = getattr(owner, name)

    def counted(*given: object) -> object:
        made.append(name)
        return known(*given)

    monkeypatch.setattr(owner, name, counted)
    return made


@pytest.mark.parametrize("name", ["methods", "asked"])
def test_each_link_of_a_chain_is_read_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = counting(monkeypatch, Attr, "__init__")
    sizes = []
    for size in (50, 100):
        made.clear()
        steps(name, size)
        sizes.append(len(made))
    assert 0 < sizes[1] <= MOST * sizes[0], f"{sizes[0]} references grew to {sizes[1]}"


ASKED: list[tuple[str, object, str]] = [
    ("taken", Sorter, "sort"),
    ("fields", Fields, "_emptied"),
    ("namesakes", Callees, "body"),
    ("alternatives", calls, "called"),
]
"""Sorts, and what is asked of each of their parts, or of all."""


@pytest.mark.parametrize(("name", "owner", "method"), ASKED)
def test_questions_grow_with_the_size(name: str, owner: object, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counting(monkeypatch, owner, method)
    counts = []
    for size in (300, 1200):
        asked.clear()
        steps(name, size)
        counts.append(len(asked))
    assert 0 < counts[1] <= 4.2 * counts[0], f"{counts[0]} questions grew to {counts[1]}"


@pytest.mark.parametrize("name", ["twice", "rounds", "often"])
def test_looks_at_what_follows_grow_with_the_size(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = counting(monkeypatch, Graph, "successors")
    counts = []
    for size in (400, 1600):
        parsed = source.parse(sorts.module(name, size))
        assert parsed is not None
        looks.clear()
        assert len(Analysis(parsed).findings()) > 20
        counts.append(len(looks))
    assert counts[1] <= 4.2 * counts[0], f"{counts[0]} looks grew to {counts[1]}"


def lowered(text: str) -> int:
    """The blocks of all graphs of a module."""
    parsed = source.parse(text)
    assert parsed is not None
    whole = Analysis(parsed)
    units = [unit for body in whole.survey.bodies if (unit := whole.unit(body.scope)) is not None]
    return sum(len(body.graph.blocks) for unit in units for body in bodies(unit))


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_nested_finals_are_copied_for_each_way(depth: int) -> None:
    text = sorts.HEAD + "".join(f"    {line}\n" for line in sorts.levels(depth))
    parsed = source.parse(text)
    assert parsed is not None
    assert growth.visits(parsed)
    assert lowered(text) > 3**depth


@pytest.mark.parametrize("depth", [8, 11, 14, 60])
def test_a_body_with_too_many_copies_is_left_out(depth: int) -> None:
    text = sorts.HEAD + "".join(f"    {line}\n" for line in sorts.levels(depth))
    assert lowered(text) < 50
    assert lowered(text + "\n\nasync def other():\n    await fetch()\n") > lowered(text)


def test_copies_in_many_bodies_are_bounded() -> None:
    small, large = lowered(sorts.module("within", 3200)), lowered(sorts.module("within", 12_800))
    assert large <= 4 * small


def effort(text: str) -> tuple[int, int]:
    """The units of work that a module takes, and its number of events."""
    parsed = source.parse(text)
    assert parsed is not None, "Python cannot read it"
    whole = Analysis(parsed)
    typestate = Typestate(whole.body)
    units = [unit for body in whole.survey.bodies if (unit := whole.unit(body.scope)) is not None]
    lowered = [body for unit in units for body in bodies(unit)]
    events = sum(len(block.events) for body in lowered for block in body.graph.blocks)
    return sum(typestate.flow(body).effort for body in lowered), events


@pytest.mark.parametrize("name", [name for name in SORTS if name not in DEEP and name != "sums"])
def test_steps_grow_with_large_sizes(name: str) -> None:
    small, large = steps(name, 400), steps(name, 1600)
    assert large <= 4 * 4**0.1 * small, f"{small} steps grew to {large}"


@pytest.mark.parametrize("name", ["alive", "correlated", "gathered", "separate", "straight"])
def test_units_of_work_grow_with_the_number_of_values(name: str) -> None:
    (small, _), (large, _) = (effort(sorts.module(name, size)) for size in (400, 1600))
    assert large <= 4.2 * small, f"{small} units grew to {large}"


@pytest.mark.parametrize("name", ["again", "correlated", "held", "loops", "shared"])
def test_work_is_bounded(name: str) -> None:
    units, events = effort(sorts.module(name, 3200))
    assert units <= RESERVE + (BASE + EACH) * events


def test_work_on_many_bodies_is_bounded() -> None:
    lines = "".join(f"    {line}\n" for line in sorts.SORTS["again"](100))
    text = sorts.HEAD + "    return 1\n"
    text += "".join(f"\n\nasync def part{n}(more):\n{lines}" for n in range(200_000 // len(lines)))
    units, events = effort(text)
    assert units <= RESERVE + (BASE + EACH) * events


@pytest.mark.parametrize("name", ["again", "gathered", "handlers", "lambdas", "shared", "straight"])
def test_large_modules_take_seconds(name: str) -> None:
    text = sorts.large(name, 200_000)
    assert 190_000 < len(text) < 202_000
    parsed = source.parse(text)
    assert parsed is not None
    assert growth.once(parsed) < GENEROUS


@pytest.mark.parametrize("name", sorts.SORTS)
def test_sizes_are_numbers_of_statements_or_parts(name: str) -> None:
    small, large = (sum(1 for _ in ast.walk(ast.parse(sorts.module(name, size)))) for size in (50, 100))
    assert large > 1.5 * small
    if sorts.SORTS[name] not in sorts.EXPRESSIONS:
        tree = ast.parse(sorts.module(name, 200))
        statements = sum(isinstance(node, ast.stmt | ast.match_case) for node in ast.walk(tree))
        assert 150 < statements < 220


def test_slope_is_that_of_the_larger_half() -> None:
    assert growth.slope([(1, 7), (2, 1), (4, 4), (8, 16)]) == pytest.approx(2)
    assert growth.slope([(1, 100), (2, 3), (4, 6)]) == pytest.approx(1)
    assert math.isnan(growth.slope([(1, 1)]))


# The command lines


def printed(name: str, *options: str) -> str:
    """What a benchmark prints."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


@pytest.mark.parametrize("name", ["growth", "editor", "overhead"])
def test_benchmarks_run_as_files(name: str) -> None:
    command = [sys.executable, str(Path("benchmarks", f"{name}.py")), "--help"]
    assert "show this help" in subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_growth_prints_tables_and_the_worst_slope() -> None:
    told = printed("growth", "--sorts", "straight", "again", "--largest", "100", "--characters", "9000").splitlines()
    sizes = [line.split()[1:4:2] for line in told[2:6]]
    assert sizes == [["straight", "50"], ["straight", "100"], ["again", "50"], ["again", "100"]]
    assert "| sort | seconds for 9 kB |" in told
    assert re.fullmatch(r"longest: \d\.\d\d s \((straight|again)\)", told[-3])
    assert re.fullmatch(r"worst slope: time -?\d\.\d\d \(\w+\), steps \d\.\d\d \(again\)", told[-1])


def test_growth_ends_a_sort_beyond_the_limit() -> None:
    told = printed(
        "growth", "--sorts", "straight", "--largest", "400", "--limit", "0", "--characters", "0"
    ).splitlines()
    assert [line.split()[3] for line in told if line.startswith("| straight")] == ["50", "50"]


@pytest.mark.parametrize("way", ["session", "whole"])
def test_editor_prints_its_times(way: str) -> None:
    told = printed("editor", "--lines", "60", "--edits", "3", "--way", way).splitlines()
    assert told[2] == f"| {way} | ms |"
    assert re.fullmatch(r"edits: median [\d.]+ ms, 95 % [\d.]+ ms, max [\d.]+ ms", told[-1])


def test_editor_compares_the_two_ways() -> None:
    assert printed("editor", "--lines", "100", "--edits", "6", "--compare") == "differences: 0 in 6 edits\n"


@pytest.fixture
def tiny(tmp_path: Path) -> list[str]:
    """Options to measure a tiny package with the interpreter of the tests."""
    text = "async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n    await page\n    await page\n"
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "module.py").write_text(text, encoding="utf-8")
    return ["--plain", sys.executable, "--plugin", sys.executable, "--scratch", str(tmp_path), "--packages", "tiny"]


@needs_wait4
def test_overhead_prints_tables_and_the_worst_ratios(tiny: list[str]) -> None:
    told = printed("overhead", *tiny, "--pairs", "1", "--job-counts", "1").splitlines()
    assert told[0] == "--jobs 1:"
    assert told[2] == "| package | plain s | more MiB | cold | warm | seldom |"
    assert "| tiny | 1 of 1 | 50% of 2 |" in "\n".join(told)
    assert re.fullmatch(r"worst ratio: cold \d+\.\d\d \(tiny\), warm \d+\.\d\d \(tiny\)", told[-1])


# As valgrind answers, where it is not there; the plugin is known by its cache, and the second run by what that has.
COUNTER = """#!/bin/sh
for last do
  case $last in --valuetask-cache-dir=*) cache=${last#*=} ;; esac
done
case "$cache" in
  "") count=2,000,000 ;;
  *) if [ -e "$cache/seen" ]; then count=1,999,000; else count=2,300,000; : > "$cache/seen"; fi ;;
esac
echo "==1== I   refs:      $count" >&2
"""


@needs_wait4
def test_overhead_counts_instructions(tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = tmp_path / "valgrind"
    counter.write_text(COUNTER, encoding="utf-8")
    counter.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    told = printed("overhead", *tiny, "--count").splitlines()
    assert told[0] == "| package | million instructions | cold | warm |"
    assert told[2:] == ["| tiny | 2 | 1.150 | 1.000 |"]


@needs_wait4
def test_overhead_counts_worker_processes() -> None:
    from benchmarks import overhead

    burn = "import time\nwhile time.process_time() < 0.3: pass"
    found = overhead.used(
        [sys.executable, "-c", f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])"]
    )
    assert 0.3 < found.seconds < 3
    assert 1 < found.peak < 1000
