"""A text by its lines.

In: a text. Out: the parts of it between some lines. Never: what they say.
"""

from __future__ import annotations

import re
from array import array

from flake8_valuetask.records import lazy

_END = re.compile("\n")


class Lines:
    """A text of which some lines are looked at, and most are not: so they are not kept apart."""

    def __init__(self, text: str) -> None:
        self.text = text

    @lazy
    def _starts(self) -> array[int]:
        """Where each line begins, and where one more would."""
        return array("L", [0, *[match.end() for match in _END.finditer(self.text)], len(self.text)])

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where the lines from one to another, both included, begin and end: characters of the text."""
        return self._starts[first - 1], self._starts[min(last, len(self._starts) - 1)]

    def between(self, first: int, last: int) -> str:
        """The lines from one to another, both included, with their ends."""
        start, stop = self.place(first, last)
        found = self.text[start:stop]
        return found if found.endswith("\n") else found + "\n"
