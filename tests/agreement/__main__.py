"""`python -m tests.agreement fixtures`: runs fixtures and prints where they disagree with their markers."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.agreement.modules import module_from_path
from tests.agreement.verdicts import Agreement, agreement_of


def paths_of(names: list[str]) -> Iterator[Path]:
    """The fixture modules under folders, and the files named."""
    for name in names:
        path = Path(name)
        yield from sorted(path.glob("*/*.py")) or sorted(path.glob("*.py")) if path.is_dir() else [path]


def main(names: list[str]) -> int:
    """Print the report; 1 if anything disagrees."""
    started = time.monotonic()
    outcomes = [agreement_of(module_from_path(path)) for path in paths_of(names or ["fixtures"])]
    for outcome in outcomes:
        print(*outcome.unproved, *outcome.disagreements, sep="\n", end="\n" if _says(outcome) else "")
    print(summary(outcomes), f"in {time.monotonic() - started:.1f} s")
    return int(any(outcome.disagreements for outcome in outcomes))


def _says(outcome: Agreement) -> bool:
    return bool(outcome.unproved or outcome.disagreements)


def summary(outcomes: list[Agreement]) -> str:
    """The numbers in one line."""
    functions = sum(len(outcome.executions) for outcome in outcomes)
    executed = sum(outcome.executed for outcome in outcomes)
    paths = sum(outcome.paths for outcome in outcomes)
    wrong = sum(len(outcome.disagreements) for outcome in outcomes)
    return f"{executed} of {functions} functions executed on {paths} paths, {wrong} disagreements"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
