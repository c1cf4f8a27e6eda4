"""Graphs: what is malformed is told, the printed form, and real code, whose graphs are all sound."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from flake8_valuetask.analyze import Analysis, bodies
from flake8_valuetask.events import Consume, Make, MayRaise
from flake8_valuetask.events import Kind as Shot
from flake8_valuetask.graph import Assume, Block, Branch, Condition, Exit, Graph, Jump, Stop, edges, render, verify
from flake8_valuetask.options import Options
from tests import libraries
from tests.analyses import body
from tests.conftest import GOLDEN


def graph(*exits: Exit | None, handlers: dict[int, int] | None = None) -> Graph:
    """A graph with a block for each exit."""
    blocks = [Block(number, (handlers or {}).get(number), [], end) for number, end in enumerate(exits)]
    return Graph("sample", blocks)


READY, LATE = Condition("truth", "ready"), Condition("truth", "late")
BOTH = "all(truth(ready), not truth(late))"
RETURN, RAISE = Stop(True), Stop(False)


def test_sound_graph_has_no_fault() -> None:
    assert verify(graph(Branch(None, 1, 2), RETURN, RAISE, handlers={0: 2})) == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (graph(None, RETURN, RAISE), "block 0 does not end"),
        (graph(Jump(3), RETURN, RAISE), "block 0 leads to no block 3"),
        (graph(Jump(-1), RETURN, RAISE), "block 0 leads to no block -1"),
        (graph(Branch(None, 1, 7), RETURN, RAISE), "block 0 leads to no block 7"),
        (graph(Jump(1), RETURN, RAISE, handlers={0: 9}), "block 0 leads to no block 9"),
        (graph(Jump(1), RAISE), "0 return exits, where one should be"),
        (graph(Jump(1), RETURN), "0 raise exits, where one should be"),
        (graph(Jump(1), RETURN, RAISE, RETURN), "2 return exits, where one should be"),
        (graph(Jump(1), RETURN, RAISE, RAISE), "2 raise exits, where one should be"),
    ],
)
def test_fault_is_found(broken: Graph, fault: str) -> None:
    assert verify(broken) == [fault]


def test_wrong_number_is_found() -> None:
    broken = graph(Jump(1), RETURN, RAISE)
    broken.blocks[1].id = 4
    assert verify(broken) == ["block 1 calls itself 4"]


def test_handler_follows_only_where_something_raises() -> None:
    quiet = graph(Jump(1), RETURN, RAISE, handlers={0: 2})
    assert quiet.successors(quiet.blocks[0]) == [1]
    quiet.blocks[0].events.append(MayRaise(0))
    assert quiet.successors(quiet.blocks[0]) == [1, 2]


def test_branch_to_one_block_is_one_edge() -> None:
    both = graph(Branch(None, 1, 1), RETURN, RAISE)
    assert both.successors(both.blocks[0]) == [1]


def test_postorder_has_reachable_blocks_after_their_successors() -> None:
    order = graph(Branch(None, 1, 2), Jump(3), Jump(3), RETURN, RAISE).postorder()
    assert order[0] == 3
    assert order[-1] == 0
    assert set(order) == {0, 1, 2, 3}


def test_natural_loop_of_a_back_edge() -> None:
    looping = graph(Jump(1), Branch(None, 2, 3), Jump(1, back=True), RETURN, RAISE)
    assert looping.loops(looping.postorder()) == {1: frozenset({1, 2})}


def test_inner_loop_is_part_of_the_outer_one() -> None:
    nested = graph(
        Jump(1), Branch(None, 2, 5), Branch(None, 3, 4), Jump(2, back=True), Jump(1, back=True), RETURN, RAISE
    )
    assert nested.loops(nested.postorder()) == {1: frozenset({1, 2, 3, 4}), 2: frozenset({2, 3})}


def test_printed_form() -> None:
    sample = graph(Branch(Condition("none", "page"), 1, 2), Jump(0, back=True), RETURN, RAISE, None, handlers={0: 3})
    sample.blocks[0].events += [Make(1, "page", Shot.COROUTINE, "fetch()"), MayRaise(2), Consume(3, "page")]
    assert render(sample) == dedent(
        """\
        sample:
          B0:  (raises to B3)
            make page coroutine fetch() call
            mayraise
            consume page await
            -> none(page) ? B1 : B2
          B1:
            -> B0 (back)
          B2:
            -> return
          B3:
            -> raise"""
    )


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (Jump(3), "B3"),
        (Jump(3, back=True), "B3 (back)"),
        (Branch(None, 1, 2), "either ? B1 : B2"),
        (Branch(Condition("equal", "state", "'ready'"), 1, 2), "equal(state, 'ready') ? B1 : B2"),
        (Assume(Condition("all", "", parts=((READY, True), (LATE, False))), True, 3), f"B3 ({BOTH}: yes)"),
        (Assume(READY, False, 3), "B3 (truth(ready): no)"),
        (RETURN, "return"),
        (RAISE, "raise"),
        (None, "nowhere"),
    ],
)
def test_text_of_an_exit(end: Exit | None, text: str) -> None:
    assert edges(end) == text


# Bodies whose graphs are compared with their golden texts; `fetch` makes a coroutine.
BODIES = {
    "if_elif": """
        if first:
            await page
        elif second:
            await page
        else:
            page.close()
        """,
    "while_else": """
        while more:
            if first:
                break
            if second:
                continue
            await page
        else:
            page.close()
        """,
    "while_true": """
        while True:
            if await page:
                return
        """,
    "for_else": """
        for one in more:
            if one:
                break
            await page
        else:
            page.close()
        """,
    "try_except_else_finally_return": """
        try:
            if first:
                return await page
            second()
        except OSError as error:
            print(error)
        except ValueError:
            raise
        else:
            await page
        finally:
            page.close()
        """,
    "finally_in_a_loop": """
        for one in more:
            try:
                if one:
                    break
                if first:
                    continue
            finally:
                await page
        """,
    "with_suppress": """
        with suppress(OSError):
            await page
        page.close()
        """,
    "with_manager": """
        with open(first) as file:
            await page
        """,
    "match_with_guard": """
        match first:
            case None:
                await page
            case [one, *rest] if rest:
                page.close()
            case str() as text:
                return
            case _:
                raise ValueError
        """,
    "comprehension": """
        return [await one for one in [page, fetch()] if first]
        """,
    "and_or": """
        if first and (second or not more):
            await page
        return page and await page
        """,
    "conditional_expression": """
        other = page if first else fetch()
        await other
        """,
    "chained_comparison": """
        return first() < await page < second()
        """,
    "walrus_and_assert": """
        assert (other := page) is not None, str(first)
        await other
        """,
    "unpacking_and_swap": """
        page, other = fetch(), page
        await other
        page.close()
        """,
    "del_and_rebinding": """
        other = page
        del page
        other = None
        """,
    "nested_function": """
        async def inner():
            return await page
        return await inner()
        """,
    "star_unpacking": """
        head, *rest, last = page, fetch(), fetch(), fetch()
        await last
        """,
    "first_round": """
        for number in range(3):
            if number == 0:
                await page
        """,
    "negated_flag": """
        late = not first
        if late:
            await page
        """,
    "empty_and_literal_tests": """
        if () or 0.0:
            await page
        if "always":
            page.close()
        """,
    "match_of_an_answer": """
        match isinstance(first, str):
            case True:
                await page
            case False:
                page.close()
        """,
    "lambda_that_escapes": """
        first(lambda: page)
        """,
}


@pytest.mark.parametrize("name", BODIES)
def test_graph_of_a_body(name: str, golden: Callable[[str, str], None]) -> None:
    head = "from contextlib import suppress\n\n\nasync def fetch():\n    return 1\n\n\n"
    text = "async def sample(first: object, second: object, more: object):\n    page = fetch()\n" + _indented(
        BODIES[name]
    )
    lowered = body(head + text, "sample")
    assert [fault for each in bodies(lowered) for fault in verify(each.graph)] == []
    golden(f"graphs/{name}", "\n\n".join([text.rstrip(), *(render(each.graph) for each in bodies(lowered))]) + "\n")


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in dedent(text).strip().splitlines())


def test_every_golden_graph_has_a_body() -> None:
    assert {path.stem for path in (GOLDEN / "graphs").glob("*.txt")} == set(BODIES)


SHARES = 8


@pytest.mark.parametrize("share", range(SHARES))
def test_graphs_of_the_standard_library_are_sound(share: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A quarter of its modules, in shares that can run side by side."""
    checked = 0
    faults: list[str] = []
    for path in libraries.modules(libraries.STDLIB)[share :: 4 * SHARES]:
        whole = Analysis(libraries.read(path), Options(everything=True))
        units = [unit for b in whole.survey.bodies if (unit := whole.unit(b.scope)) is not None]
        graphs = [each.graph for unit in units for each in bodies(unit)]
        checked += len(graphs)
        faults += [f"{path}, {each.name}: {fault}" for each in graphs for fault in verify(each)]
    with capsys.disabled():
        print(f"\n{checked} graphs of the standard library checked")
    assert faults == []
    assert checked > 200
