"""Whose errors can come from a call or a `with`, and whose a handler takes.

In: calls, containers, managers, the types that handlers name. Out: where errors come from, conditions on what is on its
way. Never: where an error goes.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from flake8_valuetask import catalog, refs
from flake8_valuetask.graph import OWN, Condition
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.survey import reading

WAITING, LIBRARY, LANGUAGE, PLAIN = "waiting", "library", "language", "plain"  # where errors come from
_OUTCOMES = frozenset({"result", "exception", "send", "throw"})  # methods that raise what others have raised


def of_calls(low: Lowering, nodes: Sequence[ast.expr]) -> str:
    """Where an error of calls comes from, of their await, of entering what they make or an object, and leaving it. Not
    asked, where all handlers around take anything."""
    found = {_source(low, each) for each in nodes} if low.choosy else {""}
    return found.pop() if len(found) == 1 else "" if "" in found else LIBRARY


def _source(low: Lowering, node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return low.kinds.source(low.ref(node), low.scope)
    given = [*node.args, *[keyword.value for keyword in node.keywords]]
    return low.kinds.source(low.ref(node.func), low.scope) if all(_inert(low, each) for each in given) else ""


def of_plain_call(low: Lowering, node: ast.Call) -> str:
    """Where an error of a call comes from, before anything is awaited: in an `async def` it waits for nobody, unless it
    asks what became of something."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return PLAIN if low.choosy and low.scope.is_async and name not in _OUTCOMES else ""


def lets_pass(low: Lowering, manager: ast.expr) -> bool:
    """Whether a manager lets an error of its suite pass as it is, if at all; a timeout makes it another one."""
    ref = low.ref(manager)
    path = low.kinds.callee(ref, low.scope).path if isinstance(ref, refs.Call) else ""
    return path in catalog.LETTING_PASS or low.kinds.source(ref, low.scope) == WAITING


def of_container(low: Lowering, node: ast.expr) -> str:
    """Where an error comes from if an element of an object is asked for, or looked for."""
    return LANGUAGE if low.kinds.built_in(low.ref(node), low.scope) else ""


def raised(low: Lowering, error: ast.expr | None) -> str:
    """Where what is raised comes from: the library, if it is a class of that or a call of one."""
    cls = error.func if isinstance(error, ast.Call) else error
    return LIBRARY if cls is not None and low.choosy and low.kinds.library_error(low.ref(cls), low.scope) else ""


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


def choosy(condition: Condition | None) -> bool:
    """Whether a handler with this condition takes only some exceptions."""
    return condition is not None and not {"Exception", "BaseException"} & {*condition.detail.split(",")}


def _word(low: Lowering, error: refs.Ref) -> str | None:
    """The name of a type of exceptions: for a built-in one that, for one of the library its path."""
    name = refs.dotted(error)
    if name is not None and low.kinds.own_error(error, low.scope):
        return f"{OWN}{name}"
    return name and (low.kinds.library_error(error, low.scope) or name)
