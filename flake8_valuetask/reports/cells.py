"""A line of source in the cells of a terminal.

In: a line, and ranges of it in code points. Out: what is printed of it, and the cells that the ranges take.
Never: colours; a character that would move the cursor.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rich.cells import cell_len

TAB = 4
DOTS = "..."


@dataclass(frozen=True, slots=True)
class Cells:
    """A printable text, and for each character of the line it came from where its own begins."""

    text: str
    starts: tuple[int, ...]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """A range of the line as the first cell and the number of cells; at least one."""
        first = cell_len(self.text[: self._at(start)])
        return first, max(1, cell_len(self.text[: self._at(end)]) - first)

    def _at(self, column: int) -> int:
        return self.starts[max(0, min(column, len(self.starts) - 1))]

    def around(self, column: int, width: int) -> Cells:
        """What fits into `width` cells, with a column of the line in it and dots where something is cut off."""
        if cell_len(self.text) <= width:
            return self
        low, high = self._window(self._at(column), width - 2 * len(DOTS))
        left, right = DOTS if low else "", DOTS if high < len(self.text) else ""
        starts = (min(max(at, low), high) - low + len(left) for at in self.starts)
        return Cells(left + self.text[low:high] + right, tuple(starts))

    def _window(self, first: int, room: int) -> tuple[int, int]:
        """The characters to show: a third of the room for what comes before `first`, more if the line ends there."""
        high = self._forward(self._back(first, room // 3), room)
        low = self._back(high, room) if high == len(self.text) else self._back(first, room // 3)
        while low < first and not cell_len(self.text[low]):
            low += 1  # it belongs to the character before it
        return low, high

    def _back(self, at: int, room: int) -> int:
        while at > 0 and (room := room - cell_len(self.text[at - 1])) >= 0:
            at -= 1
        return at

    def _forward(self, at: int, room: int) -> int:
        while at < len(self.text) and (room := room - cell_len(self.text[at])) >= 0:
            at += 1
        return at


def cells(line: str) -> Cells:
    """A line with its tabs as spaces and signs for what cannot be printed."""
    pieces: list[str] = []
    starts: list[int] = []
    length = width = 0
    for character in line:
        piece = " " * (TAB - width % TAB) if character == "\t" else printable(character)
        starts.append(length)
        pieces.append(piece)
        length, width = length + len(piece), width + cell_len(piece)
    return Cells("".join(pieces), (*starts, length))


def printable(text: str) -> str:
    """A text without control characters, and without those that change the direction of what follows."""
    return "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    if unicodedata.category(character) == "Cc" or unicodedata.bidirectional(character) in _DIRECTIONS:
        return "\N{REPLACEMENT CHARACTER}"
    return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= character <= "\udfff" else character


_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
