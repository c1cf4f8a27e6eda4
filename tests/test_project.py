"""Other modules: which are found for a file, what is known of them, and that nothing of them is run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from flake8_valuetask.options import Search
from flake8_valuetask.project import LIMIT
from tests.trees import FETCH, ROOT, codes, flake8, found, given, process, twice, write

PLAIN = "def fetch():\n    return 1\n"
PKG = {**ROOT, "pkg/__init__.py": ""}

# Where modules are. A row: the other files, the linted file, its imports, its call.

FOUND: dict[str, tuple[dict[str, str], str, str, str]] = {
    "absolute": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from pkg.helper import fetch", "fetch()"),
    "absolute, renamed": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from pkg.helper import fetch as f", "f()"),
    "relative": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from .helper import fetch", "fetch()"),
    "relative module": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from . import helper", "helper.fetch()"),
    "relative, up": (
        {**PKG, "pkg/helper.py": FETCH, "pkg/sub/__init__.py": ""},
        "pkg/sub/sample.py",
        "from ..helper import fetch",
        "fetch()",
    ),
    "relative module, up": (
        {**PKG, "pkg/helper.py": FETCH, "pkg/sub/__init__.py": ""},
        "pkg/sub/sample.py",
        "from .. import helper as h",
        "h.fetch()",
    ),
    "relative to an __init__": (
        {**ROOT, "pkg/helper.py": FETCH},
        "pkg/__init__.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "relative to an __init__ inside": (
        {**PKG, "pkg/helper.py": FETCH},
        "pkg/sub/__init__.py",
        "from ..helper import fetch",
        "fetch()",
    ),
    "sibling package": (
        {**PKG, "other/__init__.py": "", "other/helper.py": FETCH},
        "pkg/sample.py",
        "from other.helper import fetch",
        "fetch()",
    ),
    "re-export": (
        {**ROOT, "pkg/__init__.py": "from .helper import fetch", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "re-export, asked through the package": (
        {**ROOT, "pkg/__init__.py": "from .helper import fetch", "pkg/helper.py": FETCH},
        "app.py",
        "import pkg",
        "pkg.fetch()",
    ),
    "re-export of a re-export, renamed": (
        {
            **ROOT,
            "pkg/__init__.py": "from .api import get",
            "pkg/api.py": "from pkg.deep.helper import fetch as get",
            "pkg/deep/__init__.py": "",
            "pkg/deep/helper.py": FETCH,
        },
        "app.py",
        "from pkg import get",
        "get()",
    ),
    "re-exported module": (
        {**ROOT, "pkg/__init__.py": "from . import helper as tools", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import tools",
        "tools.fetch()",
    ),
    "function named like its module": (
        {**ROOT, "pkg/__init__.py": "from .fetch import fetch", "pkg/fetch.py": FETCH},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "re-exported class": (
        {
            **ROOT,
            "pkg/__init__.py": "from .client import Client",
            "pkg/client.py": "class Client:\n    async def get(self): ...\n",
        },
        "app.py",
        "import pkg",
        "pkg.Client().get()",
    ),
    "object of another module": (
        {**ROOT, "client.py": "class Client:\n    async def get(self): ...\nclient = Client()\n"},
        "app.py",
        "from client import client",
        "client.get()",
    ),
    "class with a base elsewhere": (
        {
            **ROOT,
            "base.py": "class Base:\n    async def get(self): ...\n",
            "client.py": "from base import Base\nclass Client(Base): ...\n",
        },
        "app.py",
        "from client import Client",
        "Client().get()",
    ),
    "star": ({**ROOT, "helper.py": FETCH}, "app.py", "from helper import *", "fetch()"),
    "star of a star": (
        {**ROOT, "pkg/__init__.py": "from .helper import *", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import *",
        "fetch()",
    ),
    "stars in a circle": (
        {**ROOT, "one.py": "from other import *\n", "other.py": f"from one import *\n{FETCH}"},
        "app.py",
        "from one import *",
        "fetch()",
    ),
    "stars in a circle with the file itself": (
        {**ROOT, "other.py": f"from app import *\n{FETCH}"},
        "app.py",
        "from other import *",
        "fetch()",
    ),
    "star, name in the list": (
        {**ROOT, "helper.py": f"__all__ = ['fetch']\n{FETCH}"},
        "app.py",
        "from helper import *",
        "fetch()",
    ),
    "last star wins": (
        {**ROOT, "helper.py": FETCH, "plain.py": PLAIN},
        "app.py",
        "from plain import *\nfrom helper import *",
        "fetch()",
    ),
    "dotted": (
        {**ROOT, "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": FETCH},
        "app.py",
        "import a.b.c",
        "a.b.c.fetch()",
    ),
    "dotted, renamed": (
        {**ROOT, "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": FETCH},
        "app.py",
        "import a.b.c as c",
        "c.fetch()",
    ),
    "dotted, without __init__": ({**ROOT, "a/b/c.py": FETCH}, "app.py", "import a.b.c", "a.b.c.fetch()"),
    "for checkers": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helper import fetch",
        "fetch()",
    ),
    "for checkers, else something else": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from helper import fetch\nelse:\n    fetch = object()",
        "fetch()",
    ),
    "either of two": (
        {**ROOT, "fast.py": FETCH, "slow.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from slow import fetch",
        "fetch()",
    ),
    "one or None": (
        {**ROOT, "fast.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    fetch = None",
        "fetch()",
    ),
    "imported in the function": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "def loaded():\n    from helper import fetch\n    return fetch",
        "loaded()()",
    ),
    "namespace in a package": (
        {**PKG, "pkg/space/helper.py": FETCH},
        "pkg/space/sample.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "namespaces in a package": (
        {**PKG, "pkg/outer/inner/helper.py": FETCH},
        "pkg/outer/sample.py",
        "from pkg.outer.inner.helper import fetch",
        "fetch()",
    ),
    "namespace at the root": (
        {**ROOT, "space/helper.py": FETCH},
        "space/sample.py",
        "from space.helper import fetch",
        "fetch()",
    ),
    "namespace at the root, relative": (
        {**ROOT, "space/helper.py": FETCH},
        "space/sample.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "src layout, from the tests": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH},
        "tests/test_sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "src layout, from tests that are a package": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH, "tests/__init__.py": ""},
        "tests/unit/test_sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "src layout, from the package": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH},
        "src/pkg/sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "helper of the tests": (
        {**ROOT, "tests/helper.py": FETCH},
        "tests/test_sample.py",
        "from helper import fetch",
        "fetch()",
    ),
    "script beside a module": ({"helper.py": FETCH}, "script.py", "from helper import fetch", "fetch()"),
    "script with an odd name": ({"helper.py": FETCH}, "run-me.py", "from helper import fetch", "fetch()"),
    "marked by a folder of git": (
        {".git/HEAD": "", "helper.py": FETCH},
        "tools/script.py",
        "from helper import fetch",
        "fetch()",
    ),
    "stub beside a source": (
        {**ROOT, "helper.py": PLAIN, "helper.pyi": "async def fetch() -> int: ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "stub of a package": (
        {**ROOT, "pkg/__init__.py": PLAIN, "pkg/__init__.pyi": "async def fetch() -> int: ...\n"},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "encoding cookie": (
        {**ROOT, "helper.py": f"# -*- coding: latin-1 -*-\n# \u00e4\n{FETCH}"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "byte order mark": ({**ROOT, "helper.py": f"\ufeff{FETCH}"}, "app.py", "from helper import fetch", "fetch()"),
    "function defined through global beside it": (
        {**ROOT, "helper.py": f"{FETCH}\n\ndef setup():\n    global other\n\n    def other(): ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
}


@pytest.mark.parametrize(("files", "path", "imports", "call"), FOUND.values(), ids=FOUND)
def test_other_module_is_found(files: dict[str, str], path: str, imports: str, call: str, tmp_path: Path) -> None:
    write(tmp_path, {**files, path: twice(imports, call)})
    assert codes(tmp_path / path) == ["VT101"]


SILENT: dict[str, tuple[dict[str, str | bytes], str, str, str]] = {
    "plain function": ({**ROOT, "helper.py": PLAIN}, "app.py", "from helper import fetch", "fetch()"),
    "no such module": ({**ROOT}, "app.py", "from helper import fetch", "fetch()"),
    "no such member": ({**ROOT, "helper.py": ""}, "app.py", "from helper import fetch", "fetch()"),
    "async or plain": (
        {**ROOT, "fast.py": FETCH, "slow.py": PLAIN},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from slow import fetch",
        "fetch()",
    ),
    "async or unknown": (
        {**ROOT, "fast.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from absent import fetch",
        "fetch()",
    ),
    "relative, beyond the top": ({**PKG, "helper.py": FETCH}, "pkg/sample.py", "from ..helper import fetch", "fetch()"),
    "above the project": (
        {"helper.py": FETCH, "project/pyproject.toml": ""},
        "project/tools/script.py",
        "from helper import fetch",
        "fetch()",
    ),
    "circle of re-exports": (
        {**ROOT, "one.py": "from other import fetch", "other.py": "from one import fetch"},
        "app.py",
        "from one import fetch",
        "fetch()",
    ),
    "star, private": (
        {**ROOT, "helper.py": FETCH.replace("fetch", "_fetch")},
        "app.py",
        "from helper import *",
        "_fetch()",
    ),
    "star, a built-in that the module does not hand out": (
        {**ROOT, "helper.py": f"__all__ = ['save']\n{FETCH.replace('fetch', 'input')}"},
        "app.py",
        "from helper import *",
        "input()",
    ),
    "last star wins": (
        {**ROOT, "helper.py": FETCH, "plain.py": PLAIN},
        "app.py",
        "from helper import *\nfrom plain import *",
        "fetch()",
    ),
    "stub beside a source": (
        {**ROOT, "helper.py": FETCH, "helper.pyi": "def fetch() -> int: ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "broken syntax": ({**ROOT, "helper.py": FETCH + "def (:\n"}, "app.py", "from helper import fetch", "fetch()"),
    "broken encoding": (
        {**ROOT, "helper.py": FETCH.encode() + b"# \xff\xfe\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "unknown encoding": (
        {**ROOT, "helper.py": b"# coding: martian\n" + FETCH.encode()},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "null bytes": ({**ROOT, "helper.py": FETCH.encode() + b"\0"}, "app.py", "from helper import fetch", "fetch()"),
    "folder of that name": ({**ROOT, "helper.py/x": ""}, "app.py", "from helper import fetch", "fetch()"),
    "nested too deeply": (
        {**ROOT, "helper.py": f"{FETCH}x = {'-' * 20_000}1\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "a program's output": (
        {**ROOT, "helper.py": f"{FETCH}{'# text' * 10}\n" + f"x = 'some text'  {'# more ' * 8}\n" * 50_000},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
}
OWN = "\n\nasync def two():\n    own = sample()\n    await own\n    await own\n"


@pytest.mark.parametrize(("files", "path", "imports", "call"), SILENT.values(), ids=SILENT)
def test_other_module_says_nothing(
    files: dict[str, str | bytes], path: str, imports: str, call: str, tmp_path: Path
) -> None:
    text = twice(imports, call) + OWN
    write(tmp_path, {**files, path: text})
    assert found(tmp_path / path) == [(text.count("\n"), "VT101")]  # what is the file's own is judged all the same


def test_large_module_is_larger_than_the_limit() -> None:
    content = SILENT["a program's output"][0]["helper.py"]
    assert len(content) > max(LIMIT, 3_000_000)


@pytest.mark.parametrize("where", ["lib", "lib/deep"])
def test_roots_are_searched_first(where: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {**ROOT, "helper.py": PLAIN, f"{where}/helper.py": FETCH, "app.py": twice("import helper", "helper.fetch()")},
    )
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", search=Search((str(tmp_path / where),))) == ["VT101"]


def test_types_of_other_modules(tmp_path: Path) -> None:
    helper = "from collections.abc import Coroutine\nfrom typing import Any\n\nJob = Coroutine[Any, Any, int]\n"
    body = "\n\n\nasync def sample(job: {}):\n    await job\n    await job\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "again.py": "from helper import Job\n"})
    write(tmp_path, {"app.py": "from again import Job" + body.format("Job")})
    write(tmp_path, {"other.py": "import helper" + body.format("'helper.Job | None'")})
    assert codes(tmp_path / "app.py") == ["VT101"]
    assert codes(tmp_path / "other.py") == ["VT101"]


def test_class_for_checkers_in_an_annotation(tmp_path: Path) -> None:
    imports = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helper import Client"
    text = f"{imports}\n\n\nasync def sample(c: 'Client'):\n    page = c.get()\n    await page\n    await page\n"
    write(tmp_path, {**ROOT, "helper.py": "class Client:\n    async def get(self): ...\n", "app.py": text})
    assert codes(tmp_path / "app.py") == ["VT101"]


# The same from everywhere

LAYOUT = {
    **ROOT,
    "src/pkg/__init__.py": "from .helper import fetch\n",
    "src/pkg/helper.py": FETCH,
    "src/pkg/sample.py": twice("from .helper import fetch"),
    "tests/test_sample.py": twice("from pkg import fetch"),
}
BOTH = ["sample.py:7:5: VT101", "test_sample.py:7:5: VT101"]


def short(lines: list[str]) -> list[str]:
    """Lines of flake8 without folders and explanations, in order."""
    return sorted(" ".join(os.path.basename(line).split()[:2]) for line in lines)


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        (".", ["."]),
        (".", ["src/pkg/sample.py", "tests/test_sample.py"]),
        ("src", ["pkg", "../tests"]),
        ("src/pkg", ["sample.py", "../../tests/test_sample.py"]),
        ("tests", ["../src/pkg/../pkg/sample.py", "./test_sample.py"]),
        ("..", ["{root}"]),
        ("..", ["{root}/src/pkg/sample.py", "{root}/tests/test_sample.py"]),
    ],
)
def test_working_directory_does_not_matter(folder: str, names: list[str], tmp_path: Path) -> None:
    root = write(tmp_path / "project", LAYOUT)
    names = [name.format(root=root) for name in names]
    status, lines = flake8(root / folder, "--isolated", "--select=VT", "--valuetask-no-cache", *names)
    assert short(lines) == BOTH
    assert status == 1


@pytest.mark.parametrize(
    ("folder", "name"),
    [("src/pkg", "sample.py"), (".", "{root}/tests/test_sample.py")],
)
def test_text_from_stdin_stands_at_its_display_name(folder: str, name: str, tmp_path: Path) -> None:
    root = write(tmp_path, LAYOUT)
    shown = name.format(root=root)
    text = (root / folder / shown).read_text(encoding="utf-8")
    write(root, {"src/pkg/sample.py": "", "tests/test_sample.py": ""})
    options = ("--isolated", "--select=VT", "--valuetask-no-cache", f"--stdin-display-name={shown}", "-")
    run = process(root / folder, *options, text=text)
    assert run.stderr == ""
    assert run.stdout.startswith(f"{shown}:7:5: VT101 ")


@pytest.mark.parametrize("name", ["-", "stdin", "", "<text>", "<string>"])
def test_text_without_a_place_knows_no_project(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**ROOT, "helper.py": FETCH})
    monkeypatch.chdir(tmp_path)
    assert codes(name, twice("from helper import fetch")) == []


# Text that an editor has not written yet

BUFFERS = {
    "asked of itself": ({"helper.py": ""}, FETCH, PLAIN, "fetch()"),
    "asked by way of another": ({"helper.py": "from app import fetch as get\n"}, FETCH, PLAIN, "get()"),
    "asked by way of a star": ({"helper.py": "from app import *\nget = fetch\n"}, FETCH, PLAIN, "get()"),
}


@pytest.mark.parametrize(("files", "one", "other", "call"), BUFFERS.values(), ids=BUFFERS)
def test_unsaved_text_stands_for_its_file(
    files: dict[str, str], one: str, other: str, call: str, tmp_path: Path
) -> None:
    imports = "from helper import *"
    write(tmp_path, {**ROOT, **files, "app.py": twice(f"{imports}\n\n\n{other}", call)})
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", twice(f"{imports}\n\n\n{one}", call)) == ["VT101"]
    write(tmp_path, {"app.py": twice(f"{imports}\n\n\n{one}", call)})
    assert codes(tmp_path / "app.py", twice(f"{imports}\n\n\n{other}", call)) == []


def test_unsaved_text_of_a_new_file(tmp_path: Path) -> None:
    write(tmp_path, {**PKG, "pkg/helper.py": FETCH})
    assert codes(tmp_path / "pkg/new.py", twice("from .helper import fetch")) == ["VT101"]


@pytest.mark.parametrize(("body", "expected"), [("print(page)", []), ("run(page)", ["VT103"])])
def test_unsaved_text_is_asked_by_a_callee(body: str, expected: list[str], tmp_path: Path) -> None:
    helper = "def use(page):\n    from app import touch\n    touch(page)\n"
    text = "def touch(page):\n    {}\n\n\nasync def own(): ...\n\n\nasync def sample():\n    page = own()\n    use(page)\n    await page\n"
    saved = {"print(page)": "run(page)", "run(page)": "print(page)"}[body]
    head = "from asyncio import run\n\nfrom helper import use\n\n\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": head + text.format(saved)})
    assert codes(tmp_path / "app.py", head + text.format(body)) == expected


# Installed packages

SITES = {
    "posix": ("bin/python", "lib/python3.11/site-packages"),
    "windows": ("Scripts/python.exe", "Lib/site-packages"),
}
INSTALLED: dict[str, tuple[dict[str, str], str, str, list[str]]] = {
    "stubs": ({"foo-stubs/__init__.pyi": FETCH, "foo/__init__.py": PLAIN}, "import foo", "foo.fetch()", ["VT101"]),
    "stubs alone": ({"foo-stubs/__init__.pyi": FETCH}, "from foo import fetch", "fetch()", ["VT101"]),
    "stub of a module inside": (
        {"foo-stubs/__init__.pyi": "", "foo-stubs/deep/io.pyi": FETCH},
        "from foo.deep.io import fetch",
        "fetch()",
        ["VT101"],
    ),
    "stubs before a typed package": (
        {"foo-stubs/__init__.pyi": PLAIN, "foo/__init__.py": FETCH, "foo/py.typed": ""},
        "from foo import fetch",
        "fetch()",
        [],
    ),
    "partial stubs": (
        {
            "foo-stubs/__init__.pyi": "",
            "foo-stubs/py.typed": "partial\n",
            "foo/__init__.py": "",
            "foo/io.py": FETCH,
            "foo/py.typed": "",
        },
        "from foo.io import fetch",
        "fetch()",
        ["VT101"],
    ),
    "typed": ({"foo/__init__.py": FETCH, "foo/py.typed": ""}, "from foo import fetch", "fetch()", ["VT101"]),
    "typed, a module inside": (
        {"foo/__init__.py": "from .io import fetch\n", "foo/io.py": FETCH, "foo/py.typed": ""},
        "import foo",
        "foo.fetch()",
        ["VT101"],
    ),
    "typed, its own stub": (
        {"foo/__init__.py": PLAIN, "foo/__init__.pyi": FETCH, "foo/py.typed": ""},
        "from foo import fetch",
        "fetch()",
        ["VT101"],
    ),
    "stub of a single module": ({"foo.pyi": FETCH, "foo.py": PLAIN}, "from foo import fetch", "fetch()", ["VT101"]),
    "not typed": ({"foo/__init__.py": FETCH}, "from foo import fetch", "fetch()", []),
    "not typed, a module inside": ({"foo/__init__.py": "", "foo/io.py": FETCH}, "import foo.io", "foo.io.fetch()", []),
    "single module": ({"foo.py": FETCH}, "from foo import fetch", "fetch()", []),
}


def environment(folder: Path, files: dict[str, str], style: str = "posix") -> Path:
    """An environment with packages, whose interpreter leaves a trace when it is run."""
    program, site = SITES[style]
    trace = folder / "was-run"
    write(
        folder, {program: f"#!/bin/sh\ntouch '{trace}'\n", **{f"{site}/{name}": text for name, text in files.items()}}
    )
    (folder / program).chmod(0o755)
    return folder / program


@pytest.mark.parametrize("style", SITES)
@pytest.mark.parametrize(("files", "imports", "call", "expected"), INSTALLED.values(), ids=INSTALLED)
def test_installed_packages(
    files: dict[str, str], imports: str, call: str, expected: list[str], style: str, tmp_path: Path
) -> None:
    python = environment(tmp_path / "venv", files, style)
    write(tmp_path, {"project/pyproject.toml": "", "project/app.py": twice(imports, call)})
    assert codes(tmp_path / "project/app.py", search=Search(interpreter=str(python))) == expected
    assert codes(tmp_path / "project/app.py") == []
    assert not (tmp_path / "venv/was-run").exists()


def test_project_goes_before_installed_packages(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", {"foo/__init__.py": FETCH, "foo/py.typed": ""})
    write(
        tmp_path,
        {"project/pyproject.toml": "", "project/foo.py": PLAIN, "project/app.py": twice("import foo", "foo.fetch()")},
    )
    assert codes(tmp_path / "project/app.py", search=Search(interpreter=str(python))) == []


def test_interpreter_that_is_a_link(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", {"foo/__init__.py": FETCH, "foo/py.typed": ""})
    python.unlink()
    python.symlink_to(sys.executable)
    write(tmp_path, {"project/app.py": twice("import foo", "foo.fetch()")})
    assert codes(tmp_path / "project/app.py", search=Search(interpreter=str(python))) == ["VT101"]


def test_file_without_a_project_knows_installed_packages(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", {"foo/__init__.py": FETCH, "foo/py.typed": ""})
    assert codes("-", twice("import foo", "foo.fetch()"), Search(interpreter=str(python))) == ["VT101"]


def test_interpreter_that_is_nowhere(tmp_path: Path) -> None:
    write(tmp_path, {"helper.py": FETCH, "app.py": twice("import helper", "helper.fetch()")})
    assert codes(tmp_path / "app.py", search=Search(interpreter=str(tmp_path / "no/bin/python"))) == ["VT101"]


# What functions of other modules do. A row: the helper, the call with `page`, the codes for an await after it.

CONTRACTS: dict[str, tuple[str, str, list[str]]] = {
    "awaits": ("async def use(c):\n    await c\n", "await use(page)", ["VT103"]),
    "awaits, by way of another": (
        "async def use(c):\n    await eat(c)\n\n\nasync def eat(c):\n    await c\n",
        "await use(page)",
        ["VT103"],
    ),
    "awaits on each path": (
        "async def use(c, x=0):\n    if x:\n        await c\n    else:\n        await c\n",
        "await use(page)",
        ["VT103"],
    ),
    "makes a task": ("import asyncio\n\n\ndef use(c):\n    return asyncio.ensure_future(c)\n", "use(page)", ["VT103"]),
    "closes": ("def use(c):\n    c.close()\n", "use(page)", ["VT103"]),
    "reads": ("def use(c):\n    print(c)\n", "use(page)", []),
    "reads, by way of another": (
        "def use(c):\n    look(c)\n\n\ndef look(c):\n    print(c)\n",
        "use(page)",
        [],
    ),
    "reads, by way of another module": (
        "from other import look\n\n\ndef use(c):\n    look(c)\n",
        "use(page)",
        [],
    ),
    "reads, by keyword": ("def use(*, c=None):\n    print(c)\n", "use(c=page)", []),
    "reads, in a method": (
        "class Log:\n    def use(self, c):\n        self.look(c)\n\n    def look(self, c):\n        print(c)\n",
        "Log().use(page)",
        [],
    ),
    "reads, in a static method": (
        "class Log:\n    @staticmethod\n    def use(c):\n        print(c)\n",
        "Log.use(page)",
        [],
    ),
    "reads, inherited": (
        "class Base:\n    def use(self, c):\n        print(c)\n\n\nclass Log(Base): ...\n",
        "Log().use(page)",
        [],
    ),
    "reads, declared": (
        "from collections.abc import Coroutine\n\n\ndef use(c: Coroutine) -> None:\n    print(c)\n",
        "use(page)",
        [],
    ),
    "gives back": ("def use(c):\n    print(c)\n    return c\n", "page = use(page)", []),
    "gives back, dropped": ("def use(c):\n    print(c)\n    return c\n", "use(page)", []),
    "gives back, declared and dropped": (
        "from collections.abc import Coroutine\n\n\ndef use(c: Coroutine) -> Coroutine:\n    print(c)\n    return c\n",
        "use(page)",
        [],
    ),
    "unknown": ("from absent import use\n", "use(page)", ["VT103"]),
}
OTHER = {**ROOT, "other.py": "def look(c):\n    print(c)\n"}


@pytest.mark.parametrize(("helper", "call", "expected"), CONTRACTS.values(), ids=CONTRACTS)
def test_functions_of_other_modules(helper: str, call: str, expected: list[str], tmp_path: Path) -> None:
    write(tmp_path, {**OTHER, "helper.py": helper, "app.py": given("from helper import *", call)})
    assert codes(tmp_path / "app.py") == expected


@pytest.mark.parametrize(("helper", "call", "expected"), CONTRACTS.values(), ids=CONTRACTS)
def test_functions_of_the_same_module(helper: str, call: str, expected: list[str], tmp_path: Path) -> None:
    text = given(helper, call)
    write(tmp_path, {**OTHER, "app.py": text})
    after = text.count("\n", 0, text.index("async def own"))
    assert [code for line, code in found(tmp_path / "app.py") if line > after] == expected


@pytest.mark.parametrize("name", ["use", "keep", "stored"])
def test_value_that_a_helper_keeps_is_not_lost(name: str, tmp_path: Path) -> None:
    helper = (
        "import asyncio\n\nKEPT = []\n\n\ndef keep(c):\n    KEPT.append(c)\n\n\ndef use(c):\n    asyncio.run(c)\n\n\n"
    )
    helper += "class stored:\n    def __init__(self, c):\n        self.c = c\n"
    text = (
        f"from helper import {name}\n\n\nasync def own(): ...\n\n\ndef sample():\n    page = own()\n    {name}(page)\n"
    )
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []


def test_value_that_a_helper_only_reads_is_lost(tmp_path: Path) -> None:
    text = "from helper import use\n\n\nasync def own(): ...\n\n\ndef sample():\n    page = own()\n    use(page)\n"
    write(tmp_path, {**ROOT, "helper.py": "def use(c):\n    print(c)\n", "app.py": text})
    assert found(tmp_path / "app.py") == [(8, "VT401")]


@pytest.mark.parametrize("imports", ["from space.helper import use", "import space.helper\nuse = space.helper.use"])
@pytest.mark.parametrize("files", [{}, {"app/helper.py": "def use(c): ...\n\n\nasync def look(c):\n    await c\n"}])
def test_helper_in_a_namespace_calls_its_neighbours(imports: str, files: dict[str, str], tmp_path: Path) -> None:
    helper = "def use(c):\n    look(c)\n\n\ndef look(c):\n    print(c)\n"
    write(tmp_path, {**ROOT, **files, "space/helper.py": helper, "app/sample.py": given(imports, "use(page)")})
    assert codes(tmp_path / "app/sample.py") == []


# Functions that do not return, managers that swallow

ENDING = "def fail(code):\n    raise SystemExit(code)\n"
ENDS: dict[str, tuple[str, str]] = {
    "raises": (ENDING, "fail(1)"),
    "calls one that raises": (f"{ENDING}\n\ndef stop():\n    print()\n    fail(1)\n", "stop()"),
    "calls one elsewhere": ("import other\n\n\ndef stop():\n    other.fail(1)\n", "stop()"),
    "exits": ("import sys\n\n\ndef stop():\n    sys.exit(1)\n", "stop()"),
    "says so": ("from typing import NoReturn\n\n\ndef stop() -> NoReturn:\n    unknown()\n", "stop()"),
    "method": ("class Parser:\n    def error(self):\n        raise SystemExit\n", "Parser().error()"),
    "stub of the standard library": ("import argparse\n\nparser = argparse.ArgumentParser()\n", "parser.error('no')"),
}
AFTER = "\n\n\nasync def own(): ...\n\n\n"
BRANCHES = """async def {}(x):
    page = own()
    if x:
        await page
        {}
    await page


