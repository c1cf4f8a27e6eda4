"""What is reported in the tests of reports, how flake8 is run for it, and the page that tells of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from flake8_valuetask.options import OPT_IN
from tests.samples import ROOT

FORMATS = ("vt-sarif", "vt-github", "vt-gitlab", "vt-json", "vt-trace")
DOUBLE = "async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n    await page\n    await page\n"
LOST = "async def fetch(): ...\n\n\nasync def sample():\n    fetch()\n    fetch()\n    fetch(\n    )\n"
LOOP = """\
async def fetch(): ...


async def sample(urls):
    page = fetch()

    # a line that says nothing
    for url in urls:
        print(url)
        print(url)
        try:
            print(await page)
        except OSError:
            continue
"""
RETRY = "from typing import Awaitable\n\n\nasync def f(a: Awaitable[int]) -> None:\n    await a\n    await a\n"
FOREIGN = f"import os\n{DOUBLE}x= '''\n  '''\n"
ALL = (f"--valuetask-enable={','.join(sorted(OPT_IN))}", "--select=VT")

Run = Callable[..., str]


def process(folder: Path, *options: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """flake8 in a process of its own."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=VT", *options]
    return subprocess.run(command, capture_output=True, check=False, cwd=folder, **settings)


def text_at(region: dict[str, int], text: str) -> str:
    """The text of a region, as SARIF counts."""
    lines = text.split("\n")[region["startLine"] - 1 : region["endLine"]]
    lines[-1] = lines[-1][: region["endColumn"] - 1]
    lines[0] = lines[0][region["startColumn"] - 1 :]
    return "\n".join(lines)


# The documentation


def documentation() -> str:
    return (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[Any]:
    """The examples in a language, parsed."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", documentation(), re.MULTILINE | re.DOTALL)
    return [{"yaml": yaml.safe_load, "json": json.loads}.get(language, str)(one) for one in found]
