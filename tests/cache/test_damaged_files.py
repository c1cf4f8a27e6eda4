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

OTHER = "VT999"
VERSIONS: dict[str, tuple[object, str, object]] = {
    "files of the program": (cache, "PACKAGE", str(Path(__file__).parent)),
    "program": (cache, "__version__", "99.0"),
    "Python": (sys, "version_info", (3, 99, 0, "final", 0)),
}


@pytest.mark.parametrize(("owner", "name", "value"), VERSIONS.values(), ids=VERSIONS)
def test_folder_of_another_version_is_not_used(
    owner: object, name: str, value: object, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in tree.files():
        spoiled = json.loads(json.dumps(unsealed(path)).replace("VT101", OTHER))
        path.write_text(json.dumps(sealed(spoiled)))
    before = {path: path.read_bytes() for path in tree.files()}
    assert tree.codes() == [OTHER]  # that is what the spoiled findings say
    monkeypatch.setattr(project, "Cache", another(owner, name, value))
    assert tree.codes() == ["VT101"]
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(tree.cache.iterdir())) == 2


def unsealed(path: Path) -> dict[str, object]:
    """What a file of the cache holds; `data` is what its sum is about."""
    kept = json.loads(path.read_bytes())
    return {"path": kept["path"], "stamp": kept["stamp"], "data": json.loads(kept["kept"])}


def sealed(kept: object) -> object:
    """A file of the cache whose sum is that of the text before: what damage looks like."""
    if not isinstance(kept, dict):
        return kept
    text = json.dumps(kept.get("data"), separators=(",", ":"))
    spoiled = OTHER in text  # by this program itself, so the sum is right
    return {**kept, "kept": text, "sum": cache.digest(text) if spoiled else "0"}


def another(owner: object, name: str, value: object) -> Callable[[str], cache.Cache]:
    """Makes the cache of another program."""

    def make(folder: str) -> cache.Cache:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(owner, name, value)
            return real(folder)

    real = cache.Cache
    return make


def part(kept: dict[str, object], key: str, value: object) -> dict[str, object]:
    """What is kept, one part of the data replaced."""
    data = kept["data"]
    assert isinstance(data, dict)
    return {**kept, "data": {**data, key: value}}


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
    "no data": lambda kept: {"path": kept["path"], "stamp": kept["stamp"]},
    "no path": lambda kept: {"data": kept["data"], "stamp": kept["stamp"]},
    "another's path": lambda kept: {**kept, "path": f"{kept['path']}x", "data": None},
    "another's time": lambda kept: {**kept, "stamp": [1, 2], "data": None},
    "stamp of another shape": lambda kept: {**kept, "stamp": "now", "data": None},
    "data null": lambda kept: {**kept, "data": None},
    "data number": lambda kept: {**kept, "data": 7},
    "data text": lambda kept: {**kept, "data": "text"},
    "data list": lambda kept: {**kept, "data": [1, 2]},
    "data empty": lambda kept: {**kept, "data": {}},
    "only a part": lambda kept: {**kept, "data": {"findings": []}},
    "asked number": lambda kept: part(kept, "asked", 1),
    "asked numbers": lambda kept: part(kept, "asked", [1]),
    "asked of nothing": lambda kept: part(kept, "asked", [[]]),
    "findings number": lambda kept: part(kept, "findings", 1),
    "findings numbers": lambda kept: part(kept, "findings", [1]),
    "findings empty": lambda kept: part(kept, "findings", [[]]),
    "finding of no range": lambda kept: part(kept, "findings", [[[1], "VT101", "text", []]]),
    "finding of no place": lambda kept: part(kept, "findings", [[[1, 2, 3, 4], "VT101", "text", [1]]]),
}


@pytest.mark.parametrize("change", TEXTS.values(), ids=TEXTS)
def test_file_that_holds_no_findings(change: Callable[[bytes], bytes], tree: Tree) -> None:
    path = tree.kept("app.py")
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert tree.codes() == ["VT101"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES)
def test_findings_of_another_shape(change: Callable[[dict[str, object]], object], tree: Tree) -> None:
    path = tree.kept("app.py")
    path.write_text(json.dumps(sealed(change(unsealed(path)))))
    assert tree.codes() == ["VT101"]
    assert tree.codes() == ["VT101"]


@pytest.mark.parametrize("name", TEXTS)
def test_no_file_holds_findings(name: str, tree: Tree) -> None:
    for path in tree.files():
        path.write_bytes(TEXTS[name](path.read_bytes()))
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
