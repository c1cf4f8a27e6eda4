"""The lattice of worlds: joining, adding, merging and collapsing them."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from flake8_valuetask.graph import Condition
from flake8_valuetask.typestate.machine import State
from flake8_valuetask.typestate.worlds import (
    CAP,
    FEW,
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

values = st.sampled_from([0, 4, 8, NONE, OTHER])
some_values = st.frozensets(values, min_size=1, max_size=2)
places = st.dictionaries(st.sampled_from(["page", "other", "%1"]), some_values, max_size=2)
states = st.dictionaries(
    st.sampled_from([0, 4, 8]), st.frozensets(st.sampled_from(list(State)), min_size=1), max_size=2
)
facts = st.dictionaries(st.sampled_from([Condition("truth", "x"), Condition("none", "y")]), st.booleans())
constants = st.dictionaries(
    st.sampled_from(["flag", "mode"]),
    st.frozensets(st.sampled_from(["True", "None", "0", "1", "2", "3", "4"]), min_size=1, max_size=FEW),
)
sinces = st.dictionaries(
    st.sampled_from([0, 4, 8]), st.builds(Since, st.integers(0, 3), st.just((0, 0)), st.just("await"))
)


def world(
    held: dict[str, frozenset[int]],
    stood: dict[int, frozenset[State]],
    evidence: dict[int, Since],
    known: dict[Condition, bool],
    literal: dict[str, frozenset[str]],
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
        assert all(each.constants[place] <= constants for place, constants in total.constants.items())


def test_beyond_the_cap_everything_is_one_world() -> None:
    stood = [frozenset(pair) for pair in product(State, State)]
    keyed = [World(places={"page": frozenset({0})}, states={0: s, 4: t}) for s, t in product(stood, stood)]
    half = len(keyed) // 2
    joined = join(gather(keyed[:half]), gather(keyed[half:]))
    assert len(joined) == 1
    assert next(iter(joined.values())).states == {0: frozenset(State), 4: frozenset(State)}
    small = gather(keyed[:CAP])
    assert len(join(gather(keyed[: CAP // 2]), small)) == len(small)
