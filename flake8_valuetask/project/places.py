"""Where modules are: the roots of a source tree, the stubs of the standard library, typed packages.

In: the path of a file, or a dotted name. Out: paths. Never: reading modules, running an interpreter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from flake8_valuetask import folders

_HEIGHT = 6  # folders above the outermost package that are searched, unless a project begins earlier
_MARKS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "tox.ini", ".flake8", ".git"})


class Found(NamedTuple):
    """A module's file: whether it is a package's `__init__`, source of the project, a stub of the standard library."""

    path: str
    package: bool
    own: bool
    stub: bool = False


class Place(NamedTuple):
    """What a file is called, and where it looks for modules."""

    module: str
    package: bool
    roots: tuple[str, ...]


@cache
def entries(folder: str) -> frozenset[str]:
    """The names in a folder; none if it cannot be read."""
    try:
        return frozenset(os.listdir(folder or "."))
    except OSError:
        return frozenset()


def place(filename: str) -> Place:
    """The place of a file, found by walking up its packages."""
    path = os.path.abspath(filename)
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    parts = [] if stem == "__init__" else [stem]
    while _is_package(folder):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
        if not name:
            break
    return Place(".".join(parts), stem == "__init__", tuple(roots(folder)))


def _is_package(folder: str) -> bool:
    """Whether a folder is a package, or a namespace inside one (PEP 420)."""
    for _ in range(3):
        if {"__init__.py", "__init__.pyi"} & entries(folder):
            return True
        folder, name = os.path.split(folder)
        if not name.isidentifier():
            return False
    return False


@cache
def roots(folder: str) -> Sequence[str]:
    """Where modules may be searched from `folder`, which is in no package: up to where the project begins."""
    found = [folder]
    for _ in range(_HEIGHT):
        here = entries(folder)
        if here & _MARKS:
            break
        above = os.path.dirname(folder)
        if above == folder or not _inside_project(above):
            break
        folder = above
        found.append(folder)
    found += [os.path.join(each, "src") for each in found if "src" in entries(each)]
    return list(dict.fromkeys(found))


@cache
def _inside_project(folder: str) -> bool:
    """Whether a project begins in a folder or a few above it."""
    for _ in range(_HEIGHT):
        if entries(folder) & _MARKS:
            return True
        folder = os.path.dirname(folder)
    return False


def under(root: str, parts: Sequence[str]) -> tuple[str, bool] | None:
    """The file of the module `parts` under a folder, stubs first, and whether it is a package."""
    folder = root
    for part in parts[:-1]:
        if part not in entries(folder):
            return None
        folder = os.path.join(folder, part)
    last, here = parts[-1], entries(folder)
    if last in here:
        inside = os.path.join(folder, last)
        for name in ("__init__.pyi", "__init__.py"):
            if name in entries(inside):
                return os.path.join(inside, name), True
    for name in (f"{last}.pyi", f"{last}.py"):
        if name in here:
            return os.path.join(folder, name), False
    return None


def installed(parts: Sequence[str], sites: Iterable[str]) -> tuple[str, bool] | None:
    """The stub or typed source of an installed module (PEP 561)."""
    first = parts[0]
    for site in sites:
        here = entries(site)
        if f"{first}-stubs" in here and (found := under(site, [f"{first}-stubs", *parts[1:]])) is not None:
            return found
        if first in here and "py.typed" in entries(os.path.join(site, first)):
            return under(site, parts)
        if f"{first}.pyi" in here and len(parts) == 1:
            return os.path.join(site, f"{first}.pyi"), False
    return None


@cache
def sites(interpreter: str = "") -> Sequence[str]:
    """The folders of installed packages: of the running Python, or of the interpreter or environment at a path; that is
    not run."""
    if not interpreter:
        return [each for each in sys.path if os.path.basename(each) in ("site-packages", "dist-packages")]
    return folders.packages(interpreter)


@cache
def stub(name: str) -> str | None:
    """The stub of a module of the standard library, as typeshed has it for the running Python."""
    if name.partition(".")[0] not in sys.stdlib_module_names and name != "_typeshed":
        return None
    found = under(typeshed(), name.split("."))
    return None if found is None else found[0]


@cache
def typeshed() -> str:
    """The folder of the stubs that typeshed_client brings; the package itself takes longer to import than to find."""
    for each in sys.path:
        folder = os.path.join(each, "typeshed_client", "typeshed")
        if "VERSIONS" in entries(folder):
            return folder
    from typeshed_client import finder  # from somewhere else than a folder

    return str(finder.find_typeshed())
