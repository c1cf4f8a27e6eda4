"""`match`: the cases as a chain of tests.

In: a match statement. Out: branches and captures. Never: other statements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_valuetask.constants import Constant
from flake8_valuetask.events import Blur, Pick, Place, Read
from flake8_valuetask.graph import Block, Condition, Jump
from flake8_valuetask.lower import comparisons, conditions, known, objects, targets
from flake8_valuetask.lower.cases import key
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.records import record
from flake8_valuetask.survey import ends


def match(low: Lowering, node: ast.Match) -> None:
    """Lower a match statement."""
    place = low.look(node.subject)
    subject = _subject(low, node.subject, place)
    last = _last(low, node)
    after = low.open()
    with objects.aside(low):
        for case in node.cases:
            following = low.open()
            with objects.aside(low):
                _case(low, case, place, subject, following, case is last)
                low.statements(case.body)
            low.end(Jump(after.id), following)
            objects.unmatched(low, node, case)
    if place is not None and place.startswith("%"):
        low.emit(Blur(low.at(node.subject), place))
    low.goto(after)


@record
class _Subject:
    """What is matched, its place, and what it says where it is True."""

    node: ast.expr
    place: Place | None
    answer: Condition | None


def _subject(low: Lowering, node: ast.expr, place: Place | None) -> _Subject:
    named = comparisons.subject(low, node)
    if isinstance(node, ast.Call | ast.Compare):
        return _Subject(node, named or place, conditions.outcome(low, node))
    asked = isinstance(node, ast.Name) and "True" in low.kinds.alternatives(low.ref(node), low.scope)
    return _Subject(node, named or place, conditions.truth(low, node, named) if asked else None)


def _last(low: Lowering, node: ast.Match) -> ast.match_case | None:
    """The case that takes whatever is left: with it all members of an enumeration, or lengths of a list, are named."""
    ref = low.ref(node.subject)
    left = set(low.kinds.alternatives(ref, low.scope))
    if left:
        for case in node.cases:
            left -= set(_members(low, case.pattern)) if case.guard is None else set()
            if not left:
                return case
    lengths: set[int] = set()
    for case in node.cases if low.kinds.sequence(ref, low.scope) else ():
        if case.guard is None and isinstance(case.pattern, ast.MatchSequence):
            plain = [p for p in case.pattern.patterns if not isinstance(p, ast.MatchStar)]
            if all(_irrefutable(low, p, None) for p in plain):
                if len(plain) < len(case.pattern.patterns) and lengths >= set(range(len(plain))):
                    return case
                lengths.add(len(plain))
    return None


def _members(low: Lowering, pattern: ast.pattern) -> Iterator[Constant]:
    """The members that a pattern surely takes."""
    match pattern:
        case ast.MatchOr(patterns=patterns):
            for each in patterns:
                yield from _members(low, each)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            yield from _members(low, inner)
        case ast.MatchValue(value=value) if (member := known.named(low, value)) is not None:
            yield member
        case ast.MatchSingleton(value=value):
            yield repr(value)


def _case(
    low: Lowering, case: ast.match_case, place: Place | None, subject: _Subject, following: Block, last: bool
) -> None:
    """Test one case; the current block is then where its body stands."""
    if place is not None:
        low.emit(Read(low.at(case.pattern), place, "match"))
    if not last and not _irrefutable(low, case.pattern, subject.node):
        taken = low.open()
        outcome = getattr(case.pattern, "value", None)
        if subject.answer is not None and isinstance(outcome, bool):
            low.branch(subject.answer, *((taken, following) if outcome else (following, taken)))
        else:
            low.branch(_condition(low, case.pattern, subject.place), taken, following)
        low.block = taken
    _captures(low, case.pattern, place, whole=True)
    objects.matched(low, subject.node, case)
    if case.guard is not None:
        guarded = low.open()
        conditions.branch(low, case.guard, guarded, following)
        low.block = guarded


def _irrefutable(low: Lowering, pattern: ast.pattern, subject: ast.expr | None) -> bool:
    """Whether a pattern always matches: a capture, or a display of as many captures as elements."""
    if ends.irrefutable(pattern):
        return True
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _irrefutable(low, pattern.pattern, subject)
    length = _length(low, subject) if isinstance(pattern, ast.MatchSequence) and subject is not None else None
    if not isinstance(pattern, ast.MatchSequence) or length is None:
        return False
    plain = [each for each in pattern.patterns if not isinstance(each, ast.MatchStar)]
    fits = len(plain) == length or (len(plain) < length and len(plain) < len(pattern.patterns))
    return fits and all(_irrefutable(low, each, None) for each in plain)


def _length(low: Lowering, subject: ast.expr) -> int | None:
    """How many elements a display has, or what is always a tuple of so many; None if that is not known."""
    if isinstance(subject, ast.Tuple | ast.List):
        return None if any(isinstance(each, ast.Starred) for each in subject.elts) else len(subject.elts)
    return low.kinds.length(low.ref(subject), low.scope)


def _condition(low: Lowering, pattern: ast.pattern, subject: str | None) -> Condition | None:
    """What a matching case says of the name that is matched."""
    if subject is None:
        return None
    names = frozenset({subject})
    match pattern:
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _condition(low, inner, subject)
        case ast.MatchSingleton(value=None):
            return Condition("none", subject, names=names)
        case ast.MatchSingleton(value=value):
            return Condition("equal", subject, repr(value), names)
        case ast.MatchValue(value=value):
            return Condition("equal", subject, known.named(low, value) or ast.unparse(value), names)
        case ast.MatchOr(patterns=patterns) if among := comparisons.among(subject, [*_members(low, pattern)]):
            return among if len(among.choices()) == len(patterns) else None
        case ast.MatchClass(cls=cls, patterns=[], kwd_patterns=[]):
            return Condition("isinstance", subject, ast.unparse(cls), names)
        case _ if subject.startswith("%"):
            return None
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
        name = key(keys[number]) if keys else None
        low.emit(Pick(low.at(element), item, place, index, key=name, how="matched"))
        _captures(low, element, item, whole=True)
