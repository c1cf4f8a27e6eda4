"""Other tools that judge Python: how each is installed, run with all its rules, and read.

In: a folder of Python files, and which of them to judge. Out: remarks, with file, line, code and message. Never: what a
remark is worth; `comparison.py` weighs them. The network is needed where a tool is not installed yet.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 600

# What a line of text output begins with: a place, after a word or an indentation that some tools put before it.
_PLACE = re.compile(r"^\s*(?:[A-Z]+ )?([^:\n]+\.py):(\d+):(?:\d+(?:-\d+(?::\d+)?)?:?)?[\s-]*(.*)$")


class Remark(NamedTuple):
    """What a tool says of a line."""

    path: str
    line: int
    code: str
    message: str


Reader = Callable[[str], Iterator[Remark]]


def _texts(code: str) -> Reader:
    """A reader of lines that begin with a place and hold a code; others belong to the line before."""
    pattern = re.compile(code)

    def read(output: str) -> Iterator[Remark]:
        for path, line, text in _placed(output):
            found = pattern.search(text)
            if found is not None:  # a note that explains the line before it has no code
                yield Remark(path, line, found[1], text.replace(found[0], "").strip())

    return read


def _placed(output: str) -> Iterator[tuple[str, int, str]]:
    path, number, text = "", 0, ""
    for line in output.splitlines():
        found = _PLACE.match(line)
        if found is None:
            text = f"{text} {line.strip()}"
            continue
        if path:
            yield path, number, text
        path, number, text = found[1], int(found[2]), found[3]
    if path:
        yield path, number, text


def _objects(output: str) -> Iterator[Remark]:
    """Read ruff's JSON, an object to a line: with preview on, its text output has names instead of codes."""
    for one in map(json.loads, output.splitlines()):
        yield Remark(one["filename"], one["location"]["row"], one["code"] or one["name"], one["message"])


@dataclass(frozen=True)
class Tool:
    """A tool: its package, what else its environment needs, its options in words and as arguments, how to read it."""

    name: str
    shown: str
    arguments: tuple[str, ...]
    read: Reader
    needs: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (0, 1)


OWN = Tool(
    "flake8-valuetask",
    "",
    ("-m", "flake8", "--isolated", "--select=VT"),
    _texts(r"^(VT\d{3})\b"),
)
_PYLINT = """\
import pkgutil, pylint, pylint.extensions
known = [one.name for one in pkgutil.iter_modules(pylint.extensions.__path__, "pylint.extensions.")]
pylint.run_pylint(["--rcfile=", "--enable=all", *(f"--load-plugins={one}" for one in known if "._" not in one), *argv])
"""
_STRICT = ("--strict", "--enable-error-code=unused-awaitable")
OTHERS = (
    Tool(
        "ruff",
        "`--select ALL --preview`",
        ("-m", "ruff", "check", "--isolated", "--no-cache", "--select=ALL", "--preview", "--output-format=json-lines"),
        _objects,
    ),
    Tool(
        "flake8-async",
        "`--asyncio --enable ASYNC`",
        ("-m", "flake8", "--isolated", "--select=ASYNC", "--asyncio", "--enable=ASYNC"),
        _texts(r"^(ASYNC\d{3})\b"),
        ("flake8",),
    ),
    Tool(
        "pylint",
        "`--enable=all`, all extensions",
        ("-c", f"import sys; argv = sys.argv[1:]\n{_PYLINT}"),
        _texts(r"\(([a-z-]+)\)$"),
        statuses=tuple(range(32)),  # a bit for each category of messages; 32 is for wrong usage
    ),
    Tool(
        "mypy",
        "`--strict`, `unused-awaitable`",
        ("-m", "mypy", "--config-file=", "--no-incremental", "--explicit-package-bases", *_STRICT),
        _texts(r"\[([a-z-]+)\]$"),
    ),
    Tool(
        "basedpyright",
        "`typeCheckingMode: all`",
        ("-m", "basedpyright"),
        _texts(r"\((report\w+)\)"),
    ),
    Tool(
        "ty",
        "`--error all`",
        ("-m", "ty", "check", "--error=all", "--output-format=concise"),
        _texts(r"\[([a-z-]+)\]"),
    ),
    Tool(
        "pyrefly",
        "`--preset all`",
        ("-m", "pyrefly", "check", "--preset=all", "--output-format=min-text"),
        _texts(r"\[([a-z-]+)\]$"),
    ),
)
# Read by those that have no option for it. All others are told on the command line.
_CONFIGURATION = {"pyrightconfig.json": '{"typeCheckingMode": "all"}\n'}


class Installed(NamedTuple):
    """A tool, the interpreter that has it, and its name with the version."""

    tool: Tool
    python: Path
    title: str

    def remarks(self, folder: Path, names: Iterable[str]) -> list[Remark]:
        """What it says of files below a folder, by their paths from there; any other end than a normal one raises."""
        for name, text in _CONFIGURATION.items():
            (folder / name).write_text(text, encoding="utf-8")
        command = [str(self.python), *self.tool.arguments, *names]
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=SECONDS)
        if run.returncode not in self.tool.statuses:
            raise RuntimeError(f"{self.title} ended with status {run.returncode}: {run.stdout}{run.stderr}")
        found = self.tool.read(run.stdout)
        return [one._replace(path=os.path.relpath(folder / one.path, folder)) for one in found]


def own() -> Installed:
    """This plugin, in the environment at hand."""
    return _titled(OWN, Path(sys.executable))


def others(folder: Path) -> list[Installed]:
    """All other tools, each in an environment of its own below a folder: those that are there, and else new ones."""
    return [_titled(tool, _environment(tool, folder / tool.name)) for tool in OTHERS]


def _environment(tool: Tool, folder: Path) -> Path:
    """The interpreter of an environment that has a tool."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", tool.name, *tool.needs], check=True)
    return python


def _titled(tool: Tool, python: Path) -> Installed:
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    version = _said(python, "-c", code, tool.name).strip()
    if tool.name == "basedpyright":
        base = re.search(r"based on (pyright \S+)", _said(python, "-m", "basedpyright", "--version"))
        version += f" ({base[1]})" if base else ""
    return Installed(tool, python, f"{tool.name} {version}")


def _said(python: Path, *arguments: str) -> str:
    return subprocess.run([str(python), *arguments], capture_output=True, text=True, check=True, timeout=SECONDS).stdout
