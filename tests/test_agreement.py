"""The fixtures run: what really fails is marked, and what is marked really fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

import pytest

from tests.agreement import Agreement, Budget, Kind, agreement_of, execute_source, module_from_path, module_from_source

FIXTURES = Path(__file__).parent.parent / "fixtures"
MODULES = sorted(FIXTURES.glob("*/*.py"))
PRODUCERS = """
import asyncio
from fixtures import world
from flake8_valuetask.runtime import ValueTask

async def fetch():
    await world.pause()
    return b"page"

def read():
    return world.answer(b"page")
"""


@lru_cache
def outcome_of(path: Path) -> Agreement:
    """A module is run once for all tests."""
    return agreement_of(module_from_path(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_markers_agree_with_runs(path: Path) -> None:
    outcome = outcome_of(path)
    print(*outcome.unproved, f"{outcome.executed} functions on {outcome.paths} paths", sep="\n")
    assert not outcome.disagreements, "\n".join(outcome.disagreements)


def test_nearly_every_function_runs(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [outcome_of(path) for path in MODULES]
    functions = sum(len(outcome.executions) for outcome in outcomes)
    executed = sum(outcome.executed for outcome in outcomes)
    paths = sum(outcome.paths for outcome in outcomes)
    with capsys.disabled():
        print(f"\n{executed} of {functions} fixture functions executed on {paths} paths")
    assert executed > 0.95 * functions
    assert paths > 3 * executed


def incidents(source: str, budget: Budget | None = None) -> set[tuple[str, Kind, int]]:
    """Function, kind and line (counted in the text given here) of what happens in a text."""
    offset = PRODUCERS.count("\n")
    return {
        (execution.scenario.label, one.kind, one.line - offset)
        for execution in execute_source(PRODUCERS + dedent(source).lstrip("\n"), budget=budget)
        for one in execution.incidents
    }


def disagreements(source: str) -> tuple[str, ...]:
    return agreement_of(module_from_source(PRODUCERS + dedent(source))).disagreements


@pytest.mark.parametrize("producer", ["fetch", "read"])
def test_second_await_is_seen_even_if_it_is_caught(producer: str) -> None:
    source = f"""
        async def scenario():
            page = {producer}()
            try:
                await page
            except OSError:
                pass
            try:
                await page
            except RuntimeError:
                pass
    """
    assert incidents(source) == {("scenario", Kind.REJECTED, 8)}


def test_second_await_in_a_callee_belongs_to_both_lines() -> None:
    source = """
        async def consume(page):
            return await page

        async def scenario():
            page = fetch()
            await page
            await consume(page)
    """
    (execution,) = [one for one in execute_source(PRODUCERS + dedent(source)) if one.incidents]
    (incident,) = execution.incidents
    offset = PRODUCERS.count("\n") + 1
    assert {line - offset for line in incident.lines} == {2, 7}


def test_failure_of_a_task_belongs_to_where_it_was_made() -> None:
    source = """
        async def scenario():
            page = fetch()
            await page
            task = asyncio.create_task(page)
            await asyncio.wait([task])
    """
    assert incidents(source) == {("scenario", Kind.REJECTED, 4)}


@pytest.mark.parametrize("producer", ["fetch", "read"])
def test_lost_value_belongs_to_where_it_was_made(producer: str) -> None:
    source = f"""
        async def scenario(ready: bool):
            page = {producer}()
            if ready:
                await page
    """
    assert incidents(source) == {("scenario", Kind.LOST, 2)}


def test_value_of_a_function_left_by_an_exception_is_not_lost() -> None:
    source = """
        async def scenario():
            page = fetch()
            world.check()
            await page

        async def caller():
            try:
                await scenario()
            except OSError:
                pass
    """
    assert incidents(source) == set()


def test_value_handed_out_is_not_lost() -> None:
    source = """
        class Job:
            page = None

        def scenario(job: Job, ready: bool):
            job.page = fetch()
            return [read()] if ready else lambda page=fetch(): page
    """
    assert incidents(source) == set()


def test_early_read_is_seen() -> None:
    source = """
        async def scenario():
            page = read()
            return page.result()
    """
    assert incidents(source) == {("scenario", Kind.EARLY, 3)}


def test_wrong_type_is_seen() -> None:
    source = """
        async def scenario():
            page = fetch()
            page["key"]
    """
    assert incidents(source) == {("scenario", Kind.MISTYPED, 3)}


def test_endless_loop_ends_with_the_budget() -> None:
    source = """
        async def scenario():
            while True:
                page = fetch()
                world.flag()
                page.close()
    """
    assert incidents(source, Budget(paths=5, lines=200)) == set()


def test_each_choice_is_taken() -> None:
    source = """
        async def scenario(count: int, ready: bool):
            world.flag()
            world.flag()
    """
    executions = execute_source(PRODUCERS + dedent(source))
    assert executions[-1].paths == 4 * 2 * 2 * 2


def test_parameter_without_annotation_is_an_obstacle() -> None:
    (execution,) = execute_source("async def scenario(page):\n    await page\n")
    assert execution.obstacle is not None and "`page`" in execution.obstacle


DOUBLE = "async def scenario():\n    page = fetch()\n    await page\n    await page{marker}\n"


@pytest.mark.parametrize("marker", ["  # want: VT101", "  # want: VT102, VT101", "  # miss: VT101 (because)"])
def test_true_markers_agree(marker: str) -> None:
    assert disagreements(DOUBLE.format(marker=marker)) == ()


@pytest.mark.parametrize("marker", ["", "  # want: VT401", "  # false: VT101 (because)"])
def test_missing_marker_disagrees(marker: str) -> None:
    assert any("consumption rejected, but not marked" in text for text in disagreements(DOUBLE.format(marker=marker)))


@pytest.mark.parametrize("code", ["VT101", "VT102", "VT103", "VT401", "VT402", "VT403", "VT501"])
def test_marker_that_never_fails_disagrees(code: str) -> None:
    source = f"async def scenario():\n    await fetch()  # want: {code}\n"
    (only,) = disagreements(source)
    assert f"{code} is marked, but there it never fails" in only


def test_slip_of_a_fixture_disagrees() -> None:
    (only,) = disagreements("async def scenario():\n    await fetched()\n")
    assert "NameError" in only


@pytest.mark.parametrize("wrong", [lambda text: text.replace(" # want:", " # was:"), lambda text: text])
def test_markers_taken_away_are_missed(wrong: Callable[[str], str]) -> None:
    source = wrong((FIXTURES / "vt403_overwritten" / "overwritten.py").read_text(encoding="utf-8"))
    outcome = agreement_of(module_from_source(source))
    assert bool(outcome.disagreements) == ("# was:" in source)
