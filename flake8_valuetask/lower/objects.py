"""What `isinstance()`, or a pattern, has said of objects, from here to the end of a suite.

In: tests, and their outcomes; patterns. Out: what names stand for, which objects are of the class that was asked for.
Never: branches; one-shot values, whose kinds the graph knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flake8_valuetask import refs
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import patterns, reading


@contextmanager
def aside(low: Lowering) -> Iterator[None]:
    """Forget at the end what is learned inside."""
    kept = low.certain, low.known
    yield
    low.certain, low.known = kept


def learn(low: Lowering, test: ast.expr, outcome: bool, nodes: Sequence[ast.stmt | ast.expr] = ()) -> None:
    """A test has had this outcome for all of these nodes; or from now on, if none are given. A name that is bound anew
    there stands for what it stood for."""
    last = max((node.end_lineno or 0 for node in nodes), default=None)
    for asked, classes, said in _objects(test, outcome):
        _learn(low, asked, reading.classes(classes), said, last)


def matched(low: Lowering, subject: ast.expr, case: ast.match_case) -> None:
    """The pattern of a case has matched, for all of its suite."""
    last = case.body[-1].end_lineno
    for asked, classes in patterns.asked(subject, case.pattern):
        if not isinstance(asked, ast.MatchAs):
            _learn(low, asked, classes, True, last)
        elif asked.name is not None and _stays(low, asked.name, (asked.end_lineno or asked.lineno) + 1, last):
            low.known = {**low.known, asked.name: refs.Narrowed(refs.Name(asked.name), classes, True)}


def unmatched(low: Lowering, node: ast.Match, case: ast.match_case) -> None:
    """The pattern of a case has not matched, for all cases below it; if it has a guard, that may be why."""
    classes = patterns.classes(case.pattern)
    if classes is not None and case.guard is None and patterns.whole(case.pattern):
        _learn(low, node.subject, classes, False, node.end_lineno)


def _learn(low: Lowering, asked: ast.expr, classes: Ref, said: bool, last: int | None) -> None:
    if said:
        low.certain |= {low.ref(asked)}
    if isinstance(asked, ast.Name) and _stays(low, asked.id, asked.lineno, last):
        low.known = {**low.known, asked.id: refs.Narrowed(low.ref(asked), classes, said)}


def _stays(low: Lowering, name: str, first: int, last: int | None) -> bool:
    """Whether a local name is not bound anew between two lines, or from the first one to the end of the body."""
    if low.place(name) != name or name in low.scope.elsewhere:
        return False
    lines = [binding.line for binding in low.scope.bindings.get(name, ())]
    return not any(first <= line and (last is None or line <= last) for line in lines)


def _objects(test: ast.expr, outcome: bool) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Of what a test with this outcome has asked `isinstance()`, for which classes, and what that said."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _objects(inner, not outcome)
        case ast.BoolOp(values=values) if isinstance(test.op, ast.And) is outcome:
            for each in values:
                yield from _objects(each, outcome)
        case ast.Call(func=ast.Name(id="isinstance"), args=[asked, classes], keywords=[]):
            yield asked, classes, outcome
        case _:
            pass
