"""Where the cache is, folders and disks that cannot be written, and several processes at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import pytest

from flake8_valuetask.project import cache, library
from tests.cache.tree import TREE, Tree, fail
from tests.trees import FETCH, ROOT, found, process, twice, write

# Folders and disks that cannot be written


@pytest.mark.parametrize(("owner", "name"), [(os, "replace"), (os, "makedirs")])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left"), PermissionError(13, "no"), FileNotFoundError(2, "gone")]
)
def test_disk_that_cannot_be_written(
    owner: object, name: str, error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    tree = Tree(tmp_path, TREE)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, refuse)
        assert [tree.codes(name) for name in ("app.py", "main.py", "third.py")] == [["VT101"]] * 3
    assert tree.files() == []


def test_disk_that_is_full_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(path: str, mode: str = "r", **named: str) -> IO[Any]:
        return open(path if "w" not in mode else "/dev/full", mode, **named)  # type: ignore[arg-type]

    tree = Tree(tmp_path, TREE)
    with monkeypatch.context() as patched:
        patched.setattr(cache, "open", opened, raising=False)
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


# What is left behind

STATE = "0.0.9-3.10-0123456789ab"
KEPT = f"{'0a' * 20}.json"


def old(path: Path, days: int = 15) -> None:
    """Nobody has used a folder for some days."""
    os.utime(path, (time.time() - days * 86400,) * 2)


def left_behind(
    folder: Path, name: str = STATE, days: int = 15, files: tuple[str, ...] = (KEPT, f"{KEPT}.77.new")
) -> Path:
    """A folder of another state of the program."""
    write(folder / name, dict.fromkeys(files, "{}"))
    old(folder / name, days)
    return folder / name


def test_folders_of_other_states_are_removed_when_a_new_one_is_made(tmp_path: Path) -> None:
    tree = Tree(tmp_path, TREE)
    gone, used = left_behind(tree.cache), left_behind(tree.cache, f"{STATE[:-1]}c", days=13)
    assert tree.codes("app.py") == ["VT101"]
    assert not gone.exists()
    assert {path.name for path in used.iterdir()} == {KEPT, f"{KEPT}.77.new"}
    late = left_behind(tree.cache)
    assert tree.codes("main.py") == ["VT101"]
    assert late.exists()


@pytest.mark.parametrize("name", ["0.1.0", "notes-3.11", "0.1.0-3.11-0123456789aX", "0.1.0-3.11-0123456789abc", "x"])
def test_folders_of_others_stay(name: str, tmp_path: Path) -> None:
    foreign = left_behind(tmp_path, name)
    cache.prune(str(tmp_path))
    assert {path.name for path in foreign.iterdir()} == {KEPT, f"{KEPT}.77.new"}


def test_files_of_others_stay(tmp_path: Path) -> None:
    ours = left_behind(tmp_path, files=(KEPT, "notes.json", "deep/notes.txt"))
    cache.prune(str(tmp_path))
    assert {path.name for path in ours.iterdir()} == {"notes.json", "deep"}


def test_links_stay(tmp_path: Path) -> None:
    target = left_behind(tmp_path / "elsewhere")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / STATE).symlink_to(target)
    cache.prune(str(tmp_path / "cache"))
    assert (target / KEPT).exists()


@pytest.mark.parametrize(
    ("name", "error"), [("unlink", FileNotFoundError), ("unlink", PermissionError), ("rmdir", OSError)]
)
def test_another_process_prunes_as_well(
    name: str, error: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    left_behind(tmp_path)
    monkeypatch.setattr(os, name, fails)
    cache.prune(str(tmp_path))
    cache.prune(str(tmp_path / "nowhere"))


def test_folder_that_is_read_is_in_use(tmp_path: Path) -> None:
    tree = Tree(tmp_path, TREE)
    assert tree.codes("app.py") == ["VT101"]
    folder = Path(cache.Cache(str(tree.cache)).folder)
    old(folder)
    cache.Cache(str(tree.cache))
    assert time.time() - folder.stat().st_mtime < 3600


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
    monkeypatch.setattr(cache.Cache, "_write", fail)
    write(tmp_path, TREE)
    assert [code for _, code in found(tmp_path / "app.py")] == ["VT101"]
    library.cache_clear()
