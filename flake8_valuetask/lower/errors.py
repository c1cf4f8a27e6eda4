"""Whose errors can come from a call or a `with`, and whose a handler takes.

In: calls, managers, the types that handlers name. Out: whether only errors of the language and its library can come,
conditions on what is on its way. Never: where an error goes.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from flake8_valuetask import refs
from flake8_valuetask.graph import OWN, Condition
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.survey import reading


def of_library(low: Lowering, node: ast.expr) -> bool:
    """Whether an error of a call, of its await, or of entering and leaving what it makes, cannot be one that only the
    program defines; the same of an object that is entered. No, where no handler around asks for such."""
    if not low.own_errors:
        return False
    if not isinstance(node, ast.Call):
        return low.kinds.self_contained(low.ref(node), low.scope)
    given = [*node.args, *[keyword.value for keyword in node.keywords]]
    return all(_inert(low, each) for each in given) and low.kinds.self_contained(low.ref(node.func), low.scope)


def raised(low: Lowering, error: ast.expr) -> bool:
    """Whether what is raised is of a class of the library, by that class or a call of it; no, where no handler asks."""
    cls = error.func if isinstance(error, ast.Call) else error
    return low.own_errors and low.kinds.library_error(low.ref(cls), low.scope)


def _inert(low: Lowering, node: ast.expr) -> bool:
    """Whether an argument is a word, a number or the like, by itself or computed from such."""
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp):
        return all(_inert(low, part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
    return low.kinds.literal(low.ref(node), low.scope)


def caught(low: Lowering, types: Sequence[ast.expr]) -> Condition | None:
    """Whether the exception on its way is of one of these types; None where they are not plain names."""
    first = types[0] if len(types) == 1 else None
    named = [reading.value(each) for each in (first.elts if isinstance(first, ast.Tuple) else types)]
    words = [_word(low, each) for each in named]
    return Condition("caught", "", ",".join(filter(None, words))) if words and all(words) else None


def own(condition: Condition | None) -> bool:
    """Whether a handler with this condition takes only exceptions that only the program defines."""
    return condition is not None and all(word.startswith(OWN) for word in condition.detail.split(","))


def _word(low: Lowering, error: refs.Ref) -> str | None:
    name = refs.dotted(error)
    return f"{OWN}{name}" if name is not None and low.kinds.own_error(error, low.scope) else name
