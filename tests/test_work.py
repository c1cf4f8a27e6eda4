"""The work of the solver grows with the body, whatever its shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_valuetask.analyze import bodies
from flake8_valuetask.typestate import Typestate
from tests.analyses import analysis

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
