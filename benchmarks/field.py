"""The field report as data: what the plugin says of released packages, and what reading the source has shown.

Run it from the root of the project::

    python -m benchmarks.field                  prints the tables, from what is recorded
    python -m benchmarks.field --write          writes them into the pages
    python -m benchmarks.field --scan FOLDER    runs flake8 over the packages, and tells what is new and what is gone

In: `docs/field/packages.csv`, which archives; `docs/field/findings.csv`, a line each, with a verdict and why. Out:
tables in `docs/field-report.md` and the sentence in `README.md`. A scan fetches what `FOLDER` does not have
from the index that pip asks, keeps the Python sources, builds and runs nothing. It judges each package in the
environment of this Python, which should have nothing but flake8 and the plugin; of what a package requires it sees the
wheels of the report, too. With `--record` it writes both files anew: a new finding gets the verdict `?`.
"""

from __future__ import annotations

import argparse
import csv
import functools
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks import archives
from benchmarks.comparison import renewed

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "docs" / "field"
PAGES = ("README.md", "docs/field-report.md")
_SHAPE = "--format=%(code)s %(path)s:%(row)d:%(col)d"
WIDTH = 120
"""Characters of a line of text."""


class Package(NamedTuple):
    """A package of the report: in which `round` it came, from which archive; how large it is."""

    round: int
    distribution: str
    version: str
    archive: str
    modules: int
    lines: int


class Finding(NamedTuple):
    """A finding, where it is in its archive, and the verdict on it: true, false, or ? for none yet."""

    distribution: str
    code: str
    place: str
    verdict: str
    why: str


# The records


def packages() -> list[Package]:
    """All packages of the report, round by round."""
    return [Package(int(row[0]), *row[1:4], *map(int, row[4:])) for row in _rows("packages")]


def findings() -> list[Finding]:
    """All findings of the report."""
    return [Finding(*row) for row in _rows("findings")]


