"""Paths as users write them: folders, and environments with installed packages.

In: an entry of a configuration, after flake8 has joined it to a folder. Out: the path that is meant, and the folders of
packages behind it. Never: running an interpreter, reading modules.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Iterator

_PACKAGES = (
    "lib/python3*/site-packages",
    "lib/python3*/dist-packages",
    "lib/pypy3*/site-packages",
    "Lib/site-packages",
)
_PROGRAMS = ("bin", "Scripts")
_INTERPRETER = re.compile(r"(python|pypy)[\d.]*t?w?(\.exe)?", re.IGNORECASE)


def expanded(path: str) -> str:
    """A path with `~` and variables replaced; what flake8 has put in front of them is cut off."""
    parts = path.split(os.sep)
    for number, part in enumerate(parts):
        if part.startswith("~") or "$" in part:
            grown = os.path.expandvars(os.path.expanduser(os.sep.join(parts[number:])))
            if os.path.isabs(grown):
                return grown
    return os.path.expandvars(path)


def interpreter(path: str) -> str:
    """The path that is meant: a bare command that is no environment here is looked for where commands are."""
    command = None if os.path.dirname(path) or packages(path) else shutil.which(path)
    return command or os.path.abspath(path)


def packages(path: str) -> list[str]:
    """The folders of the packages that are installed for an interpreter, or in an environment; none for all else."""
    for prefix in _prefixes(path):
        found = [
            each for pattern in _PACKAGES for each in sorted(glob.glob(os.path.join(glob.escape(prefix), pattern)))
        ]
        if found:
            return found
    return []


def _prefixes(path: str) -> Iterator[str]:
    """The folders that may be the environment."""
    folder, name = os.path.split(os.path.abspath(path))
    if os.path.isdir(path):
        yield os.path.join(folder, name)
        if name in _PROGRAMS:
            yield folder
    elif _INTERPRETER.fullmatch(name):
        yield os.path.dirname(folder)
        if os.path.isfile(path):
            yield folder  # as Windows has it outside of environments
            yield os.path.dirname(os.path.dirname(os.path.realpath(path)))
