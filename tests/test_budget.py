"""The budget: what needs too much work is left out, and nothing is said of it."""

from __future__ import annotations

import pytest

from benchmarks import sorts
from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis
from flake8_valuetask.budget import BASE, EACH, Budget
from flake8_valuetask.events import Kind
from flake8_valuetask.typestate import Flow, Typestate
from flake8_valuetask.typestate.machine import Action
from tests.analyses import analysis


def flow(lines: list[str], budget: Budget) -> Flow:
    """The flow of a body, within a budget."""
    whole = analysis(sorts.HEAD + "".join(f"    {line}\n" for line in lines))
    body = whole.unit(next(b.scope for b in whole.survey.bodies if b.scope.name == "sample"))
    assert body is not None
    return Typestate(whole.body, budget=budget).flow(body)


def test_a_purse_has_its_own_units_and_half_of_the_reserve() -> None:
    budget = Budget(100)
    with budget.purse(1) as purse:
        purse.spend(BASE + EACH + 50)
        assert not purse.exhausted
        purse.spend(1)
        pytest.fail("this is too much")
    assert purse.exhausted and budget.reserve == 49


def test_own_units_leave_the_reserve_alone() -> None:
    budget = Budget(100)
    with budget.purse(2) as purse:
        purse.spend(BASE + 2 * EACH)
    assert budget.reserve == 100 and not purse.exhausted


def test_straight_lines_need_no_reserve() -> None:
    found = flow(sorts.straight(200), Budget(0))
    assert found.found and not found.exhausted


def test_what_is_exhausted_is_silent() -> None:
    lines = ["page = fetch()", *sorts.again(60), "await page", "await page"]
    assert [step for step in flow(lines, Budget()).found if step.what == "consume"]
    silent = flow(lines, Budget(0))
    assert silent.exhausted and not silent.found and not silent.losses()


def test_other_values_are_looked_at_all_the_same() -> None:
    found = flow([*sorts.again(60), "other = fetch()", "await other"], Budget(0))
    assert found.exhausted and {step.value.at for step in found.found if step.what == "consume"}


def test_captures_of_many_values_are_paid_for() -> None:
    names = [f"page{n}" for n in range(60)]
    lines = [*(f"{name} = fetch()" for name in names), f"later = lambda: use({', '.join(names)})", *["later()"] * 60]
    assert flow(lines, Budget()).found
    assert flow(lines, Budget(3000)).exhausted


def test_a_summary_that_is_exhausted_cannot_be_followed() -> None:
    lines = sorts.again(60)[1:]  # without a value of its own
    text = sorts.HEAD + "    return 1\n\n\nasync def part(page, more):\n"
    parsed = source.parse(text + "".join(f"    {line}\n" for line in lines))
    assert parsed is not None
    whole = Analysis(parsed)
    body = whole.unit(next(b.scope for b in whole.survey.bodies if b.scope.name == "part"))
    assert body is not None
    assert Typestate(whole.body).effect(body, "page", Kind.COROUTINE).action is not Action.BLUR
    assert Typestate(whole.body, budget=Budget(0)).effect(body, "page", Kind.COROUTINE).action is Action.BLUR
