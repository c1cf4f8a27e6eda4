"""What a ValueTask costs, beside the other ways to return something that may have to be waited for.

Run it from the root of the project, on a machine that has nothing else to do::

    python -m benchmarks.runtime
    python -m benchmarks.runtime --svg docs/runtime-cost.svg

Each figure is the best of some runs: other programs can only make a run slower.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import math
import platform
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from flake8_valuetask.runtime import ValueTask, value_task

RATES = (0, 50, 90, 95, 99, 100)
WIDTH = 100
"""How many calls the fan-out makes at once."""

Call = Callable[[bool], Awaitable[int]]
FanOut = Callable[[Sequence[bool]], Awaitable[list[int]]]


# One call: `hit` says whether the answer is there at once; if not, it takes one round of the event loop.


async def plain(hit: bool) -> int:
    if not hit:
        await asyncio.sleep(0)
    return 1


decorated = value_task(plain)


def from_result(hit: bool) -> ValueTask[int]:
    return ValueTask.from_result(1) if hit else decorated(hit)


def new_task(hit: bool) -> asyncio.Task[int]:
    return asyncio.create_task(plain(hit))


def future(hit: bool) -> asyncio.Future[int]:
    loop = asyncio.get_running_loop()
    made: asyncio.Future[int] = loop.create_future()
    if hit:
        made.set_result(1)
    else:
        loop.call_soon(made.set_result, 1)
    return made


CALLS: dict[str, Call] = {
    "plain coroutine": plain,
    "ValueTask.from_result": from_result,
    "@value_task": decorated,
    "Future": future,
    "create_task": new_task,
}

if sys.version_info >= (3, 12):

    def eager_task(hit: bool) -> asyncio.Task[int]:
        return asyncio.eager_task_factory(asyncio.get_running_loop(), plain(hit))

    CALLS["eager task"] = eager_task


# Many calls at once.


async def gather_coroutines(hits: Sequence[bool]) -> list[int]:
    return await asyncio.gather(*[plain(hit) for hit in hits])


async def gather_tasks(hits: Sequence[bool]) -> list[int]:
    return await asyncio.gather(*[asyncio.create_task(plain(hit)) for hit in hits])


async def collect_value_tasks(make: Callable[[bool], ValueTask[int]], hits: Sequence[bool]) -> list[int]:
    values = [make(hit) for hit in hits]
    outcomes = [value.result() if value.done() else value.as_task() for value in values]
    pending = [outcome for outcome in outcomes if not isinstance(outcome, int)]
    if pending:
        await asyncio.wait(pending)
    return [outcome if isinstance(outcome, int) else outcome.result() for outcome in outcomes]


FAN_OUTS: dict[str, FanOut] = {
    "gather coroutines": gather_coroutines,
    "ValueTask.from_result": lambda hits: collect_value_tasks(from_result, hits),
    "@value_task": lambda hits: collect_value_tasks(decorated, hits),
    "create_task each": gather_tasks,
}


@dataclass
class Figures:
    """Nanoseconds, by name and by rate of hits in per cent; bytes by name for a call that hits and one that misses."""

    calls: dict[str, dict[int, float]] = field(default_factory=dict[str, dict[int, float]])
    kept: dict[str, float] = field(default_factory=dict[str, float])
    fan_outs: dict[str, dict[int, float]] = field(default_factory=dict[str, dict[int, float]])
    memory: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


def pattern(rate: int, length: int) -> list[bool]:
    """Return `length` flags of which `rate` per cent are true, the others spread evenly."""
    return [(index * (100 - rate)) // 100 == ((index + 1) * (100 - rate)) // 100 for index in range(length)]


async def time_calls(call: Call, hits: Sequence[bool]) -> float:
    start = time.perf_counter_ns()
    for hit in hits:
        await call(hit)
    return (time.perf_counter_ns() - start) / len(hits)


async def time_kept(call: Call, length: int) -> float:
    """Time calls that hit, as time_calls does, with a variable that still has the awaited object afterwards."""
    start = time.perf_counter_ns()
    for _ in range(length):
        kept = call(True)
        await kept
    return (time.perf_counter_ns() - start) / length


async def time_fan_out(fan_out: FanOut, hits: Sequence[bool], rounds: int) -> float:
    start = time.perf_counter_ns()
    for _ in range(rounds):
        await fan_out(hits)
    return (time.perf_counter_ns() - start) / rounds


async def bytes_of(call: Call, hit: bool) -> int:
    """Return how many bytes more than before are in use at the peak of one call."""
    most = 0
    for _ in range(5):
        tracemalloc.start()
        await call(hit)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await call(hit)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        most = max(most, peak - before)
    return most


def best(old: float | None, new: float) -> float:
    return new if old is None else min(old, new)


async def measure(length: int, repeat: int) -> Figures:
    """Measure everything, taking turns, so that a slow spell of the machine hits all alike."""
    figures = Figures()
    for name, call in CALLS.items():
        figures.memory[name] = (await bytes_of(call, True), await bytes_of(call, False))
    gc.collect()
    for _ in range(repeat):
        for name, call in CALLS.items():
            figures.kept[name] = best(figures.kept.get(name), await time_kept(call, length))
        for rate in RATES:
            hits = pattern(rate, length)
            for name, call in CALLS.items():
                row = figures.calls.setdefault(name, {})
                row[rate] = best(row.get(rate), await time_calls(call, hits))
            for name, fan_out in FAN_OUTS.items():
                row = figures.fan_outs.setdefault(name, {})
                row[rate] = best(row.get(rate), await time_fan_out(fan_out, hits[:WIDTH], max(1, length // 200)))
    return figures


# The printed tables


def table(title: str, first: str, columns: Sequence[str], rows: dict[str, list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [title, "", f"| {first} | {' | '.join(columns)} |", f"| --- |{' ---: |' * len(columns)}"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(lines)


def report(figures: Figures) -> str:
    rates = [f"{rate} %" for rate in RATES]
    unit = figures.calls["plain coroutine"][100]
    calls = {
        name: [*(f"{row[rate]:.0f}" for rate in RATES), f"{row[100] / unit:.1f}", f"{figures.kept[name]:.0f}"]
        for name, row in figures.calls.items()
    }
    fan_outs = {name: [f"{row[rate] / 1000:.1f}" for rate in RATES] for name, row in figures.fan_outs.items()}
    memory = {name: [str(hit), str(miss)] for name, (hit, miss) in figures.memory.items()}
    return "\n\n".join(
        [
            interpreter(),
            table("Nanoseconds a call, by the rate of hits:", "call", [*rates, "100 % / plain", "kept"], calls),
            table("Bytes in use at the peak of a call:", "call", ["hit", "miss"], memory),
            table(f"Microseconds for {WIDTH} calls at once, by the rate of hits:", "fan-out", rates, fan_outs),
        ]
    )


def interpreter() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"


# The picture

COLOURS = {
    "plain coroutine": "#222222",
    "gather coroutines": "#222222",
    "ValueTask.from_result": "#0b6fb8",
    "@value_task": "#3ba3c7",
    "Future": "#7a8f2a",
    "create_task": "#c4472b",
    "create_task each": "#c4472b",
    "eager task": "#d98e04",
}
PANEL_WIDTH, PANEL_HEIGHT, MARGIN_LEFT, MARGIN_TOP = 360, 320, 70, 70


def ticks(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2 and 5 times a power of ten that reach from below `low` to above `high`."""
    steps = [digit * 10.0**power for power in range(12) for digit in (1, 2, 5)]
    first = max(number for number in steps if number <= low)
    last = min(number for number in steps if number >= high)
    return [number for number in steps if first <= number <= last]


