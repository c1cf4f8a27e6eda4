"""The name under the cursor, and the statement around it.

In: a tree and a place in its text. Out: a `Name` with its range and that of what is done with it. Never: values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from flake8_valuetask.source import Source, Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text: `bound` where it gets a value, `around` what it is a part of: a simple statement, or one
    expression in the head of a compound one, `whole` the statement."""

    name: str
    span: Span
    bound: bool
    around: Span
    whole: Span


def inside(inner: Span, outer: Span) -> bool:
    """Whether a range is a part of another, or all of it."""
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def find(source: Source, line: int, column: int) -> Name | None:
    """The name at a place (its line from 1); None where there is none."""
    path = _path(source, source.tree, (line, column))
    if not path:
        return None
    node = path[-1]
    if not isinstance(node, ast.Name | ast.arg):
        return None
    bound = isinstance(node, ast.arg) or isinstance(node.ctx, ast.Store)
    depth = max((n for n, each in enumerate(path) if isinstance(each, ast.stmt)), default=0)
    part = depth if not hasattr(path[depth], "body") else min(depth + 1, len(path) - 1)
    span = _span(source, node)
    if isinstance(node, ast.arg):
        span = span._replace(end_line=span.line, end_column=span.column + len(node.arg))
    name = node.arg if isinstance(node, ast.arg) else node.id
    return Name(name, span, bound, _span(source, path[part]), _span(source, path[depth]))


def _path(source: Source, node: ast.AST, place: tuple[int, int]) -> list[ast.AST]:
    """The nodes with a range around `place`, outermost first."""
    for child in _ranged(node):
        span = _span(source, child)
        if span[:2] <= place <= span[2:]:
            deeper = _path(source, child, place)
            # Two names can touch in one place (`await`, a name, its end): only one holds it.
            if deeper or isinstance(child, ast.Name | ast.arg):
                return [child, *deeper]
    return []


def _ranged(node: ast.AST) -> Iterator[ast.AST]:
    """The nearest nodes below that have a range."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from _ranged(child)


def _span(source: Source, node: ast.AST) -> Span:
    """The range of a node, in code points."""
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    start = min([first, *(each.lineno for each in getattr(node, "decorator_list", []))])
    column = _column(source, first, getattr(node, "col_offset", 0)) if start == first else 0
    return Span(start, column, last, _column(source, last, getattr(node, "end_col_offset", 0)))


def _column(source: Source, line: int, offset: int) -> int:
    """A column that is counted in bytes, as trees have it, in code points."""
    if not 0 < line <= len(source.lines):
        return offset
    text = source.lines[line - 1]
    return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "replace"))
