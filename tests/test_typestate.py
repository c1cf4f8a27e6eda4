"""The table of states, and what bodies do to values: aliases, ages, containers, summaries, narrowing."""

from __future__ import annotations

from itertools import product

import pytest

from flake8_valuetask import events
from flake8_valuetask import typestate as typestate_module
from flake8_valuetask.analyze import bodies
from flake8_valuetask.events import Event, Remark
from flake8_valuetask.lower import Body
from flake8_valuetask.typestate import Typestate, groups, moves, rounds, transfer, uses
from flake8_valuetask.typestate.machine import LIVE, TABLE, Action, State, misuse
from flake8_valuetask.typestate.worlds import AGES
from tests.analyses import analysis, codes, flow
from tests.samples import fixture, paths

HEAD = "import asyncio\nfrom collections.abc import Coroutine\nfrom typing import Any\n\nasync def fetch(*_):\n    return 1\n\n"


def judged(statements: str, parameters: str = "more: list[int], a: bool, b: bool") -> list[str]:
    """The codes found in a function of these statements."""
    lines = "".join(f"    {line}\n" for line in statements.strip("\n").splitlines())
    return codes(f"{HEAD}async def sample({parameters}) -> object:\n{lines}")


# The table


@pytest.mark.parametrize(("action", "state"), [*product(Action, State)])
def test_every_state_has_its_row(action: Action, state: State) -> None:
    assert isinstance(TABLE[action][state], State)


def test_a_misuse_is_a_consumption_of_what_is_spent_or_handed_over() -> None:
    found = {(state, action) for action, state in product(Action, State) if misuse(state, action)}
    assert found == {(State.SPENT, Action.CONSUME), (State.HANDED, Action.CONSUME)}


def test_a_misuse_is_reported_once() -> None:
    for state, action in product(State, Action):
        if misuse(state, action):
            assert TABLE[action][state] is State.MISUSED


@pytest.mark.parametrize(("action", "state"), [*product(Action, [State.STORED, State.UNSURE, State.MISUSED])])
def test_silent_states_stay_as_they_are(action: Action, state: State) -> None:
    assert TABLE[action][state] is state
    assert not misuse(state, action)


@pytest.mark.parametrize(("action", "state"), [*product(Action, sorted(set(State) - LIVE))])
def test_nothing_comes_to_life_again(action: Action, state: State) -> None:
    assert TABLE[action][state] not in LIVE


@pytest.mark.parametrize("state", sorted(LIVE))
def test_live_values_change(state: State) -> None:
    assert [TABLE[action][state] for action in Action] == [
        State.SPENT,
        State.HANDED,
        State.STORED,
        State.SPENT,
        State.UNSURE,
        State.DONE,
    ]


# Handlers of events


def concrete_events(base: type[Event] = Event) -> set[type[Event]]:
    """The event classes of the instruction set; each exists twice, as classes with slots do. Doors have their own."""
    own = [getattr(events, each.__name__) for each in base.__subclasses__() if each.__module__ == events.__name__]
    return set(own) - {Remark} | set().union(*(concrete_events(each) for each in own if each is not base))


def test_remarks_concern_no_value() -> None:
    assert concrete_events(Remark) | {events.Suspend} == groups.STATELESS


@pytest.mark.parametrize("event", sorted(concrete_events(), key=str))
def test_every_event_is_handled_or_concerns_no_value(event: type[Event]) -> None:
    assert moves and rounds and uses
    assert (event in transfer._HANDLERS) != (event in groups.STATELESS | {events.MayRaise})


# Values, not names, carry the state

