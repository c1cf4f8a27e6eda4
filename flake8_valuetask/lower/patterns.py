"""`match`: the cases as a chain of tests.

In: a match statement. Out: branches and captures. Never: other statements.
"""

from __future__ import annotations

import ast

from flake8_valuetask.events import Blur, Pick, Place, Read
from flake8_valuetask.graph import Block, Condition, Jump
from flake8_valuetask.lower import conditions, targets
from flake8_valuetask.lower.cases import key
from flake8_valuetask.lower.context import Lowering


def match(low: Lowering, node: ast.Match) -> None:
    """Lower a match statement."""
    place = low.expression(node.subject)
    subject = conditions.subject(low, node.subject)
    low.matched = node.subject
    after = low.open()
    for case in node.cases:
        following = low.open()
        _case(low, case, place, subject, following)
        low.statements(case.body)
        low.end(Jump(after.id), following)
    if place is not None and place.startswith("%"):
        low.emit(Blur(low.at(node.subject), place))
    low.goto(after)


def _case(low: Lowering, case: ast.match_case, place: Place | None, subject: str | None, following: Block) -> None:
    """Test one case; the current block is then where its body stands."""
    if place is not None:
        low.emit(Read(low.at(case.pattern), place, "match"))
    if not _irrefutable(case.pattern, low.matched):
        taken = low.open()
        low.branch(_condition(case.pattern, subject), taken, following)
        low.block = taken
    _captures(low, case.pattern, place, whole=True)
    if case.guard is not None:
        guarded = low.open()
        conditions.branch(low, case.guard, guarded, following)
        low.block = guarded


def _irrefutable(pattern: ast.pattern, subject: ast.expr | None) -> bool:
    """Whether a pattern always matches: a capture, or a display of as many captures as elements."""
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _irrefutable(pattern.pattern, subject)
    if not isinstance(pattern, ast.MatchSequence) or not isinstance(subject, ast.Tuple | ast.List):
        return False
    if len(pattern.patterns) != len(subject.elts) or any(isinstance(e, ast.Starred) for e in subject.elts):
        return False
    return all(not isinstance(p, ast.MatchStar) and _irrefutable(p, None) for p in pattern.patterns)


def _condition(pattern: ast.pattern, subject: str | None) -> Condition | None:
    """What a matching case says of the name that is matched."""
    if subject is None:
        return None
    names = frozenset({subject})
    match pattern:
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _condition(inner, subject)
        case ast.MatchSingleton(value=None):
            return Condition("none", subject, names=names)
        case ast.MatchSingleton(value=value):
            return Condition("equal", subject, repr(value), names)
        case ast.MatchValue(value=value):
            return Condition("equal", subject, key(value) or ast.unparse(value), names)
        case ast.MatchClass(cls=cls, patterns=[], kwd_patterns=[]):
            return Condition("isinstance", subject, ast.unparse(cls), names)
        case _:
            return Condition("text", "", f"{subject} ~ {ast.unparse(pattern)}", names)


def _captures(low: Lowering, pattern: ast.pattern, place: Place | None, whole: bool) -> None:
    """Bind the names that a pattern captures: the whole subject, or unknown parts of it."""
    if isinstance(pattern, ast.MatchAs):
        if pattern.name is not None:
            targets.bind(low, pattern, pattern.name, place if whole else None)
        if pattern.pattern is not None:
            _captures(low, pattern.pattern, place, whole)
        return
    if whole and place is not None and isinstance(pattern, ast.MatchSequence | ast.MatchMapping):
        _parts(low, pattern, place)
    else:
        for child in ast.iter_child_nodes(pattern):
            if isinstance(child, ast.pattern):
                _captures(low, child, place, whole and isinstance(pattern, ast.MatchOr))
    rest = getattr(pattern, "name", None) or getattr(pattern, "rest", None)  # of a MatchStar, of a MatchMapping
    if rest is not None:
        targets.bind(low, pattern, rest, None)


def _parts(low: Lowering, pattern: ast.MatchSequence | ast.MatchMapping, place: Place) -> None:
    """Bind the captures inside a sequence or a mapping to the elements of the subject."""
    keys = pattern.keys if isinstance(pattern, ast.MatchMapping) else []
    starred = any(isinstance(p, ast.MatchStar) for p in pattern.patterns)
    for number, element in enumerate(pattern.patterns):
        if isinstance(element, ast.MatchStar):
            _captures(low, element, None, whole=False)
            continue
        item = low.temporary()
        index = None if keys or starred else number
        low.emit(Pick(low.at(element), item, place, index, key=key(keys[number]) if keys else None))
        _captures(low, element, item, whole=True)
