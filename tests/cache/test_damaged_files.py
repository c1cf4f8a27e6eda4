"""Files of the cache that are not what they should be: the findings stay the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_valuetask import project
from flake8_valuetask.project import cache
from tests.cache.tree import Tree

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
