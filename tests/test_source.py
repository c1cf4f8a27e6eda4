"""Ranges of nodes are true, whatever the text looks like."""

from __future__ import annotations

import ast
import io

import pytest

from flake8_valuetask import source
from flake8_valuetask.source import Decorator, Named, Source, Span


def as_flake8_reads(text: str) -> Source:
    """A source as flake8 hands it over: its lines end at newlines only."""
    return Source(tuple(io.StringIO(text)), ast.parse(text))


def awaits(read: Source) -> list[Span]:
    """The ranges of all awaits of a source."""
    return sorted(read.span(node) for node in ast.walk(read.tree) if isinstance(node, ast.Await))


TEXTS = {
    "plain": "x = 1\nasync def f():\n    await a\n    await b\n",
    "method": "class C:\n    x = 1\n    async def f(self):\n        await a\n        await b\n",
    "deep": "if 1:\n  if 2:\n      class C:\n          async def f(self):\n            await a\n",
    "tabs": "class C:\n\tasync def f(self):\n\t\tawait a;\tawait b\n",
    "decorated": "@cache(\n    1,\n)\n@other\nasync def f():\n    await a\n",
    "decorated method": "class C:\n    @property\n    @other\n    async def f(self):\n        await a\n",
    "one line": "async def f(): await a; await b\n",
    "no newline at the end": "async def f():\n    await a",
    "wide characters": "async def f():\n    x = 'ä€𝄞'; await a; y = 'ß'; await b\n",
    "wide names": "async def größe():\n    await größe(𝔵); await b\n",
    "several lines": "async def f():\n    await (\n        a\n    )\n    return [\n  await b,\n    ]\n",
    "continued": "async def f():\n    x = \\\n  await a\n",
    "comment at the margin": "class C:\n    async def f(self):\n        await a\n# margin\n        await b\n",
    "strings at the margin": "class C:\n    async def f(self):\n        x = '''\nmargin\n'''\n        await a\n",
    "blank lines": "\n\n\nasync def f():\n\n\n    await a\n\n    await b\n\n\n",
    "form feed": "x = 1\n\f\nasync def f():\n    await a\n\f\n    await b\n",
    "separators in strings": "async def f():\n    x = '\u2028\x1c\x85'; await a\n    await b\n",
    "nested functions": "async def f():\n    async def g():\n        await a\n    await g()\n",
}


def at(read: Source, span: Span) -> str:
    """The text in a range, white space folded."""
    lines = list(read.lines[span.line - 1 : span.end_line])
    lines[-1] = lines[-1][: span.end_column]
    return " ".join(
        "".join([lines[0][span.column :], *lines[1:]] if len(lines) > 1 else [lines[0][span.column :]]).split()
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ranges_in_code_points(text: str) -> None:
    read = as_flake8_reads(text)
    found = [ast.parse(f"async def f():\n {at(read, span)}").body[0].body[0].value for span in awaits(read)]
    assert [ast.dump(node) for node in found] == [ast.dump(node) for node in in_order(read, ast.Await)]


def in_order(read: Source, kind: type[ast.expr]) -> list[ast.expr]:
    """The expressions of a class, in the order of the text."""
    found = [node for node in ast.walk(read.tree) if isinstance(node, kind)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


FORMATTED = [
    "f'{a} {b!r:>{c}} {{d}} {a}'",
    'f"""\n é {a} {\n  a + b(c)\n } {b}\n{  c  }"""',
    "('x {a}' f'é{a}{b}' rf'\\d{c}'\n   f'{d[\"k\"]}')",
    "f'{a=}' f'{ b = !r}' f'{(lambda c: c)(d)}'",
    "f'{a}' + f\"{f'{b} {c}'}\"",
]


@pytest.mark.parametrize("text", FORMATTED)
def test_ranges_in_formatted_strings(text: str) -> None:
    """Python before 3.12 works them out by itself, and right."""
    read = as_flake8_reads(f"x = {text}\n")
    names = in_order(read, ast.Name)
    assert len(names) > 3
    assert [at(read, read.span(node)) for node in names] == [node.id for node in names if isinstance(node, ast.Name)]


def test_ranges_in_lines_with_other_ends() -> None:
    text = "class C:\r\n    async def f(self):\r\n        await a\r\n"
    read = Source(tuple(text.splitlines(keepends=True)), ast.parse(text))
    assert awaits(read) == [Span(3, 8, 3, 15)]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("def größe(a): pass", (4, 9)),
        ("async def f(a): pass", (10, 11)),
        ("async  def\tf (a): pass", (11, 12)),
        ("def \\\n  f(a): pass", (0, 3)),
    ],
)
def test_name_of_a_definition(head: str, name: tuple[int, int]) -> None:
    read = as_flake8_reads(f"@cache\n@other(\n 1)\n{head}\n")
    (node,) = read.tree.body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert read.span(Named(node)) == Span(4, name[0], 4, name[1])
    assert read.span(Decorator(node, node.decorator_list[0])) == Span(1, 0, 1, 6)
    assert at(read, read.span(Decorator(node, node.decorator_list[1]))) == "@other( 1)"
    assert at(read, read.span(node.args.args[0])) == "a"


@pytest.mark.parametrize("text", ["def (", "x = '\0'", "\tx\n  y", "[" * 100_000])
def test_invalid_text_is_none(text: str) -> None:
    assert source.parse(text) is None


@pytest.mark.parametrize("odd", ["\f", "\x1c", "\u2028", "\x85", "\v"])
def test_lines_of_a_parsed_text_are_those_of_its_tree(odd: str) -> None:
    read = source.parse(f"x = '''{odd}'''\ny = 2\n")
    assert read is not None
    assert read.lines[read.tree.body[1].lineno - 1] == "y = 2\n"
