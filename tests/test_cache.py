"""The cache: outlines say what the modules say, and whatever becomes of the files in it, the findings stay the same."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import flake8_valuetask
from flake8_valuetask import project
from flake8_valuetask.kinds import Kinds, decorators, names, results, types
from flake8_valuetask.options import Additions, Search
from flake8_valuetask.project import Library, cache, library
from flake8_valuetask.survey import Scope, Survey, outline, survey
from tests import libraries
from tests.trees import FETCH, ROOT, flake8, forget, found, process, twice, write

# There and back

MODULES = [
    "argparse",
    "asyncio/queues",
    "asyncio/streams",
    "asyncio/taskgroups",
    "asyncio/tasks",
    "concurrent/futures/_base",
    "contextlib",
    "dataclasses",
    "http/client",
    "socketserver",
    "unittest/async_case",
    "unittest/mock",
]
ODD = """
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


partial = functools.partial(nested, 1)
look = lambda x: nested(x)
again = task
"""


def shown(value: object) -> object:
    """A type as plain data that can be compared."""
    if isinstance(value, types.Union):
        return sorted(map(repr, map(shown, value.parts)))
    if is_dataclass(value) and isinstance(value, types.Type):
        return (type(value).__name__, *(shown(getattr(value, each.name)) for each in fields(value)))
    return tuple(map(shown, value)) if isinstance(value, tuple) else repr(value)


def functions(scope: Scope) -> Iterator[Scope]:
    """The functions of a module and of its classes."""
    for child in scope.children:
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
    """A survey, and what is left of it after writing and reading its outline."""
    data, lines = json.loads(json.dumps(outlined(text, name, package))), list(io.StringIO(text))
    return survey(ast.parse(text), name, package), outline.read(data, lines, name)


def outlined(text: str, name: str, package: bool = False) -> Any:
    """The outline of a module."""
    return outline.write(ast.parse(text), list(io.StringIO(text)), name, package)


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


@pytest.mark.parametrize(("name", "package"), [("pack", True), ("pack.module", False), ("module", False)])
def test_outline_tells_where_imports_inside_a_function_lead(name: str, package: bool) -> None:
    before, after = trip("def get():\n    from . import inner\n    return inner\n", name, package)
    targets = {each.scope.children[0].bindings["inner"][0].target for each in (before, after)}
    assert targets == ({"pack.inner"} if "pack" in name else {".inner"})


@pytest.mark.parametrize("depth", [4, 12])
def test_outline_of_nested_scopes_is_small(depth: int) -> None:
    text = "".join(f"{' ' * n}class C{n}:\n" for n in range(depth)) + " " * depth + "async def get(self): ...\n"
    before, after = trip(text, "deep")
    assert told(after) == told(before)
    assert len(json.dumps(outlined(text, "deep"))) < 10 * len(text)


# Second runs

CLIENT = "from other import Base\n\n\nclass Client(Base): ...\n"
BASE = "class Base:\n    async def get(self): ...\n"
TREE = {
    **ROOT,
    "helper.py": FETCH,
    "client.py": CLIENT,
    "other.py": BASE,
    "app.py": twice("from helper import fetch"),
    "main.py": twice("from client import Client", "Client().get()"),
    "third.py": twice("from client import Client\nfrom helper import fetch"),
}


class Tree:
    """A tree with a cache; each look at it is one of a new process."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = write(folder / "tree", files)
        self.cache = folder / "cache"

    def codes(self, name: str = "app.py", kept: bool = True) -> list[str]:
        """The codes found in a file, with the cache or without."""
        forget()
        search = Search(cache=str(self.cache) if kept else "")
        return [code for _, code in found(self.folder / name, search=search)]

    def files(self) -> list[Path]:
        """The files of the cache, other than folders."""
        return sorted(path for path in self.cache.rglob("*") if not path.is_dir())

    def kept(self, name: str) -> Path:
        """Where the outline of a module is kept."""
        path = str(self.folder / name)
        return next(each for each in self.files() if json.loads(each.read_bytes())["path"] == path)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree whose cache is filled."""
    made = Tree(tmp_path, TREE)
    assert made.codes() == ["VT101"]
    assert made.files()
    return made


def _fail(*_: object) -> None:
    raise AssertionError("parsed again")


@pytest.mark.parametrize("name", ["main.py", "third.py"])
def test_second_run_parses_nothing(name: str, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.codes(name)
    before = {path: path.stat().st_mtime_ns for path in tree.files()}
    monkeypatch.setattr(outline, "write", _fail)
    assert tree.codes() == ["VT101"]
    assert tree.codes(name) == ["VT101"]
    assert {path: path.stat().st_mtime_ns for path in tree.files()} == before


def test_outlines_serve_other_files(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree.folder, {"new.py": twice("import helper", "helper.fetch()")})
    monkeypatch.setattr(outline, "write", _fail)
    assert tree.codes("new.py") == ["VT101"]


def test_stubs_of_the_standard_library_are_kept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree.folder, {"one.py": twice("import asyncio", "asyncio.Queue().get()")})
    write(tree.folder, {"two.py": twice("# Another file.\nimport asyncio", "asyncio.Queue().get()")})
    assert tree.codes("one.py") == ["VT101"]
    monkeypatch.setattr(outline, "write", _fail)
    assert tree.codes("one.py") == ["VT101"]
    assert tree.codes("two.py") == ["VT101"]


def touched(path: Path, seconds: int) -> None:
    """Move the time of a file."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 1_000_000_000))


