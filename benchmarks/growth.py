"""How the cost of the analysis grows with the size of what it analyses, for sorts of code that are hard for it.

Run it from the root of the project, on a machine that has nothing else to do::

    python -m benchmarks.growth
    python -m benchmarks.growth --sorts aliases alive --largest 3200 --limit 5

A size is a number of statements, or of the parts of one expression. The seconds are processor time, those of
parsing for flake8 left out; the steps are the blocks that the solver has visited; the peak is of Python's memory.
A slope is that of a straight line through the larger half of the sizes, in logarithms: 1 is linear, 2 quadratic.
Besides, a large module of each sort is analysed; one of the nested sorts has many bodies.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis, bodies
from flake8_valuetask.options import Options
from flake8_valuetask.project.collections import without_collections
from flake8_valuetask.source import Source
from flake8_valuetask.typestate import Typestate

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a file, it finds only what is beside it
from benchmarks.sorts import SORTS, large, module

SMALLEST, LARGEST, CHARACTERS = 50, 12_800, 200_000
BRIEF, SHORT = 5.0, 0.1
"""Seconds below which a run is repeated, and repeated often: other programs can only make it slower."""


# Measuring


@dataclass(frozen=True)
class Point:
    """What one size took: seconds, visits of the solver, bytes at the peak; without the latter two if given up."""

    size: int
    seconds: float
    steps: int | None = None
    peak: int = 0


def visits(parsed: Source) -> int | None:
    """The blocks that the solver visits for a module, over all its values; None if the nesting is too deep, or what is
    nested is too much."""
    whole = Analysis(parsed)
    typestate = Typestate(whole.body, awaitables=False)
    try:
        suspects = [body.scope for body in whole.survey.bodies if whole.suspects(body)]
        if suspects and not any(map(whole.unit, suspects)):  # these come first in an analysis
            return None
        units = [unit for body in whole.survey.bodies if (unit := whole.unit(body.scope)) is not None]
        return sum(typestate.flow(body).work for unit in units for body in bodies(unit))
    except RecursionError:
        return None


def seconds(parsed: Source) -> float:
    """The processor time of an analysis; the best of some, where it is short."""
    took = once(parsed)
    again = 0 if took > BRIEF else 2 if took > SHORT else 20
    return min([took, *(once(parsed) for _ in range(again))])


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


def largest(names: Sequence[str], characters: int) -> str:
    """The table of what large modules take; its last line tells the one that takes longest."""
    took: dict[str, float] = {}
    for name in names:
        parsed = source.parse(large(name, characters))
        took[name] = math.nan if parsed is None else seconds(parsed)
    lines = [f"| {name} | {each:.2f} |" for name, each in took.items()]
    longest = max(took, key=lambda name: took[name])
    head = f"| sort | seconds for {characters // 1000} kB |\n| --- | ---: |\n"
    return head + "\n".join([*lines, "", f"longest: {took[longest]:.2f} s ({longest})"])


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
        "--characters", type=int, default=CHARACTERS, help="of a large module; 0 for none (default: %(default)s)"
    )
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
    if asked.characters:
        print(f"\n{largest(asked.sorts, asked.characters)}")
    print(f"\n{worst(found)}")


if __name__ == "__main__":
    main()
