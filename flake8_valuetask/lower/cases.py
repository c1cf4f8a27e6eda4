"""The table of cases: which function lowers which class of libcst node.

In: the functions of this package, as they register themselves. Out: two tables. Never: lowering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import libcst as cst

F = TypeVar("F", bound=Callable[..., Any])

STATEMENTS: dict[type[cst.CSTNode], Callable[..., None]] = {}
EXPRESSIONS: dict[type[cst.CSTNode], Callable[..., str | None]] = {}


def statement(*classes: type[cst.CSTNode]) -> Callable[[F], F]:
    """Register a function (lowering, node) -> None for classes of statements."""

    def register(function: F) -> F:
        STATEMENTS.update(dict.fromkeys(classes, function))
        return function

    return register


def expression(*classes: type[cst.CSTNode]) -> Callable[[F], F]:
    """Register a function (lowering, node) -> place or None for classes of expressions."""

    def register(function: F) -> F:
        EXPRESSIONS.update(dict.fromkeys(classes, function))
        return function

    return register
