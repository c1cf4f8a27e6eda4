"""The solver on graphs and lattices made by hand, the laws of the lattice of worlds, and the work that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_valuetask.analyze import bodies
from flake8_valuetask.graph import Block, BlockId, Branch, Condition, Exit, Graph, Jump, Stop
from flake8_valuetask.solve import priorities, solve
from flake8_valuetask.typestate import Typestate
from flake8_valuetask.typestate.machine import State
from flake8_valuetask.typestate.worlds import (
    CAP,
    NONE,
    OTHER,
    Since,
    World,
    Worlds,
    add,
    collapse,
    gather,
    join,
    merge,
)
from tests.analyses import analysis

Trail = frozenset[BlockId]


class Trails:
    """A lattice of sets: the blocks that may have been passed."""

    def entry(self) -> Trail:
        return frozenset()

    def join(self, old: Trail, new: Trail) -> Trail:
        return old | new

    def transfer(self, block: Block, before: Trail) -> Iterator[tuple[BlockId, Trail]]:
        yield from ((target, before | {block.id}) for target in block.targets())


def graph(*exits: Exit) -> Graph:
    return Graph("sample", [Block(number, None, [], end) for number, end in enumerate(exits)])


def test_branches_are_joined() -> None:
    solution = solve(graph(Branch(None, 1, 2), Jump(3), Jump(3), Stop(True), Stop(False)), Trails())
    assert solution.before[3] == {0, 1, 2}
    assert solution.before[1] == solution.before[2] == {0}
    assert solution.steps == 4


def test_what_cannot_be_reached_has_no_state() -> None:
    assert solve(graph(Jump(2), Jump(2), Stop(True), Stop(False)), Trails()).before.keys() == {0, 2}


def test_loop_runs_to_a_fixed_point() -> None:
    looping = graph(Jump(1), Branch(None, 2, 3), Jump(1, back=True), Stop(True), Stop(False))
    solution = solve(looping, Trails())
    assert solution.before[1] == {0, 1, 2}
    assert solution.before[3] == {0, 1, 2}
    assert solution.steps <= 7


def test_a_given_order_changes_the_work_but_not_the_solution() -> None:
    looping = graph(Jump(1), Branch(None, 2, 3), Jump(1, back=True), Stop(True), Stop(False))
    right = priorities(looping)
    wrong = {block: -rank for block, rank in right.items()}
    assert solve(looping, Trails(), wrong).before == solve(looping, Trails(), right).before


def test_a_diamond_in_reverse_postorder_visits_each_block_once() -> None:
    exits: list[Exit] = []
    for number in range(0, 60, 3):
        exits += [Branch(None, number + 1, number + 2), Jump(number + 3), Jump(number + 3)]
    assert solve(graph(*exits, Stop(True), Stop(False)), Trails()).steps == 61


class Impossible(Trails):
    """No edge can be taken."""

    def transfer(self, block: Block, before: Trail) -> Iterator[tuple[BlockId, Trail]]:
        yield from ()


def test_impossible_edges_lead_nowhere() -> None:
    assert solve(graph(Jump(1), Stop(True), Stop(False)), Impossible()).before.keys() == {0}


exits = st.integers(2, 12).flatmap(
    lambda count: st.lists(
        st.one_of(
            st.builds(Jump, st.integers(0, count - 1)),
            st.builds(Branch, st.none(), st.integers(0, count - 1), st.integers(0, count - 1)),
            st.just(Stop(True)),
        ),
        min_size=count,
        max_size=count,
    )
)


@given(exits)
def test_the_solution_is_a_fixed_point(ends: list[Exit]) -> None:
    any_graph = graph(*ends)
    before = solve(any_graph, Trails()).before
    assert before.keys() == set(any_graph.postorder())
    for number, state in before.items():
        for target, after in Trails().transfer(any_graph.blocks[number], state):
            assert after <= before[target]


# The lattice of worlds

values = st.sampled_from([0, 4, 8, NONE, OTHER])
some_values = st.frozensets(values, min_size=1, max_size=2)
places = st.dictionaries(st.sampled_from(["page", "other", "%1"]), some_values, max_size=2)
states = st.dictionaries(
    st.sampled_from([0, 4, 8]), st.frozensets(st.sampled_from(list(State)), min_size=1), max_size=2
)
facts = st.dictionaries(st.sampled_from([Condition("truth", "x"), Condition("none", "y")]), st.booleans())
constants = st.dictionaries(st.sampled_from(["flag", "mode"]), st.sampled_from(["True", "None"]))
sinces = st.dictionaries(
    st.sampled_from([0, 4, 8]), st.builds(Since, st.integers(0, 3), st.just((0, 0)), st.just("await"))
)


def world(
    held: dict[str, frozenset[int]],
    stood: dict[int, frozenset[State]],
    evidence: dict[int, Since],
    known: dict[Condition, bool],
    literal: dict[str, str],
) -> World:
    """A world whose values all have their evidence."""
    since = {value: evidence.get(value, Since(9, (9, 9), "made")) for value in stood}
    return World(dict(held), dict(stood), {}, since, {}, dict(known), dict(literal))


worlds = st.builds(world, places, states, sinces, facts, constants)
sets = st.lists(worlds, max_size=4).map(gather)


def same(one: Worlds, other: Worlds) -> bool:
    """Whether two sets have equal worlds, whatever their order."""
    return one == other


@given(sets)
def test_join_is_idempotent(one: Worlds) -> None:
    assert join(one, one) is one


@given(sets, sets)
def test_join_is_commutative(one: Worlds, other: Worlds) -> None:
    assert same(join(one, other), join(other, one))


@given(sets, sets, sets)
def test_join_is_associative(one: Worlds, other: Worlds, third: Worlds) -> None:
    assert same(join(join(one, other), third), join(one, join(other, third)))


@given(sets, sets)
def test_join_is_above_both(one: Worlds, other: Worlds) -> None:
    joined = join(one, other)
    assert joined.keys() == one.keys() | other.keys()
    assert join(joined, one) is joined
    assert join(joined, other) is joined


@given(sets, sets, sets)
def test_join_is_monotone(one: Worlds, other: Worlds, more: Worlds) -> None:
    lower, upper = join(one, more), join(join(one, other), more)
    assert join(upper, lower) is upper


@given(sets, worlds)
def test_add_tells_whether_something_changed(one: Worlds, new: World) -> None:
    grown = dict(one)
    assert add(grown, new) == (grown != one)
    assert not add(grown, new)
    assert new.key() in grown


@given(worlds, facts, facts)
def test_merge_keeps_common_facts_only(one: World, first: dict[Condition, bool], second: dict[Condition, bool]) -> None:
    left, right = one.copy(), one.copy()
    left.facts, right.facts = first, second
    merged = merge(left, right)
    assert merged.key() == one.key()
    assert merged.facts.items() == first.items() & second.items()
    assert merge(merged, left) is merged
    assert merge(left, right).facts == merge(right, left).facts


@given(worlds)
def test_copy_is_equal_and_apart(one: World) -> None:
    other = one.copy()
    assert other == one
    other.places["new"] = frozenset({OTHER})
    other.facts[Condition("truth", "new")] = True
    assert "new" not in one.places
    assert other != one


@given(st.lists(worlds, min_size=1, max_size=4))
def test_collapse_is_above_all(several: list[World]) -> None:
    total = collapse(several)
    for each in several:
        assert all(held <= total.places[place] for place, held in each.places.items())
        assert all(stood <= total.states[value] for value, stood in each.states.items())
        assert total.facts.items() <= each.facts.items()
        assert total.constants.items() <= each.constants.items()


def test_beyond_the_cap_everything_is_one_world() -> None:
    stood = [frozenset(pair) for pair in product(State, State)]
    keyed = [World(places={"page": frozenset({0})}, states={0: s, 4: t}) for s, t in product(stood, stood)]
    half = len(keyed) // 2
    joined = join(gather(keyed[:half]), gather(keyed[half:]))
    assert len(joined) == 1
    assert next(iter(joined.values())).states == {0: frozenset(State), 4: frozenset(State)}
    small = gather(keyed[:CAP])
    assert len(join(gather(keyed[: CAP // 2]), small)) == len(small)


# Work


HEAD = "async def fetch(*_):\n    return 1\n\n\nasync def sample(more: list[int], a: bool, b: bool) -> object:\n"


def straight(size: int) -> list[str]:
    """A long straight line with a value on each."""
    return [line for n in range(size) for line in (f"page{n} = fetch()", f"await page{n}")]


def one_name(size: int) -> list[str]:
    """One name that is bound again and again."""
    return ["page = fetch()", "await page"] * size


def values_in_branches(size: int) -> list[str]:
    """Many values, each in a branch of its own."""
    return [line for n in range(size) for line in ("if a:", f"    page{n} = fetch()", f"    await page{n}")]


def branches(size: int) -> list[str]:
    """A value, and conditions that are tested again."""
    return [
        "page = fetch()",
        *(line for n in range(size) for line in (f"if more[{n % 7}] > {n % 5}:", "    print(a)")),
        "await page",
    ]


def flags(size: int) -> list[str]:
    """Correlated flags: each is set on one side, and tested later."""
    set_up = [line for n in range(size) for line in (f"flag{n} = False", "if a:", f"    flag{n} = True")]
    return [
        "page = fetch()",
        *set_up,
        *(line for n in range(size) for line in (f"if flag{n}:", "    print(a)")),
        "await page",
    ]


def choices(size: int) -> list[str]:
    """A value that is consumed or not in each of many branches."""
    return [
        "page = fetch()",
        *(line for n in range(size) for line in (f"if more[{n}]:", "    page = fetch()")),
        "await page",
    ]


def sequential_loops(size: int) -> list[str]:
    """Loops one after another."""
    return [
        "page = fetch()",
        *(line for _ in range(size) for line in ("for one in more:", "    print(one)")),
        "await page",
    ]


def nested_loops(size: int) -> list[str]:
    """Groups of three nested loops."""
    group = ["for x in more:", "    for y in more:", "        for z in more:", "            print(x, y, z)"]
    return ["page = fetch()", *group * size, "await page"]


def handlers(size: int) -> list[str]:
    """Retries one after another."""
    group = ["try:", "    print(fetch)", "except OSError:", "    print(a)", "finally:", "    print(b)"]
    return ["page = fetch()", *group * size, "await page"]


def containers(size: int) -> list[str]:
    """A list that grows."""
    return ["pages = []", *["pages.append(fetch())"] * size, "for page in pages:", "    await page"]


BODIES: list[Callable[[int], list[str]]] = [
    straight,
    one_name,
    values_in_branches,
    branches,
    flags,
    choices,
    sequential_loops,
    nested_loops,
    handlers,
    containers,
]


def work(lines: list[str]) -> int:
    """The transfer steps over all values of a body."""
    whole = analysis(HEAD + "".join(f"    {line}\n" for line in lines))
    unit = whole.unit(next(b.scope for b in whole.survey.bodies if b.scope.name == "sample"))
    assert unit is not None
    typestate = Typestate(whole.body)
    return sum(typestate.flow(body).work for body in bodies(unit))


@pytest.mark.parametrize("shape", BODIES, ids=lambda shape: shape.__name__)
def test_work_grows_with_the_body(shape: Callable[[int], list[str]]) -> None:
    small, large = work(shape(10)), work(shape(40))
    assert 0 < large <= 6 * small, f"{small} steps grew to {large}"


def nested_tries(depth: int) -> list[str]:
    """`try` and `finally`, one in another."""
    opening = [line for n in range(depth) for line in ("    " * n + "try:", "    " * (n + 1) + f"print({n})")]
    closing = [
        line for n in reversed(range(depth)) for line in ("    " * n + "finally:", "    " * (n + 1) + f"print({n})")
    ]
    return ["page = fetch()", *opening, *closing, "await page"]


def test_work_of_nested_finally_grows_with_the_depth() -> None:
    small, large = work(nested_tries(3)), work(nested_tries(9))
    assert large <= 4.5 * small, f"{small} steps grew to {large}"


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["if a:", "while b:", "for one in more:", "try:"]), min_size=1, max_size=6))
def test_work_of_any_nesting_is_bounded(heads: list[str]) -> None:
    lines = ["page = fetch()"]
    for depth, head in enumerate(heads):
        lines += ["    " * depth + head, "    " * (depth + 1) + "await page"]
    for depth in reversed(range(len(heads))):
        lines += ["    " * depth + "finally:", "    " * (depth + 1) + "print(page)"] if heads[depth] == "try:" else []
    assert work(lines) < 400 * len(lines)
