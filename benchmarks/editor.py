"""How long a module is judged after each line that is edited, as a server for editors does it, in one process.

Run it from the root of the project, on a machine that has nothing else to do::

    python -m benchmarks.editor
    python -m benchmarks.editor --way whole
    python -m benchmarks.editor --compare

The times are processor time from a text to its findings, parsing included. `--way session` (the default) keeps what is
known of functions that have not changed, `--way whole` analyses each version anew; `--compare` does both for each
version, and tells where the findings differ.
"""

from __future__ import annotations

import argparse
import ast
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from flake8_valuetask.analyze import check
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.session import Session

Judge = Callable[[str], list[Finding]]

HEAD = """\
import asyncio
from collections.abc import Awaitable


async def fetch(key: int = 0) -> str:
    await asyncio.sleep(key)
    return str(key)


def log(*words: object) -> None: ...
"""
CLASS = """

class Store{n}:
    def __init__(self, size: int) -> None:
        self.size = size
        self.items: dict[int, str] = {{}}
        self.job: asyncio.Task[str] | None = None

    async def load(self, key: int) -> str:
        page = fetch(key)
        log("load", key)
        if key > self.size:
            page.close()
            return ""
        self.items[key] = await page
        return self.items[key]

    def start(self, key: int) -> None:
        self.job = asyncio.create_task(self.load(key))
        log("start", key)

    async def stop(self) -> str:
        if self.job is None:
            return ""
        self.job.cancel()
        log("stop")
        return await self.job
"""
FUNCTIONS = (
    """

async def first{n}(store: Store{m}, keys: list[int]) -> list[str]:
    found = []
    for key in keys:
        log(key)
        found.append(await store.load(key))
    rest = await asyncio.gather(*(store.load(key) for key in keys))
    return found + list(rest)
""",
    """

async def second{n}(store: Store{m}, again: bool) -> str:
    page = store.load({n})
    try:
        text = await page
    except OSError:
        log("failed")
        text = await {again}
    finally:
        await store.stop()
    return text
""",
    """

async def third{n}(store: Store{m}, keys: list[int]) -> None:
    {awaited}fetch({n})
    jobs = [asyncio.create_task(store.load(key)) for key in keys]
    done, rest = await asyncio.wait(jobs, timeout=1)
    for job in rest:
        job.cancel()
    log(len(done))
""",
    """

def fourth{n}(keys: list[int]) -> int:
    total = 0
    for key in keys:
        if key > {n}:
            total += key
        else:
            total -= 1
    log(total)
    return total
""",
    """

async def fifth{n}(job: Awaitable[str], times: int) -> str:
    text = await job
    while times > 0:
        page = fetch(times)
        times -= 1
        text += await page
        if times == {n}:
            text += await {again}
    return text
""",
)
STATEMENTS = (
    "pass",
    "log({n})",
    "extra{n} = fetch({n})",
    "log(await fetch({n}))",
    "fetch({n})",
    "extra{n} = [fetch({n})]",
    "assert {n}",
)
"""What is written into the module; not all of it is valid at all places."""


# Texts


def module(length: int) -> str:
    """A module of about so many lines: classes, functions, and some mistakes."""
    parts, lines, n = [HEAD], HEAD.count("\n"), 0
    while lines < length:
        wrong = n % 5 == 4
        choices = {"again": "page" if wrong else "fetch()", "awaited": "" if wrong else "await "}
        for part in (CLASS, *FUNCTIONS) if n % 3 == 0 else FUNCTIONS:
            parts.append(part.format(n=n, m=n - n % 3, **choices))
            lines += part.count("\n")
        n += 1
    return "".join(parts)


def edited(text: str, chance: random.Random) -> str:
    """Another text, one line of which was inserted, changed or deleted; both are valid."""
    while True:
        lines = text.splitlines(keepends=True)
        place = chance.randrange(len(HEAD.splitlines()), len(lines))
        old = lines[place]
        indent = old[: len(old) - len(old.lstrip())] if old.strip() else "    "
        new = f"{indent}{chance.choice(STATEMENTS).format(n=chance.randrange(100))}\n"
        lines[place : place + 1] = chance.choice(([new, old], [new], []))
        changed = "".join(lines)
        if changed != text and valid(changed):
            return changed


def valid(text: str) -> bool:
    """Whether Python takes a text, its compiler included."""
    try:
        compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def versions(length: int, edits: int, seed: int) -> Iterator[str]:
    """A module as it is opened, and after each edit."""
    chance, text = random.Random(seed), module(length)
    yield text
    for _ in range(edits):
        text = edited(text, chance)
        yield text


# Judging


def session(filename: str, options: Options) -> Judge:
    """Judges versions of one file, keeping what is known of unchanged functions."""
    kept = Session(filename, options)
    return lambda text: kept.findings(list(io.StringIO(text))) or []


def whole(filename: str, options: Options) -> Judge:
    """Judges each version of a file anew."""
    return lambda text: check(ast.parse(text), list(io.StringIO(text)), filename, options)


WAYS = {"session": session, "whole": whole}


def timed(judge: Judge, texts: Iterator[str]) -> tuple[float, list[float], int]:
    """The milliseconds for the first text and for each other one, and the findings in the last one."""
    times: list[float] = []
    count = 0
    for text in texts:
        start = time.process_time()
        count = len(judge(text))
        times.append((time.process_time() - start) * 1000)
    return times[0], times[1:], count


def different(one: Judge, other: Judge, texts: Iterator[str]) -> Iterator[str]:
    """A line for each finding that only one of two ways has."""
    for number, text in enumerate(texts):
        found, expected = set(one(text)), set(other(text))
        for finding in sorted(found ^ expected):
            which = "too much" if finding in found else "missing"
            yield f"edit {number}: {which}: {finding.span.line}: {finding.code} {finding.message}"


# Printing


def report(opened: float, times: Sequence[float], way: str) -> str:
    """The table, and the last line."""
    high = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    rows = {"as it is opened": opened, "median": median(times), "95th percentile": high, "maximum": max(times)}
    lines = [f"| {way} | ms |", "| --- | ---: |", *(f"| {name} | {value:.1f} |" for name, value in rows.items())]
    return "\n".join([*lines, "", f"edits: median {median(times):.1f} ms, 95 % {high:.1f} ms, max {max(times):.1f} ms"])


def main() -> None:
    """Edit and judge, and print how long it took, or where the two ways differ."""
    parser = argparse.ArgumentParser(description="Measure how long a module is judged after each edit.")
    parser.add_argument("--lines", type=int, default=1000, help="of the module (default: %(default)s)")
    parser.add_argument("--edits", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="chooses the edits (default: %(default)s)")
    parser.add_argument("--way", choices=WAYS, default="session", help="how (default: %(default)s)")
    parser.add_argument("--compare", action="store_true", help="compare the findings of both ways, without times")
    asked = parser.parse_args()
    if asked.lines < 1 or asked.edits < 1:
        parser.error("--lines and --edits are at least 1")
    texts = versions(asked.lines, asked.edits, asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        name = str(Path(folder) / "module.py")
        if asked.compare:
            found = list(different(session(name, Options()), whole(name, Options()), texts))
            print("\n".join([*found, f"differences: {len(found)} in {asked.edits} edits"]))
            sys.exit(bool(found))
        list(map(WAYS[asked.way](name, Options()), [HEAD]))  # imports, and stubs of the standard library
        opened, times, count = timed(WAYS[asked.way](name, Options()), texts)
    print(f"{asked.edits} edits of {asked.lines} lines, {count} findings in the last version\n")
    print(report(opened, times, asked.way))


if __name__ == "__main__":
    main()
