"""Where strings go over lines, so that what looks like code may be none.

In: a text. Out: the spans of such strings; what a pattern finds outside of them. Never: what a string says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

OTHERS = (
    r"#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
)
"""Comments and strings, which may hold anything: a pattern in which `.` has to match ends of lines."""
_OTHERS = re.compile(OTHERS, re.S)
_LONG = ('"""', "'''")
_QUOTES = re.compile(r"[\"'#]")
_NONE = (-1, -1)

Span = tuple[int, int]
"""Where a string begins and ends: characters of the text."""


def over_lines(text: str) -> list[Span]:
    """The strings that go over lines, in order. Most texts are settled by looking at triple quotes alone."""
    found = _plain(text)
    if found is None or _continues(text, found):
        return [match.span() for match in _OTHERS.finditer(text) if "\n" in match[0]]
    return found


def _plain(text: str) -> list[Span] | None:
    """The strings in triple quotes; None where one begins behind another string or a comment, or ends behind a
    backslash, so that these may be something else."""
    found: list[Span] = []
    end = 0
    following = {quotes: text.find(quotes) for quotes in _LONG}  # `find` is far faster than a regular expression
    while opening := [(at, quotes) for quotes, at in following.items() if at >= 0]:
        start, quotes = min(opening)
        before = max(text.rfind("\n", 0, start) + 1, end)
        end = text.find(quotes, start + 3) + 3
        if end < 3 or text[end - 4] == "\\" or _QUOTES.search(text, before, start) is not None:
            return None
        found.append((start, end))
        following = {each: at if at < 0 or at >= end else text.find(each, end) for each, at in following.items()}
    return found


def _continues(text: str, strings: Sequence[Span]) -> bool:
    """Whether a line ends in a backslash outside of some strings, so that another one may go on there."""
    at = text.find("\\\n")
    while at >= 0:
        _, end = _around(at, strings)
        if end < 0:
            return True
        at = text.find("\\\n", end)
    return False


def first(pattern: re.Pattern[str], text: str, at: int, strings: Sequence[Span]) -> re.Match[str] | None:
    """What a pattern finds first from some place on, outside of strings."""
    while (match := pattern.search(text, at)) is not None:
        _, at = _around(match.start(), strings)
        if at < 0:
            break
    return match


def outside(matches: Iterable[re.Match[str]], strings: Sequence[Span]) -> Iterator[re.Match[str]]:
    """Those of many matches that begin outside of strings."""
    if not strings:
        return iter(matches)
    return (match for match in matches if _around(match.start(), strings) is _NONE)


def _around(at: int, strings: Sequence[Span]) -> Span:
    """The string around a character; `_NONE` if there is none."""
    last = bisect_right(strings, at, key=_begin) - 1
    return strings[last] if last >= 0 and at < strings[last][1] else _NONE


def _begin(string: Span) -> int:
    return string[0]
