"""How many awaited calls the resolver knows: each `await f(...)` is an example, for `f` must make an awaitable.

Run it from the root of the project, with folders of packages (the parents of which are searched for imports)::

    python -m benchmarks.knowledge SCRATCH/aiohttp SCRATCH/anyio

A call is known as one-shot (a coroutine, a ValueTask, a step), as one that may be awaited often (a Task, a Future), or
as an `Awaitable`, which promises neither. It is contradicted if it is known as something that cannot be awaited: an
error of the resolver.

`--against basedpyright` asks that checker of the same calls, and prints how many it reaches, how many it knows, how
many both know, and how many of these are the same to both. `--list disputed` prints the places of the others.
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import probes
from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.types import Type

KNOWN = ("one-shot", "many-shot", "awaitable")
COLUMNS = ("awaited calls", *KNOWN, "unknown", "contradicted", "known")
AGAINST = ("awaited calls", "known here", "reached", "known there", "known to both", "the same")
SHARES = ("known", "known here", "known there")


def verdict(found: Type) -> str:
    """The column that a type belongs to."""
    members = types.members(types.without_none(found))
    parts = {type(part) for part in members}
    if types.Type in parts or types.Symbol in parts:
        return "unknown"
    if not parts <= {types.Shot, types.ManyShot}:
        return "unknown" if types.Instance in parts else "contradicted"
    if any(isinstance(part, types.Shot) and part.kind is Kind.AWAITABLE for part in members):
        return "awaitable"
    return "one-shot" if parts == {types.Shot} else "many-shot"


def awaited(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Each awaited call of a module, and its verdict."""
    parsed = source.parse(path.read_text(encoding="utf-8"), str(path))
    if parsed is None:
        return
    analysis = Analysis(parsed)
    values = {id(node.value) for node in ast.walk(parsed.tree) if isinstance(node, ast.Await)}
    for body in analysis.survey.bodies:
        for site in body.calls:
            if id(site.node) in values:
                yield site.node, verdict(analysis.kinds.type(site.ref, site.scope))


Verdicts = dict[Path, list[tuple[ast.Call, str]]]


def package(folder: Path) -> Verdicts:
    """The awaited calls of each module of a package."""
    return {path: list(awaited(path)) for path in sorted(folder.rglob("*.py"))}


def count(known: Verdicts, listed: Sequence[str] = ()) -> Counter[str]:
    """The verdicts of a package; the places of those `listed` are printed."""
    totals = Counter[str]()
    for path, calls in known.items():
        for call, found in calls:
            totals.update((found, "awaited calls"))
            if found in listed:
                print(f"{path}:{call.lineno}: {found}")
    return totals


def against(folder: Path, known: Verdicts, listed: Sequence[str] = ()) -> Counter[str]:
    """What basedpyright says of the same calls; places that both know, but not as the same, are printed if `listed`."""
    types = probes.revealed(folder, {path: [call for call, _ in calls] for path, calls in known.items()})
    totals = Counter[str]()
    for path, calls in known.items():
        for call, here in calls:
            there = types.get(probes.Place(path.relative_to(folder).as_posix(), call.lineno, call.col_offset))
            columns = compared(here, there)
            totals.update(columns)
            if "disputed" in listed and "known to both" in columns and "the same" not in columns:
                print(f"{path}:{call.lineno}: {here} here, {there} there")
    return totals


def compared(here: str, there: str | None) -> list[str]:
    """The columns that a call counts in; `there` is the type that the checker reveals, None if it does not reach it."""
    other = None if there is None else probes.verdict(there)
    columns = {
        "awaited calls": True,
        "known here": here in KNOWN,
        "reached": other is not None,
        "known there": other in KNOWN,
        "known to both": here in KNOWN and other in KNOWN,
        "the same": here in KNOWN and here == other,
    }
    return [column for column, counts in columns.items() if counts]


def head(columns: Sequence[str]) -> None:
    """Print the first lines of a table."""
    print("| package |", " | ".join(columns), "|")
    print("| --- |", " | ".join("---:" for _ in columns), "|")


def row(folder: Path, totals: Counter[str], columns: Sequence[str]) -> None:
    """Print the line of a package; its shares are parts of the awaited calls."""
    calls = max(totals["awaited calls"], 1)
    totals["known"] = sum(totals[column] for column in KNOWN)
    cells = (f"{totals[one]} ({totals[one] / calls:.0%})" if one in SHARES else str(totals[one]) for one in columns)
    print(f"| {folder.name} |", " | ".join(cells), "|", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Count the awaited calls whose kind is known.")
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--against", choices=["basedpyright"], help="ask this checker, too")
    listable = (*COLUMNS, "disputed")
    parser.add_argument("--list", nargs="*", default=(), choices=listable, help="print the places of these verdicts")
    asked = parser.parse_args()
    columns = AGAINST if asked.against else COLUMNS
    head(columns)
    for folder in asked.packages:
        known = package(folder)
        row(folder, against(folder, known, asked.list) if asked.against else count(known, asked.list), columns)


if __name__ == "__main__":
    main()
