"""How the cost of the analysis grows with the size of what it analyses, for sorts of code that are hard for it.

Run it from the root of the project, on a machine that has nothing else to do::

    python -m benchmarks.growth
    python -m benchmarks.growth --sorts aliases alive --largest 3200 --limit 5

A size is a number of statements, or of the parts of one expression. The seconds are processor time, those of
parsing for flake8 left out; the steps are the blocks that the solver has visited; the peak is of Python's memory.
A slope is that of a straight line through the larger half of the sizes, in logarithms: 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import gc
import math
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis, bodies
from flake8_valuetask.options import Options
from flake8_valuetask.project.collections import without_collections
from flake8_valuetask.source import Source
from flake8_valuetask.typestate import Typestate

HEAD = """\
import asyncio


async def fetch(*given: object) -> int:
    return 1


def use(*given: object) -> list[int]:
    return [1]


async def sample(more: list[int], a: bool, b: bool) -> object:
"""
SMALLEST, LARGEST = 50, 12_800
DEPTH = 5
"""Of nested `try`: Python's own parser allows no more than some."""
BRIEF = 0.5
"""Seconds below which a run is repeated: other programs can only make it slower."""

Lines = list[str]
Sort = Callable[[int], Lines]


# The sorts: the lines of a body, or of a module that has them, of about `size` statements


