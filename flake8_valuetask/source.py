"""The text that is judged, and slices of it as libcst.

In: the lines and the tree that flake8 has read (or a text). Out: a `Source`; libcst modules of
single functions, with the ranges of their nodes in the whole text. Never: opening a file twice,
guessing, or letting an error of syntax, encoding or recursion out.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst


class Span(NamedTuple):
    """A range of source: lines from 1, columns in code points from 0, the end excluded."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A module: its lines (with their ends), its tree, its name for people and for imports."""

    lines: tuple[str, ...]
    tree: ast.Module
    filename: str = "<text>"


def parse(text: str, filename: str = "<text>") -> Source | None:
    """The source for `text`, or None if it is not valid Python."""
    try:
        tree = ast.parse(text, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # Only these end a line of Python; `str.splitlines` knows more.
    return Source(tuple(io.StringIO(text, newline=None)), tree, filename)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a module parsed by libcst; `offset` is added to its line numbers."""

    module: cst.Module
    offset: int

    def spans(self, nodes: Iterable[cst.CSTNode]) -> list[Span]:
        """The ranges of `nodes` in the whole text."""
        from libcst.metadata import MetadataWrapper, PositionProvider

        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        try:
            positions: Mapping[cst.CSTNode, object] = wrapper.resolve(PositionProvider)
            return [self._span(positions[node]) for node in nodes]
        except KeyError as error:
            # Where the nesting is too deep for libcst, its clean-up hides the RecursionError.
            raise RecursionError("libcst has no positions in a nesting this deep") from error

    def _span(self, found: object) -> Span:
        from libcst.metadata import CodeRange

        assert isinstance(found, CodeRange)
        start, end = found.start, found.end
        return Span(start.line + self.offset, start.column, end.line + self.offset, end.column)


def function(source: Source, first: int, last: int) -> Slice | None:
    """The lines `first` to `last` of a function as libcst; None if libcst cannot read them."""
    lines = [line.replace("\f", " ") for line in source.lines[first - 1 : last]]
    indented = lines[0][:1] in (" ", "\t")
    text = ("if True:\n" if indented else "") + "".join(lines)
    return _slice(text, first - 2 if indented else first - 1)


def toplevel(source: Source) -> Slice | None:
    """The module with the bodies of its functions left out, their lines kept."""
    lines = [line.replace("\f", " ") for line in source.lines]
    for node in _outermost(source.tree.body):
        _hollow(lines, node)
    text = "".join(lines)
    return _slice(text.removeprefix("\ufeff"), 0)


def _outermost(body: list[ast.stmt]) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef]:
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            stack.extend(ast.iter_child_nodes(node))


def _hollow(lines: list[str], node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Leave of the body of `node` only a `pass` on its first line."""
    first, last = node.body[0], node.end_lineno or node.lineno
    start = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    if first.lineno == node.lineno or lines[start - 1][: first.col_offset].strip():
        return
    indent = lines[start - 1][: len(lines[start - 1]) - len(lines[start - 1].lstrip())]
    lines[start - 1] = f"{indent}pass\n"
    for number in range(start, last):
        lines[number] = "\n"


def _slice(text: str, offset: int) -> Slice | None:
    import libcst

    try:
        return Slice(libcst.parse_module(text), offset)
    except (libcst.ParserSyntaxError, RecursionError, MemoryError):
        return None