def changed(folder: Path, files: dict[str, str]) -> None:
    """Write files anew, later than they were."""
    before = {name: (folder / name).stat().st_mtime_ns for name in files if (folder / name).exists()}
    write(folder, files)
    for name, time in before.items():
        os.utime(folder / name, ns=(time, time + 1_000_000_000))


def test_module_of_another_size_is_read_anew(tree: Tree) -> None:
    time = (tree.folder / "helper.py").stat().st_mtime_ns
    write(tree.folder, {"helper.py": "def fetch():\n    return 1\n"})
    os.utime(tree.folder / "helper.py", ns=(time, time))
    assert tree.codes() == []


@pytest.mark.parametrize("seconds", [-3600, 1, 3600])
def test_module_of_another_time_is_read_anew(seconds: int, tree: Tree) -> None:
    path = tree.folder / "helper.py"
    before = path.stat()
    path.write_text(FETCH.replace("async def fetch", "async def other").replace("return 1", "return 2"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    touched(path, seconds)
    assert path.stat().st_size == before.st_size
    assert tree.codes() == []
    assert tree.codes() == []


def test_base_class_that_changes_is_read_anew(tree: Tree) -> None:
    assert tree.codes("main.py") == ["VT101"]
    changed(tree.folder, {"other.py": BASE.replace("async ", "")})
    assert tree.codes("main.py") == []
    changed(tree.folder, {"other.py": BASE})
    assert tree.codes("main.py") == ["VT101"]


def test_module_that_comes_and_goes(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {**ROOT, "app.py": twice("from helper import fetch")})
    assert tree.codes() == []
    write(tree.folder, {"helper.py": FETCH})
    assert tree.codes() == ["VT101"]
    write(tree.folder, {"helper.pyi": "def fetch() -> int: ...\n"})
    assert tree.codes() == []
    (tree.folder / "helper.pyi").unlink()
    assert tree.codes() == ["VT101"]
    (tree.folder / "helper.py").unlink()
    assert tree.codes() == []


def test_package_that_becomes_typed(tmp_path: Path) -> None:
    site = "venv/lib/python3.11/site-packages"
    files = {"venv/bin/python": "", f"{site}/foo/__init__.py": FETCH, "app.py": twice("import foo", "foo.fetch()")}
    folder = write(tmp_path / "tree", files)
    search = Search(interpreter=str(folder / "venv/bin/python"), cache=str(tmp_path / "cache"))
    assert found(folder / "app.py", search=search) == []
    write(folder, {f"{site}/foo/py.typed": ""})
    forget()
    assert found(folder / "app.py", search=search) == [(7, "VT101")]


DEEP: dict[str, tuple[dict[str, str], str, str]] = {
    "helper": ({}, "helper.py", "def use(c):\n    c.close()\n"),
    "helper of the helper": (
        {"helper.py": "from other import look\n\n\ndef use(c):\n    look(c)\n"},
        "other.py",
        "def look(c):\n    c.close()\n",
    ),
    "what ends the helper's path": (
        {
            "helper.py": "from other import stop\n\n\ndef use(c, x=0):\n    if x:\n        stop()\n        c.close()\n    print(c)\n"
        },
        "other.py",
        "def stop():\n    print()\n",
    ),
    "what the helper's manager swallows": (
        {
            "helper.py": "from other import Guard\n\n\ndef use(c):\n    with Guard():\n        unknown()\n        print(c)\n"
            "        return\n    c.close()\n"
        },
        "other.py",
        "class Guard:\n    def __enter__(self): ...\n    def __exit__(self, *_):\n        return True\n",
    ),
}
HARMLESS = {
    "helper.py": "def use(c):\n    print(c)\n",
    "other.py": "def look(c):\n    print(c)\n\n\ndef stop():\n    raise SystemExit\n\n\nclass Guard:\n"
    "    def __enter__(self): ...\n    def __exit__(self, *_):\n        return False\n",
}
USE = "from helper import use\n\n\nasync def own(): ...\n\n\nasync def sample():\n    page = own()\n    use(page)\n    await page\n"


@pytest.mark.parametrize(("files", "name", "text"), DEEP.values(), ids=DEEP)
def test_function_that_changes_is_followed_anew(files: dict[str, str], name: str, text: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path, {**ROOT, **HARMLESS, **files, "app.py": USE})
    before = (tree.folder / name).read_text()
    assert tree.codes() == []
    changed(tree.folder, {name: text})
    assert tree.codes(kept=False) == ["VT103"]
    assert tree.codes() == ["VT103"]
    changed(tree.folder, {name: before})
    touched(tree.folder / name, 5)
    assert tree.codes() == []


def test_options_are_not_mixed_up(tree: Tree) -> None:
    write(tree.folder, {"deep/helper.py": "def fetch(): ...\n"})
    ways = [([], 1), (["--valuetask-kinds=step"], 0), (["--valuetask-roots=./deep"], 0), ([], 1)]
    for options, number in ways:
        own = ("--isolated", "--select=VT", f"--valuetask-cache-dir={tree.cache}", *options)
        assert len(flake8(tree.folder, *own, "app.py")[1]) == number


# Files of the cache that are not what they should be


VERSIONS: dict[str, tuple[object, str, object]] = {
    "files of the program": (cache, "PACKAGE", str(Path(__file__).parent)),
    "program": (cache, "__version__", "99.0"),
    "Python": (sys, "version_info", (3, 99, 0, "final", 0)),
}


@pytest.mark.parametrize(("owner", "name", "value"), VERSIONS.values(), ids=VERSIONS)
def test_folder_of_another_version_is_not_used(
    owner: object, name: str, value: object, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlines_only(tree)
    for path in tree.files():
        spoiled = json.loads(json.dumps(unsealed(path)).replace("fetch", "quick"))
        path.write_text(json.dumps(sealed(spoiled)))
    before = {path: path.read_bytes() for path in tree.files()}
    assert tree.codes() == []  # that is what the spoiled outline says
    monkeypatch.setattr(project, "Cache", another(owner, name, value))
    assert tree.codes() == ["VT101"]
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(tree.cache.iterdir())) == 2


def unsealed(path: Path) -> dict[str, object]:
    """What a file of the cache holds; `outline` is what its sum is about."""
    kept = json.loads(path.read_bytes())
    return {"path": kept["path"], "stamp": kept["stamp"], "outline": json.loads(kept["kept"])}


def sealed(kept: object) -> object:
    """A file of the cache whose sum is that of the text before: what damage looks like."""
    if not isinstance(kept, dict):
        return kept
    text = json.dumps(kept.get("outline"), separators=(",", ":"))
    spoiled = "quick" in text  # by this program itself, so the sum is right
    return {**kept, "kept": text, "sum": cache._sum(text) if spoiled else "0"}


def another(owner: object, name: str, value: object) -> Callable[[str], cache.Cache]:
    """Makes the cache of another program."""

    def make(folder: str) -> cache.Cache:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(owner, name, value)
            return real(folder)

    real = cache.Cache
    return make


def scope(kept: dict[str, object], key: str, value: object) -> dict[str, object]:
    """What is kept, one part of the outline replaced."""
    data = kept["outline"]
    assert isinstance(data, dict)
    return {**kept, "outline": {**data, key: value}}


TEXTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda content: content[:-1],
    "cut in half": lambda content: content[: len(content) // 2],
    "doubled": lambda content: content * 2,
    "no JSON": lambda _: b"{'path': 1}",
    "no UTF-8": lambda content: b"\xff\xfe" + content,
    "null bytes": lambda content: b"\0" * len(content),
    "nested too deeply": lambda _: b"[" * 100_000,
    "list": lambda _: b"[]",
    "null": lambda _: b"null",
    "number": lambda _: b"1",
}
SHAPES: dict[str, Callable[[dict[str, object]], object]] = {
    "no outline": lambda kept: {"path": kept["path"], "stamp": kept["stamp"]},
    "no path": lambda kept: {"outline": kept["outline"], "stamp": kept["stamp"]},
    "another's path": lambda kept: {**kept, "path": f"{kept['path']}x", "outline": None},
    "another's time": lambda kept: {**kept, "stamp": [1, 2], "outline": None},
    "stamp of another shape": lambda kept: {**kept, "stamp": "now", "outline": None},
    "outline null": lambda kept: {**kept, "outline": None},
    "outline number": lambda kept: {**kept, "outline": 7},
    "outline text": lambda kept: {**kept, "outline": "text"},
    "outline list": lambda kept: {**kept, "outline": [1, 2]},
    "outline empty": lambda kept: {**kept, "outline": {}},
    "only a part": lambda kept: {**kept, "outline": {"package": False}},
    "stars number": lambda kept: scope(kept, "stars", 1),
    "bindings number": lambda kept: scope(kept, "bindings", 1),
    "bindings list": lambda kept: scope(kept, "bindings", ["fetch"]),
    "binding number": lambda kept: scope(kept, "bindings", {"fetch": 1}),
    "binding empty": lambda kept: scope(kept, "bindings", {"fetch": [[]]}),
    "binding of no scope": lambda kept: scope(kept, "bindings", {"fetch": [["function", 1, 99]]}),
    "binding of no text": lambda kept: scope(kept, "bindings", {"fetch": [["value", 1, [77], None, None]]}),
    "binding of no expression": lambda kept: scope(kept, "bindings", {"fetch": [["value", 1, "x +", None, None]]}),
    "children number": lambda kept: scope(kept, "children", 1),
    "children numbers": lambda kept: scope(kept, "children", [1]),
    "children empty": lambda kept: scope(kept, "children", []),
    "children text": lambda kept: scope(kept, "children", ["{"]),
    "children elsewhere": lambda kept: scope(kept, "children", [["function", "fetch", 70, 90]]),
}


def outlines_only(tree: Tree) -> Path:
    """The outline of the helper, all else in the cache taken away."""
    path = tree.kept("helper.py")
    for each in tree.files():
        if each != path:
            each.unlink()
    return path


@pytest.mark.parametrize("change", TEXTS.values(), ids=TEXTS)
def test_file_that_is_no_outline(change: Callable[[bytes], bytes], tree: Tree) -> None:
    path = outlines_only(tree)
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert tree.codes() == ["VT101"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES)
def test_outline_of_another_shape(change: Callable[[dict[str, object]], object], tree: Tree) -> None:
    path = outlines_only(tree)
    path.write_text(json.dumps(sealed(change(unsealed(path)))))
    assert tree.codes() == ["VT101"]
    assert tree.codes() == ["VT101"]


@pytest.mark.parametrize("name", TEXTS)
def test_all_files_are_no_outlines(name: str, tree: Tree) -> None:
    for path in tree.files():
        path.write_bytes(TEXTS[name](path.read_bytes()))
    assert tree.codes() == ["VT101"]


@pytest.mark.parametrize("data", [None, 1, "text", [], [1], {}, {"findings": 1}, {"findings": [1], "asked": []}])
def test_anything_else_that_is_kept_in_another_shape(data: object, tree: Tree) -> None:
    path = tree.kept("helper.py")
    for each in tree.files():
        if each != path:
            each.write_text(json.dumps(sealed({**unsealed(each), "outline": data})))
    assert tree.codes() == ["VT101"]


@pytest.mark.parametrize("inside", [[], ["x"]])
def test_folder_in_place_of_a_file(inside: list[str], tree: Tree) -> None:
    for path in tree.files():
        path.unlink()
        path.mkdir()
        for name in inside:
            (path / name).write_text("")
    assert tree.codes() == ["VT101"]
    assert tree.codes("main.py") == ["VT101"]
    assert not [path for path in tree.cache.rglob("*") if path.suffix == ".new"]


# Folders that cannot be written


@pytest.mark.parametrize("owner", [os, tempfile], ids=["replace", "mkstemp"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left"), PermissionError(13, "no"), FileNotFoundError(2, "gone")]
)
def test_disk_that_cannot_be_written(
    owner: object, error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    tree = Tree(tmp_path, TREE)
    with monkeypatch.context() as patched:
        patched.setattr(owner, "replace" if owner is os else "mkstemp", refuse)
        assert [tree.codes(name) for name in ("app.py", "main.py", "third.py")] == [["VT101"]] * 3
    assert tree.files() == []


def test_disk_that_is_full_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(handle: int, *_: object, **__: object) -> object:
        os.close(handle)
        return open("/dev/full", "w", encoding="utf-8")

    tree = Tree(tmp_path, TREE)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", opened)
        assert [tree.codes(name) for name in ("app.py", "main.py")] == [["VT101"]] * 2
    assert tree.files() == []


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tree = Tree(tmp_path, TREE)
    tree.cache.mkdir()
    tree.cache.chmod(0o555)
    try:
        assert [tree.codes(name) for name in ("app.py", "main.py")] == [["VT101"]] * 2
    finally:
        tree.cache.chmod(0o755)


@pytest.mark.parametrize("inside", [False, True])
def test_file_in_place_of_the_folder(inside: bool, tmp_path: Path) -> None:
    tree = Tree(tmp_path, TREE)
    place = Path(cache.Cache(str(tree.cache)).folder) if inside else tree.cache
    place.parent.mkdir(exist_ok=True)
    place.write_text("x")
    assert [tree.codes(name) for name in ("app.py", "main.py")] == [["VT101"]] * 2
    assert place.read_text() == "x"
    assert sorted(tree.cache.rglob("*")) == ([place] if inside else [])


# Several at once


def start(folder: Path, kept: Path) -> subprocess.Popen[str]:
    """A run of flake8 over a folder, with two processes of its own."""
    options = ["--isolated", "--select=VT", "--jobs=2", f"--valuetask-cache-dir={kept}", "."]
    command = [sys.executable, "-m", "flake8", *options]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_several_processes_share_a_cache(tmp_path: Path) -> None:
    modules = {f"helper{n}.py": FETCH + f"\n\ndef number():\n    return {n}\n" for n in range(5)}
    users = {f"app{n}.py": twice(f"import asyncio\nfrom helper{n % 5} import fetch") for n in range(8)}
    folder = write(tmp_path / "tree", {**ROOT, **modules, **users})
    runs = [start(folder, tmp_path / "cache") for _ in range(3)]
    results = [run.communicate(timeout=120) for run in runs]
    assert {errors for _, errors in results} == {""}
    lines = [sorted(output.splitlines()) for output, _ in results]
    assert lines[0] == lines[1] == lines[2]
    assert [line.split()[1] for line in lines[0]] == ["VT101"] * 8
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} == {".json"}
    assert all(isinstance(json.loads(path.read_bytes()), dict) for path in kept)


# Where the cache is


def test_default_cache_is_in_the_folder_of_the_user(tmp_path: Path) -> None:
    write(tmp_path, TREE)
    assert process(tmp_path, "--isolated", "--select=VT", "app.py", "main.py").stdout.count("VT101") == 2
    kept = [path for path in (tmp_path / "home").rglob("*.json") if path.is_file()]
    assert kept
    assert all("flake8-valuetask" in str(path.relative_to(tmp_path)) for path in kept)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*TREE, "home"])


def test_no_cache_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, TREE)
    options = ("--isolated", "--select=VT", "--valuetask-no-cache", f"--valuetask-cache-dir={tmp_path / 'kept'}")
    assert process(tmp_path, *options, "app.py", "main.py").stdout.count("VT101") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(TREE)


def test_analysis_keeps_nothing_unless_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.Cache, "_write", _fail)
    write(tmp_path, TREE)
    assert [code for _, code in found(tmp_path / "app.py")] == ["VT101"]
    library.cache_clear()


# Nothing that is read is run

RUNNING = {"pickle", "marshal", "shelve", "runpy", "importlib", "subprocess", "multiprocessing", "code", "copyreg"}
BUILT_IN = {"eval", "exec", "compile", "__import__"}
OF_MODULES = {"system", "popen", "fork", "posix_spawn", "execv", "spawnv", "startfile"}
PACKAGE = Path(flake8_valuetask.__file__).parent
READERS = [*sorted((PACKAGE / "project").glob("*.py")), PACKAGE / "survey/outline.py"]


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_what_reads_runs_nothing(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in imported} & RUNNING
    assert not {node.id for node in nodes if isinstance(node, ast.Name)} & BUILT_IN
    assert not {node.attr for node in nodes if isinstance(node, ast.Attribute)} & OF_MODULES
