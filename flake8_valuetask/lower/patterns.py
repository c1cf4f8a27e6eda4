"""`match`: the cases as a chain of tests.

In: a match statement. Out: branches and captures. Never: other statements.
"""

from __future__ import annotations

import libcst as cst

from flake8_valuetask.events import Blur, Pick, Place, Read
from flake8_valuetask.graph import Block, Condition, Jump
from flake8_valuetask.lower import conditions, reading, targets
from flake8_valuetask.lower.context import Lowering


def match(low: Lowering, node: cst.Match) -> None:
    """Lower a match statement."""
    place = low.expression(node.subject)
    subject = conditions.subject(low, node.subject)
    low.matched = node.subject
    after = low.open()
    for case in node.cases:
        following = low.open()
        _case(low, case, place, subject, following)
        low.suite(case.body)
        low.end(Jump(after.id), following)
    if place is not None and place.startswith("%"):
        low.emit(Blur(low.at(node.subject), place))
    low.goto(after)


def _case(low: Lowering, case: cst.MatchCase, place: Place | None, subject: str | None, following: Block) -> None:
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


def _irrefutable(pattern: cst.MatchPattern, subject: cst.BaseExpression | None) -> bool:
    """Whether a pattern always matches: a capture, or a display of as many captures as elements."""
    if isinstance(pattern, cst.MatchAs):
        return pattern.pattern is None or _irrefutable(pattern.pattern, subject)
    if not isinstance(pattern, cst.MatchSequence) or not isinstance(subject, cst.Tuple | cst.List):
        return False
    if len(pattern.patterns) != len(subject.elements):
        return False
    plain = [p.value for p in pattern.patterns if isinstance(p, cst.MatchSequenceElement)]
    whole = len(plain) == len(subject.elements) and all(isinstance(e, cst.Element) for e in subject.elements)
    return whole and all(_irrefutable(p, None) for p in plain)


def _condition(pattern: cst.MatchPattern, subject: str | None) -> Condition | None:
    """What a matching case says of the name that is matched."""
    if subject is None:
        return None
    match pattern:
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return _condition(inner, subject)
        case cst.MatchSingleton(value=cst.Name(value="None")):
            return Condition("none", subject, names=frozenset({subject}))
        case cst.MatchSingleton(value=value) | cst.MatchValue(value=value):
            literal = reading.key(value)
            return Condition("equal", subject, literal or _code(value), frozenset({subject}))
        case cst.MatchClass(cls=cls) if not pattern.patterns and not pattern.kwds:
            return Condition("isinstance", subject, _code(cls), frozenset({subject}))
        case _:
            return Condition("text", "", f"{subject} ~ {_code(pattern)}", frozenset({subject}))


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node).strip()


def _captures(low: Lowering, pattern: cst.CSTNode, place: Place | None, whole: bool) -> None:
    """Bind the names that a pattern captures: the whole subject, or unknown parts of it."""
    if isinstance(pattern, cst.MatchAs):
        if pattern.name is not None:
            targets.assign(low, pattern.name, place if whole else None, None)
        if pattern.pattern is not None:
            _captures(low, pattern.pattern, place, whole)
        return
    name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
    if isinstance(pattern, cst.MatchStar | cst.MatchMapping) and isinstance(name, cst.Name):
        targets.assign(low, name, None, None)
    if whole and place is not None and isinstance(pattern, cst.MatchSequence | cst.MatchMapping):
        _parts(low, pattern, place)
        return
    for child in pattern.children:
        if isinstance(
            child,
            cst.MatchPattern
            | cst.MatchSequenceElement
            | cst.MatchStar
            | cst.MatchMappingElement
            | cst.MatchKeywordElement
            | cst.MatchOrElement,
        ):
            _captures(low, child, place, whole and isinstance(pattern, cst.MatchOr | cst.MatchOrElement))


def _parts(low: Lowering, pattern: cst.MatchSequence | cst.MatchMapping, place: Place) -> None:
    """Bind the captures inside a sequence or a mapping to the elements of the subject."""
    starred = isinstance(pattern, cst.MatchSequence) and any(isinstance(p, cst.MatchStar) for p in pattern.patterns)
    elements = pattern.patterns if isinstance(pattern, cst.MatchSequence) else pattern.elements
    for number, element in enumerate(elements):
        if isinstance(element, cst.MatchStar):
            _captures(low, element, None, whole=False)
            continue
        item = low.temporary()
        key = reading.key(element.key) if isinstance(element, cst.MatchMappingElement) else None
        index = number if isinstance(element, cst.MatchSequenceElement) and not starred else None
        low.emit(Pick(low.at(element), item, place, index, key=key))
        inner = element.pattern if isinstance(element, cst.MatchMappingElement) else element.value
        _captures(low, inner, item, whole=True)
    rest = getattr(pattern, "rest", None)
    if isinstance(rest, cst.Name):
        targets.assign(low, rest, None, None)
