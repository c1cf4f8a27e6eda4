"""How many awaited calls the resolver knows: each `await f(...)` is an example, for `f` must make an awaitable.

Run it from the root of the project, with folders of packages (the parents of which are searched for imports)::

    python -m benchmarks.knowledge SCRATCH/aiohttp SCRATCH/anyio

A call is known as one-shot (a coroutine, a ValueTask, a step), or as one that may be awaited often (a Task, a
Future). It is contradicted if it is known as something that cannot be awaited: an error of the resolver.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.types import Type

COLUMNS = ("awaited calls", "one-shot", "many-shot", "unknown", "contradicted")


def verdict(found: Type) -> str:
    """The column that a type belongs to."""
    parts = {type(part) for part in types.members(types.without_none(found))}
    if types.Type in parts or types.Symbol in parts:
        return "unknown"
    if parts <= {types.Shot}:
        return "one-shot"
    if parts <= {types.Shot, types.ManyShot}:
        return "many-shot"
    return "unknown" if types.Instance in parts else "contradicted"


def awaited(path: Path) -> Iterator[tuple[int, str]]:
    """The line of each awaited call of a module, and its verdict."""
    parsed = source.parse(path.read_text(encoding="utf-8"), str(path))
    if parsed is None:
        return
    analysis = Analysis(parsed)
    for body in analysis.survey.bodies:
        for site in body.calls:
            if site.awaited:
                yield site.node.lineno, verdict(analysis.kinds.type(site.ref, site.scope))


def count(folder: Path, listed: Sequence[str] = ()) -> Counter[str]:
    """The verdicts of a package; the places of those `listed` are printed."""
    totals = Counter[str]()
    for path in sorted(folder.rglob("*.py")):
        for line, found in awaited(path):
            totals.update((found, "awaited calls"))
            if found in listed:
                print(f"{path}:{line}: {found}")
    return totals


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Count the awaited calls whose kind is known.")
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--list", nargs="*", default=(), choices=COLUMNS, help="print the places of these verdicts")
    asked = parser.parse_args()
    print("| package |", " | ".join(COLUMNS), "| known |")
    print("| --- |", " | ".join("---:" for _ in COLUMNS), "| ---: |")
    for folder in asked.packages:
        totals = count(folder, asked.list)
        known = (totals["one-shot"] + totals["many-shot"]) / max(totals["awaited calls"], 1)
        print(f"| {folder.name} |", " | ".join(str(totals[column]) for column in COLUMNS), f"| {known:.0%} |")


if __name__ == "__main__":
    main()