"""


@pytest.mark.parametrize(("helper", "call"), ENDS.values(), ids=ENDS)
def test_call_that_does_not_return_ends_its_path(helper: str, call: str, tmp_path: Path) -> None:
    text = f"from helper import *{AFTER}{BRANCHES.format('sample', call)}"
    write(tmp_path, {**ROOT, "other.py": ENDING, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", text.replace(call, "print()")) == ["VT101"]


@pytest.mark.parametrize(("helper", "call"), ENDS.values(), ids=ENDS)
def test_each_call_that_does_not_return_ends_its_path(helper: str, call: str, tmp_path: Path) -> None:
    text = f"from helper import *{AFTER}{BRANCHES.format('one', call)}{BRANCHES.format('other', call)}"
    write(tmp_path, {**ROOT, "other.py": ENDING, "helper.py": helper, "app.py": text})
    assert codes(tmp_path / "app.py") == []


def test_methods_of_a_test_case_that_do_not_return(tmp_path: Path) -> None:
    text = "import unittest\n\n\nasync def own(): ...\n\n\nclass Case(unittest.TestCase):\n"
    for name in ("fail", "skipTest"):
        body = BRANCHES.format(name + "s", f"self.{name}('so')").replace("(x)", "(self, x)")
        text += "".join(f"    {line}\n" for line in body.splitlines())
    write(tmp_path, {"app.py": text})
    assert codes(tmp_path / "app.py") == []


MANAGERS: dict[str, tuple[str, list[str]]] = {
    "swallows": ("        return True\n", ["VT101"]),
    "swallows some": ("        return bool(self.errors)\n", ["VT101"]),
    "swallows nothing": ("        return False\n", []),
    "says nothing": ("        print()\n", []),
}


@pytest.mark.parametrize("inherited", [False, True])
@pytest.mark.parametrize(("leave", "expected"), MANAGERS.values(), ids=MANAGERS)
def test_manager_of_another_module(leave: str, expected: list[str], inherited: bool, tmp_path: Path) -> None:
    helper = f"class Base:\n    def __enter__(self): ...\n    def __exit__(self, *_):\n{leave}"
    helper += "\n\nclass Guard(Base): ...\n" if inherited else "\n\nGuard = Base\n"
    body = "async def sample():\n    page = own()\n    with Guard():\n        print()\n        await page\n        return\n    await page\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": f"from helper import Guard{AFTER}{body}"})
    assert codes(tmp_path / "app.py") == expected


# Nothing is run

LOUD = """
import pathlib
pathlib.Path(__file__).with_name("was-run").touch()
{fetch}
if not hasattr(pathlib, "never"):
    raise SystemExit("imported")