@dataclass(frozen=True)
class Panel:
    """One diagram: nanoseconds upwards on a logarithmic scale, the rates of hits to the right."""

    title: str
    rows: dict[str, dict[int, float]]
    left: int

    @property
    def ticks(self) -> list[float]:
        """Where the horizontal lines are."""
        figures = [figure for row in self.rows.values() for figure in row.values()]
        return ticks(min(figures), max(figures))

    def x(self, rate: int) -> float:
        return self.left + RATES.index(rate) * PANEL_WIDTH / (len(RATES) - 1)

    def y(self, nanoseconds: float) -> float:
        low, *_, high = self.ticks
        return MARGIN_TOP + PANEL_HEIGHT * (1 - math.log(nanoseconds / low) / math.log(high / low))

    def draw(self) -> list[str]:
        return [
            text(self.left, MARGIN_TOP - 20, self.title, size=15, weight="bold"),
            *self.grid(),
            *(part for number, name in enumerate(self.rows) for part in self.curve(number, name)),
        ]

    def grid(self) -> list[str]:
        right, bottom = self.left + PANEL_WIDTH, MARGIN_TOP + PANEL_HEIGHT
        parts: list[str] = []
        for tick in self.ticks:
            y = self.y(tick)
            parts.append(f'<line x1="{self.left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#dddddd"/>')
            parts.append(text(self.left - 8, y + 4, duration(tick), anchor="end"))
        for rate in RATES:
            parts.append(text(self.x(rate), bottom + 20, f"{rate} %", anchor="middle"))
        parts.append(text(self.left + PANEL_WIDTH / 2, bottom + 42, "calls that end at once", anchor="middle"))
        return parts

    def curve(self, number: int, name: str) -> list[str]:
        colour = COLOURS[name]
        points = [(self.x(rate), self.y(figure)) for rate, figure in self.rows[name].items()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        legend_y = MARGIN_TOP + PANEL_HEIGHT + 70 + number * 20
        return [
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
            *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
            f'<rect x="{self.left}" y="{legend_y - 9}" width="18" height="4" fill="{colour}"/>',
            text(self.left + 26, legend_y, f"{name}: {duration(self.rows[name][100])} at 100 %"),
        ]


def duration(nanoseconds: float) -> str:
    if nanoseconds < 1000:
        return f"{nanoseconds:.3g} ns"
    return f"{nanoseconds / 1000:.3g} µs" if nanoseconds < 999_500 else f"{nanoseconds / 1e6:.3g} ms"


def text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="#333333">{escape(words)}</text>'
    )


def picture(figures: Figures) -> str:
    """Return the curves as an SVG document."""
    panels = [
        Panel("One call", figures.calls, MARGIN_LEFT),
        Panel(f"{WIDTH} calls at once", figures.fan_outs, 2 * MARGIN_LEFT + PANEL_WIDTH + 20),
    ]
    width, height = panels[1].left + PANEL_WIDTH + 30, MARGIN_TOP + PANEL_HEIGHT + 200
    parts = [part for panel in panels for part in panel.draw()]
    heading = text(MARGIN_LEFT, 26, f"The cost of a ValueTask ({interpreter()})", size=16, weight="bold")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            heading,
            *parts,
            "</svg>\n",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a ValueTask costs.")
    parser.add_argument("--svg", type=Path, metavar="PATH", help="also draw the curves into this file")
    parser.add_argument("--length", type=int, default=2000, help="calls in a run (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=20, help="runs of each kind (default: %(default)s)")
    options = parser.parse_args()
    figures = asyncio.run(measure(options.length, options.repeat))
    print(report(figures))
    if options.svg is not None:
        options.svg.write_text(picture(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
