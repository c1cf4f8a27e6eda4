"""Draws `docs/trace.svg`: what `--format=vt-trace` shows of `docs/example.py`, on a terminal with colours.

Run it from the root of the project::

    python -m docs.draw_trace
"""

from __future__ import annotations

import ast
import re
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from flake8_valuetask.plugin import Plugin
from flake8_valuetask.reports.entries import Entry, collect
from flake8_valuetask.reports.traces import draw

EXAMPLE = "docs/example.py"
TARGET = Path(__file__).parent / "trace.svg"
SHOWN = ("measure", "both")
WIDTH = 80


class Violation(NamedTuple):
    """What flake8 makes of a line of a plugin."""

    code: str
    filename: str
    line_number: int
    column_number: int
    text: str
    physical_line: str | None


def entries() -> list[Entry]:
    """The findings in the functions that are shown."""
    text = (Path(__file__).parent / "example.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = {
        line
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name in SHOWN
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    found = []
    for line, column, message, _ in Plugin(tree, EXAMPLE, text.splitlines(keepends=True)).run():
        code, rest = message.split(" ", 1)
        found.append(Violation(code, EXAMPLE, line, column + 1, rest, None))
    return [entry for entry in collect(found) if entry.span.line in lines]


def svg() -> str:
    """The picture. It names no font that a viewer would have to load."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="standard")
    draw(entries(), console)
    title = f"flake8 --select VT --format vt-trace {EXAMPLE}"
    drawn = console.export_svg(title=title, unique_id="trace")
    drawn = drawn.replace("Fira Code, monospace", "monospace").replace("font-family: arial", "font-family: sans-serif")
    drawn = re.sub(r"\s*@font-face \{.*?\}\n", "\n", drawn, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(svg(), encoding="utf-8", newline="\n")
