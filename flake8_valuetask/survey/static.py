"""Tests that are decided before a program runs: for type checkers, on the version, on the platform.

In: the test of an `if`. Out: what it says here, if that is known. Never: other conditions.
"""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable
from typing import Any


def known(test: ast.expr) -> bool | None:
    """What a test says here, or to the type checkers that should read one of its branches; None for tests of which
    that is not known before the program runs."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    found = _for_checkers(test)
    return of_interpreter(test) if found is None else found


def _for_checkers(test: ast.expr) -> bool | None:
    """Whether a branch is the one that type checkers should read: `if TYPE_CHECKING:`; None for other tests."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _for_checkers(test.operand)
        return None if inner is None else not inner
    return True if "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", "")) else None


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def of_interpreter(test: ast.expr) -> bool | None:
    """What a test on the interpreter's version or platform says here; None for other tests."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = of_interpreter(operand)
            return None if inner is None else not inner
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info" | "platform" as asked),
            ops=[op],
            comparators=[ast.Tuple() | ast.Constant() as bound],
        ) if type(op) in _COMPARE:
            here: object = sys.platform if asked == "platform" else tuple(sys.version_info)
            try:
                return bool(_COMPARE[type(op)](here, ast.literal_eval(bound)))
            except (TypeError, ValueError):
                return None
        case _:
            return None
