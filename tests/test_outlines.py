"""Outlines say what the modules say."""

from __future__ import annotations

import ast
import io
import itertools
import sys
import tokenize
from collections.abc import Iterator

import pytest

from flake8_valuetask import refs
from flake8_valuetask.kinds import Kinds, decorators, names, results, types
from flake8_valuetask.options import Additions, Search
from flake8_valuetask.project import Library
from flake8_valuetask.survey import Scope, Survey, definitions, outline, sleeping, strings, survey
from tests import libraries

MODULES = [
    "argparse",
    "asyncio/queues",
    "asyncio/streams",
    *(["asyncio/taskgroups"] if sys.version_info >= (3, 11) else []),
    "asyncio/tasks",
    "concurrent/futures/_base",
    "contextlib",
    "dataclasses",
    "http/client",
    "socketserver",
    "unittest/async_case",
    "unittest/mock",
]
ODD = r'''
import abc
import contextlib
import functools
import typing
from collections.abc import Coroutine
from typing import Any, NoReturn, Optional

from flake8_valuetask.runtime import ValueTask, value_task

Job = Coroutine[Any, Any, int]
Named: typing.TypeAlias = "Optional[Job]"
declared: Job
table: "dict[str, list[Job]]" = {}
one, (two, three) = 1, (2, 3)
made = Coroutine if table else None


class Outer:
    field: Job
    other = value = None

    class Inner:
        async def get(self) -> "Outer": ...

        @property
        def page(self) -> Job: ...

    def __init__(self, job: Job, *rest: int, key: str = "a", **more: Any) -> None:
        self.job = job
        self.inner = self.Inner()
        self.rest, self.more = rest, more

    def give(self):
        return self.inner.get()

    def again(self):
        return self.give()

    @classmethod
    def build(cls):
        return cls(None)

    @staticmethod
    async def still(): ...

    @abc.abstractmethod
    def abstract(self) -> ValueTask[int]: ...

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return True


def odd(x, /, y: (int, str), z: "not valid (" = 1, *, w: Job | None = None) -> (int, str): ...


def broken(x) -> "not valid (":
    raise ValueError(x)


def fail() -> NoReturn:
    raise SystemExit


def fails():
    fail()


def nested(x):
    async def inner(y: Job) -> int:
        return await y

    class Local:
        async def get(self): ...

    if x:
        return inner(x)
    return inner(None)


def chosen(x):
    return nested(x) if x else None


def walrus(x):
    return (y := nested(x)) or [z for z in y]


async def stream():
    yield nested(1)


async def steps():
    async for step in stream():
        return step


@contextlib.asynccontextmanager
async def manager():
    yield nested(1)


@value_task
async def task():
    return 1


def wrapping(f):
    @functools.wraps(f)
    async def inner(*args):
        return await f(*args)

    return inner


@wrapping
def wrapped(): ...


def kept(x):
    if (found := x.get()) is None:
        x.kept = found = nested(x)
    return found


if made:

    @functools.wraps(nested)
    async def within(x):
        def inner(): ...

        return inner

    class Within:
        if table:

            async def get(self):
                self.found, more = nested(self), 1
                return more

        async def again(self): ...
        def plain(self): return self.found
else:
    def within(
        x,
    ):
        return x


def counted():
    global counter
    counter = nested(1)

    async def inner(): ...


class Counting:
    def first(self):
        global counter

    async def second(self):
        return self


async def said(x="def none(): "):
    """
def none():
    class None_:
"""
    return r'class \
None_:' # """


def commented():
    return """
    # "The end."
# of a string"""
    # of the function


class Decorated:
    @functools.lru_cache(maxsize=
        None)
    @functools.wraps(nested,
    )
    async def get(self):
        """x"""
        # nothing

    # more

    if made:
        def __init__(
            self,
            # here
            *,
            job: Job,
        ) -> None: ...

    @functools.wraps(

        # here
        "x"
    )

    def got(self): return [
        1,
    ]


class Texts:
    "Texts."

    async def first(self):
        return nested(
"""at the margin
    async def none(self): ...
""", 1)

    "Between."
    async def second(self):
        """Get."""
        return self


def continued(x): return \
    nested(x)
# async def commented(x): ...


partial = functools.partial(nested, 1)
look = lambda x: nested(x)
again = task
'''


AT_MARGIN = r"""
def plain(): ...


class \
Split:
    async def get(self): ...


class At:
    async def margin(
    self,
    ): ...


async def at_the_margin(
x,
): ...
"""


