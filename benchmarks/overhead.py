"""What flake8 takes with this plugin, compared with flake8 alone: processor time and memory on real packages.

Run it from the root of the project, on a machine that has nothing else to do and has `os.wait4` (not Windows)::

    python -m benchmarks.overhead
    python -m benchmarks.overhead --packages aiohttp starlette --also flake8-async flake8-bugbear
    python -m benchmarks.overhead --scratch SCRATCH --plain PYTHON --plugin PYTHON
    python -m benchmarks.overhead --count

It makes virtual environments and downloads packages into a temporary folder, unless it is told where there are
some. A ratio is that of runs in the same turn; a cold run has an empty cache, a warm one the cache of the cold one.
Processor time is that of flake8 and its worker processes, in the system as well; memory that of the largest process.
(The workers of a fork server, the default of Python 3.14 on Linux, escape: there only `--job-counts 1` is right.)

The plugin makes collections of garbage rarer, which spares flake8 some time as well: the column `seldom` is flake8
alone with that, and nothing else.

With `--count`, valgrind counts the instructions of one run of each instead, with one job. That takes far longer, and
tells the same on a busy machine; it does not tell how long these wait for memory.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
ROOMS = Path(__file__).resolve().with_name("rooms.py")
PACKAGES = {
    "aiohttp": "aiohttp==3.14.5",
    "anyio": "anyio==4.16.0",
    "starlette": "starlette==1.10.0",
    "trio": "trio==0.35.0",
    "distributed": "distributed==2026.8.0",
    "discord": "discord.py==2.7.1",
}
LARGE = {"homeassistant": "homeassistant==2024.3.3"}
SAMPLE = "async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n    await page\n    await page\n"


# Environments and packages


def environment(folder: Path, *requirements: str) -> str:
    """The interpreter of a new virtual environment with these packages."""
    print(f"installing {' '.join(requirements)}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True, stdout=sys.stderr)
    return python


def download(names: Sequence[str], folder: Path) -> Path:
    """The folder into which packages were unpacked, without what they need."""
    wheels, unpacked = folder / "wheels", folder / "packages"
    wanted = [(PACKAGES | LARGE)[name] for name in names]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python"]
    command += ["--only-binary", ":all:", "--dest", str(wheels), *wanted]
    print(f"downloading {' '.join(wanted)}", file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
    return unpacked


# Running flake8


@dataclass(frozen=True)
class Used:
    """What a run took: seconds of processor time, and MiB in its largest process."""

    seconds: float
    peak: float


Turn = Mapping[str, Used]
"""One run of each: flake8 alone (`plain`), with the plugin (`cold`, `warm`), alone but with collections of garbage as
rare as with the plugin (`seldom`), with each of its peers."""

THRESHOLD = "from flake8_valuetask import plugin; print(plugin.NEW_OBJECTS)"
SELDOM = "import gc, runpy; gc.set_threshold({}); runpy.run_module('flake8', run_name='__main__', alter_sys=True)"
FLAKE8 = ("-m", "flake8")


@dataclass(frozen=True)
class Bench:
    """The interpreters to compare, and a folder for caches."""

    plain: str
    plugin: str
    peers: Mapping[str, str]
    folder: Path

    def warm_up(self) -> None:
        """Run each once, so that all modules are compiled and read."""
        sample = self.folder / "sample.py"
        sample.write_text(SAMPLE, encoding="utf-8")
        self.turn(sample, 1)

    @functools.cached_property
    def seldom(self) -> tuple[str, str]:
        """How to start flake8 with collections of garbage as rare as with the plugin."""
        told = subprocess.run([self.plugin, "-c", THRESHOLD], check=True, stdout=subprocess.PIPE, text=True).stdout
        return "-c", SELDOM.format(told.strip())

    def cache(self) -> str:
        """The option for a new empty cache."""
        return f"--valuetask-cache-dir={tempfile.mkdtemp(dir=self.folder)}"

    def turn(self, target: Path, jobs: int) -> Turn:
        """Run all on a file or folder."""
        cache = self.cache()
        runs = [
            ("plain", self.plain, *FLAKE8),
            ("cold", self.plugin, *FLAKE8, cache),
            ("warm", self.plugin, *FLAKE8, cache),
            ("seldom", self.plain, *self.seldom),
            *((name, python, *FLAKE8) for name, python in self.peers.items()),
        ]
        return {way: used(checking(command, target, jobs)) for way, *command in runs}

    def counted(self, target: Path) -> list[int]:
        """The instructions of flake8 alone, with the plugin and an empty cache, and again with what is there then."""
        cache = self.cache()
        commands = [[self.plain, *FLAKE8], *[[self.plugin, *FLAKE8, cache]] * 2]
        return [instructions(checking(command, target, 1)) for command in commands]


def checking(command: Sequence[str], target: Path, jobs: int) -> list[str]:
    """The command that lets flake8, started by another one, check a target."""
    return [*command, "--isolated", "--exit-zero", f"--jobs={jobs}", str(target)]


def used(command: Sequence[str]) -> Used:
    """What a command and all processes that it has waited for take; ends this program if the command fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=variables())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"this ended with {process.returncode}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 2**20)


