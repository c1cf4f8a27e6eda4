"""The table of cases: which function lowers which class of node.

In: the functions of this package, as they register themselves. Out: two tables. Never: lowering.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

STATEMENTS: dict[type[ast.AST], Callable[..., None]] = {}
EXPRESSIONS: dict[type[ast.AST], Callable[..., str | None]] = {}


def statement(*classes: type[ast.AST]) -> Callable[[F], F]:
    """Register a function (lowering, node) -> None for classes of statements."""

    def register(function: F) -> F:
        STATEMENTS.update(dict.fromkeys(classes, function))
        return function

    return register


def expression(*classes: type[ast.AST]) -> Callable[[F], F]:
    """Register a function (lowering, node) -> place or None for classes of expressions."""

    def register(function: F) -> F:
        EXPRESSIONS.update(dict.fromkeys(classes, function))
        return function

    return register


def since(*names: str) -> tuple[type[ast.AST], ...]:
    """The classes of these names that the running Python's `ast` has; the others came with later versions."""
    return tuple(getattr(ast, name) for name in names if hasattr(ast, name))


def key(node: ast.AST | None) -> str | None:
    """The literal that a subscript, a comparison or an assignment names, as text; None if it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes | int | None):
        return repr(node.value)
    return None
