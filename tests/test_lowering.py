"""Lowering: every class of syntax has a case, and events come in the order of evaluation."""

from __future__ import annotations

import ast

import pytest

from flake8_valuetask import events, lower
from flake8_valuetask.events import Event
from flake8_valuetask.graph import render
from flake8_valuetask.lower import cases
from tests.analyses import analysis, body


def concrete(base: type[ast.AST]) -> set[type[ast.AST]]:
    """The classes of nodes below `base` that the running Python knows."""
    return set(base.__subclasses__())


def test_every_statement_has_a_case() -> None:
    assert lower.cases is cases
    assert len(concrete(ast.stmt)) > 25
    assert {each.__name__ for each in concrete(ast.stmt) - cases.STATEMENTS.keys()} == set()


def test_every_expression_has_a_case() -> None:
    assert len(concrete(ast.expr)) > 25
    assert {each.__name__ for each in concrete(ast.expr) - cases.EXPRESSIONS.keys()} == set()


def test_every_case_has_its_class() -> None:
    known = concrete(ast.stmt) | concrete(ast.expr)
    assert {each.__name__ for each in {*cases.STATEMENTS, *cases.EXPRESSIONS} - known} == set()


# Makers `a` to `f` of coroutines; the order of their labels is the order of evaluation.
MAKERS = "".join(f"async def {name}(*_, **__):\n    return 1\n\n\n" for name in "abcdef")


def made(statement: str) -> str:
    """What the calls in a statement make, in the order of a straight line of blocks."""
    lowered = body(f"{MAKERS}async def sample(x: object, y: object) -> None:\n    {statement}\n", "sample")
    line = [event for block in lowered.graph.blocks for event in block.events]
    return "".join(event.label[0] for event in line if isinstance(event, events.Make))


@pytest.mark.parametrize(
    "statement",
    [
        "x(a(), b(), *c(), k=d(), **e())",
        "a()(b())",
        "a().x(b())",
        "a()[b()]",
        "a()[b():c():d()]",
        "[a(), *b(), c()]",
        "(a(), b())",
        "{a(), b()}",
        "{a(): b(), **c(), d(): e()}",
        "a() + b() * c() - d()",
        "(await a()) + await b()",
        "a() < b() < c()",
        "f'{a()}{b()!r:{c()}}{d()}'",
        "x = y = a()",
        "y[a()] += b()",
        "x, y = a(), b()",
        "print(a(), sep=b())",
        "assert a(), b()",
        "yield a(), b()",
        "del y[a()], y[b()]",
        "raise ValueError(a()) from b()",
        "with a() as x, b() as y: c()",
        "for x in a(): b()",
        "[b() for x in a()]",
        "{b(): c() for x in a()}",
        "[c() for x in a() if b()]",
        "lambda x=a(), *, y=b(): x",
        "a() and b()",
        "a() or b()",
        "not a()",
        "(x := a()).y(b())",
    ],
)
def test_order_of_evaluation(statement: str) -> None:
    order = made(statement)
    assert order == "".join(sorted(order)) != ""


@pytest.mark.parametrize(
    ("statement", "order"),
    [
        ("y[b()] = a()", "ab"),
        ("a().x = b()", "ba"),
        ("c() if a() else b()", "acb"),
        ("y[b()]: object = a()", "ab"),
        ("[c() for x in a() for y in b()]", "abc"),
    ],
)
def test_order_that_is_not_the_order_of_the_text(statement: str, order: str) -> None:
    assert made(statement) == order


def straight(text: str, *kinds: type[Event]) -> list[str]:
    """The events of some kinds in the first function of a text named `sample`."""
    lowered = body(text, "sample")
    found = (event for block in lowered.graph.blocks for event in block.events)
    return [str(event) for event in found if isinstance(event, kinds)]


HEAD = "import asyncio\n\nasync def fetch(*_):\n    return 1\n\nasync def sample(more: list[int]) -> object:\n"


def events_of(statements: str, *kinds: type[Event]) -> list[str]:
    """The events of some kinds in a function of these statements."""
    lines = "".join(f"    {line}\n" for line in statements.splitlines())
    return straight(HEAD + lines, *kinds)


def test_right_side_comes_before_the_target_is_bound() -> None:
    line = events_of("page = fetch()\npage = fetch(page)", events.Bind, events.HandOver, events.Pass, events.Make)
    assert line[0] == "make %1 coroutine fetch() call"
    assert [text.split()[0] for text in line] == ["make", "bind", line[2].split()[0], "make", "bind"]


def test_operands_of_a_swap_are_read_before_a_name_is_bound() -> None:
    line = events_of("one = fetch()\nother = fetch()\none, other = other, one", events.Copy, events.Bind)
    moves = [" ".join(text.split()[:3]) for text in line[2:]]
    assert moves == ["copy %3 other", "copy %4 one", "bind one %3", "bind other %4"]


def test_await_consumes_after_its_call() -> None:
    line = events_of("await fetch()", events.Make, events.Consume)
    assert line == ["make %1 coroutine fetch() call", "consume %1 await"]


def test_return_hands_over() -> None:
    assert events_of("return fetch()", events.HandOver) == ["handover %1 return"]


def test_finally_is_lowered_once_for_each_way_in() -> None:
    loop = "page = fetch()\nfor one in more:\n    try:\n        if one: break\n        if more: continue\n        if page: return 1\n        print(one())\n    finally:\n        await page"
    assert len(events_of(loop, events.Consume)) == 5


def test_comprehension_variable_hides_the_name_outside() -> None:
    line = events_of("page = fetch()\n[await page for page in [fetch()]]\nawait page", events.Consume)
    assert line[0].startswith("consume page'")
    assert line[1] == "consume page await"


def test_combinator_is_given_its_arguments_in_one_go() -> None:
    (combined,) = events_of("await asyncio.gather(fetch(), *more, fetch())", events.Combine)
    assert combined.startswith("combine (Given(place='%1'")
    assert "place='more'" in combined
    assert combined.endswith("asyncio.gather gather")


def test_module_is_a_body_too() -> None:
    whole = analysis("async def fetch():\n    return 1\n\npage = fetch()\n\nasync def use():\n    return await page\n")
    unit = whole.unit(whole.survey.scope)
    assert unit is not None
    assert "    store %1 global page" in render(unit.graph)
