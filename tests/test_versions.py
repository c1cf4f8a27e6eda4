"""The text of a module while it is edited: tree and survey of each version are those of a look at all of it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from benchmarks import editor
from flake8_valuetask import source
from flake8_valuetask.survey import Binding, Scope, Survey, survey
from flake8_valuetask.survey.versions import Versions
from tests.analyses import lines_of
from tests.samples import ROOT

HEAD = "import asyncio\n\n\n"
ONE = "def one(a):\n    self.b = a\n    return one(a)\n\n\n"
TWO = "class Two:\n    c = one(1)\n\n    async def three(self):\n        self.d = await three()\n\n\n"
LAST = "if one:\n    two = Two()\n    other.two = two\n"

# The versions of a module, some of which are no Python.
TEXTS = {
    "nothing changes": [HEAD + ONE + TWO, HEAD + ONE + TWO],
    "all of it changes": [HEAD + ONE, TWO + LAST],
    "it is empty": ["", ONE, "", "\n", ONE],
    "a statement in the middle": [HEAD + ONE + TWO + LAST, HEAD + TWO + LAST, HEAD + ONE + TWO + LAST],
    "the first statement": [HEAD + ONE, "import os\n" + HEAD + ONE, ONE],
    "a comment at the top": [HEAD + ONE, "# here\n" + HEAD + ONE, "  # there\n" + HEAD + ONE],
    "the first line is indented": [ONE + TWO, "  x = 1\n" + ONE + TWO, ONE + TWO],
    "the last statement": [ONE + TWO, ONE + TWO + LAST, ONE + TWO + LAST.rstrip("\n"), ONE + TWO],
    "a statement goes on": [ONE + "print(1)\n", ONE + "    print(2)\nprint(1)\n", ONE + "print(1)\n"],
    "an else comes": [LAST + TWO, LAST + "else:\n    three = 1\n" + TWO, LAST + TWO],
    "a decorator comes": [ONE + TWO, ONE + "@one\n" + TWO, "@one\n" + ONE + TWO, "@one\n" + TWO],
    "a string opens, and closes": [ONE + TWO, ONE + '"""\n' + TWO, ONE + '"""\n' + TWO + '"""\n', ONE + TWO],
    "a bracket opens, and closes": [ONE + "x = 1\n" + LAST, ONE + "(\nx == 1\n" + LAST, "(\n" + "x\n)\n" + LAST],
    "a line goes on": [
        ONE + "x = 1\ny = 2\n",
        ONE + "x = 1 + \\\ny = 2\n",
        ONE + "x = 1; \\\ny = 2\n",
        ONE + "y = 2\n",
    ],
    "the end goes on": [ONE + "x = 1; \\\ny = 2\n" + TWO, ONE + "if 1: x = 1; \\\ny = 2\n" + TWO, ONE + TWO],
    "two statements on a line": [ONE + "x = 1; y = 2\n" + TWO, ONE + "x = 1; y = 3; z = 4\n" + TWO, ONE + TWO],
    "lists of exports": [
        "__all__ = ['a']\n" + ONE + "__all__ += ['b']\n",
        "__all__ = ['a', 'c']\n" + ONE + "__all__ += ['b']\n",
        "__all__ = ['a', 'c']\n" + ONE + TWO + "__all__ += one()\n",
        ONE + TWO,
    ],
    "star imports": [ONE + "from a import *\n" + TWO, "from a import *\n" + ONE + "from b import *\n" + TWO],
    "global statements": [ONE + "def f():\n    global g\n    g = 1\n" + TWO, "def f():\n    g = 1\n" + TWO + ONE],
    "patches": [ONE + "setattr(a, 'b', 1)\n" + LAST, ONE + LAST, ONE + "a.b = Mock()\n"],
    "a method": [HEAD + TWO + ONE, HEAD + TWO.replace("self.d", "self.e") + ONE, HEAD + TWO + ONE],
    "the last method goes on": [
        TWO + ONE,
        TWO.rstrip() + "\n        self.d()\n\n" + ONE,
        TWO.rstrip() + "\n    # here\n\n    def d(self): ...\n" + ONE,
        TWO + ONE,
    ],
    "a class ends earlier": [TWO + TWO, TWO.replace("    async def", "async def") + TWO, TWO + TWO],
    "an else after a class": [TWO + ONE, TWO.rstrip() + "\nelse:\n    pass\n" + ONE, TWO + "x = 1\n" + ONE],
    "the first statement of a class": [
        TWO + ONE,
        TWO.replace("    c =", '    """Two."""\n    c =') + ONE,
        TWO.replace("    c = one(1)\n", "") + ONE,
    ],
    "the head of a class": [ONE + TWO, ONE + TWO.replace("Two", "Three(Two)"), ONE + "@one(two())\n" + TWO],
    "a method below a change": [HEAD + TWO + TWO, "print()\n" + HEAD + TWO + "x = 1\n" + TWO, TWO + HEAD + TWO],
    "global statements in methods": [
        ONE + "class A:\n    def f(self):\n        global g\n        g = 1\n" + TWO,
        ONE + "class A:\n    def f(self):\n        g = 1\n" + TWO,
        ONE + "class A:\n\n    def f(self):\n        global g\n        g = 1\n" + TWO,
    ],
    "a global statement in a class": [
        TWO + ONE,
        TWO.replace("    c =", "    global c\n    c =") + ONE,
        TWO.replace("    c =", "    global c\n    c = 2, ") + ONE,
        TWO + ONE,
    ],
    "exports in a class": [
        TWO + ONE,
        TWO.replace("    c =", "    __all__ = ['c']\n    __all__ += ['d']\n    c =") + ONE,
        TWO.replace("    c =", "    __all__ = ['c']\n    __all__ += ['e']\n    c =") + ONE,
    ],
    "a class on one line": ["class A: x = 1; y = 2\n" + TWO, "class A: x = 1; y = 3\n" + TWO, TWO],
    "a string in a class": [
        TWO + ONE,
        TWO.rstrip() + "\n    '''\n" + ONE,
        TWO.rstrip() + "\n    '''\n" + ONE + "'''\n",
    ],
    "letters beyond ASCII": [ONE + "x = 'ä'; y = 1\n" + TWO, "# ö\n" + ONE + "x = 'ä'; y = 1\n" + TWO],
}


