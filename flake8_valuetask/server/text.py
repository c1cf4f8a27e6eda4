"""The text of a buffer: its lines, and its columns as the client counts them.

In: a text as an editor sends it. Out: lines as flake8 reads them, columns in code points or in the client's units.
Never: files.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

_MARK = "\ufeff"
_ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@dataclass(frozen=True, slots=True)
class Text:
    """Lines with their ends; `marked` if the buffer begins with a byte order mark, which they leave out."""

    lines: tuple[str, ...]
    marked: bool = False
    encoding: str = "utf-16"

    @property
    def whole(self) -> str:
        """All of it, as one string."""
        return "".join(self.lines)

    def line(self, number: int) -> str:
        """A line by its number from 1, without its end; "" beyond the last one."""
        return self.lines[number - 1].rstrip("\n") if 0 < number <= len(self.lines) else ""

    def units(self, number: int, column: int) -> int:
        """A column in code points as the client counts."""
        before = self.line(number)[:column]
        return self._units(_MARK + before if self.marked and number == 1 else before)

    def column(self, number: int, units: int) -> int:
        """A column as the client counts it in code points; the end of the line, if it is beyond that."""
        left = units - (self._units(_MARK) if self.marked and number == 1 else 0)
        line = self.line(number)
        if line.isascii():
            return max(0, min(left, len(line)))
        for column, character in enumerate(line):
            if left <= 0:
                return column
            left -= self._units(character)
        return len(line)

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        name, size = _ENCODINGS[self.encoding]
        return len(text.encode(name, "surrogatepass")) // size


def read(text: str, encoding: str = "utf-16") -> Text:
    """The text of a buffer; `encoding` is what the client counts its columns in."""
    marked = text.startswith(_MARK)
    # Only these end a line for Python and for editors; `str.splitlines` knows more.
    lines = tuple(io.StringIO(text.removeprefix(_MARK), newline=None))
    return Text(lines, marked, encoding if encoding in _ENCODINGS else "utf-16")
