"""What other tools say of the mistakes that this plugin is about, and of some that it is not about.

Run it from the root of the project. It installs each tool in an environment of its own (needs the network)::

    python -m benchmarks.comparison            prints the tables
    python -m benchmarks.comparison --write    writes them into README.md and docs/comparison.md
    python -m benchmarks.comparison --check    fails if those are not what it would write

A mistake is a function, and `<name>_rightly` is its mended twin. A tool speaks of the mistake if it says something in
the function with a code that it gives to none of the mended twins of the file: what it says of those is about other
things. A marked line of the fixtures is one with `# want:` VT101 or VT102. There, a remark is about awaiting
if its own words are; what it quotes of the code does not count.
"""

from __future__ import annotations

import argparse
import ast
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import tools
from benchmarks.tools import ROOT, Installed, Remark

Table = list[list[str]]

PAGES = ("README.md", "docs/comparison.md")
OURS = {"awaited twice": "measure", "dropped": "warm_up", "cached": "settings", "gathered twice": "both"}
THEIRS = {
    "blocking call": "tick",
    "task nobody keeps": "start",
    "polled event": "poll",
    "cancellation swallowed": "go_on",
}
SEEDED = ("vt101_consumed_twice", "vt102_consumed_in_loop")

_TITLED = re.compile(r'^```python title="others.py"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_MARKED = re.compile(r"# want:.*\bVT10[12]\b")
_NEWER = re.compile(r"_py\d+\.py$")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_AWAITING = re.compile(r"\b(await|coroutine|again\b|twice\b|more than once\b|reuse)", re.IGNORECASE)


def blocks(known: list[Installed]) -> dict[str, str]:
    """The tables of these tools as Markdown, by the names of the marks that they stand between."""
    tables: dict[str, Table] = {
        "tools": [["tool", "options", *OURS, "seeded double awaits"]],
        "mistakes": [["tool", *THEIRS]],
        "seeded": [["tool", "marked lines", "any remark there", "a remark about awaiting"]],
    }
    with TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        marked = prepare(folder)
        for tool in known:
            for name, row in rows(tool, folder, marked).items():
                tables[name].append([tool.title, *row])
    return {name: _markdown(table) for name, table in tables.items()}


def rows(tool: Installed, folder: Path, marked: set[tuple[str, int]]) -> dict[str, list[str]]:
    """The cells of a tool in each table, but for its title."""
    anything, awaiting = counted(tool, folder, marked)
    ours = mistakes(tool, folder, "example.py", OURS)
    return {
        "tools": [tool.tool.shown, *ours, f"{awaiting} of {len(marked)}"],
        "mistakes": mistakes(tool, folder, "others.py", THEIRS),
        "seeded": [str(len(marked)), str(anything), str(awaiting)],
    }


def prepare(folder: Path) -> set[tuple[str, int]]:
    """Put all that is judged into a folder, and say which lines of the fixtures are marked."""
    shutil.copy(ROOT / "docs" / "example.py", folder)
    (folder / "others.py").write_text(others_example(), encoding="utf-8")
    shutil.copytree(ROOT / "flake8_valuetask", folder / "flake8_valuetask", ignore=_left_out)  # fixtures import it
    (folder / "fixtures").mkdir()
    shutil.copy(ROOT / "fixtures" / "world.py", folder / "fixtures")
    for name in SEEDED:
        shutil.copytree(ROOT / "fixtures" / name, folder / "fixtures" / name, ignore=_left_out)
    return set(_marked(folder))


def others_example() -> str:
    """The module of docs/comparison.md that has mistakes of other sorts."""
    found = _TITLED.search((ROOT / "docs" / "comparison.md").read_text(encoding="utf-8"))
    if found is None:
        raise LookupError("docs/comparison.md has no others.py")
    return found[1]


def _left_out(_: str, names: list[str]) -> set[str]:
    """What is no source, and modules with syntax that some Python does not have: the count is the same with each."""
    return {name for name in names if _NEWER.search(name) or name == "__pycache__"}


def _marked(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.glob("fixtures/*/*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if _MARKED.search(line):
                yield path.relative_to(folder).as_posix(), number


# What a tool says


def mistakes(tool: Installed, folder: Path, name: str, functions: dict[str, str]) -> list[str]:
    """A cell for each mistake of a file: the codes that speak of it, in brackets if of the function as a whole."""
    said = tool.remarks(folder, [name])
    tree = ast.parse((folder / name).read_text(encoding="utf-8"))
    known = {one.name: one for one in tree.body if isinstance(one, ast.AsyncFunctionDef)}
    mended = [known[f"{function}_rightly"] for function in functions.values()]
    beside = {one.code for one in said if any(_within(one, node) for node in mended)}
    return [_cell(known[function], [one for one in said if one.code not in beside]) for function in functions.values()]


def _within(remark: Remark, node: ast.AsyncFunctionDef) -> bool:
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return first <= remark.line <= (node.end_lineno or node.lineno)


def _cell(node: ast.AsyncFunctionDef, said: list[Remark]) -> str:
    inside = [one for one in said if _within(one, node)]
    codes = (f"({one.code})" if one.line == node.lineno else one.code for one in inside)
    return ", ".join(dict.fromkeys(codes))


def counted(tool: Installed, folder: Path, marked: set[tuple[str, int]]) -> tuple[int, int]:
    """On how many marked lines a tool says anything, and on how many of them something about awaiting."""
    said = tool.remarks(folder, [f"fixtures/{name}" for name in SEEDED])
    there = [one for one in said if (one.path, one.line) in marked]
    return _lines(there), _lines(one for one in there if about_awaiting(one))


def about_awaiting(remark: Remark) -> bool:
    """Whether the words of a remark, but for what it quotes, are about awaiting."""
    return _AWAITING.search(_QUOTED.sub("", remark.message)) is not None


def _lines(remarks: Iterable[Remark]) -> int:
    return len({(one.path, one.line) for one in remarks})


# Texts and files


def _markdown(table: Table) -> str:
    head, *rows = ("|".join(["", *(f" {cell} " if cell else " " for cell in cells), ""]) for cells in table)
    made = f"Printed by `python -m benchmarks.comparison`, with Python {platform.python_version()}:"
    return "\n".join(["", made, "", head, "|" + " --- |" * len(table[0]), *rows, "", ""])


def renewed(text: str, made: dict[str, str]) -> str:
    """A page with its tables as they should be; a table stands between marks that are comments."""
    for name, table in made.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, opened, rest = text.partition(opening)
        _, closed, after = rest.partition(closing)
        text = f"{before}{opened}{table}{closed}{after}" if opened and closed else text
    return text


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Print the tables, write them, or tell which page is stale."""
    parser = argparse.ArgumentParser(description="Compare what tools say of one-shot awaitables.")
    parser.add_argument("--venvs", type=Path, metavar="FOLDER", help="keep the tools here, and use those that are here")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="write the tables into the pages")
    what.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        made = blocks([tools.own(), *tools.others((asked.venvs or Path(scratch)).resolve())])
    if asked.check or asked.write:
        return _settle(made, write=asked.write, say=say)
    say("".join(made.values()).strip())
    return 0


def _settle(made: dict[str, str], *, write: bool, say: Callable[[str], None]) -> int:
    """Write the stale pages, or tell of them and return 1."""
    status = 0
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        if renewed(text, made) == text:
            continue
        if write:
            (ROOT / name).write_text(renewed(text, made), encoding="utf-8", newline="\n")
        else:
            say(f"{name} is stale; `python -m benchmarks.comparison --write` writes it anew")
            status = 1
    return status


if __name__ == "__main__":
    raise SystemExit(main())
