"""Installed packages: stubs and typed packages are read, others are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flake8_valuetask.options import Search
from tests.project.layouts import PLAIN, SITES, environment
from tests.trees import FETCH, codes, twice, write

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


PORTAL = """\
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import Iterator, TypeVar, overload
T = TypeVar("T")
class BlockingPortal:
    @overload
    def call(self, func: Callable[..., Awaitable[T]], *args: object) -> T: ...
    @overload
    def call(self, func: Callable[..., T], *args: object) -> T: ...
    def call(self, func, *args):
        return func(*args)
@contextmanager
def start_blocking_portal() -> Iterator[BlockingPortal]: ...
"""
PORTAL_USED = """\
from collections.abc import Coroutine
from anyio import from_thread
def run(work: Coroutine[None, None, int]) -> None:
    async def main() -> None:
        await work
    with from_thread.start_blocking_portal() as portal:
        portal.{method}(main)
"""


@pytest.mark.parametrize(("method", "expected"), [("call", []), ("wrap", ["VT306"])])
def test_contract_of_a_method_with_overloads(method: str, expected: list[str], tmp_path: Path) -> None:
    files = {"anyio/__init__.py": "", "anyio/from_thread.py": PORTAL, "anyio/py.typed": ""}
    python = environment(tmp_path / "venv", files)
    write(tmp_path, {"project/app.py": PORTAL_USED.format(method=method)})
    assert codes(tmp_path / "project/app.py", search=Search(interpreter=str(python))) == expected
