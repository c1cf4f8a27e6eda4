"""Whether triage gives anything up: findings with all bodies suspected, and with triage, side by side.

Run it from the root of the project, with folders of packages::

    python -m benchmarks.triage SCRATCH/aiohttp SCRATCH/anyio

Prints for each package the number of files, findings, and the findings that only one of the two ways gives; the
exit status
is 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
import tokenize
import warnings
from pathlib import Path

from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.records import replaced


def found(path: Path, options: Options) -> set[Finding]:
    """The findings of a file; none if it is not valid Python."""
    with tokenize.open(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = source.parse(file.read(), str(path))
    return set() if parsed is None else set(Analysis(parsed, options).findings())


def compare(folder: Path, options: Options) -> tuple[int, int, list[str]]:
    """The number of files and of findings, and the differences as lines."""
    files, total, different = sorted(folder.rglob("*.py")), 0, []
    for path in files:
        few, all_of_them = found(path, options), found(path, replaced(options, everything=True))
        total += len(all_of_them)
        different += [f"{path}:{one.span.line}: {one.code} {one.message}" for one in sorted(few ^ all_of_them)]
    return len(files), total, different


def main() -> int:
    """Print a line for each package; 1 if the two ways differ anywhere."""
    parser = argparse.ArgumentParser(description="Compare findings with and without triage.")
    parser.add_argument("packages", nargs="+", type=Path)
    different: list[str] = []
    for folder in parser.parse_args().packages:
        files, total, here = compare(folder, Options())
        print(f"{folder.name}: {files} files, {total} findings, {len(here)} differences", *here, sep="\n    ")
        different += here
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
