"""What stands where in a text: most functions and classes of a module need never be parsed.

In: the text of a module, or of one statement. Out: the statements at the margin, and the lines of definitions; or the
statement with an empty definition in the place of each one in it. Where the text deceives (arguments at the margin,
say), the result may be no Python. Never: trees.
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flake8_valuetask.survey import strings

# What may begin a statement. One that begins with a string counts to the one before: it says nothing, and other strings
# at the margin are arguments.
_BEGINS = r"(?=[^\s#)\]}\"'])"
_AT_MARGIN = re.compile(
    rf"\n(\f*){_BEGINS}(?:(?:elif|else|except|finally)\b()|(@)|(?:async[ \t]+)?(def)[ \t]+(\w+)|(class)[ \t]+(\w+))?"
)
_CONTINUED, _DECORATOR, _OTHER = 2, 3, 1  # the last group that matched
_ANYWHERE = re.compile(rf"\n\f*([ \t\f]*){_BEGINS}")
_DEFINES = re.compile(r"\n\f*([ \t\f]*)(?=(?:async|def|class)[ \t]|@)")
_DEFINITION = re.compile(r"(?:(?:async[ \t]+)?(def)|(class))[ \t]+(\w+)")
_FUNCTION = re.compile(r"^[ \t\f]*(async[ \t]+)?def[ \t]", re.M)
_CLASS = re.compile(r"^[ \t\f]*class[ \t]", re.M)
_INDENTED = re.compile(r"[ \t]*(?:#[^\n]*)?\n(?:[ \t\f]*(?:#[^\n]*)?\n)*([ \t]+)")
_NAMED = re.compile(r"(?:[ \t\f]*@[ \t]*[\w.]+[ \t]*(?:#[^\n]*)?\n)*[ \t\f]*(?:async|def)[ \t]")
_NAMES = re.compile(r"^[ \t\f]*@[ \t]*([\w.]+)", re.M)
_BRACKETS = re.compile(strings.OTHERS + r"|[][(){}:]|->", re.S)
_GLOBAL = re.compile(r"\n[ \t]+global[ \t]")

Span = tuple[int, int]
"""The first line of a definition, decorators included, and the last one, which may be that of a comment after it."""


class Statements(NamedTuple):
    """What stands at the margin of a module: definitions by name, with `def` or `class` and where they stand; all other
    statements, and definitions that say `global`, with the line where each begins."""

    definitions: dict[str, tuple[tuple[str, Span], ...]]
    others: list[tuple[int, str]]


class Head(NamedTuple):
    """The head of a function: with its decorators and an empty body; the names of its decorators, if none is more than
    a name; whether it is async; what it says it returns."""

    text: str
    decorators: list[str] | None
    is_async: bool
    result: str | None


class _Piece(NamedTuple):
    """A definition in a text: where its decorators begin, and it itself; where it ends; what stands for it."""

    first: int
    at: int
    end: int
    stub: str


def of_module(text: str, words: Iterable[str] = (), above: int = 0) -> Statements:
    """The statements of a module; if `words` are given, only those that say one of them, and imports. Or of a class,
    moved to the margin, with so many lines `above`."""
    found = Statements({}, [])
    line, done = above, 0
    somewhere = "global" in text
    for first, match, end in _statements(text):
        line, done = line + text.count("\n", done, first), first
        if words and not text.startswith(("import ", "from "), match.end(1) - 1) and not _says(text, first, end, words):
            continue
        if match.lastindex == _OTHER or (somewhere and says_global(text, first, end)):
            found.others.append((line + 1, text[first:end]))
        else:
            last = line + text.count("\n", first, _end(text, end))
            kind, name = filter(None, match.groups()[_DECORATOR:])
            found.definitions[name] = (*found.definitions.get(name, ()), (kind, (line + 1, last + 1)))
    return found


def _says(text: str, first: int, end: int, words: Iterable[str]) -> bool:
    return any(text.find(word, first, end) >= 0 for word in words)


def _statements(text: str) -> Iterator[tuple[int, re.Match[str], int]]:
    """Where each statement at the margin begins, with its decorators; what it is; where it ends."""
    below = "\n" + text
    found = strings.outside(_AT_MARGIN.finditer(below), strings.over_lines(below))
    starts = [match for match in found if match.lastindex != _CONTINUED]
    first: int | None = None
    for match, following in itertools.zip_longest(starts, starts[1:]):
        first = match.end(1) - 1 if first is None else first
        if match.lastindex != _DECORATOR:
            yield first, match, len(text) if following is None else following.end(1) - 1
            first = None


def class_head(text: str) -> str | None:
    """The head of a class, with its decorators and an empty body; None where it does not end."""
    end = _class_colon(text)
    return None if end is None else text[:end] + " ..."


def class_body(text: str) -> tuple[str, int] | None:
    """What stands in a class, moved to the margin, and how many lines are above it; None where the head of the class
    does not end, or is on one line with the body, or where form feeds stand for indentation."""
    end = _class_colon(text)
    indent = None if end is None else _INDENTED.match(text, end)
    if end is None or indent is None or "\f" in text:
        return None
    return text[text.index("\n", end) :].replace("\n" + indent[1], "\n")[1:], text.count("\n", 0, end) + 1


def _class_colon(text: str) -> int | None:
    start = _CLASS.search(text)
    return None if start is None else _colon(text, start.end())[0]


def head(text: str) -> Head | None:
    """The head of a function; None where it does not end."""
    start = _FUNCTION.search(text)
    end, arrow = (None, None) if start is None else _colon(text, start.end())
    if start is None or end is None:
        return None
    result = None if arrow is None else text[arrow : end - 1].strip()
    names = _NAMES.findall(text, 0, start.start()) if _NAMED.match(text) else None
    return Head(text[:end] + " ...", names, start[1] is not None, result)


def _colon(text: str, at: int) -> tuple[int | None, int | None]:
    """Where the colon that ends a head stands, and where what it gives begins, if it says so: behind each of them."""
    depth, arrow = 0, None
    for match in _BRACKETS.finditer(text, at):
        found = match[0]
        if found == ":" and not depth:
            return match.end(), arrow
        if found == "->" and not depth:
            arrow = match.end()
        depth += (found in "([{") - (found in ")]}")
    return None, None


def says_global(text: str, first: int = 0, end: int = sys.maxsize) -> bool:
    """Whether a function in a part of a text says `global`."""
    return text.find("global", first, end) >= 0 and _GLOBAL.search(text, first, end) is not None


def of_statement(text: str) -> tuple[str, dict[int, Span]]:
    """A statement without the insides of the functions and classes in it, if they do not say `global`; and the spans of
    these, by the line of `def` or `class`."""
    return _emptied(text, _pieces(text)) if "def" in text or "class" in text else (text, {})


def _pieces(text: str) -> Iterator[_Piece]:
    """The definitions that are indented further than the statement itself, but not those in others; each ends where the
    next statement begins that is not indented further."""
    below = "\n" + text
    long = strings.over_lines(below)
    statement = strings.first(_ANYWHERE, below, 0, long)
    outside = 0 if statement is None else len(statement[1])
    at = 0
    while (mark := strings.first(_DEFINES, below, at, long)) is not None:
        head: re.Match[str] | None = mark
        while head is not None and below[head.end()] == "@":
            head = strings.first(_not_deeper(len(head[1])), below, head.end(), long)
        if head is None:
            return
        at, match = head.end(), _DEFINITION.match(below, head.end())
        if match is not None and len(head[1]) > outside:
            end = strings.first(_not_deeper(len(head[1])), below, match.end(), long)
            at = len(below) if end is None else end.start()
            yield _Piece(mark.end() - 1, head.end() - 1, min(at, len(text)), _stub(match))


@functools.cache
def _not_deeper(depth: int) -> re.Pattern[str]:
    """A statement that is indented so far at most."""
    return re.compile(rf"\n\f*([ \t\f]{{0,{depth}}}){_BEGINS}")


def _stub(definition: re.Match[str]) -> str:
    """What stands for a definition."""
    return f"def {definition[3]}(): ..." if definition[1] else f"class {definition[3]}: ..."


def _emptied(text: str, pieces: Iterator[_Piece]) -> tuple[str, dict[int, Span]]:
    """The text with stubs in the place of pieces that do not say `global`, on the same lines."""
    parts: list[str] = []
    spans: dict[int, Span] = {}
    done, line, some = 0, 1, says_global(text)
    for first, at, end, stub in pieces:
        line += text.count("\n", done, first)
        above, height = text.count("\n", first, at), text.count("\n", first, end)
        spans[line + above] = line, line + height - text.count("\n", _end(text, end), end)
        indent = text[text.rfind("\n", 0, at) + 1 : at] if above else ""
        inside = "\n" * above + indent + stub + "\n" * (height - above)
        parts += [text[done:first], text[first:end] if some and says_global(text, first, end) else inside]
        done, line = end, line + height
    return "".join([*parts, text[done:]]), spans


def _end(text: str, end: int) -> int:
    """Where a part of a text ends, blank lines left out."""
    while text[end - 1] in " \t\f\n":
        end -= 1
    return end