DOUBLE = [
    "page = fetch()\nawait page\nawait page",
    "page = fetch()\nother = page\nawait other\nawait page",
    "page = other = fetch()\nawait other\nawait page",
    "page, other = fetch(), fetch()\npage, other = other, page\nawait page\nawait page\nawait other",
    "(page, other) = (fetch(), 1)\nawait page\nawait page",
    "other = (page := fetch())\nawait other\nawait page",
    "page = fetch()\nother = page if a else None\nif other is not None:\n    await other\n    await page\nelse:\n    await page",
    "page = fetch()\nmatch page:\n    case other:\n        await other\nawait page",
    "page = fetch()\nother = page\npage = None\nawait other\nawait other",
    "pages = [fetch()]\nawait pages[0]\nawait pages[0]",
    "pages = {'a': fetch()}\nawait pages['a']\nawait pages['a']",
    "pages = (fetch(), fetch())\none, other = pages\nawait one\nawait other\nawait one",
    "page = fetch()\npages = [page]\nawait pages[0]\nawait page",
    "pages = [fetch() for _ in more]\nawait asyncio.gather(*pages)\nawait asyncio.gather(*pages)",
    "pages = [fetch(1), fetch(2)]\nfor page in pages:\n    await page\nfor page in pages:\n    await page",
    "page = fetch()\ntry:\n    await page\nexcept OSError:\n    await page",
    "page = fetch()\ntry:\n    await page\nfinally:\n    await page",
    "page = fetch()\nif a:\n    await page\nif a and b:\n    await page\nelse:\n    page.close()",
]


@pytest.mark.parametrize("statements", DOUBLE)
def test_second_consumption_is_found(statements: str) -> None:
    assert judged(statements) == ["VT101"]


ONCE = [
    "page = fetch()\nawait page",
    "page = fetch()\nawait page\npage = fetch()\nawait page",
    "page = fetch()\nother = page\nawait other",
    "page, other = fetch(), fetch()\npage, other = other, page\nawait page\nawait other",
    "page = fetch() if a else None\nif page is not None:\n    await page",
    "page = fetch()\nif a:\n    await page\nelse:\n    await page",
    "page = fetch()\nif a:\n    await page\nif not a:\n    await page",
    "page = fetch()\nused = False\nif a:\n    await page\n    used = True\nif not used:\n    await page",
    "page = fetch()\nwhile True:\n    await page\n    break",
    "page = fetch()\nfor _ in more:\n    await page\n    page = fetch()\nawait page",
    "following = fetch()\nfor _ in more:\n    page = following\n    following = fetch()\n    await page\nawait following",
    "pages = [fetch() for _ in more]\nfor page in pages:\n    await page",
    "pages = []\nfor one in more:\n    pages.append(fetch(one))\nawait asyncio.gather(*pages)",
    "pages = {one: fetch(one) for one in more}\nfor one, page in pages.items():\n    await page",
    "page = fetch()\ntry:\n    await page\nexcept OSError:\n    page.close()\n    raise",
    "page = fetch()\nif a:\n    page.close()\n    return 1\nawait page",
    "page = fetch()\nreturn page",
    "page = fetch()\ntask = asyncio.create_task(page)\nawait task\nawait task",
]


@pytest.mark.parametrize("statements", ONCE)
def test_right_use_is_silent(statements: str) -> None:
    assert judged(statements) == []


# Ages: values of one making place in several rounds


@pytest.mark.parametrize("behind", range(1, AGES - 1))
def test_values_of_earlier_rounds_are_told_apart(behind: int) -> None:
    names = [f"page{n}" for n in range(behind + 1)]
    made = "\n".join(f"{name} = fetch()" for name in names[1:])
    shifted = "\n".join(f"    {new} = {old}" for new, old in zip(names, names[1:], strict=False))
    left = "\n".join(f"await {name}" for name in names[1:])
    assert judged(f"{made}\nfor _ in more:\n{shifted}\n    {names[-1]} = fetch()\n    await {names[0]}\n{left}") == []


def test_value_of_the_earlier_round_is_consumed_again() -> None:
    assert judged("page = fetch()\nfor _ in more:\n    last = page\n    await last\nawait fetch()") == ["VT102"]


def test_value_that_a_round_overwrites_is_lost() -> None:
    assert judged("page = fetch()\nfor _ in more:\n    page = fetch()\nawait page") == ["VT403", "VT403"]


# Summaries: what a callee does with a parameter

CALLEES = {
    "consumes": "async def use(page):\n    await page\n",
    "hands_on": "def use(page):\n    return page\n",
    "reads": "def use(page):\n    print(page)\n",
    "disposes": "def use(page):\n    page.close()\n",
    "nothing": "def use(page):\n    return None\n",
    "calls": "async def use(page):\n    await inner(page)\nasync def inner(page):\n    await page\n",
    "keyword": "async def use(*, page):\n    await page\n",
}


