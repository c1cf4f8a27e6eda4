"""The formatters by name, as flake8 wants them.

In: flake8's options and its violations, one at a time. Out: one report at the end. Never: a format, and
nothing heavy: flake8 imports this module whenever it starts.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

if TYPE_CHECKING:
    from flake8_valuetask.reports.entries import Entry, Violation


class Statistic(Protocol):
    """flake8's count of a code in a file."""

    count: int
    message: str


class Statistics(Protocol):
    """flake8's counts."""

    def error_codes(self) -> list[str]:
        """The codes that were reported."""

    def statistics_for(self, prefix: str) -> Iterable[Statistic]:
        """The counts of the codes that begin so."""


class Screen(NamedTuple):
    """What a report is shown on: its columns, and whether it has colours."""

    width: int = 80
    colour: bool = False


class Reporter:
    """Collects what flake8 reports. `document`: the report is one whole, which replaces a file of an earlier run;
    lines are added to it, as flake8 does."""

    document: ClassVar[bool] = True

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.violations: list[Violation] = []

    def start(self) -> None:
        """Nothing is written before the end."""

    def beginning(self, filename: str) -> None:
        """Nothing is said of a file as such."""

    def finished(self, filename: str) -> None:
        """Nothing is said of a file as such."""

    def handle(self, violation: Violation) -> None:
        """Take one violation."""
        self.violations.append(violation)

    def show_statistics(self, statistics: Statistics) -> None:
        """What `--statistics` counts goes to stderr, since the report is for a program."""
        for code in statistics.error_codes():
            counted = list(statistics.statistics_for(code))
            print(f"{sum(each.count for each in counted):<5} {code} {counted[0].message}", file=sys.stderr)

    def show_benchmarks(self, benchmarks: Iterable[tuple[str, float]]) -> None:
        """What `--benchmark` measures goes to stderr."""
        for name, value in benchmarks:
            print(f"{value:<10.10g} {name}", file=sys.stderr)

    def stop(self) -> None:
        """Write the report: to the file of `--output-file`, to standard output without one or with `--tee`."""
        from flake8_valuetask.reports.entries import collect

        entries = collect(self.violations)
        if self.options.output_file:
            self._save(self.options.output_file, self.render(entries, Screen()))
        if not self.options.output_file or self.options.tee:
            _print(self.render(entries, _screen(self.options.color)))

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """The whole report."""
        raise NotImplementedError

    def _save(self, filename: str, text: str) -> None:
        os.makedirs(os.path.dirname(os.path.abspath(filename)), exist_ok=True)
        mode = "w" if self.document else "a"
        with open(filename, mode, encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)


class Sarif(Reporter):
    """`--format=vt-sarif`: SARIF 2.1.0, with ranges and paths."""

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """One SARIF log with one run."""
        from flake8_valuetask.reports import sarif

        return sarif.render(entries)


class Github(Reporter):
    """`--format=vt-github`: annotations by workflow commands."""

    document = False

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """A command a line."""
        from flake8_valuetask.reports import github

        return github.render(entries)


class Gitlab(Reporter):
    """`--format=vt-gitlab`: a report for GitLab's code quality."""

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """A JSON array."""
        from flake8_valuetask.reports import gitlab

        return gitlab.render(entries)


class Json(Reporter):
    """`--format=vt-json`: all that is known of each finding."""

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """A JSON object with a version."""
        from flake8_valuetask.reports import plain

        return plain.render(entries)


class Trace(Reporter):
    """`--format=vt-trace`: the places of each finding in their source."""

    document = False

    def __init__(self, options: argparse.Namespace) -> None:
        try:
            import rich  # noqa: F401
        except ImportError:
            raise SystemExit('vt-trace needs the package rich: pip install "flake8-valuetask[trace]"') from None
        super().__init__(options)

    def render(self, entries: list[Entry], screen: Screen) -> str:
        """A snippet for each finding."""
        from flake8_valuetask.reports import traces

        return traces.render(entries, screen.width, screen.colour)


def _screen(wanted: str) -> Screen:
    """Standard output: colours on a terminal unless `NO_COLOR` is set, and as `--color` says otherwise."""
    import shutil

    terminal = sys.stdout.isatty()
    allowed = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns if terminal else 0
    return Screen(width or 80, wanted == "always" or (wanted == "auto" and allowed))


def _print(text: str) -> None:
    """Write to standard output in UTF-8, as flake8 does."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
