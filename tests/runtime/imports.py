"""What importing the runtime brings along, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_valuetask.runtime

ROOT = Path(__file__).parents[2]

MODULES = """
import sys
import flake8_valuetask.runtime
print("\\n".join(sys.modules))
"""

COST = """
import asyncio, inspect, time
start = time.perf_counter()
import flake8_valuetask.runtime
print(time.perf_counter() - start)
"""

BARE = """
import asyncio, sys
print("\\n".join(sys.modules))
"""


def run(program: str, **variables: str) -> str:
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True).stdout


def test_it_imports_nothing_of_the_linter() -> None:
    own = [name for name in run(MODULES).split() if name.startswith("flake8_valuetask")]
    assert [name for name in own if not name.startswith("flake8_valuetask.runtime")] == ["flake8_valuetask"]


def test_it_imports_nothing_from_outside_the_standard_library() -> None:
    new = set(run(MODULES).split()) - set(run(BARE).split())
    assert {name.split(".")[0] for name in new} <= {"flake8_valuetask", *sys.stdlib_module_names}


def test_the_import_is_cheap(tmp_path: Path) -> None:
    # About three times what it takes once compiled; the best of some tries, because others use the machine as well.
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    assert min(float(run(COST, **compiled)) for _ in range(7)) < 0.015


@pytest.mark.parametrize("name", flake8_valuetask.runtime.__all__)
def test_all_public_names_are_there(name: str) -> None:
    assert getattr(flake8_valuetask.runtime, name).__doc__
