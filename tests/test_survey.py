"""The survey: scopes and what their names are bound to, calls, and awaited expressions."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from flake8_valuetask import refs
from flake8_valuetask.survey import Scope, Survey, reading, survey


def surveyed(text: str, name: str = "") -> Survey:
    return survey(ast.parse(dedent(text)), name)


def scope(whole: Survey, path: str) -> Scope:
    """The scope of a dotted name."""
    found = whole.scope
    for name in path.split("."):
        found = next(child for child in found.children if child.name == name)
    return found


@pytest.mark.parametrize(
    ("statement", "name", "how"),
    [
        ("x = 1", "x", "value"),
        ("x: int", "x", "annotation"),
        ("x: int = 1", "x", "annotation"),
        ("import x", "x", "import"),
        ("import a.b as x", "x", "import"),
        ("from a import b as x", "x", "import"),
        ("def x(): pass", "x", "function"),
        ("class x: pass", "x", "class"),
        ("for x in y: pass", "x", "iter"),
        ("with y as x: pass", "x", "enter"),
        ("(x := 1)", "x", "value"),
        ("x, y = z", "y", "item"),
    ],
)
def test_binding(statement: str, name: str, how: str) -> None:
    (binding,) = surveyed(statement).scope.bindings[name]
    assert binding.how == how
    assert binding.line == 1


@pytest.mark.parametrize(
    "statement",
    [
        "x += 1",
        "try: pass\nexcept OSError as x: pass",
        "match y:\n    case x: pass",
        "match y:\n    case [*x]: pass",
        "match y:\n    case {**x}: pass",
        "match y:\n    case C(a=x): pass",
        "[*x] = y",
        "[(x := 1) for _ in y]",
        "for (x, z) in y: pass",
    ],
)
def test_other_bindings_are_seen(statement: str) -> None:
    assert "x" in surveyed(statement).scope.bindings


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import a.b", "a"),
        ("import a.b as a", "a.b"),
        ("from a.b import a", "a.b.a"),
        ("from . import a", "package.a"),
        ("from .b import a", "package.b.a"),
    ],
)
def test_target_of_an_import(statement: str, target: str) -> None:
    assert surveyed(statement, "package.module").scope.bindings["a"][0].target == target


def test_scopes_nest() -> None:
    whole = surveyed(
        "class A:\n    def f(self):\n        def g(): pass\n    class B:\n        async def h(self): pass\n"
    )
    assert scope(whole, "A.f.g").qualname == "A.f.g"
    assert scope(whole, "A.B.h").is_async
    assert scope(whole, "A.f.g").enclosing("class") is scope(whole, "A")
    assert [child.name for child in scope(whole, "A").children] == ["f", "B"]


def test_bodies_are_the_module_and_its_outermost_functions() -> None:
    whole = surveyed("def f():\n    def g(): pass\nclass A:\n    def h(self): pass\nif 1:\n    async def i(): pass\n")
    assert [body.scope.qualname for body in whole.bodies] == ["", "f", "A.h", "i"]
    assert [f.qualname for f in whole.bodies[1].functions] == ["f", "f.g"]


def test_line_of_a_scope_has_its_decorators() -> None:
    whole = surveyed("@a\n@b(\n    1)\ndef f():\n    pass\n")
    assert (scope(whole, "f").line, scope(whole, "f").end) == (1, 5)


@pytest.mark.parametrize("word", ["global", "nonlocal"])
def test_names_declared_elsewhere(word: str) -> None:
    whole = surveyed(f"def f():\n    x = 1\n    def g():\n        {word} x\n        x = 2\n")
    assert scope(whole, "f.g").elsewhere == {"x": word}
    assert ("x" in whole.scope.bindings) == (word == "global")


@pytest.mark.parametrize("inner", ["class A:\n        def g(self)", "def h():\n        def g()"])
@pytest.mark.parametrize(("word", "found"), [("global", (True, 1)), ("nonlocal", (False, 2))])
def test_names_declared_elsewhere_further_in(inner: str, word: str, found: tuple[bool, int]) -> None:
    whole = surveyed(f"def f():\n    x = 1\n    {inner}:\n            {word} x\n            x = 2\n")
    assert ("x" in whole.scope.bindings, len(scope(whole, "f").bindings["x"])) == found


def test_variables_of_comprehensions_stay_inside() -> None:
    whole = surveyed("def f(y):\n    return [x for x in y]\n")
    assert "x" not in scope(whole, "f").bindings
    assert "x" in scope(whole, "f").comprehensions


def test_parameters() -> None:
    whole = surveyed("def f(a, /, b: int = 1, *c, d, e=2, **g): pass")
    found = [(p.name, p.variety, p.default is not None) for p in scope(whole, "f").parameters]
    assert found == [
        ("a", "positional", False),
        ("b", "positional", True),
        ("c", "star", False),
        ("d", "keyword", False),
        ("e", "keyword", True),
        ("g", "starstar", False),
    ]


@pytest.mark.parametrize(
    ("body", "generator", "returns"),
    [
        ("return 1", False, 1),
        ("yield 1", True, 0),
        ("yield from x", True, 0),
        ("def g():\n        yield 1\n        return 2", False, 0),
        ("x = lambda: (yield)", False, 0),
        ("if x: return 1\n    return", False, 2),
    ],
)
def test_returns_and_yields_belong_to_their_function(body: str, generator: bool, returns: int) -> None:
    found = scope(surveyed(f"def f(x):\n    {body}\n"), "f")
    assert (found.generator, len(found.returns)) == (generator, returns)


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("...", True),
        ("'doc'", True),
        ("raise NotImplementedError", True),
        ("raise NotImplementedError('x')", True),
        ("pass", False),
        ("return 1", False),
        ("raise OSError", False),
    ],
)
def test_stub(body: str, stub: bool) -> None:
    assert scope(surveyed(f"def f():\n    {body}\n"), "f").is_stub == stub


def test_attributes_of_self_are_those_of_the_class() -> None:
    whole = surveyed(
        "class A:\n    def f(self):\n        self.x = g()\n        self.y: int = 1\n    async def h(self):\n        await self.x\n"
    )
    cls = scope(whole, "A")
    assert {"x", "y"} <= cls.attributes.keys()
    assert [(use.how, use.method.name) for use in cls.uses["x"]] == [("set", "f"), ("await", "h")]


@pytest.mark.parametrize(
    ("statement", "settled"),
    [
        ("await a()", {"a"}),
        ("b()", set()),
        ("await c(d())", {"c"}),
        ("async for _ in e(): pass", set()),
        ("return a()", {"a"}),
        ("return b(c())", {"b"}),
        ("return d().e", set()),
        ("return a() or b()", set()),
        ("raise a() from b()", {"a", "b"}),
        ("raise", set()),
    ],
)
def test_calls_know_whether_they_are_settled(statement: str, settled: set[str]) -> None:
    whole = surveyed(f"async def f(x):\n    {statement}\n")
    assert {ast.unparse(site.node.func) for site in whole.bodies[1].calls if site.settled} == settled


def test_callers_by_name() -> None:
    whole = surveyed("def f(): g(1)\nclass A:\n    def h(self): self.g(2)\n")
    assert [ast.unparse(site.node) for site in whole.callers["g"]] == ["g(1)", "self.g(2)"]


@pytest.mark.parametrize(
    ("expression", "ref"),
    [
        ("a", refs.Name("a")),
        ("a.b", refs.Attr(refs.Name("a"), "b")),
        ("a(b)", refs.Call(refs.Name("a"), (refs.Name("b"),))),
        ("await a", refs.Await(refs.Name("a"))),
        ("a[0]", refs.Item(refs.Name("a"), 0)),
        ("a[-1]", refs.Item(refs.Name("a"), -1)),
        ("a[True]", refs.Item(refs.Name("a"))),
        ("a[b]", refs.Item(refs.Name("a"))),
        ("a if b else c", refs.Either((refs.Name("a"), refs.Name("c")))),
        ("a or b", refs.Either((refs.Name("a"), refs.Name("b")))),
        ("(a := b)", refs.Name("b")),
        ("[a, b]", refs.Display("list", (refs.Name("a"), refs.Name("b")))),
        ("None", refs.NONE),
        ("f'{a}'", refs.Const("str")),
        ("a + b", refs.UNKNOWN),
    ],
)
def test_expression_as_a_reference(expression: str, ref: refs.Ref) -> None:
    tree = ast.parse(f"async def f():\n    ({expression})\n").body[0]
    assert isinstance(tree, ast.AsyncFunctionDef) and isinstance(tree.body[0], ast.Expr)
    assert reading.value(tree.body[0].value) == ref


def test_variable_of_a_comprehension_stands_for_an_element() -> None:
    element = refs.Iter(refs.Name("b"))
    assert reading.value(ast.parse("a.c", mode="eval").body, {"a": element}) == refs.Attr(element, "c")