def variables() -> dict[str, str]:
    """The variables of a process that finds only what its environment has, and whose sets have the same order each
    time."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONHASHSEED": "0"}


def instructions(command: Sequence[str]) -> int:
    """How many instructions a command executes, as valgrind counts them; ends this program if either fails."""
    count = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *command]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    run = subprocess.run(count, check=False, text=True, env=variables(), **pipes)
    told = re.search(r"I +refs: +([\d,]+)", run.stderr)
    if run.returncode or told is None:
        raise SystemExit(f"this ended with {run.returncode}: {' '.join(count)}\n{run.stderr}")
    return int(told[1].replace(",", ""))


# Tables


def ratios(turns: Sequence[Turn], way: str) -> list[float]:
    """How many times the processor time of flake8 alone a way takes, turn by turn."""
    return [turn[way].seconds / turn["plain"].seconds for turn in turns]


def row(name: str, turns: Sequence[Turn]) -> list[str]:
    """The cells of a package."""
    found = [ratios(turns, way) for way in turns[0] if way != "plain"]
    spreads = [f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})" for values in found]
    peak = median(turn["cold"].peak for turn in turns) - median(turn["plain"].peak for turn in turns)
    return [name, f"{median(turn['plain'].seconds for turn in turns):.2f}", f"{peak:.1f}", *spreads]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---", *("---:" for _ in columns[1:])], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def worst(found: Mapping[tuple[int, str], Sequence[Turn]]) -> str:
    """The last line: the largest medians, over all packages and numbers of jobs."""
    ways = ("cold", "warm")
    most = [max((median(ratios(turns, way)), name) for (_, name), turns in found.items()) for way in ways]
    return "worst ratio: " + ", ".join(f"{w} {ratio:.2f} ({name})" for w, (ratio, name) in zip(ways, most, strict=True))


# The program


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure flake8 with this plugin against flake8 alone.")
    parser.add_argument("--packages", nargs="+", metavar="NAME", help=f"of {', '.join(PACKAGES)}; any in --scratch")
    parser.add_argument("--large", action="store_true", help=f"also {', '.join(LARGE)}")
    parser.add_argument("--scratch", type=Path, metavar="FOLDER", help="where unpacked packages are")
    parser.add_argument("--plain", metavar="PYTHON", help="an interpreter with flake8 alone")
    parser.add_argument("--plugin", metavar="PYTHON", help="an interpreter with flake8 and the plugin")
    parser.add_argument("--also", nargs="+", default=(), metavar="PEER", help="other plugins to compare with")
    parser.add_argument("--pairs", type=int, default=3, help="turns (default: %(default)s)")
    parser.add_argument("--job-counts", nargs="+", type=int, default=[1, 2], help="for --jobs (default: 1 2)")
    parser.add_argument("--count", action="store_true", help="count instructions, by valgrind")
    asked = parser.parse_args()
    asked.packages = [*dict.fromkeys([*(asked.packages or PACKAGES), *(LARGE if asked.large else ())])]
    known = PACKAGES | LARGE if asked.scratch is None else {path.name for path in asked.scratch.iterdir()}
    if unknown := [name for name in asked.packages if name not in known]:
        parser.error(f"no such package: {', '.join(unknown)}")
    if asked.count and shutil.which("valgrind") is None:
        parser.error("--count needs valgrind")
    return asked


def main() -> None:
    """Measure, and print the tables."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        scratch = (asked.scratch or download(asked.packages, folder)).resolve()
        plain = asked.plain or environment(folder / "plain", "flake8")
        plugin = asked.plugin or environment(folder / "plugin", "flake8", str(ROOT))
        peers = {name: environment(folder / name, "flake8", name) for name in asked.also}
        bench = Bench(plain, plugin, peers, folder)
        packages = {name: scratch / name for name in asked.packages}
        bench.warm_up()
        if asked.count:
            print(count(bench, packages))
        else:
            report(bench, packages, asked.job_counts, asked.pairs)


def count(bench: Bench, packages: Mapping[str, Path]) -> str:
    """A table of instructions and their ratios."""
    rows = []
    for name, path in packages.items():
        plain, cold, warm = bench.counted(path)
        rows.append([name, f"{plain / 1e6:.0f}", f"{cold / plain:.3f}", f"{warm / plain:.3f}"])
    return table(["package", "million instructions", "cold", "warm"], rows)


def described(name: str, seen: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The cells of a package: shares of suspects, seconds in all, shares by room."""
    counts, spent = seen["counts"], seen["seconds"]
    files = f"{counts.get('suspect_files', 0)} of {counts.get('files', 0)}"
    functions = f"{counts.get('suspects', 0) / max(counts.get('functions', 0), 1):.0%} of {counts.get('functions', 0)}"
    total = sum(spent.values())
    return [name, files, functions, f"{total:.2f}", *(f"{spent[room] / total:.0%}" for room in spent)]


def report(bench: Bench, packages: Mapping[str, Path], job_counts: Sequence[int], pairs: int) -> None:
    """Measure packages and print all of it, the worst ratios last."""
    found: dict[tuple[int, str], list[Turn]] = {}
    for jobs in job_counts:
        for name, path in packages.items():
            found[jobs, name] = [bench.turn(path, jobs) for _ in range(pairs)]
        columns = ["package", "plain s", "more MiB", "cold", "warm", "seldom", *bench.peers]
        print(f"--jobs {jobs}:\n\n{table(columns, [row(name, found[jobs, name]) for name in packages])}\n")
    rows: list[list[str]] = []
    for name, path in packages.items():
        command = [bench.plugin, str(ROOMS), str(path)]
        seen = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        rows.append(described(name, seen))
    columns = ["package", "suspect files", "suspect functions", "seconds", *seen["seconds"]]
    print(f"{table(columns, rows)}\n\n{worst(found)}")


if __name__ == "__main__":
    main()
