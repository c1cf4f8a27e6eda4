"""Comprehensions and generator expressions, as loops in place.

In: a comprehension. Out: a loop whose elements go into a container. Never: statements.

The first iterable is evaluated outside, all the rest inside. A generator expression runs later, but
at most once; its loop stands where it is written, and its container is lazy.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from flake8_valuetask import refs
from flake8_valuetask.events import Insert, Pack, Place, Test
from flake8_valuetask.graph import Jump
from flake8_valuetask.lower import cases, conditions, loops, targets
from flake8_valuetask.lower.context import Lowering

_CONTAINERS: dict[type[ast.AST], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
    ast.DictComp: "dict",
}
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@cases.expression(*_CONTAINERS)
def _comprehension(low: Lowering, node: Comprehension) -> Place:
    result = low.temporary()
    lazy = isinstance(node, ast.GeneratorExp)
    passing, low.passing = low.passing, False
    asking, low.asking = low.asking, False
    low.emit(Pack(low.at(node), result, (), _CONTAINERS[type(node)], lazy=lazy, passing=passing))
    kept = dict(low.renamed), low.known
    if _copies(node) and not asking:
        source = low.look(node.generators[0].iter)
        if source is not None:
            low.emit(Insert(low.at(node.generators[0].iter), result, source, many=True))
        return result
    _rounds(low, node, node.generators, result, asking)
    low.renamed, low.known = kept
    return result


def _copies(node: Comprehension) -> bool:
    """Whether a comprehension gives the elements of another container as they are."""
    clause = node.generators[0]
    whole = len(node.generators) == 1 and not clause.ifs and not clause.is_async
    if isinstance(node, ast.DictComp) or not whole:
        return False
    return isinstance(clause.target, ast.Name) and isinstance(node.elt, ast.Name) and node.elt.id == clause.target.id


def _rounds(
    low: Lowering, node: Comprehension, clauses: Sequence[ast.comprehension], result: Place, asking: bool
) -> None:
    clause, *inner = clauses
    source = loops.iterated(low, clause.iter, bool(clause.is_async))
    head, body, done = low.open(), low.open(), low.open()
    item = loops.iteration(low, clause.iter, source, head, body, done)
    _rename(low, clause)
    targets.assign(low, clause.target, item, None)
    skipped = low.close(Jump(head.id, back=True))
    for test in clause.ifs:
        passed = low.open()
        conditions.branch(low, test, passed, skipped)
        low.block = passed
    if inner:
        _rounds(low, node, inner, result, asking)
    else:
        _element(low, node, result, asking)
    low.end(Jump(head.id, back=True), done)


def _rename(low: Lowering, clause: ast.comprehension) -> None:
    """The variables of a comprehension are its own."""
    element = refs.Iter(low.ref(clause.iter), bool(clause.is_async))
    for name in _names(clause.target):
        low.temporaries += 1
        low.renamed[name] = f"{name}'{low.temporaries}"
        low.known = {**low.known, name: element if isinstance(clause.target, ast.Name) else refs.UNKNOWN}


def _names(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _names(element)]
    return _names(target.value) if isinstance(target, ast.Starred) else []


def _element(low: Lowering, node: Comprehension, result: Place, asking: bool) -> None:
    """Evaluate the element of a round and put it into the container."""
    if isinstance(node, ast.DictComp):
        key = low.expression(node.key)
        # Without a value (Python 3.15) it is `{**key for ...}`.
        value, place = (node.key, key) if node.value is None else (node.value, low.expression(node.value))
    else:
        value = node.elt
        place = low.expression(value)
    if place is not None and asking:
        low.emit(Test(low.at(value), place))
    if place is not None:
        low.emit(Insert(low.at(value), result, place))
