"""Where the time of the plugin goes on a package: one run in one process, with a clock around the rooms.

`benchmarks.overhead` runs it with an interpreter that has the plugin, and prints its numbers as a table::

    PYTHON benchmarks/rooms.py SCRATCH/aiohttp
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import sys
import tempfile
import time
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

IMPORTS, REST = "imports", "the rest"
FUNCTIONS = {
    "survey": ("survey.survey",),
    "kinds, triage": ("triage.suspect",),
    "other modules": ("project.read", "source.parse"),
    "lowering": ("lower.lower", "lower.lower_module"),
}
METHODS = {
    "kinds.Kinds": ("kinds, triage", ()),  # all that are public
    "project.Library": ("other modules", ("find", "survey")),
    "survey.outline.Outline": ("other modules", ("__getattr__",)),
    "survey.sleeping.Margin": ("other modules", ("bind_all",)),
    "survey.sleeping.Sleeping": ("other modules", ("read_head", "__getattr__")),
    "survey.sleeping.SleepingClass": ("other modules", ("read_head", "method_at")),
    "source.Source": ("reporting", ("span",)),
    "analyze.Judged": ("reporting", ("findings",)),
    "typestate.Typestate": ("solving", ("flow",)),
}
ROOMS = (*dict.fromkeys([IMPORTS, *FUNCTIONS, "solving", "rules", "reporting"]), REST)


@dataclass
class Clock:
    """Seconds by room; those of a room that is entered from another one belong to the inner one."""

    spent: Counter[str] = field(default_factory=Counter)
    _within: list[str] = field(default_factory=lambda: [""])
    _since: float = field(default_factory=time.process_time)

    def timed(self, room: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that does the same with the clock on."""

        @functools.wraps(function)
        def inner(*args: Any, **named: Any) -> Any:
            if self._within[-1] == room:
                return function(*args, **named)
            self._note()
            self._within.append(room)
            try:
                return function(*args, **named)
            finally:
                self._note()
                self._within.pop()

        return inner

    def _note(self) -> None:
        now = time.process_time()
        self.spent[self._within[-1]] += now - self._since  # type: ignore[assignment]
        self._since = now


def member(path: str) -> Any:
    """What stands at a dotted path of the package: a function or a class of one of its modules."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"flake8_valuetask.{module}"), name)


def enter_all(clock: Clock) -> None:
    """Put the clock around all rooms, wherever their functions are held."""
    for path, room in ((path, room) for room, paths in FUNCTIONS.items() for path in paths):
        exchange(member(path), clock.timed(room, member(path)))
    for path, (room, names) in METHODS.items():
        owner = member(path)
        public = [n for n, f in vars(owner).items() if isinstance(f, FunctionType) and not n.startswith("_")]
        for name in names or public:
            setattr(owner, name, clock.timed(room, getattr(owner, name)))
    rules: dict[str, Any] = member("rules.load")()
    for code, rule in rules.items():
        listed = functools.partial(lambda check, flow: list(check(flow)), rule.check)
        rules[code] = member("records.replaced")(rule, check=clock.timed("rules", functools.wraps(rule.check)(listed)))


def exchange(old: object, new: object) -> None:
    """Put one function in the place of another, in each module of the package that holds it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "flake8_valuetask":
            for held in [key for key, value in vars(module).items() if value is old]:
                setattr(module, held, new)


def import_all() -> None:
    for name in (
        "flake8_valuetask.analyze",
        "flake8_valuetask.lower",
        "flake8_valuetask.triage",
        "flake8_valuetask.survey.outline",
    ):
        importlib.import_module(name)
    member("rules.load")()


def look(folder: Path) -> dict[str, dict[str, float]]:
    """Seconds by room, and counts of suspects, for a package, in the plugin's way and with an empty cache."""
    clock, counts = Clock(), Counter[str]()
    clock.timed(IMPORTS, import_all)()
    chosen, files = member("triage.suspect"), set[int]()

    def suspect(body: Any, survey: Any, *args: Any) -> bool:
        found: bool = chosen(body, survey, *args)
        counts.update(suspects=found and body.scope.kind == "function")
        files.update([counts["files"]] * found)
        return found

    exchange(chosen, suspect)
    enter_all(clock)
    plugin: Any = member("plugin.Plugin")
    with tempfile.TemporaryDirectory() as cache:
        plugin.options = member("options.Options")(search=member("options.Search")(cache=cache))
        for path, lines, tree in parsed(folder):
            counts.update(files=1, functions=sum(1 for _ in outermost(tree)))
            clock.timed(REST, lambda *given: list(plugin(*given).run()))(tree, str(path), lines)
    counts["suspect_files"] = len(files)
    return {"counts": dict(counts), "seconds": {room: clock.spent[room] for room in ROOMS}}


def parsed(folder: Path) -> Iterator[tuple[Path, list[str], ast.Module]]:
    """The modules of a package that Python can read."""
    for path in sorted(folder.rglob("*.py")):
        try:
            with tokenize.open(path) as file:
                lines = file.readlines()
            yield path, lines, ast.parse("".join(lines))
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue


def outermost(node: ast.AST) -> Iterator[ast.AST]:
    """The functions of a module and of its classes, without those in functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif not isinstance(child, ast.expr):
            yield from outermost(child)


def main() -> None:
    """Look at the package in the folder that is the only argument, and print that as JSON."""
    (folder,) = sys.argv[1:]
    print(json.dumps(look(Path(folder))))


if __name__ == "__main__":
    main()
