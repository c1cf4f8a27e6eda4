"""Source trees of several modules on disk, and what is found in one file of them.

In: texts by path. Out: findings, of the analysis itself or as flake8 prints them. Never: judging them.
"""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from textwrap import dedent

from flake8.main.cli import main

from flake8_valuetask.analyze import check
from flake8_valuetask.options import Options, Search
from flake8_valuetask.plugin import Plugin
from flake8_valuetask.project import library, places

ROOT = {"pyproject.toml": ""}
"""What marks the root of a project."""
FETCH = "async def fetch():\n    return 1\n"
"""A module with one producer."""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by their paths below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
    return folder


def twice(imports: str, call: str = "fetch()") -> str:
    """A module that imports something, calls it and awaits the result twice: VT101 if the result is one-shot."""
    return f"{imports}\n\n\nasync def sample():\n    page = {call}\n    await page\n    await page\n"


def given(imports: str, call: str) -> str:
    """A module whose function makes a coroutine `page`, passes it on by a call, and awaits it."""
    return (
        f"{imports}\n\n\nasync def own(): ...\n\n\nasync def sample():\n    page = own()\n    {call}\n    await page\n"
    )


def codes(path: Path | str, text: str | None = None, search: Search | None = None) -> list[str]:
    """The codes found in a file, or in a text that stands for it in an editor."""
    return [code for _, code in found(path, text, search)]


def found(path: Path | str, text: str | None = None, search: Search | None = None) -> list[tuple[int, str]]:
    """Line and code of each finding in a file."""
    text = Path(path).read_text(encoding="utf-8") if text is None else text
    options = Options(search=search or Search())
    findings = check(ast.parse(text), list(io.StringIO(text)), str(path), options)
    return [(finding.span.line, finding.code) for finding in findings]


def forget() -> None:
    """Make this process know no more than a new one would."""
    for value in (library, *vars(places).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def flake8(folder: Path, *arguments: str) -> tuple[int | str | None, list[str]]:
    """Run flake8 in a folder, but in this process: its status, or what it ends with; and the lines of its output."""
    forget()
    kept, here = Plugin.options, Path.cwd()
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    os.chdir(folder)
    try:
        with redirect_stdout(out), redirect_stderr(out):
            status: int | str | None = main(["-j1", *arguments])
    except SystemExit as error:
        status = error.code
    finally:
        os.chdir(here)
        Plugin.options = kept
    out.seek(0)
    return status, out.read().splitlines()


def process(folder: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run flake8 as its users do, with a folder of caches of its own."""
    command = [sys.executable, "-m", "flake8", *arguments]
    places = {name: str(folder / "home") for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    environment = {**os.environ, **places}
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=120
    )
