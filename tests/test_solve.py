"""The solver on graphs and lattices made by hand."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from flake8_valuetask.graph import Block, BlockId, Branch, Exit, Graph, Jump, Stop
from flake8_valuetask.solve import priorities, solve

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