def _rows(name: str) -> list[list[str]]:
    with (RECORDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _keep(name: str, fields: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (RECORDS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([fields, *rows])


# The tables


def blocks(known: Sequence[Package], found: Sequence[Finding]) -> dict[str, str]:
    """The parts of the pages that are made, by the names of the marks that they stand between."""
    made = {"field": _sentence(known, found)}
    for number in sorted({package.round for package in known}):
        of_round = [package for package in known if package.round == number]
        names = {package.distribution for package in of_round}
        here = [finding for finding in found if finding.distribution in names]
        parts = (_size(of_round, here), _counted(of_round, here), _without(of_round, here), _judged(here))
        made[f"round {number}"] = "".join(f"\n{part}\n" for part in parts if part) + "\n"
    return made


def _sentence(known: Sequence[Package], found: Sequence[Finding]) -> str:
    right = sum(finding.verdict == "true" for finding in found)
    return (
        f"In {len(known)} released packages it has {len(found)} things to say, {right} of them rightly, most of these "
        "mistakes that can fail: the\n[field report](docs/field-report.md) judges each one.\n"
    )


def _size(known: Sequence[Package], found: Sequence[Finding]) -> str:
    modules, lines = sum(package.modules for package in known), sum(package.lines for package in known)
    return f"{len(known)} packages, {modules:,} modules, {lines:,} lines: {len(found)} findings."


def _counted(known: Sequence[Package], found: Sequence[Finding]) -> str:
    """A table of the packages with findings."""
    verdicts = Counter((finding.distribution, finding.verdict) for finding in found)
    rows = []
    for name, version in ((package.distribution, package.version) for package in known):
        true, false = (verdicts[name, verdict] for verdict in ("true", "false"))
        if true or false:
            rows.append([f"{name} {version}", str(true + false), str(true), str(false)])
    return _table(["package", "findings", "true", "false alarms"], rows, "---:")


def _without(known: Sequence[Package], found: Sequence[Finding]) -> str:
    """A sentence that names the packages without findings."""
    spoken = {finding.distribution for finding in found}
    silent = [f"{package.distribution} {package.version}" for package in known if package.distribution not in spoken]
    *first, last = silent
    return _filled(f"None in {', '.join(first)} and {last}.")


def _filled(text: str) -> str:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


def _judged(found: Sequence[Finding]) -> str:
    """A table of findings; those with the same verdict for the same reason share a row."""
    rows: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in found:
        rows.setdefault((finding.verdict, finding.why, finding.distribution), []).append(finding)
    cells = [
        [", ".join(dict.fromkeys(each.code for each in same)), name, ", ".join(_places(same)), verdict, why]
        for (verdict, why, name), same in sorted(rows.items(), key=lambda row: row[0][0] != "true")
    ]
    return _table(["code", "package", "place", "verdict", "why"], cells, "---")


def _places(found: Iterable[Finding]) -> Iterator[str]:
    """Places; of one in the same file as the one before it, the line and column only."""
    last = ""
    for path, colon, rest in (finding.place.partition(":") for finding in found):
        yield f"`{colon}{rest}`" if path == last else f"`{path}{colon}{rest}`"
        last = path


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], rule: str) -> str:
    lines = [columns, ["---", *(rule for _ in columns[1:])], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) if rows else ""


# A scan


class Scan:
    """A scan of packages that are unpacked in a folder, or are fetched into it."""

    def __init__(self, folder: Path, known: Sequence[Package]) -> None:
        self.folder = folder
        self.known = {archives.normal(package.distribution): package for package in known}

    @functools.cached_property
    def address(self) -> str:
        """The index of packages."""
        return archives.index()

    def place(self, package: Package) -> Path:
        """Where a package is unpacked."""
        return archives.unpacked(package.distribution, package.archive, self.folder, self.address)

    def scanned(self, package: Package) -> tuple[Package, list[Finding]]:
        """A package with its size of now, and what flake8 says of it; a `RuntimeError` if flake8 fails."""
        place = self.place(package)
        texts = [path.read_bytes() for path in place.rglob("*.py")]
        command = [sys.executable, "-m", "flake8", "--isolated", "--select=VT", "--jobs=1", "--exit-zero", _SHAPE, "."]
        required = [self.known[name] for name in sorted(archives.requirements(place) & self.known.keys())]
        wheels = (each for each in required if each.archive.endswith(".whl") and each != package)
        if roots := [str(self.place(each)) for each in wheels]:
            command.append(f"--valuetask-roots={','.join(roots)}")
        said = subprocess.run(command, cwd=place, check=False, capture_output=True, text=True)
        if said.returncode:
            raise RuntimeError(f"flake8 ended with {said.returncode} in {place}: {said.stderr}")
        split = (line.replace("./", "", 1).split(" ", 1) for line in said.stdout.splitlines())
        found = [Finding(package.distribution, code, where, "?", "") for code, where in split]
        return package._replace(modules=len(texts), lines=sum(text.count(b"\n") for text in texts)), found


def compared(now: Iterable[Finding], recorded: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings of now, with the verdicts that are recorded, and the recorded ones that are gone."""
    known = {finding[:3]: finding for finding in recorded}
    found = [known.pop(finding[:3], finding) for finding in now]
    return found, list(known.values())


def scan(
    scanning: Scan, wanted: Sequence[Package], jobs: int, say: Callable[[str], None]
) -> tuple[list[Package], list[Finding]]:
    """Scan packages, tell what is new and what is gone, and give what is to be recorded."""
    for package in scanning.known.values():
        scanning.place(package)
    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(scanning.scanned, wanted))
    names = {package.distribution for package in wanted}
    recorded = [finding for finding in findings() if finding.distribution in names]
    found, gone = compared((finding for _, each in results for finding in each), recorded)
    for word, some in (("new", [each for each in found if each.verdict == "?"]), ("gone", gone)):
        for finding in some:
            say(f"{word}: {finding.distribution} {finding.code} {finding.place}")
    judged = Counter(finding.verdict for finding in found)
    say(
        f"{len(wanted)} packages: {len(found)} findings, {judged['true']} true, {judged['false']} false, "
        f"{judged['?']} new, {len(gone)} gone"
    )
    return [package for package, _ in results], found


# The program


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Print the tables, write them, or scan."""
    parser = argparse.ArgumentParser(description="What the plugin says of released packages.")
    parser.add_argument("--write", action="store_true", help="write the tables into the pages")
    parser.add_argument("--scan", type=Path, metavar="FOLDER", help="run flake8 over the packages in this folder")
    parser.add_argument("--packages", nargs="+", metavar="NAME", help="only these distributions")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="packages at a time (default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="write down what the scan has found")
    asked = parser.parse_args(arguments)
    everything = packages()
    if asked.scan is not None:
        wanted = [p for p in everything if not asked.packages or p.distribution in asked.packages]
        measured, found = scan(Scan(asked.scan.resolve(), everything), wanted, asked.jobs, say)
        if asked.record:
            _record(everything, measured, found)
        return 0
    made = blocks(everything, findings())
    if not asked.write:
        say("\n".join(made.values()).strip())
        return 0
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        (ROOT / name).write_text(renewed(text, made), encoding="utf-8", newline="\n")
    return 0


def _record(everything: Sequence[Package], scanned_now: Sequence[Package], found: Sequence[Finding]) -> None:
    """Write both records anew, for the packages that were scanned."""
    new = {package.distribution: package for package in scanned_now}
    others = [finding for finding in findings() if finding.distribution not in new]
    order = {package.distribution: number for number, package in enumerate(everything)}
    _keep("packages", Package._fields, [new.get(package.distribution, package) for package in everything])
    _keep("findings", Finding._fields, sorted([*others, *found], key=lambda finding: order[finding.distribution]))


if __name__ == "__main__":
    raise SystemExit(main())