def shown(value: object) -> object:
    """A type as plain data that can be compared."""
    if isinstance(value, types.Union):
        return sorted(map(repr, map(shown, value.parts)))
    if isinstance(value, types.Type):
        return (type(value).__name__, *(shown(getattr(value, name)) for name in value.__match_args__))
    return tuple(map(shown, value)) if isinstance(value, tuple) else repr(value)


def unfolded(scope: Scope) -> Scope:
    """A scope; if it is of an outline, with all that is in it."""
    if isinstance(scope, sleeping.Margin):
        scope.bind_everything()
        scope.children.sort(key=lambda child: child.line)
    return scope


def functions(scope: Scope) -> Iterator[Scope]:
    """The functions of a module and of its classes."""
    for child in unfolded(scope).children:
        if child.kind == "class":
            yield from functions(child)
        else:
            yield child


def told(found: Survey) -> dict[str, object]:
    """What kinds tell of a module that others import."""
    others = Library(Search()).project("-")
    kinds = Kinds(survey(ast.parse("")), others, Additions())
    others.add(found)
    facts: dict[str, object] = {}
    for scope in functions(found.scope):
        facts[f"{scope.qualname} {scope.line}"] = _of_function(kinds, scope)
    for name, bindings in found.scope.bindings.items():
        facts[name] = shown(names.bound(kinds.evaluator, name, bindings, found.scope))
        facts[f"type {name}"] = shown(kinds.evaluator.foreign_alias(f"{found.name}.{name}"))
    return facts


def _of_function(kinds: Kinds, scope: Scope) -> list[object]:
    function = types.Function(scope)
    parameters = [
        (p.name, p.variety, kinds.parameter(scope, p), kinds.elements(scope, p), kinds.optional(scope, p))
        for p in scope.parameters
        if p.variety in ("positional", "keyword")
    ]
    said = [(p.name, p.variety, p.annotation is None, p.default is None) for p in scope.parameters]
    return [
        kinds.kind_of_result(scope),
        shown(results.function_result(kinds.evaluator, function)),
        decorators.effects(kinds.evaluator, scope),
        parameters,
        said,
        (scope.is_async, scope.generator, scope.is_stub, scope.line, scope.end, scope.may_return_true),
        kinds.callees.never(function),
    ]


def trip(text: str, name: str, package: bool = False) -> tuple[Survey, Survey]:
    """A survey, and the outline of the same module."""
    found = outline.outline(text, name, package)
    assert isinstance(found.scope, outline.Outline)
    found.scope.bind_everything()
    return survey(ast.parse(text), name, package), found


@pytest.mark.parametrize("module", MODULES)
def test_outline_tells_the_same_of_a_module(module: str) -> None:
    parsed = libraries.read(libraries.STDLIB / f"{module}.py")
    name = module.replace("/", ".").removesuffix(".__init__")
    before, after = trip("".join(parsed.lines), name, module.endswith("__init__"))
    assert told(after) == told(before)
    assert after.package is before.package
    assert len(told(before)) > 10


def test_outline_tells_the_same_of_odd_code() -> None:
    before, after = trip(ODD, "odd")
    assert told(after) == told(before)


def test_text_that_deceives_is_parsed_as_a_whole() -> None:
    before, after = trip(AT_MARGIN, "margin")
    assert told(after) == told(before)
    with pytest.raises(SyntaxError):
        ast.parse(definitions.of_module(AT_MARGIN).others[0][1])


def test_text_that_deceives_is_surveyed_once() -> None:
    text = "table = [\nvalue,\n]\nif table:\n    class Page: ...\nelse:\n    class Page: ...\n"
    before, after = trip(text, "margin")
    assert len(after.scope.bindings["Page"]) == len(before.scope.bindings["Page"]) == 2
    assert len(after.scope.children) == len(before.scope.children)


@pytest.mark.parametrize("name", ["plain", "At", "at_the_margin"])
def test_definition_where_the_text_deceives(name: str) -> None:
    found = outline.outline(AT_MARGIN, "margin", False).scope.bindings[name][0].scope
    whole = survey(ast.parse(AT_MARGIN)).scope.bindings[name][0].scope
    assert found is not None and whole is not None
    assert [each.name for each in unfolded(found).children] == [each.name for each in whole.children]
    assert ([p.name for p in found.parameters], found.is_async) == ([p.name for p in whole.parameters], whole.is_async)