def after(callee: str, call: str) -> list[str]:
    """The codes where a value is awaited after it was given to a callee, in the function that does it."""
    text = f"{HEAD}{CALLEES[callee]}async def sample():\n    page = fetch()\n    {call}\n    await page\n"
    return [
        step.what
        for step in flow(text, "sample").found
        if step.what == "consume" and misuse(step.before, Action.CONSUME)
    ]


@pytest.mark.parametrize(
    ("callee", "call", "misused"),
    [
        ("consumes", "await use(page)", True),
        ("consumes", "await use(page=page)", True),
        ("calls", "await use(page)", True),
        ("keyword", "await use(page=page)", True),
        ("reads", "use(page)", False),
        ("nothing", "use(page)", False),
    ],
)
def test_summary_of_a_callee_is_used(callee: str, call: str, misused: bool) -> None:
    assert bool(after(callee, call)) == misused


def test_callee_that_disposes_leaves_nothing_to_await() -> None:
    assert len(after("disposes", "use(page)")) == 1


def test_recursion_ends() -> None:
    text = (
        f"{HEAD}async def again(page, n):\n    if n:\n        await again(page, n - 1)\n    else:\n        await page\n"
    )
    assert codes(text) == []


def test_mutual_recursion_ends() -> None:
    text = f"{HEAD}async def one(page):\n    await other(page)\nasync def other(page):\n    await one(page)\nasync def sample():\n    await one(fetch())\n"
    assert codes(text) == []


# Direct uses


def told(typestate: Typestate, lowered: Body) -> set[tuple[object, ...]]:
    """The steps of a body, without their points."""
    steps = typestate.flow(lowered).found
    return {(s.what, s.at, s.value, s.before, s.how, s.since.at, s.since.how) for s in steps}


def test_direct_uses_have_the_steps_that_the_solver_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    for path in paths():
        whole = analysis(fixture(path).text)
        for unit in filter(None, (whole.unit(each.scope) for each in whole.survey.bodies)):
            for lowered in bodies(unit):
                short = told(Typestate(whole.body), lowered)
                with monkeypatch.context() as patch:
                    patch.setattr(typestate_module, "direct", lambda group: None)
                    assert short == told(Typestate(whole.body), lowered), f"{path}: {lowered.graph.name}"
                seen += len(short)
    assert seen > 1000


@pytest.mark.parametrize(
    "statement",
    ["await fetch()", "asyncio.gather(fetch(), fetch())", "asyncio.create_task(fetch())", "a(fetch(), fetch())"],
)
def test_direct_uses_take_one_step_each(statement: str) -> None:
    assert flow(f"{HEAD}async def sample(a):\n    {statement}\n", "sample").work == statement.count("fetch")


@pytest.mark.parametrize("statement", ["fetch()", "await (fetch() if a else fetch())", "page = fetch()", "[fetch()]"])
def test_other_uses_are_solved(statement: str) -> None:
    assert flow(f"{HEAD}async def sample(a):\n    {statement}\n", "sample").work > 1


# What a test tells


@pytest.mark.parametrize(
    "statements",
    [
        "if page is None:\n    return None\nawait page",
        "if not page:\n    return None\nawait page",
        "if page:\n    await page",
        "await page if page is not None else None",
        "if isinstance(page, Coroutine):\n    await page\nelse:\n    print(1)",
    ],
)
def test_optional_parameter_is_narrowed(statements: str) -> None:
    assert judged(statements, "page: 'Coroutine[Any, Any, int] | None'") == []


@pytest.mark.parametrize("test", ["a", "a is None", "a == 1", "more[0] > 1", "not a"])
def test_same_condition_has_the_same_outcome(test: str) -> None:
    once = f"page = fetch()\nif {test}:\n    await page\n{{between}}if {test}:\n    return 1\nawait page"
    parameters = "more: list[int], a: object, b: object"
    assert judged(once.format(between=""), parameters) == []
    assert judged(once.format(between="a = b\nmore = [a]\n"), parameters) == ["VT101"]
