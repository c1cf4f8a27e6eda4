"""Findings in their source, in the manner of a compiler: the places of the path, marked and explained.

In: entries. Out: text for a terminal or a file. Never: wrapped source; anything when rich is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from flake8_valuetask import rules
from flake8_valuetask.finding import Place
from flake8_valuetask.reports.cells import DOTS, Cells, cells, printable
from flake8_valuetask.reports.entries import Entry
from flake8_valuetask.reports.rulebook import hint
from flake8_valuetask.source import Span

_HEADER = re.compile(r"\s*(async|for|while|try|except|else|finally|with|if|elif|match|case|def)\b")
_COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_BESIDE = 24  # the least room for a phrase that has to be wrapped
_EDGE, _MAIN, _OTHER = "blue", "bold red", "bold cyan"


class Mark(NamedTuple):
    """A range to be underlined, what is said of it, and whether it is the finding's own."""

    span: Span
    phrase: str
    main: bool


def render(entries: list[Entry], width: int, colour: bool) -> str:
    """All entries, an empty line after each."""
    console = Console(
        file=StringIO(),
        width=max(width, 40),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        force_jupyter=False,
    )
    with console.capture() as shown:
        draw(entries, console)
    return shown.get()


def draw(entries: Iterable[Entry], console: Console) -> None:
    """Print entries on a console of rich."""
    for entry in entries:
        for row in (*_rows(entry, console), Text()):
            console.print(row, soft_wrap=True)


def marks(entry: Entry) -> list[Mark]:
    """The ranges of an entry, in the order of the source; phrases on the same range are one."""
    phrases: dict[Span, list[str]] = {}
    for place in (*entry.places, Place(entry.span, "")):
        phrases.setdefault(place.span, []).append(place.phrase)
    return sorted(Mark(span, ", ".join(filter(None, said)), span == entry.span) for span, said in phrases.items())


def numbers(entry: Entry, marked: Iterable[int]) -> list[int]:
    """The lines to show: those with marks, the headers between them of what encloses them, single lines between."""
    touched = sorted(set(marked) & entry.lines.keys())
    shown = set(touched)
    for above, below in pairwise(touched):
        shown |= set(_enclosing(entry.lines, above, below))
    for above, below in pairwise(sorted(shown)):
        if below - above == 2:
            shown.add(above + 1)
    return sorted(shown)


def _enclosing(lines: Mapping[int, str], above: int, below: int) -> Iterator[int]:
    """The headers of loops, handlers and other blocks around line `below` that begin after line `above`."""
    indent = _indent(lines[below])
    for number in range(below - 1, above, -1):
        line = lines[number]
        if line.strip() and _indent(line) < indent:
            indent = _indent(line)
            if _HEADER.match(line):
                yield number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _rows(entry: Entry, console: Console) -> Iterator[Text]:
    """All rows of one entry."""
    marked = marks(entry)
    shown = numbers(entry, (mark.span.line for mark in marked))
    gutter = len(str(shown[-1])) if shown else 1
    yield from _wrapped(Text(f"{entry.code} ", _COLOURS[entry.level]), printable(entry.message), "bold", console)
    place = f"{printable(entry.path)}:{entry.span.line}:{entry.span.column + 1}"
    yield Text.assemble(" " * gutter, ("--> ", _EDGE), place)
    if shown:
        snippet = _Snippet(entry, marked, gutter, console)
        yield from (snippet.edged(""), *snippet.rows(shown), snippet.edged(""))
    rule = rules.load().get(entry.code)
    if rule is not None:
        margin = Text.assemble(" " * (gutter + 1), ("= ", _EDGE))
        yield from _wrapped(margin + Text("help: ", "bold"), hint(rule), "", console)
        yield margin + Text("more: ", "bold") + Text(f"python -m flake8_valuetask explain {rule.code}")


@dataclass(frozen=True, slots=True)
class _Snippet:
    """The source of an entry beside a gutter of line numbers."""

    entry: Entry
    marked: list[Mark]
    gutter: int
    console: Console

    @property
    def width(self) -> int:
        """The cells that are left for source."""
        return self.console.width - self.gutter - 3

    def rows(self, shown: list[int]) -> Iterator[Text]:
        """The lines with their marks, and dots where lines are left out."""
        for above, number in zip([shown[0] - 1, *shown], shown, strict=False):
            if number > above + 1:
                yield Text(DOTS, _EDGE)
            yield from self._line(number)

    def _line(self, number: int) -> Iterator[Text]:
        """A line and the marks in it; one that is too long is shown for each mark anew."""
        text = self.entry.lines[number]
        mine = [mark for mark in self.marked if mark.span.line == number]
        line = cells(text)
        fits = cell_len(line.text) <= self.width
        if fits or not mine:
            yield self.edged(str(number), Text(line.around(_indent(text), self.width).text))
        for mark in mine:
            part = line.around(mark.span.column, self.width)
            if not fits:
                yield self.edged(str(number), Text(part.text))
            yield from (self.edged("", row) for row in self._underlined(mark, part))

    def _underlined(self, mark: Mark, line: Cells) -> Iterator[Text]:
        """The underline of a mark and its phrase: beside it, or below where there is too little room."""
        span, style = mark.span, _MAIN if mark.main else _OTHER
        several = span.end_line > span.line
        end = len(self.entry.lines[span.line].rstrip()) if several else span.end_column
        first, length = line.range(span.column, end)
        phrase = printable(mark.phrase) + several * f" (to line {span.end_line})"
        margin = Text(" " * first + ("^" if mark.main else "-") * length + " ", style)
        room = self.width - cell_len(margin.plain)
        if not phrase or cell_len(phrase) > room < _BESIDE:
            yield margin
            margin = Text(" " * max(0, min(first, self.width - cell_len(phrase))))
        if phrase:
            yield from _wrapped(margin, phrase, style, self.console, self.width)

    def edged(self, number: str, text: Text | None = None) -> Text:
        """A row with the number of its line, or without one."""
        row = Text.assemble((f"{number:>{self.gutter}} |", _EDGE), " ", text or "")
        row.rstrip()
        return row


def _wrapped(margin: Text, text: str, style: str, console: Console, width: int = 0) -> Iterator[Text]:
    """A text beside a margin, in as many rows as it needs."""
    indent = cell_len(margin.plain)
    for number, row in enumerate(Text(text, style).wrap(console, (width or console.width) - indent)):
        row.rstrip()
        yield Text.assemble(Text(" " * indent) if number else margin, row)
