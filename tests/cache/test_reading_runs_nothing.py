"""What reads modules and outlines runs nothing of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import flake8_valuetask

RUNNING = {"pickle", "marshal", "shelve", "runpy", "importlib", "subprocess", "multiprocessing", "code", "copyreg"}
BUILT_IN = {"eval", "exec", "compile", "__import__"}
OF_MODULES = {"system", "popen", "fork", "posix_spawn", "execv", "spawnv", "startfile"}
PACKAGE = Path(flake8_valuetask.__file__).parent
READERS = [*sorted((PACKAGE / "project").glob("*.py")), *sorted((PACKAGE / "survey").glob("*.py"))]


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_what_reads_runs_nothing(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in imported} & RUNNING
    assert not {node.id for node in nodes if isinstance(node, ast.Name)} & BUILT_IN
    assert not {node.attr for node in nodes if isinstance(node, ast.Attribute)} & OF_MODULES
