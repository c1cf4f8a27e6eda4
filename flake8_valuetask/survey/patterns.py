"""What the patterns of a `match` say of names: of which class they are where a case matches.

In: patterns and what is matched. Out: names and references to classes. Never: captures of anything else, guards.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_valuetask import refs
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import reading


def asked(subject: ast.expr, pattern: ast.pattern) -> Iterator[tuple[ast.expr | ast.MatchAs, Ref]]:
    """What is of one of some classes if a pattern matches: the subject, and what the pattern captures."""
    found = classes(pattern)
    if found is not None and isinstance(subject, ast.Name | ast.Attribute):
        yield subject, found
    yield from _captured(pattern)


def of_names(node: ast.Match) -> Iterator[tuple[str, Ref]]:
    """The names of which the patterns of a `match` ask the class, and the classes."""
    for case in node.cases:
        for of, found in asked(node.subject, case.pattern):
            name = of.id if isinstance(of, ast.Name) else getattr(of, "name", None)
            if isinstance(name, str):
                yield name, found


def classes(pattern: ast.pattern | None) -> Ref | None:
    """The classes, as a type, for one of which a pattern asks of the whole; None if it may ask for anything else."""
    match pattern:
        case ast.MatchClass(cls=cls):
            return reading.classes(cls)
        case ast.MatchAs(pattern=inner):
            return classes(inner)
        case ast.MatchOr(patterns=alternatives):
            found = [classes(each) for each in alternatives]
            known = tuple([each for each in found if each is not None])
            return refs.Either(known) if len(known) == len(found) else None
        case _:
            return None


def whole(pattern: ast.pattern) -> bool:
    """Whether a pattern asks for classes and nothing else, so that what it does not match is of none of them."""
    match pattern:
        case ast.MatchClass(patterns=[], kwd_patterns=[]):
            return True
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return whole(inner)
        case ast.MatchOr(patterns=alternatives):
            return all(whole(each) for each in alternatives)
        case _:
            return False


def _captured(pattern: ast.pattern) -> Iterator[tuple[ast.MatchAs, Ref]]:
    """The captures of objects of some classes; alternatives capture each what they match."""
    if isinstance(pattern, ast.MatchAs) and pattern.name is not None:
        found = classes(pattern.pattern)
        if found is not None:
            yield pattern, found
    for child in ast.iter_child_nodes(pattern) if not isinstance(pattern, ast.MatchOr) else ():
        if isinstance(child, ast.pattern):
            yield from _captured(child)
