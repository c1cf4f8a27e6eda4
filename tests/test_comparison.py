"""What is said of other tools is what `benchmarks/comparison.py` prints: as far as it can be tried without the network."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks import comparison, tools
from benchmarks.tools import Installed, Remark, Tool
from tests import trees
from tests.samples import ROOT

HERE = Path(sys.executable)
NAMES = ("tools", "mistakes", "seeded")


def written(name: str, page: str = "docs/comparison.md") -> list[list[str]]:
    """A table of a page, by its mark: the cells of each row, those of the head first."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    assert found is not None
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in [lines[0], *lines[2:]]]


def of(title: str, name: str) -> list[str]:
    """The row of a tool in a table, but for its title."""
    [row] = [row for row in written(name) if row[0].partition(" ")[0] == title]
    return row[1:]


def saying(text: str, status: int = 0) -> Installed:
    """A tool that prints a text and ends."""
    tool = Tool("tool", "", ("-c", f"print({text!r}); raise SystemExit({status})"), tools.OWN.read)
    return Installed(tool, HERE, "tool 1.0")


# The pages


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[tuple[str, int]]]:
    """A folder with all that is judged, and the marked lines."""
    folder = tmp_path_factory.mktemp("judged").resolve()
    return folder, comparison.prepare(folder)


def test_readme_has_the_table_of_the_docs() -> None:
    assert written("tools") == written("tools", "README.md")


def test_tables_have_every_tool_and_its_options() -> None:
    own = tools.own()
    known = [(own.tool.name, own.tool.shown), *((tool.name, tool.shown) for tool in tools.OTHERS)]
    assert [(row[0].partition(" ")[0], row[1]) for row in written("tools")[1:]] == known
    titles = [row[0] for row in written("tools")]
    assert titles[1] == own.title
    assert [[row[0] for row in written(name)] for name in NAMES] == [titles] * len(NAMES)


def test_own_rows_are_right(judged: tuple[Path, set[tuple[str, int]]]) -> None:
    rows = comparison.rows(tools.own(), *judged)
    assert rows["mistakes"] == of("flake8-valuetask", "mistakes")
    assert rows["tools"][:-1] == of("flake8-valuetask", "tools")[:-1]
    now = len(judged[1])
    assert (rows["tools"][-1], rows["seeded"]) == (f"{now} of {now}", [str(now)] * 3)


def test_numbers_are_those_of_one_run(judged: tuple[Path, set[tuple[str, int]]]) -> None:
    seeded = {row[0]: row for row in written("seeded")[1:]}
    [marked] = {int(row[1]) for row in seeded.values()}
    assert 0 < marked <= len(judged[1]), "fixtures were taken away: `python -m benchmarks.comparison --write`"
    assert [row[-1] for row in written("tools")[1:]] == [f"{row[3]} of {marked}" for row in seeded.values()]


@pytest.mark.parametrize("name", ["ruff", "mypy"])
def test_rows_of_tools_at_hand_are_right(name: str, judged: tuple[Path, set[tuple[str, int]]]) -> None:
    [tool] = [tool for tool in tools.OTHERS if tool.name == name]
    at_hand, folder = Installed(tool, HERE, name), judged[0]
    ours = comparison.mistakes(at_hand, folder, "example.py", comparison.OURS)
    theirs = comparison.mistakes(at_hand, folder, "others.py", comparison.THEIRS)
    assert (ours, theirs) == (of(name, "tools")[1:-1], of(name, "mistakes"))


# The program


def test_what_is_said_of_a_mended_twin_is_about_other_things(tmp_path: Path) -> None:
    names = {"first": "one", "second": "two"}
    text = "".join(f"async def {name}():\n    await f()\n" for name in ("one", "one_rightly", "two", "two_rightly"))
    trees.write(tmp_path, {"page.py": text})
    said = "\n".join(
        f"page.py:{line}:1: VT{code} no" for line, code in ((1, 101), (2, 102), (2, 103), (8, 103), (6, 104))
    )
    assert comparison.mistakes(saying(said), tmp_path, "page.py", names) == ["(VT101), VT102", "VT104"]


def test_a_tool_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"tool 1\.0 ended with status 2: broken"):
        saying("broken", status=2).remarks(tmp_path, [])


def test_remarks_are_read_as_each_tool_writes_them() -> None:
    said = {
        "ruff": '{"code": "RUF029", "filename": "a.py", "location": {"row": 3}, "message": "no", "name": "unused-async"}',
        "flake8-async": "a.py:3:1: ASYNC124 no",
        "pylint": "************* Module a\na.py:3:0: W0149: no (while-used)",
        "mypy": "a.py:3:5: error: no  [unused-coroutine]\na.py:3:5: note: Are you missing an await?\nFound 1 error",
        "basedpyright": "a.py\n  a.py:3:5 - error: no\n    since it is so (reportUnusedCoroutine)\n1 error",
        "ty": "a.py:3:5: error[unused-awaitable] no\nFound 1 diagnostic",
        "pyrefly": "ERROR a.py:3:5-4:18: no [unused-coroutine]\n",
    }
    read = {tool.name: list(tool.read(said[tool.name])) for tool in tools.OTHERS}
    assert all(
        (one.path, one.line, one.code in said[name], "no" in one.message) == ("a.py", 3, True, True)
        for name, [one] in read.items()
    )


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("the value is awaited again", True),
        ("Result of async function call is not used", False),
        ("Rewrite 'dict(a=await page)' as a literal", False),
        ("`page` is a coroutine", True),
    ],
)
def test_what_is_quoted_does_not_count(message: str, about: bool) -> None:
    assert comparison.about_awaiting(Remark("a.py", 1, "X1", message)) == about


def test_pages_are_written_between_their_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trees.write(tmp_path, {"README.md": "a\n<!-- tools -->\nold\n<!-- /tools -->\nb\n"})
    monkeypatch.setattr(comparison, "ROOT", tmp_path)
    monkeypatch.setattr(comparison, "PAGES", ("README.md",))
    monkeypatch.setattr(comparison, "blocks", lambda known: {"tools": "new\n"})
    monkeypatch.setattr(tools, "others", lambda folder: [])
    told: list[str] = []
    assert comparison.main(["--check"], told.append) == 1
    assert told == ["README.md is stale; `python -m benchmarks.comparison --write` writes it anew"]
    assert comparison.main(["--write"], told.append) == comparison.main(["--check"], told.append) == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "a\n<!-- tools -->\nnew\n<!-- /tools -->\nb\n"