def test_only_what_says_a_word_is_left() -> None:
    text = (
        "import a\n\n@b(\n    1\n)\ndef c() -> NoReturn: ...\ndef d(): ...\n\nif e:\n    def f() -> Never: ...\ng = 1\n"
    )
    assert definitions.of_module(text, ("NoReturn", "Never")) == (
        {"c": (("def", (3, 6)),)},
        [(1, "import a\n\n"), (9, "if e:\n    def f() -> Never: ...\n")],
    )
    assert definitions.of_module("") == ({}, [])


@pytest.mark.parametrize("first", ["returned", "parameters", "is_async", "result", "decorators", "docstring", "line"])
def test_any_question_may_be_the_first(first: str) -> None:
    text = 'async def get(x: int) -> str:\n    "Get."\n    return x\n'
    whole = survey(ast.parse(text)).scope.children[0]
    scope = trip(text, "held")[1].scope.children[0]
    assert str(getattr(scope, first))[:30] == str(getattr(whole, first))[:30]  # trees are not the same ones
    assert [p.name for p in scope.parameters] == ["x"]
    assert (scope.returned, scope.is_async, scope.docstring) == (whole.returned, True, "Get.")


def test_function_is_parsed_when_it_is_asked_for() -> None:
    broken = "class Held:\n    def get(self): return 1\n\n    async def put(self): return (\n"
    found = outline.outline(broken, "held", False).scope.bindings["Held"][0].scope
    assert found is not None
    assert [method.name for method in unfolded(found).children] == ["get", "put"]
    assert not found.children[0].is_async
    assert found.children[1].is_async
    assert found.children[1].is_stub  # nothing is known of a body that is no Python


DECLARED = """
class Held:
    def put(self, page):
        self.page = page
        self.other = page
        self.third = page

    def __init__(self):
        self.page: int = 1
        self.other = {self.third: 1}
"""


@pytest.mark.parametrize(
    ("name", "bound", "awake"),
    [
        ("page", ["annotation"], {"__init__"}),
        ("other", ["value", "value"], {"put", "__init__"}),
        ("third", ["value"], {"put", "__init__"}),
    ],
)
def test_methods_that_set_what_another_one_declares_are_not_parsed(
    name: str, bound: list[str], awake: set[str]
) -> None:
    held = outline.outline(DECLARED, "held", False).scope.bindings["Held"][0].scope
    assert held is not None
    assert [binding.how for binding in held.attributes[name]] == bound
    assert {method.name for method in held.children if not vars(method)["_asleep"]} == awake
    assert "put" in {use.method.name for use in held.uses[name]}  # who asks for uses gets all of them


@pytest.mark.parametrize(
    "text",
    [
        "import page.other\n",
        "import other, page.other\n",
        "import other; page.other = 1; import page.third\n",
        "from other import page\npage.other = 1\n",
        "if page.other:\n    import page\n",
        "page .other = page = 1\n",
        "pages.page = 1\npage1 = 2\n",
        "for page in page.other: page.third\n",
        "__all__ = ['page']\n__all__ += ('page',)\n",
        "if other:\n    __all__ = ['other']\n    page = 1\n    __all__ = [*page.__all__]\n",
    ],
)
def test_statement_that_binds_a_name_beside_other_uses_of_it(text: str) -> None:
    bound = [each.scope.bindings.get("page", []) for each in trip(text, "held")]
    before, after = ([(binding.how, binding.line, binding.target) for binding in each] for each in bound)
    assert after == before


@pytest.mark.parametrize("statement", ["page.other = (", "if page.other == (:\n    other = 1", "__all__ = ['page', (]"])
def test_statement_that_cannot_bind_a_name_is_not_parsed_for_it(statement: str) -> None:
    found = outline.outline(f"import page\n{statement}\n", "held", False)
    assert [binding.how for binding in found.scope.bindings["page"]] == ["import"]


@pytest.mark.parametrize(("name", "package"), [("pack", True), ("pack.module", False), ("module", False)])
def test_outline_tells_where_imports_inside_a_function_lead(name: str, package: bool) -> None:
    before, after = trip("def get():\n    from . import inner\n    return inner\n", name, package)
    targets = {each.scope.children[0].bindings["inner"][0].target for each in (before, after)}
    assert targets == {"pack.inner" if "pack" in name else "inner"}


