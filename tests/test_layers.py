"""The rooms and their doors: who imports whom, read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.samples import ROOT

PACKAGE = ROOT / "flake8_valuetask"

# A room imports only rooms that come before it. The words (refs, events, options, finding) stand beside the room
# that speaks them first; `kinds` comes before `graph`, since `lower` asks it while it builds.
ORDER = (
    "records",
    "descent",
    "budget",
    "folders",
    "options",
    "refs",
    "constants",
    "source",
    "finding",
    "survey",
    "events",
    "catalog",
    "project",
    "kinds",
    "graph",
    "lower",
    "solve",
    "typestate",
    "rule",
    "rules",
    "triage",
    "trace",
    "trail",
    "analyze",
    "session",
    "reports",
    "fixes",
    "plugin",
    "server",
    "__main__",
)
APART = ("runtime", "__init__")  # the reference ValueTask and the version: they know no room
FRONTS = ("plugin", "__main__", "reports", "fixes", "server")

# Who may import what comes from outside, and why.
OUTSIDE = {
    "typeshed_client": {"project": "finds stubs"},
    "platformdirs": {"project": "knows where caches live"},
    "pygls": {"server": "speaks with editors"},
    "lsprotocol": {"server": "its words"},
    "pylsp": {"server": "hands over its documents"},
    "flake8": {"server": "reads its configuration, selects and silences as it does"},
    "typing_extensions": {"records": "tells type checkers what a record is; not imported at run time"},
    "rich": {"reports": "draws traces and pages"},
    "ast": {
        "constants": "reads literals",
        "source": "holds the tree that flake8 has parsed",
        "survey": "passes over it once",
        "project": "parses stubs for the survey",
        "analyze": "is handed the tree",
        "server": "parses buffers, and finds the name under a cursor",
        "plugin": "is handed the tree",
        "triage": "looks at what is given in calls",
        "lower": "reads it; syntax stops there",
    },
}


class Import(NamedTuple):
    """One import: the module it stands in, the dotted name of what it imports, and where."""

    module: Path
    target: str
    line: int

    @property
    def room(self) -> str:
        """The room of the importing module."""
        return self.module.relative_to(PACKAGE).parts[0].removesuffix(".py")

    @property
    def goal(self) -> str:
        """The imported room; "" for what is no room of this package."""
        package, _, rest = self.target.partition(".")
        return rest.partition(".")[0] if package == PACKAGE.name else ""

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.line} imports {self.target}"


def imports_of(module: Path) -> Iterator[Import]:
    """All imports of a module, late ones and those for types included."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(module, target, node.lineno) for target in _targets(node))


def _targets(node: ast.ImportFrom) -> list[str]:
    assert node.level == 0, "imports are absolute"
    home = node.module or ""
    inner = home == PACKAGE.name
    return (
        [f"{home}.{alias.name}" for alias in node.names if not (inner and alias.name == "__version__")]
        if inner
        else [home]
    )


ALL = [found for module in sorted(PACKAGE.rglob("*.py")) for found in imports_of(module)]


def test_every_room_has_its_place() -> None:
    rooms = {
        path.name.removesuffix(".py")
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {*ORDER, *APART} == set()


def test_imports_go_in_one_direction() -> None:
    places = {room: number for number, room in enumerate(ORDER)}
    inner = [i for i in ALL if i.goal and i.room not in APART and i.goal != i.room]
    assert len(inner) > 50
    assert [str(i) for i in inner if places.get(i.goal, len(ORDER)) >= places[i.room]] == []


def test_the_runtime_stands_apart() -> None:
    mine = [i for i in ALL if i.room in APART and i.goal]
    assert [str(i) for i in mine if i.goal != "runtime"] == []
    assert [str(i) for i in ALL if i.goal == "runtime" and i.room != "runtime"] == []


@pytest.mark.parametrize("package", OUTSIDE)
def test_packages_from_outside_have_their_door(package: str) -> None:
    users = {i.room for i in ALL if i.target.partition(".")[0] == package}
    assert users <= OUTSIDE[package].keys()


def test_only_the_fronts_are_allowed_what_others_are_not() -> None:
    assert [str(i) for i in ALL if i.target.partition(".")[0] == "flake8" and i.room not in FRONTS] == []
    assert [str(i) for i in ALL if i.goal in FRONTS and i.room not in FRONTS] == []


def neighbours(module: Path) -> set[Path]:
    """The modules of its own room that a module imports, the door of the room aside."""
    nodes = [
        node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    names = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names} | {f"{n.module}" for n in nodes}
    paths = {ROOT / f"{name.replace('.', '/')}.py" for name in names}
    return {path for path in paths if path.parent == module.parent != PACKAGE and path.exists()}


@pytest.mark.parametrize("room", sorted({path.parent.name for path in PACKAGE.glob("*/__init__.py")}))
def test_no_circles_inside_a_room(room: str) -> None:
    waiting = {path: neighbours(path) for path in (PACKAGE / room).glob("*.py") if path.name != "__init__.py"}
    while free := [path for path, needed in waiting.items() if not needed & waiting.keys()]:
        for path in free:
            del waiting[path]
    assert sorted(path.name for path in waiting) == []


def test_rules_import_no_other_rule() -> None:
    mine = [i for i in ALL if i.room == "rules" and i.goal == "rules"]
    assert {i.target for i in mine} == {"flake8_valuetask.rules.words"} or {i.target for i in mine} == {
        "flake8_valuetask.rules"
    }
    words = [i for i in imports_of(PACKAGE / "rules" / "words.py") if i.goal == "rules"]
    assert words == []


def test_rules_know_neither_syntax_nor_names() -> None:
    known = {i.goal for i in ALL if i.room == "rules" and i.goal}
    assert known <= {"rule", "rules", "events", "typestate"}


def test_solver_knows_only_graphs() -> None:
    assert {i.goal for i in ALL if i.room == "solve" and i.goal} == {"graph"}


def test_imports_from_outside_are_the_declared_ones() -> None:
    outside = {i.target.partition(".")[0] for i in ALL if not i.goal} - {PACKAGE.name}
    assert outside - set(sys.stdlib_module_names) == {*(name for name in OUTSIDE if name != "ast")}


@pytest.mark.parametrize("front", ["plugin", "analyze", "runtime"])
def test_heavy_packages_are_imported_when_needed(front: str) -> None:
    code = f"import sys, flake8_valuetask.{front}; print([m for m in ('typeshed_client', 'platformdirs', 'flake8') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
