"""What basedpyright knows of calls: it reads a copy of a package in which `reveal_type` is put around each of them.

In: a package and some calls of its modules. Out: the type of each call that it reaches, as it writes it. Never:
changing the package. The checker sees it, what lies beside it, and the standard library; no other package is installed.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

SECONDS = 3600
ONE_SHOT = frozenset({"CoroutineType", "Coroutine", "ValueTask"})
MANY_SHOT = frozenset({"Task", "Future"})

_OPEN = b"reveal_type("
_REVEALED = re.compile(r'^Type of ".*" is "(.*)"$', re.DOTALL)


class Place(NamedTuple):
    """Where a call stands: the path below the package, and line and column as `ast` counts them."""

    path: str
    line: int
    column: int


def verdict(revealed: str) -> str:
    """What a type says of a call: one-shot, many-shot, only awaitable, unknown, or something else."""
    names = {part.partition("[")[0] for part in _members(revealed)} - {"None"}
    if names & {"Unknown", "Any"}:
        return "unknown"
    if not names <= ONE_SHOT | MANY_SHOT | {"Awaitable"}:
        return "something else"
    if "Awaitable" in names:
        return "awaitable"
    return "one-shot" if names <= ONE_SHOT else "many-shot"


def _members(text: str) -> Iterator[str]:
    """The members of a union, as it is written."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if character == "|" and not depth:
            yield text[start:index].strip()
            start = index + 1
    yield text[start:].strip()


def revealed(folder: Path, calls: Mapping[Path, Iterable[ast.Call]]) -> dict[Place, str]:
    """The types of calls, by their places; calls that the checker does not reach have none."""
    with TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        copy = root / "copy" / folder.name
        shutil.copytree(folder, copy)
        probes: dict[Place, Place] = {}
        for path, found in calls.items():
            name = path.relative_to(folder).as_posix()
            text, moved = wrapped(path.read_text(encoding="utf-8"), found)
            (copy / name).write_text(text, encoding="utf-8")
            probes |= {Place(name, *there): Place(name, *here) for there, here in moved.items()}
        return {probes[place]: kind for place, kind in _checked(root, copy, folder.parent) if place in probes}


def wrapped(text: str, calls: Iterable[ast.Call]) -> tuple[str, dict[tuple[int, int], tuple[int, int]]]:
    """A text with `reveal_type` around calls; and for each place of a call in it, its place in the text given.

    The former are lines from 1 and UTF-16 units from 0, as language servers count. A call whose place is not exact,
    as in some f-strings, is left as it is.
    """
    marks: dict[int, list[tuple[int, bool, ast.Call]]] = {}
    for call in calls:
        if _exact(text, call):
            marks.setdefault(call.lineno, []).append((call.col_offset, True, call))
            marks.setdefault(call.end_lineno or 0, []).append((call.end_col_offset or 0, False, call))
    lines = [line.encode() for line in text.split("\n")]
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for number, here in marks.items():
        line, made, at = lines[number - 1], b"", 0
        for column, opens, call in sorted(here, key=lambda mark: mark[:2]):
            made += line[at:column] + (_OPEN if opens else b")")
            at = column
            if opens:
                moved[number, len(made.decode().encode("utf-16-le")) // 2] = (call.lineno, call.col_offset)
        lines[number - 1] = made + line[at:]
    return "\n".join(line.decode() for line in lines), moved


def _exact(text: str, call: ast.Call) -> bool:
    segment = ast.get_source_segment(text, call) or ""
    try:
        return ast.dump(ast.parse(f"({segment})", mode="eval").body) == ast.dump(call)
    except SyntaxError:
        return False


def _checked(root: Path, copy: Path, beside: Path) -> Iterator[tuple[Place, str]]:
    """Run the checker over the copy of a package: the places and types that it reveals."""
    venv.create(root / "empty", symlinks=True)
    python = next((root / "empty").glob("*/python*"))
    setting = {"include": [str(copy)], "extraPaths": [str(beside.resolve())], "typeCheckingMode": "off"}
    (root / "pyrightconfig.json").write_text(json.dumps(setting), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--outputjson",
        "--pythonpath",
        str(python),
        "--project",
        str(root),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, timeout=SECONDS)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"basedpyright ended with status {run.returncode}: {run.stdout}{run.stderr}")
    for one in json.loads(run.stdout)["generalDiagnostics"]:
        found = _REVEALED.match(one["message"])
        if found is not None:
            start, name = one["range"]["start"], Path(one["file"]).relative_to(copy).as_posix()
            yield Place(name, start["line"] + 1, start["character"]), found[1]