def told(found: Survey) -> Any:
    """What a survey tells, without its objects."""
    bodies = [
        (
            body.scope.qualname,
            [(site.node.lineno, site.scope.qualname, site.settled) for site in body.calls],
            [(node.lineno, scope.qualname) for node, scope in body.awaits],
            [function.qualname for function in body.functions],
            body.reads,
        )
        for body in found.bodies
    ]
    callers = {name: [site.node.lineno for site in sites] for name, sites in found.callers.items()}
    return found.name, found.package, bodies, callers, _scope(found.scope)


def _scope(scope: Scope) -> Any:
    named = [
        [(name, [_binding(each) for each in found]) for name, found in all_of.items()]
        for all_of in (scope.bindings, scope.attributes, scope.comprehensions)
    ]
    uses = [(name, [(u.how, u.method.qualname, u.looped) for u in found]) for name, found in scope.uses.items()]
    plain = [scope.kind, scope.qualname, scope.elsewhere, scope.stars, scope.starred, scope.exports, scope.patched]
    place = (scope.line, scope.end, scope.generator, len(scope.returns), scope.docstring)
    return plain, place, named, uses, [_scope(child) for child in scope.children]


def _binding(binding: Binding) -> Any:
    scope = None if binding.scope is None else binding.scope.qualname
    node, value = (each and ast.dump(each, include_attributes=True) for each in (binding.node, binding.value))
    return binding.how, binding.line, node, scope, binding.target, binding.index, value


def compare(texts: Sequence[str]) -> int:
    """Read version after version, compare each with a look at all of it; how many of them are Python."""
    versions, number = Versions("here.py", "here", False), 0
    for text in texts:
        found, whole = versions.read(lines_of(text)), source.parse(text)
        assert (found is None) == (whole is None), text
        if found is not None and whole is not None:
            number += 1
            assert found[0].lines == whole.lines
            assert ast.dump(found[0].tree, include_attributes=True) == ast.dump(whole.tree, include_attributes=True)
            assert told(found[1]) == told(survey(whole.tree, "here"))
    return number


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_version_is_read_as_a_whole(texts: list[str]) -> None:
    assert compare(texts) > 1


@pytest.mark.parametrize("seed", range(4))
def test_drawn_lines(seed: int) -> None:
    text = (ROOT / "fixtures" / "clean" / "owners.py").read_text(encoding="utf-8") + editor.module(60)
    assert compare(list(_edited(text, random.Random(seed), 60))) > 10


def _edited(text: str, chance: random.Random, number: int) -> Iterator[str]:
    """Versions of a text, each with some lines left out, repeated, moved, or indented otherwise; or with a mark more."""
    yield text
    for _ in range(number):
        lines = text.splitlines(keepends=True)
        place, size = chance.randrange(len(lines)), chance.choice((1, 1, 1, 2, 5))
        piece = lines[place : place + size]
        match chance.randrange(5):
            case 0:
                del lines[place : place + size]
            case 1:
                lines[place : place + size] = [f"    {line}" for line in piece]
            case 2:
                lines[place : place + size] = [line.removeprefix("    ") for line in piece]
            case 3:
                to = chance.randrange(len(lines))
                lines[to:to] = piece
            case _:
                mark = chance.choice(("'''\n", '"""\n', "(\n", ")\n", "\\\n", "@one\n", "else:\n", "\n", "x = 1; \\\n"))
                lines.insert(place, mark)
        changed = "".join(lines)
        yield changed
        if source.parse(changed) is not None:
            text = changed


def test_what_has_not_changed_is_kept() -> None:
    versions = Versions("here.py", "here", False)
    before = versions.read(lines_of(HEAD + ONE + TWO + LAST))
    assert before is not None
    kept = before[1].scope.children
    after = versions.read(lines_of(HEAD + ONE.replace("return", "print(a)\n    return") + TWO + LAST))
    assert after is not None
    now = after[1].scope.children
    assert now[1] is kept[1]
    assert now[0] is not kept[0]
    assert now[1].line == 1 + (HEAD + ONE).count("\n") + 1


def test_methods_that_have_not_changed_are_kept() -> None:
    text = HEAD + TWO + "    def four(self):\n        return self.d\n"
    versions = Versions("here.py", "here", False)
    before = versions.read(lines_of(text))
    assert before is not None
    (cls,) = before[1].scope.children
    three, four = cls.children
    after = versions.read(lines_of(text.replace("await", "await one() and await")))
    assert after is not None
    assert after[1].scope.children == [cls]
    assert cls.children[0] is not three
    assert cls.children[1] is four


def test_after_an_error_the_last_version_counts() -> None:
    versions = Versions("here.py", "here", False)
    versions.read(lines_of(HEAD + ONE + TWO))
    assert versions.read(lines_of(HEAD + ONE + "(" + TWO)) is None
    found = versions.read(lines_of(HEAD + TWO))
    assert found is not None
    assert [each.qualname for each in found[1].scope.children] == ["Two"]