def straight(size: int) -> Lines:
    """One name that is bound and awaited again and again."""
    return ["page = fetch()", "use(a)", "await page", "use(b)"] * (size // 4)


def separate(size: int) -> Lines:
    """Values one after another, each with a name of its own."""
    return [line for n in range(size // 2) for line in (f"page{n} = fetch()", f"await page{n}")]


def loops(size: int) -> Lines:
    """Three loops in one another, with a value inside and one around all."""
    group = ["for x in more:", "    for y in more:", "        step = fetch(x)", "        for z in more:"]
    group += ["            use(x, y, z)", "        await step"]
    return ["page = fetch()", *group * (size // 6), "await page"]


def flags(size: int) -> Lines:
    """Flags that are set on one side of a branch and tested later, and a value across all of them."""
    count = size // 5
    flagged = [line for n in range(count) for line in (f"flag{n} = False", "if a:", f"    flag{n} = True")]
    tested = [line for n in range(count) for line in (f"if flag{n}:", f"    use({n})")]
    return ["page = fetch()", *flagged, *tested, "await page"]


def correlated(size: int) -> Lines:
    """Values that are made under a condition, and awaited under the same one later."""
    count = size // 4
    made = [line for n in range(count) for line in (f"if more[{n}]:", f"    page{n} = fetch()")]
    return [*made, *(line for n in range(count) for line in (f"if more[{n}]:", f"    await page{n}"))]


def again(size: int) -> Lines:
    """One name that is bound to another value in each of many branches."""
    count = size // 3
    return [
        "page = fetch()",
        *(line for n in range(count) for line in (f"if more[{n}]:", "    await page", "    page = fetch()")),
        "await page",
    ]


def finals(size: int) -> Lines:
    """Groups of `try` and `finally` in one another, with a return in the middle."""
    lines = ["page = fetch()"]
    for _ in range(size // (4 * DEPTH + 2)):
        lines += [line for n in range(DEPTH) for line in ("    " * n + "try:", "    " * (n + 1) + f"use({n})")]
        lines += ["    " * DEPTH + "if b:", "    " * DEPTH + "    return await page"]
        closing = [("    " * n + "finally:", "    " * (n + 1) + f"use({n})") for n in reversed(range(DEPTH))]
        lines += [line for pair in closing for line in pair]
    return [*lines, "await page"]


def handlers(size: int) -> Lines:
    """Retries one after another, each of which may await or replace the value."""
    group = ["try:", "    use(a)", "    await page", "except OSError:", "    page = fetch()", "else:"]
    return ["page = fetch()", *[*group, "    page = fetch()", "use(b)"] * (size // 7), "await page"]


def cases(size: int) -> Lines:
    """One `match` with many cases."""
    patterns = ("{n}", "[{n}, *rest]", "{{'key': {n}, **rest}}", "int(real={n}) if a")
    chosen = [patterns[n % 4].format(n=n) for n in range(size // 2)]
    return ["page = fetch()", "match more:", *(x for p in chosen for x in (f"    case {p}:", "        await page"))]


def alive(size: int) -> Lines:
    """Many values at once, each with a name of its own."""
    return [f"page{n} = fetch()" for n in range(size // 2)] + [f"await page{n}" for n in range(size // 2)]


def held(size: int) -> Lines:
    """Many values at once, in one list as well."""
    made = [line for n in range(size // 2) for line in (f"page{n} = fetch()", f"pages.append(page{n})")]
    return ["pages = []", *made, "for page in pages:", "    await page"]


def shared(size: int) -> Lines:
    """Many values at once, any of which one name may hold in the end."""
    made = [f"page{n} = fetch()" for n in range(size // 3)]
    picked = [line for n in range(size // 3) for line in (f"if more[{n}]:", f"    page = page{n}")]
    return ["page = fetch()", *made, *picked, "await page"]


def aliases(size: int) -> Lines:
    """A value that goes from name to name."""
    return ["name0 = fetch()", *(f"name{n} = name{n - 1}" for n in range(1, size)), f"await name{size - 1}"]


def methods(size: int) -> Lines:
    """One long chain of methods."""
    return ["page = fetch()", f"text = use(page){''.join(f'.step({n})' for n in range(size))}", "await page"]


def calls(size: int) -> Lines:
    """Calls in the arguments of calls."""
    return ["page = fetch()", f"text = {'use(' * size}page{')' * size}", "await page"]


def lambdas(size: int) -> Lines:
    """Lambdas in one another, the innermost of which uses a value."""
    return ["page = fetch()", f"later = {'lambda: ' * size}use(page)", "await page"]


def sums(size: int) -> Lines:
    """One long sum."""
    return ["page = fetch()", f"total = {' + '.join(f'more[{n}]' for n in range(size))}", "await page"]


def choices(size: int) -> Lines:
    """One long `and`."""
    return ["page = fetch()", f"if {' and '.join(f'use({n})' for n in range(size))}:", "    await page"]


def gathered(size: int) -> Lines:
    """One call with many values."""
    return [f"await asyncio.gather({', '.join('fetch()' for _ in range(size))})"]


def functions(size: int) -> Lines:
    """Many functions with a value each."""
    group = "async def part{n}(x: int) -> int:\n    page = fetch(x)\n    use(x)\n    return await page"
    return ["return 1", *(group.format(n=n) for n in range(size // 4))]


def helpers(size: int) -> Lines:
    """Functions each of which passes a value on to the one before."""
    group = "async def part{n}(page, x):\n    use(x)\n    await part{m}(page, x)"
    first = "async def part0(page, x):\n    await page"
    count = size // 3
    head = ["page = fetch()", f"await part{count - 1}(page, 1)"]
    return [*head, first, *(group.format(n=n, m=n - 1) for n in range(1, count))]


STATEMENTS: list[Sort] = [straight, separate, loops, flags, correlated, again, finals, handlers, cases]
VALUES: list[Sort] = [alive, held, shared, aliases]
EXPRESSIONS: list[Sort] = [methods, calls, lambdas, sums, choices, gathered]
MODULES: list[Sort] = [functions, helpers]
SORTS: dict[str, Sort] = {sort.__name__: sort for sort in (*STATEMENTS, *VALUES, *EXPRESSIONS, *MODULES)}


def module(name: str, size: int) -> str:
    """The module of a sort: a body of this size, with what it calls before it and other functions after it."""
    lines = SORTS[name](size)
    return HEAD + "".join(f"{line}\n" if line.startswith("async def") else f"    {line}\n" for line in lines)


# Measuring


@dataclass(frozen=True)
class Point:
    """What one size took: seconds, visits of the solver, bytes at the peak; without the latter two if given up."""

    size: int
    seconds: float
    steps: int | None = None
    peak: int = 0


def visits(parsed: Source) -> int | None:
    """The blocks that the solver visits for a module, over all its values; None if the nesting is too deep."""
    whole = Analysis(parsed)
    typestate = Typestate(whole.body, awaitables=False)
    try:
        suspects = [body.scope for body in whole.survey.bodies if whole.suspects(body)]
        if None in map(whole.unit, suspects):  # these come first in an analysis
            return None
        units = [unit for body in whole.survey.bodies if (unit := whole.unit(body.scope)) is not None]
        return sum(typestate.flow(body).work for unit in units for body in bodies(unit))
    except RecursionError:
        return None


def seconds(parsed: Source) -> float:
    """The processor time of an analysis; the best of three, where it is short."""
    took = once(parsed)
    return took if took > BRIEF else min(took, once(parsed), once(parsed))


def once(parsed: Source) -> float:
    """The processor time of one analysis, without collections of garbage, as in a run of flake8."""
    gc.collect()
    with without_collections():
        start = time.process_time()
        Analysis(parsed, Options()).findings()
        return time.process_time() - start


def point(name: str, size: int, limit: float) -> Point | None:
    """What a size of a sort takes; None if Python cannot parse it."""
    parsed = source.parse(module(name, size))
    if parsed is None:
        return None
    took = seconds(parsed)
    if took > limit:
        return Point(size, took, visits(parsed))
    tracemalloc.start()
    try:
        return Point(size, took, visits(parsed), tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def sizes(largest: int) -> list[int]:
    """From the smallest size on, doubled up to the largest."""
    return [SMALLEST << n for n in range(32) if SMALLEST << n <= largest]


def points(name: str, largest: int, limit: float) -> Iterator[Point]:
    """What each size of a sort takes, up to the first one beyond the limit, or that is given up."""
    for size in sizes(largest):
        found = point(name, size, limit)
        if found is None:
            return
        yield found
        if found.seconds > limit or found.steps is None:
            return


def slope(pairs: Sequence[tuple[float, float]]) -> float:
    """The slope of the line through the logarithms of the larger half of some pairs, by least squares."""
    half = [(math.log(x), math.log(max(y, 1e-9))) for x, y in pairs[min(len(pairs) // 2, max(len(pairs) - 2, 0)) :]]
    if len(half) < 2:
        return math.nan
    middle, height = fmean(x for x, _ in half), fmean(y for _, y in half)
    return sum((x - middle) * (y - height) for x, y in half) / sum((x - middle) ** 2 for x, _ in half)


@dataclass(frozen=True)
class Growth:
    """The slopes of a sort, of seconds and of steps, and the largest size that was analysed."""

    name: str
    largest: int
    seconds: float
    steps: float


def growth(name: str, found: Sequence[Point]) -> Growth:
    """The slopes through what was measured, sizes that were given up left out."""
    whole = [(each, each.steps) for each in found if each.steps is not None]
    largest = max((each.size for each, _ in whole), default=0)
    return Growth(
        name,
        largest,
        slope([(each.size, each.seconds) for each, _ in whole]),
        slope([(each.size, steps) for each, steps in whole]),
    )


# Printing


def shown(name: str, found: Point) -> str:
    """A line of the table of sizes."""
    steps = "too deep" if found.steps is None else str(found.steps)
    peak = f"{found.peak / 2**20:.1f}" if found.peak else ""
    return f"| {name} | {found.size} | {found.seconds:.3f} | {steps} | {peak} |"


def worst(found: Sequence[Growth]) -> str:
    """The last line: the largest slopes."""
    slow = max(found, key=lambda each: -math.inf if math.isnan(each.seconds) else each.seconds)
    long = max(found, key=lambda each: -math.inf if math.isnan(each.steps) else each.steps)
    return f"worst slope: time {slow.seconds:.2f} ({slow.name}), steps {long.steps:.2f} ({long.name})"


def main() -> None:
    """Print the table of sizes, that of slopes, and the worst slopes."""
    parser = argparse.ArgumentParser(description="Measure how the cost of the analysis grows.")
    parser.add_argument("--sorts", nargs="+", choices=SORTS, default=list(SORTS), metavar="SORT", help=", ".join(SORTS))
    parser.add_argument("--largest", type=int, default=LARGEST, help="the largest size (default: %(default)s)")
    parser.add_argument(
        "--limit", type=float, default=20.0, metavar="SECONDS", help="ends a sort (default: %(default)s)"
    )
    asked = parser.parse_args()
    point("straight", SMALLEST, math.inf)  # imports, and stubs of the standard library
    print("| sort | size | seconds | steps | peak MiB |\n| --- | ---: | ---: | ---: | ---: |")
    found: list[Growth] = []
    for name in asked.sorts:
        measured: list[Point] = []
        for each in points(name, asked.largest, asked.limit):
            print(shown(name, each), flush=True)
            measured.append(each)
        found.append(growth(name, measured))
    print("\n| sort | up to | slope of seconds | slope of steps |\n| --- | ---: | ---: | ---: |")
    for one in found:
        print(f"| {one.name} | {one.largest} | {one.seconds:.2f} | {one.steps:.2f} |")
    print(f"\n{worst(found)}")


if __name__ == "__main__":
    main()