@pytest.mark.parametrize("depth", [4, 12])
def test_outline_of_nested_scopes(depth: int) -> None:
    text = "".join(f"{' ' * n}class C{n}:\n" for n in range(depth)) + " " * depth + "async def get(self): ...\n"
    before, after = trip(text, "deep")
    assert told(after) == told(before)


@pytest.mark.parametrize(
    "text",
    [
        'page = """\na\n"""\n',
        "page = '''\n\"\"\"\n''' + \"\"\"\n'''\"\"\"\n",
        'page = "\'\'\'"  # """\n',
        'page = r"""\\"""; other = """\\\\"""\n',
        'page = "a\\\nb" + """\n"""\n',
        'page = """a\\\nb"""\nif a and \\\n    b: """c"""\n',
        'page = """{a}""" + """""" + """\n"""\n',
        '# it\'s\npage = """\n# "\n"""\n',
        'page = """\n',
    ],
)
def test_strings_over_lines(text: str) -> None:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except tokenize.TokenError:
        tokens = []  # a string that does not end
    starts = [0, *itertools.accumulate(map(len, text.splitlines(keepends=True)))]
    long = [each for each in tokens if each.type == tokenize.STRING and "\n" in each.string]
    spans = [(starts[a - 1] + b, starts[c - 1] + d) for (a, b), (c, d) in ((each.start, each.end) for each in long)]
    assert [each for each in strings.over_lines(text) if "\n" in text[slice(*each)]] == spans


@pytest.mark.parametrize(
    "text",
    [
        "def get(): ...",
        "@one\n@two.three  # four\nasync def get(self, x: int = {1: 2}[1]) -> 'Job': ...",
        "@one(1)\ndef get() -> (\n    int,\n    str,\n): ...",
        "@ one\n# two\ndef get(x=lambda y: y) -> dict[str, list[\n    int  # a comment: here\n]]: ...",
        "@one\ndef get(x: Callable[[int], str]) -> \\\n    None: ...",
        "async  def get(x=':', y='->') -> page.Job | None: return (lambda: 1)",
        "def get() -> (lambda: 1): ...",
    ],
)
def test_head_of_a_function(text: str) -> None:
    before = survey(ast.parse(text)).scope.children[0]
    after = outline.outline(text, "held", False).scope.bindings["get"][0].scope
    assert after is not None
    heads = [(each.decorators, each.is_async, each.result) for each in (before, after)]
    assert heads[0] == heads[1]
    assert "parameters" not in vars(after)


FOLDED = """
class Held(Base,
           metaclass=abc.ABCMeta):
    # before

    "Held."
    broken = (
    one: int = 1; two = one
    if one:
        def set(self):
            self.kept: Job = make()
    else:
        class Inner: ...
    three, four = (
        1, 2)

    def get(self): return self.kept, self . one
"""


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("one", [("annotation", 8)]),
        ("two", [("value", 8)]),
        ("set", [("function", 10)]),
        ("Inner", [("class", 13)]),
        ("four", [("value", 14)]),
        ("get", [("function", 17)]),
        ("kept", []),
    ],
)
def test_statement_of_a_class_is_parsed_when_a_name_in_it_is_asked_for(name: str, bound: list[tuple[str, int]]) -> None:
    held = outline.outline(FOLDED, "held", False).scope.bindings["Held"][0].scope
    assert held is not None
    assert [(each.how, each.line) for each in held.bindings.get(name, [])] == bound


def test_head_of_a_class_is_read_without_its_body() -> None:
    held = outline.outline(FOLDED, "held", False).scope.bindings["Held"][0].scope
    assert held is not None
    assert held.bases == [refs.Name("Base")]
    assert held.decorators == []
    assert [(each.how, each.line) for each in held.attributes.get("kept", [])] == [("annotation", 11)]
    assert (held.line, held.end) == (2, 17)


@pytest.mark.parametrize(
    "text",
    [
        "class Held: one = 1; two = 2\n",
        "class Held:\n    one = 1\n    two = (\n    3)\n",
        "class Held:\n    one = 1\n\f    two = 2\n",
    ],
)
def test_all_names_of_a_class(text: str) -> None:
    held = outline.outline(text, "held", False).scope.bindings["Held"][0].scope
    assert held is not None
    assert {name: [each.how for each in bound] for name, bound in held.bindings.items()} == {
        "one": ["value"],
        "two": ["value"],
    }