"""


def test_modules_are_not_run(tmp_path: Path) -> None:
    loud = LOUD.format(fetch=FETCH)
    names = ("helper.py", "pkg/__init__.py", "pkg/helper.py", "conftest.py", "setup.py", "sitecustomize.py")
    text = "import helper\nimport pkg.helper\n\n\nasync def sample():\n"
    text += "".join(
        f"    page = {name}.fetch()\n    await page\n    await page\n" for name in ("helper", "pkg", "pkg.helper")
    )
    write(tmp_path, {**ROOT, **dict.fromkeys(names, loud), "app.py": text})
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", "app.py")
    assert (status, [line.split()[1] for line in lines]) == (1, ["VT101"] * 3)
    assert list(tmp_path.rglob("was-run")) == []
    assert not {"helper", "pkg", "pkg.helper"} & sys.modules.keys()
    assert list(tmp_path.rglob("__pycache__")) == []


def test_installed_modules_are_not_run(tmp_path: Path) -> None:
    files = {"foo/__init__.py": LOUD.format(fetch=FETCH), "foo/py.typed": "", "sitecustomize.py": LOUD.format(fetch="")}
    files["foo.pth"] = "import pathlib; pathlib.Path('was-run').touch()\n"
    python = environment(tmp_path / "venv", files)
    write(tmp_path, {"project/app.py": twice("import foo", "foo.fetch()")})
    run = process(tmp_path / "project", "--isolated", "--select=VT", f"--valuetask-python={python}", "app.py")
    assert (run.stderr, run.stdout.split()[1]) == ("", "VT101")
    assert list(tmp_path.rglob("was-run")) == []
