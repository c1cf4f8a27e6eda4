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

# Comments and strings, which may hold anything; and after the end of a line that which may begin a statement. One that
# begins with a string counts to the one before: it says nothing, and other strings at the margin are arguments.
_OTHERS = (
    r"#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
)
_NEXT = r"(?=[^\s#)\]}\"'])"
_AT_MARGIN = r"\n\f*()" + _NEXT
_ANYWHERE = r"\n\f*([ \t\f]*)" + _NEXT
_LONG = ('"""', "'''", "\\\n")
_DEFINITION = re.compile(r"(?:(?:async[ \t]+)?(def)|(class))[ \t]+(\w+)")
_CONTINUED = re.compile(r"(?:elif|else|except|finally)\b")
_FUNCTION = re.compile(r"^[ \t\f]*(?:async[ \t]+)?def[ \t]", re.M)
_BRACKETS = re.compile(_OTHERS + r"|[][(){}:]", re.S)
_GLOBAL = re.compile(r"\n[ \t]+global[ \t]")

Span = tuple[int, int]
"""The first line of a definition, decorators included, and the last one, which may be that of a comment after it."""


class Statements(NamedTuple):
    """What stands at the margin of a module: definitions by name, with `def` or `class` and where they stand; all other
    statements, and definitions that say `global`, with the line where each begins."""

    definitions: dict[str, list[tuple[str, Span]]]
    others: list[tuple[int, str]]


class _Piece(NamedTuple):
    """A definition in a text: where its decorators begin, and it itself; where it ends; what stands for it."""

    first: int
    at: int
    end: int
    stub: str


def of_module(text: str, words: Iterable[str] = ()) -> Statements:
    """The statements of a module; if `words` are given, only those that say one of them, and imports."""
    found = Statements({}, [])
    line = done = 0
    for first, at, end in _statements(text):
        line, done = line + text.count("\n", done, first), first
        if words and not text.startswith(("import ", "from "), at) and not any(w in text[first:end] for w in words):
            continue
        match = _DEFINITION.match(text, at)
        if match is None or says_global(text, first, end):
            found.others.append((line + 1, text[first:end]))
        else:
            last = line + text.count("\n", first, _end(text, end))
            found.definitions.setdefault(match[3], []).append((match[1] or match[2], (line + 1, last + 1)))
    return found


def _statements(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each statement at the margin begins, without its decorators, and where it ends."""
    starts = [at for _, at, _ in _starts(text, _AT_MARGIN) if not _CONTINUED.match(text, at)]
    first: int | None = None
    for at, end in itertools.pairwise([*starts, len(text)]):
        first = at if first is None else first
        if text[at] != "@":
            yield first, at, end
            first = None


def head(text: str) -> str | None:
    """The decorators and the head of a function, with an empty body; None where it does not end."""
    start = _FUNCTION.search(text)
    depth = 0
    for match in () if start is None else _BRACKETS.finditer(text, start.end()):
        found = match[0]
        if found == ":" and not depth:
            return text[: match.end()] + " ..."
        depth += (found in "([{") - (found in ")]}")
    return None


def says_global(text: str, first: int = 0, end: int = sys.maxsize) -> bool:
    """Whether a function in a part of a text says `global`."""
    return text.find("global", first, end) >= 0 and _GLOBAL.search(text, first, end) is not None


def of_statement(text: str) -> tuple[str, dict[int, Span]]:
    """A statement without the insides of the functions and classes in it, if they do not say `global`; and the spans of
    these, by the line of `def` or `class`."""
    starts = list(_starts(text, _ANYWHERE))
    return _emptied(text, _pieces(text, starts, starts[0][2])) if starts else (text, {})


@functools.cache
def _tokens(begins: str, strings: bool) -> re.Pattern[str]:
    """What to look for in a text: the beginnings of statements, and if need be what may hold something like them."""
    return re.compile(f"{_OTHERS}|{begins}" if strings else begins, re.S)


def _starts(text: str, begins: str) -> Iterator[tuple[int, int, int]]:
    """Where statements may begin: the line, the statement, and how far it is indented."""
    # Only where a string may go over lines, strings and comments have to be told from code.
    tokens = _tokens(begins, any(each in text for each in _LONG))
    for match in tokens.finditer("\n" + text):
        if match.lastindex:
            yield match.start(), match.end() - 1, match.end(1) - match.start(1)


def _pieces(text: str, starts: Iterable[tuple[int, int, int]], outside: int) -> Iterator[_Piece]:
    """The definitions that are indented further than `outside`, but not those in others; each ends where the next
    statement begins that is not indented further."""
    piece: _Piece | None = None
    first, depth = None, sys.maxsize  # of the decorators or of the definition that we are in
    for line, at, indent in itertools.chain(starts, [(len(text), len(text), -1)]):
        if indent > depth:
            continue  # inside a definition, or in the arguments of a decorator
        if piece is not None:
            yield piece._replace(end=line)
        if text[at : at + 1] == "@":
            first, piece, depth = at if first is None else first, None, indent
            continue
        piece = _piece(text, at if first is None else first, at) if indent > outside else None
        first, depth = None, sys.maxsize if piece is None else indent


def _piece(text: str, first: int, at: int) -> _Piece | None:
    match = _DEFINITION.match(text, at)
    if match is None:
        return None
    return _Piece(first, at, at, f"def {match[3]}(): ..." if match[1] else f"class {match[3]}: ...")


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
