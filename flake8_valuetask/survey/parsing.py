"""Parts of a module's text as trees, with true line numbers.

In: the text of a statement or definition, and the line where it begins. Out: its tree; None if it is no Python. Never:
what the tree says.
"""

from __future__ import annotations

import ast
import warnings

from flake8_valuetask.survey import definitions
from flake8_valuetask.survey.definitions import Span

_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


def tree(text: str, line: int) -> ast.Module | None:
    """The tree of a text that begins at a line; of an indented one in an `if`."""
    above = "\n" * (line - 1) if text[:1] not in (" ", "\t", "\f") else "\n" * max(line - 2, 0) + "if 1:\n"
    try:
        return _quietly(above + text) if "\\" in text else ast.parse(above + text)
    except _NO_PYTHON:
        return None


def _quietly(text: str) -> ast.Module:
    """The tree of a text, without warnings of escapes in the code of others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def without_definitions(text: str, line: int) -> tuple[ast.Module | None, dict[int, Span]]:
    """The tree of a statement without the insides of what is defined in it, and where that is; the whole tree where
    only that is Python."""
    bare, spans = definitions.of_statement(text)
    found = tree(bare, line)
    if found is None:
        return tree(text, line), {}
    above = line - 1
    return found, {at + above: (first + above, last + above) for at, (first, last) in spans.items()}


def definition(within: ast.Module, name: str, line: int) -> ast.AST | None:
    """The function or class of a name that begins at a line, decorators included; None if there is none."""
    for node in ast.walk(within):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            if first == line:
                return node
    return None
