"""The text of a module while it is edited: only statements that may have changed are parsed and surveyed again.

In: the lines of version after version. Out: the source and the survey of each, the same as of a look at all of it. What
stands before and after the changed lines keeps its trees and scopes; below, their lines move. Never: files, kinds.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence

from flake8_valuetask import source
from flake8_valuetask.source import Source
from flake8_valuetask.survey import Survey, parts
from flake8_valuetask.survey.parts import Part
from flake8_valuetask.survey.scopes import Scope


class Versions:
    """The versions of one file, which is the module `name`, an `__init__` if it is a `package`."""

    def __init__(self, filename: str, name: str, package: bool) -> None:
        self.filename, self.package = filename, package
        self._tree = ast.Module([], [])
        self._module = Scope("module", "", None, self._tree, name)
        self._lines: Sequence[str] = ()
        self._parts: list[Part] = []

    def read(self, lines: Sequence[str]) -> tuple[Source, Survey] | None:
        """The next version, of lines as `source` reads them; None if it is no Python. Trees and scopes are those of
        this version until the next one is read."""
        first, last = self._changed(lines)
        nodes = self._nodes(lines, first, last)
        if nodes is None and last < len(self._parts):  # what was below may be in a string now, or the rest of something
            last = len(self._parts)
            nodes = self._nodes(lines, first, last)
        if nodes is None:
            return None
        self._replace(first, last, nodes, len(lines) - len(self._lines))
        self._lines = lines
        self._tree.body = [each.node for each in self._parts]
        return Source(tuple(lines), self._tree, self.filename), parts.joined(self._parts, self._module, self.package)

    def _changed(self, lines: Sequence[str]) -> tuple[int, int]:
        """The statements that may have changed, as a slice of all. The one before a changed line may go on there; what
        begins on a line that is as it was begins there still, and what is before it ends before it."""
        above = _alike(self._lines, lines)
        most = min(len(lines), len(self._lines)) - above
        below = len(self._lines) - min(most, _alike(reversed(self._lines), reversed(lines)))
        starts = list(self._starts())
        first = max((number for number, line in starts if line <= above), default=0)
        return first, min((number for number, line in starts if line > below), default=len(self._parts))

    def _starts(self) -> Iterator[tuple[int, int]]:
        """The statements that begin a line at the margin, each with its number and that line."""
        end = 0
        for number, part in enumerate(self._parts):
            line = part.line
            if line > end and self._lines[line - 1][0] not in _BLANK and not self._continued(line):
                yield number, line
            end = part.node.end_lineno or line

    def _continued(self, line: int) -> bool:
        return line > 1 and self._lines[line - 2].rstrip().endswith("\\")

    def _nodes(self, lines: Sequence[str], first: int, last: int) -> list[ast.stmt] | None:
        """What stands now in the place of some statements; None if that is no Python."""
        start = self._parts[first].line - 1 if first else 0
        moved = len(lines) - len(self._lines)
        end = self._parts[last].line - 1 + moved if last < len(self._parts) else len(lines)
        parsed = source.parse("\n" * start + "".join(lines[start:end]), self.filename)
        return None if parsed is None else parsed.tree.body

    def _replace(self, first: int, last: int, nodes: Iterable[ast.stmt], moved: int) -> None:
        """Put other statements in the place of some, and move what is below."""
        new = [parts.part(node, self._module, self.package) for node in nodes]
        for part in self._parts[first:last]:
            part.release()
        for part in self._parts[last:] if moved else ():
            part.move(moved)
        self._parts[first:last] = new


_BLANK = " \t\f"


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many lines are the same before the first that differ."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
