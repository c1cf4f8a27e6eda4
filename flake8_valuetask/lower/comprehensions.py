"""Comprehensions and generator expressions, as loops in place.

In: a comprehension. Out: a loop whose elements go into a container. Never: statements.

The first iterable is evaluated outside, all the rest inside. A generator expression runs later, but
at most once; its loop stands where it is written, and its container is lazy.
"""

from __future__ import annotations

import libcst as cst

from flake8_valuetask import refs
from flake8_valuetask.events import Insert, Pack, Place
from flake8_valuetask.graph import Jump
from flake8_valuetask.lower import cases, conditions, statements, targets
from flake8_valuetask.lower.context import Lowering

_CONTAINERS: dict[type[cst.CSTNode], str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
    cst.DictComp: "dict",
    cst.StarredDictComp: "dict",
}


@cases.expression(cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp, cst.StarredDictComp)
def _comprehension(low: Lowering, node: cst.BaseComp) -> Place:
    result = low.temporary()
    lazy = isinstance(node, cst.GeneratorExp)
    passing, low.passing = low.passing, False
    low.emit(Pack(low.at(node), result, (), _CONTAINERS[type(node)], lazy=lazy, passing=passing))
    kept = dict(low.renamed), dict(low.known)
    _rounds(low, node, node.for_in, result)
    low.renamed, low.known = kept
    return result


def _rounds(low: Lowering, node: cst.BaseComp, clause: cst.CompFor, result: Place) -> None:
    source = low.expression(clause.iter)
    head, body, done = low.open(), low.open(), low.open()
    item = statements.iteration(low, clause.iter, source, head, body, done)
    _rename(low, clause)
    targets.assign(low, clause.target, item, None)
    skipped = low.close(Jump(head.id, back=True))
    for test in clause.ifs:
        passed = low.open()
        conditions.branch(low, test.test, passed, skipped)
        low.block = passed
    if clause.inner_for_in is not None:
        _rounds(low, node, clause.inner_for_in, result)
    else:
        _element(low, node, result)
    low.end(Jump(head.id, back=True), done)


def _rename(low: Lowering, clause: cst.CompFor) -> None:
    """The variables of a comprehension are its own."""
    element = refs.Iter(low.ref(clause.iter), clause.asynchronous is not None)
    for name in _names(clause.target):
        low.temporaries += 1
        low.renamed[name] = f"{name}'{low.temporaries}"
        low.known[name] = element if isinstance(clause.target, cst.Name) else refs.UNKNOWN


def _names(target: cst.CSTNode) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, cst.Tuple | cst.List):
        return [name for element in target.elements for name in _names(element.value)]
    return _names(target.value) if isinstance(target, cst.StarredElement) else []


def _element(low: Lowering, node: cst.BaseComp, result: Place) -> None:
    """Evaluate the element of a round and put it into the container."""
    if isinstance(node, cst.DictComp):
        low.expression(node.key)
        value: cst.BaseExpression = node.value
    elif isinstance(node, cst.StarredDictComp):
        value = node.value
    else:
        assert isinstance(node, cst.ListComp | cst.SetComp | cst.GeneratorExp)
        value = node.elt
    place = low.expression(value)
    if place is not None:
        low.emit(Insert(low.at(value), result, place))
