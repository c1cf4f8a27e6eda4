"""The text that is judged, and where in it the nodes of its tree stand.

In: the lines and the tree that flake8 has read (or a text). Out: a `Source`; the ranges of nodes. Never: opening a
file twice, guessing, or letting an error of syntax, encoding or recursion out.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from flake8_valuetask.records import record

_HEAD = re.compile(r"(?:async\s+)?def\s+(\w+)")


class Span(NamedTuple):
    """A range of source: lines from 1, columns in code points from 0, the end excluded."""

    line: int
    column: int
    end_line: int
    end_column: int

    def moved(self, to: Mapping[int, int]) -> Span:
        """The same range on other lines: where each of them is now."""
        return Span(to.get(self.line, self.line), self.column, to.get(self.end_line, self.end_line), self.end_column)


class Decorator(NamedTuple):
    """A decorator of a definition, with the `@` before it."""

    of: ast.FunctionDef | ast.AsyncFunctionDef
    node: ast.expr


class Named(NamedTuple):
    """The name of a definition."""

    node: ast.FunctionDef | ast.AsyncFunctionDef


Origin: TypeAlias = "ast.stmt | ast.expr | ast.excepthandler | ast.pattern | ast.arg | ast.Module | Decorator | Named"
"""What an event comes from."""


def start(origin: Origin) -> tuple[int, int]:
    """The line of an origin, and an offset in it."""
    if isinstance(origin, ast.Module):
        return 1, 0
    node = origin.node if isinstance(origin, Decorator | Named) else origin
    return node.lineno, node.col_offset


@record
class Source:
    """A module: its lines (with their ends), its tree, its name for people and for imports."""

    lines: tuple[str, ...]
    tree: ast.Module
    filename: str = "<text>"

    def span(self, origin: Origin) -> Span:
        """The range of what an event comes from."""
        match origin:
            case ast.Module():
                return Span(1, 0, 1, 0)
            case Decorator(of, node):  # the `@` is where the definition begins
                span = self.span(node)
                return span._replace(column=self._column(of.lineno, of.col_offset))
            case Named(node):
                return self._name(node)
            case ast.arg():  # without its annotation
                first = self._column(origin.lineno, origin.col_offset)
                return Span(origin.lineno, first, origin.lineno, first + len(origin.arg))
            case _:
                end, last = origin.end_lineno or origin.lineno, origin.end_col_offset or origin.col_offset
                first = self._column(origin.lineno, origin.col_offset)
                return Span(origin.lineno, first, end, self._column(end, last))

    def _name(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
        """The name after `def`; `def` itself, if a line ends between them."""
        start = self._column(node.lineno, node.col_offset)
        head = _HEAD.match(self.lines[node.lineno - 1], start)
        first, last = head.span(1) if head is not None else (start, start + len("def"))
        return Span(node.lineno, first, node.lineno, last)

    def _column(self, line: int, offset: int) -> int:
        """A column in code points for one in bytes of UTF-8."""
        text = self.lines[line - 1]
        if text.isascii():
            return offset
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "surrogatepass"))


def parse(text: str, filename: str = "<text>") -> Source | None:
    """The source for `text`, or None if it is not valid Python."""
    try:
        tree = ast.parse(text, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # Only these end a line of Python; `str.splitlines` knows more.
    return Source(tuple(io.StringIO(text, newline=None)), tree, filename)
