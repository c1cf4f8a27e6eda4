"""Neither the working directory nor the way in which a file is named matters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.trees import FETCH, ROOT, codes, flake8, process, twice, write

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
