"""Where functions and classes stand, told from text: most of them need never be parsed.

In: the text of a module, or of a class. Out: that text with an empty definition in the place of each one of its own,
and their lines. Where the text deceives (arguments at the margin, say), the result may be no Python. Never: trees.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Comments and strings, which may hold anything; and after the end of a line that which may begin a statement.
_OTHERS = (
    r"#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
)
_AT_MARGIN = re.compile(_OTHERS + r"|\n\f*()(?=[^\s#)\]}])", re.S)
_ANYWHERE = re.compile(_OTHERS + r"|\n\f*([ \t\f]*)(?=[^\s#)\]}])", re.S)
_DEFINITION = re.compile(r"(?:(?:async[ \t]+)?(def)|(class))[ \t]+(\w+)")
_INDENTED = re.compile(r"\n[ \t]+(?:async|def|class)\b")
_GLOBAL = re.compile(r"\n[ \t]+global[ \t]")

Spans = dict[int, tuple[int, int]]
"""Of definitions, by the line of `def` or `class`: the first line, decorators included, and the last one, which may be
that of a comment after it."""


class _Start(NamedTuple):
    """Where a statement may begin: its line, itself, and how far it is indented."""

    line: int
    at: int
    indent: int


class _Piece(NamedTuple):
    """A definition in a text: where its decorators begin, and it itself; where it ends; what stands for it."""

    first: int
    at: int
    end: int
    indent: int
    stub: str


def of_module(text: str) -> tuple[str, Spans]:
    """A module without the insides of its functions and classes, but for those that say `global`."""
    bare, spans = _emptied(text, _pieces(text, _starts(text, _AT_MARGIN), -1))
    if _INDENTED.search(bare) is None:
        return bare, spans
    bare, more = _emptied(bare, _pieces(bare, _starts(bare, _ANYWHERE), 0))  # in `if` and `try`
    return bare, {**spans, **more}


def says_global(text: str, first: int = 0, end: int = sys.maxsize) -> bool:
    """Whether a function in a part of a text says `global`."""
    return text.find("global", first, end) >= 0 and _GLOBAL.search(text, first, end) is not None


def of_class(text: str) -> tuple[str, Spans]:
    """A class, whose decorators and head `text` begins with, without the insides of its methods and classes."""
    starts = _starts(text, _ANYWHERE)
    return _emptied(text, _pieces(text, starts, starts[0].indent)) if starts else (text, {})


def saying(text: str, words: Iterable[str]) -> str:
    """What stands at the margin of a module and says one of some words, and its imports; on the same lines."""
    starts = [start.at for start in _starts(text, _AT_MARGIN)]
    parts, first = [text[: min(starts, default=len(text))]], None
    for at, end in itertools.pairwise([*starts, len(text)]):
        first = at if first is None else first
        if text[at] == "@":
            continue  # a decorator belongs to what comes next
        said = text[first:end]
        kept = said.startswith(("import ", "from ")) or any(word in said for word in words)
        parts.append(said if kept else "\n" * said.count("\n"))
        first = None
    return "".join(parts)


def _starts(text: str, tokens: re.Pattern[str]) -> list[_Start]:
    found = tokens.finditer("\n" + text)
    return [_Start(m.start(), m.end() - 1, len(m[1])) for m in found if m.lastindex]


def _pieces(text: str, starts: list[_Start], outside: int) -> Iterator[_Piece]:
    """The definitions that are indented further than `outside`, but not those in others; each ends where the next
    statement begins that is not indented further."""
    piece: _Piece | None = None
    first: _Start | None = None
    for start in [*starts, _Start(len(text), len(text), -1)]:
        if start.indent > (piece or first or start).indent:
            continue  # inside a definition, or in the arguments of a decorator
        if piece is not None:
            yield piece._replace(end=start.line)
        if text[start.at : start.at + 1] == "@":
            first, piece = first or start, None
            continue
        piece = _piece(text, first or start, start) if start.indent > outside else None
        first = None


def _piece(text: str, first: _Start, start: _Start) -> _Piece | None:
    match = _DEFINITION.match(text, start.at)
    if match is None:
        return None
    stub = f"def {match[3]}(): ..." if match[1] else f"class {match[3]}: ..."
    return _Piece(first.at, start.at, start.at, start.indent, stub)


def _emptied(text: str, pieces: Iterator[_Piece]) -> tuple[str, Spans]:
    """The text with stubs in the place of pieces that do not say `global`, on the same lines."""
    parts: list[str] = []
    spans: Spans = {}
    done, line, some = 0, 1, says_global(text)
    for first, at, end, _, stub in pieces:
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
