"""Slices of source keep lines and columns, whatever the text looks like."""

from __future__ import annotations

import ast
import io
from textwrap import dedent

import libcst as cst
import pytest

from flake8_valuetask import source
from flake8_valuetask.source import Slice, Source, Span


def as_flake8_reads(text: str) -> Source:
    """A source as flake8 hands it over: its lines end at newlines only."""
    return Source(tuple(io.StringIO(text)), ast.parse(text))


def awaits(part: Slice) -> list[Span]:
    """The ranges of all awaits in a slice."""
    found: list[cst.Await] = []

    class Visitor(cst.CSTVisitor):
        def visit_Await(self, node: cst.Await) -> None:
            found.append(node)

    part.module.visit(Visitor())
    return part.spans(found)


def expected(text: str) -> list[Span]:
    """The same ranges as Python's own tree has them, in code points."""
    lines = text.split("\n")
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Await)]
    spans = []
    for node in nodes:
        assert node.end_lineno is not None and node.end_col_offset is not None
        first, last = lines[node.lineno - 1].encode(), lines[node.end_lineno - 1].encode()
        start, end = len(first[: node.col_offset].decode()), len(last[: node.end_col_offset].decode())
        spans.append(Span(node.lineno, start, node.end_lineno, end))
    return sorted(spans)


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


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_slice_of_a_function_keeps_places(text: str) -> None:
    read = as_flake8_reads(text)
    outer = next(n for n in ast.walk(read.tree) if isinstance(n, ast.AsyncFunctionDef))
    first = min([outer.lineno, *(d.lineno for d in outer.decorator_list)])
    part = source.function(read, first, outer.end_lineno or 0)
    assert part is not None
    assert sorted(awaits(part)) == expected(text)


def test_slice_of_lines_with_other_ends() -> None:
    text = "class C:\r\n    async def f(self):\r\n        await a\r\n"
    read = Source(tuple(text.splitlines(keepends=True)), ast.parse(text))
    part = source.function(read, 2, 3)
    assert part is not None
    assert awaits(part) == [Span(3, 8, 3, 15)]


def test_module_leaves_out_the_bodies_of_functions() -> None:
    text = dedent(
        """\
        import a

        x = a.first()


        def f():
            '''doc'''
            return hidden

        class C:
            y = a.second()

            async def g(self):
                def inner(): return hidden
                return hidden

            z = a.third()

        if x:
            def h(): return 1
        w = a.fourth()
        """
    )
    part = source.toplevel(as_flake8_reads(text))
    assert part is not None
    lines = part.module.code.split("\n")
    assert len(lines) == len(text.split("\n"))
    assert "hidden" not in part.module.code
    kept = [n for n, line in enumerate(text.split("\n")) if "a." in line]
    assert [lines[n] for n in kept] == [text.split("\n")[n] for n in kept]


@pytest.mark.parametrize(
    "text", ["\ufeffx = 1\n", "\f\nx = 1\n", "x = '\u2028'\ny = 2\n", "", "# comment\n", "def f():\n    pass\n"]
)
def test_module_of_odd_text_is_read(text: str) -> None:
    read = Source(tuple(io.StringIO(text)), ast.parse(text.removeprefix("\ufeff")))
    part = source.toplevel(read)
    assert part is not None
    assert len(part.module.code.split("\n")) == len(text.split("\n"))


@pytest.mark.parametrize("text", ["def (", "x = '\0'", "\tx\n  y", "[" * 100_000])
def test_invalid_text_is_none(text: str) -> None:
    assert source.parse(text) is None


def test_lines_that_libcst_cannot_read_are_none() -> None:
    assert source.function(Source(("def f(:\n",), ast.parse("")), 1, 1) is None


@pytest.mark.parametrize("odd", ["\f", "\x1c", "\u2028", "\x85", "\v"])
def test_lines_of_a_parsed_text_are_those_of_its_tree(odd: str) -> None:
    read = source.parse(f"x = '''{odd}'''\ny = 2\n")
    assert read is not None
    assert read.lines[read.tree.body[1].lineno - 1] == "y = 2\n"
