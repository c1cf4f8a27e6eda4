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
        if not self._renewed(_Change(self._lines, lines)):
            return None
        self._lines = lines
        self._tree.body = [each.node for each in self._parts]
        return Source(tuple(lines), self._tree, self.filename), parts.joined(self._parts, self._module, self.package)

    def _renewed(self, change: _Change) -> bool:
        """Parse and survey what may have changed; false if the text is no Python, and then nothing is renewed."""
        first, last = change.within(self._parts)
        if first is not None and last == first + 1 and self._renewed_class(self._parts[first], last, change):
            new = self._parts[first:last]
        else:
            nodes = self._nodes(first, last, change)
            if nodes is None and last < len(self._parts):  # what was below may be in a string now, or go on with this
                last = len(self._parts)
                nodes = self._nodes(first, last, change)
            if nodes is None:
                return False
            new = [parts.part(node, self._module, self.package) for node in nodes]
        change.replace(self._parts, slice(first or 0, last), new)
        return True

    def _renewed_class(self, part: Part, following: int, change: _Change) -> bool:
        """Renew only some statements of a class; false if the change is not within these."""
        members = part.parts[1:]
        first, last = change.within(members)
        if first is None:
            return False
        end = change.before(members[last]) if last < len(members) else self._end(following, change)
        nodes = _suite(change, members[first].line, end, self.filename)
        new = [parts.member(node, part.scope, self.package) for node in nodes]
        if not new or any(map(parts.leads_on, new)):
            return False
        change.replace(part.parts, slice(first + 1, last + 1), new)
        parts.gather(part)
        return True

    def _nodes(self, first: int | None, last: int, change: _Change) -> list[ast.stmt] | None:
        """What stands now in the place of some statements; None if that is no Python."""
        start = 1 if first is None else self._parts[first].line
        parsed = source.parse("\n" * (start - 1) + change.text(start, self._end(last, change)), self.filename)
        return None if parsed is None else parsed.tree.body

    def _end(self, last: int, change: _Change) -> int:
        """The last line before a statement."""
        return change.before(self._parts[last]) if last < len(self._parts) else len(change.lines)


class _Change:
    """What is between the lines that two versions have in common, at the beginning and at the end."""

    def __init__(self, old: Sequence[str], lines: Sequence[str]) -> None:
        self.old, self.lines = old, lines
        self.moved = len(lines) - len(old)
        self.above = _alike(old, lines)
        most = min(len(lines), len(old)) - self.above
        self.below = len(old) - min(most, _alike(reversed(old), reversed(lines)))

    def within(self, of: Sequence[Part]) -> tuple[int | None, int]:
        """The statements that may have changed, as a slice of all. The one before a changed line may go on there; what
        begins on a line that is as it was begins there still, and what is before it ends before it. The first is None
        if no statement begins above the change."""
        starts = list(self._starts(of))
        first = max((number for number, line in starts if line <= self.above), default=None)
        return first, min((number for number, line in starts if line > self.below), default=len(of))

    def _starts(self, of: Sequence[Part]) -> Iterator[tuple[int, int]]:
        """The statements that begin a line, each with its number and that line."""
        end = 0
        for number, part in enumerate(of):
            line = part.line
            text = self.old[line - 1]
            indent = len(text) - len(text.lstrip(_BLANK))
            if line > end and indent == part.node.col_offset and not self._continued(line):
                yield number, line
            end = part.node.end_lineno or line

    def _continued(self, line: int) -> bool:
        return line > 1 and self.old[line - 2].rstrip().endswith("\\")

    def before(self, part: Part) -> int:
        """The last line before a statement below the change."""
        return part.line - 1 + self.moved

    def text(self, start: int, end: int) -> str:
        """The text of the lines from one to another."""
        return "".join(self.lines[start - 1 : end])

    def replace(self, of: list[Part], changed: slice, new: Sequence[Part]) -> None:
        """Put other statements in the place of some, and move what is below."""
        for part in of[changed]:
            if part not in new:
                part.release()
        for part in of[changed.stop :] if self.moved else ():
            part.move(self.moved)
        of[changed] = new


def _suite(change: _Change, start: int, end: int, filename: str) -> list[ast.stmt]:
    """The statements of a class from one line to another; none if they are no Python, or if not all is in the class."""
    parsed = source.parse("\n" * (start - 2) + "if 1:\n" + change.text(start, end), filename)
    match parsed and parsed.tree.body:
        case [ast.If(body=nodes, orelse=[])]:
            return nodes
    return []


_BLANK = " \t\f"


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many lines are the same before the first that differ."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
