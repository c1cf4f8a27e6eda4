"""Texts, layouts and environments that several tests of other modules share.

In: texts by path. Out: files on disk. Never: looking at what is found in them.
"""

from __future__ import annotations

from pathlib import Path

from tests.trees import ROOT, write

PLAIN = "def fetch():\n    return 1\n"
"""A module with one function that makes nothing."""
PKG = {**ROOT, "pkg/__init__.py": ""}
# Where an environment has its interpreter and its packages.
SITES = {
    "posix": ("bin/python", "lib/python3.11/site-packages"),
    "windows": ("Scripts/python.exe", "Lib/site-packages"),
}


def environment(folder: Path, files: dict[str, str], style: str = "posix") -> Path:
    """An environment with packages, whose interpreter leaves a trace when it is run."""
    program, site = SITES[style]
    trace = folder / "was-run"
    write(
        folder, {program: f"#!/bin/sh\ntouch '{trace}'\n", **{f"{site}/{name}": text for name, text in files.items()}}
    )
    (folder / program).chmod(0o755)
    return folder / program
