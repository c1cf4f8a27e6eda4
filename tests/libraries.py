"""Real code to try the analyzer on: the standard library and what is installed.

In: the running interpreter. Out: paths and sources of modules. Never: importing them.
"""

from __future__ import annotations

import sysconfig
import tokenize
import warnings
from pathlib import Path

from flake8_valuetask import source
from flake8_valuetask.source import Source

STDLIB = Path(sysconfig.get_paths()["stdlib"])
INSTALLED = Path(sysconfig.get_paths()["purelib"])

_LEFT_OUT = {
    "test",
    "tests",
    "idlelib",
    "idle_test",
    "lib2to3",
    "turtledemo",
    "site-packages",
    "__pycache__",
    "_vendor",
}


def modules(root: Path) -> list[Path]:
    """The modules below a folder, in order, tests left out."""
    return [path for path in sorted(root.rglob("*.py")) if not _LEFT_OUT & {*path.relative_to(root).parts}]


def parsed(path: Path) -> Source | None:
    """A module as its encoding cookie says; None for what is no Python of today."""
    try:
        with tokenize.open(path) as file:
            text = file.read()
    except (SyntaxError, UnicodeDecodeError):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes and comparisons in the code of others
        return source.parse(text, str(path))


def read(path: Path) -> Source:
    """A module that must be valid."""
    found = parsed(path)
    assert found is not None, f"{path} is not valid Python"
    return found
