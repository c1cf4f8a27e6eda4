"""Second runs: what is kept is not read again, and what has changed is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flake8_valuetask.options import Search
from flake8_valuetask.survey import outline
from tests.cache.tree import BASE, Tree, changed, fail, touched
from tests.trees import FETCH, ROOT, flake8, forget, found, twice, write


@pytest.mark.parametrize("name", ["main.py", "third.py"])
def test_second_run_parses_nothing(name: str, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.codes(name)
    before = {path: path.stat().st_mtime_ns for path in tree.files()}
    monkeypatch.setattr(outline, "outline", fail)
    assert tree.codes() == ["VT101"]
    assert tree.codes(name) == ["VT101"]
    assert {path: path.stat().st_mtime_ns for path in tree.files()} == before


def test_module_is_read_once_for_all_files(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(cache="")
    assert [code for _, code in found(tree.folder / "app.py", search=search)] == ["VT101"]
    assert [code for _, code in found(tree.folder / "main.py", search=search)] == ["VT101"]
    monkeypatch.setattr(outline, "outline", fail)
    assert [code for _, code in found(tree.folder / "third.py", search=search)] == ["VT101"]


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
