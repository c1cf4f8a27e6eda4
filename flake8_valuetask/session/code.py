"""The code of a module outside of its functions, of which each version has one piece here and one there.

In: a survey and the lines of the text. Out: which lines that code has, and all that it consists of. Never: its reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_valuetask.survey import Scope, Survey


def numbers(survey: Survey, count: int) -> list[int]:
    """The numbers of the lines of this code, in a module of so many; heads and docstrings of functions belong to it."""
    found: list[int] = []
    line = 1
    for body in survey.bodies[1:]:
        found += range(line, _head(body.scope) + 1)
        line = body.scope.end + 1
    return [*found, *range(line, count + 1)]


def _head(function: Scope) -> int:
    """The last line of the head of a function, with its docstring."""
    first = function.node.body[0]  # type: ignore[attr-defined]
    last: int = first.end_lineno if function.docstring else first.lineno
    return last


def text(survey: Survey, lines: Sequence[str], own: Iterable[int], shared: Iterable[str]) -> str:
    """What this code consists of: its lines, the variables that functions use, and those that they bind."""
    parts = [lines[number - 1] for number in own]
    return "".join([*parts, "\n# ", *sorted(shared), "\n# ", *sorted(set(_bound(survey.scope)))])


def _bound(scope: Scope) -> Iterator[str]:
    """The names that the functions in a scope bind elsewhere."""
    for child in scope.children:
        yield from child.elsewhere
        yield from _bound(child)
