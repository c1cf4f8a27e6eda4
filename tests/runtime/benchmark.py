"""The benchmark of the runtime still runs, prints its tables and draws its picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]


def test_the_benchmark_prints_tables_and_draws_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "cost.svg"
    command = [sys.executable, "-m", "benchmarks.runtime", "--length", "200", "--repeat", "1", "--svg", str(picture)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("plain coroutine", "ValueTask.from_result", "@value_task", "create_task", "gather coroutines"):
        assert f"| {name} |" in told
    root = ElementTree.parse(picture).getroot()
    assert len(root.findall("{*}polyline")) == len([line for line in told.splitlines() if line.count("|") >= 8]) - 4
