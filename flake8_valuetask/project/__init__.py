"""Other modules: those of the project, the standard library's stubs, typed packages.

In: a linted file, and dotted names. Out: surveys of modules, or None where nothing is known of one. A
module is read once in a process. Never: importing or running what it reads.
"""

from __future__ import annotations

import codecs
import functools
import itertools
import os
import tokenize
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flake8_valuetask.options import Search
from flake8_valuetask.project import places
from flake8_valuetask.project.cache import Cache, default_folder
from flake8_valuetask.project.places import Found, Place

if TYPE_CHECKING:
    from flake8_valuetask.survey import Survey

__all__ = ["Library", "Project", "library"]

# A stub of the standard library without these words has nothing one-shot, and brings nothing of the kind from
# elsewhere; those with methods that have a contract are read all the same. Of one that only says that functions do not
# return, these are read.
_WORDS = ("async ", "Awaitable", "Coroutine", "AsyncIter", "AsyncGen", "import *\n")
_ENDS = ("-> NoReturn", "-> Never")
LIMIT = 2_000_000
"""Bytes of a module beyond which it is not read for others: it was written by a program."""


class Library:
    """The modules that this process has read, for all linted files."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.cache = Cache(default_folder() if search.cache is None else search.cache)
        self._surveys: dict[tuple[str, str], Survey | None] = {}
        self._stamps: dict[str, tuple[int, int] | None] = {}
        self._found: dict[tuple[tuple[str, ...], str], Found | None] = {}

    def project(self, filename: str) -> Project:
        """The project as a file sees it; of text without a file only the standard library and packages are known."""
        if not filename or filename in ("-", "stdin") or filename[0] == "<":
            return Project(self, Place("", False, self.search.roots))
        here = places.place(filename)
        roots = tuple(dict.fromkeys((*self.search.roots, *here.roots)))
        return Project(self, here._replace(roots=roots), os.path.abspath(filename))

    def find(self, name: str, roots: tuple[str, ...]) -> Found | None:
        """The file of a module, seen from `roots`."""
        key = (roots, name)
        if key not in self._found:
            self._found[key] = self._find(name, roots)
        return self._found[key]

    def _find(self, name: str, roots: tuple[str, ...]) -> Found | None:
        parts = name.split(".")
        if not all(parts):
            return None
        path = places.stub(name)
        if path is not None:
            return Found(path, os.path.basename(path) == "__init__.pyi", False, stub=True)
        for root in roots:
            if (file := places.under(root, parts)) is not None:
                return Found(*file, True)
        file = places.installed(parts, places.sites(self.search.interpreter))
        return None if file is None else Found(*file, False)

    def survey(self, found: Found, name: str) -> Survey | None:
        """The survey of a module by its outline; None if it cannot be read."""
        key = (found.path, name)
        if key not in self._surveys:
            self._surveys[key] = self._survey(found, name)
        return self._surveys[key]

    def _survey(self, found: Found, name: str) -> Survey | None:
        from flake8_valuetask.survey import outline

        stamp = self.stamp(found.path)
        text = None if stamp is None or stamp[0] >= LIMIT else read(found.path)
        words = _words(name, text) if text is not None and found.stub else ()
        return None if text is None or words is None else outline.outline(text, name, found.package, words)

    def stamp(self, path: str) -> tuple[int, int] | None:
        """Size and time of a file; None if there is none."""
        if path not in self._stamps:
            try:
                status = os.stat(path)
                self._stamps[path] = (status.st_size, status.st_mtime_ns)
            except OSError:
                self._stamps[path] = None
        return self._stamps[path]

    def trace(self, name: str, roots: tuple[str, ...]) -> list[object] | None:
        """What a module is found as now: its path, size and time; None if it is not found."""
        found = self.find(name, roots)
        stamp = None if found is None else self.stamp(found.path)
        return None if found is None or stamp is None else [found.path, *stamp]


def _words(name: str, text: str) -> Sequence[str] | None:
    """The words of what matters in a stub with this text: functions that do not return, or all (no words) if it says
    something of one-shot values; None if nothing does."""
    if name in _with_contracts() or any(word in text for word in _WORDS):
        return ()
    return _ENDS if any(word in text for word in _ENDS) else None


@functools.cache
def library(search: Search) -> Library:
    """The library of this process for a way to search."""
    return Library(search)


@functools.cache
def _with_contracts() -> frozenset[str]:
    """The modules of methods whose contract is known, and the packages around them."""
    from flake8_valuetask.catalog import METHODS

    parts = (path.split(".")[:-2] for path in METHODS)
    return frozenset(prefix for each in parts for prefix in itertools.accumulate(each, "{}.{}".format))


def read(path: str) -> str | None:
    """The text of a source file; None if it cannot be read or decoded."""
    try:
        with open(path, "rb") as file:
            content = file.read()
        head = content[: content.find(b"\n", content.find(b"\n") + 1)]  # what may name an encoding
        if b"coding" not in head and head[:3] != codecs.BOM_UTF8:  # nearly all; the other way takes longer
            return content.decode().replace("\r\n", "\n").replace("\r", "\n")
        with tokenize.open(path) as text:
            return text.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


class Project:
    """The modules as one linted file sees them; its own survey stands for its own name."""

    def __init__(self, library: Library, place: Place, path: str = "") -> None:
        self.library = library
        self.place = place
        self.path = path
        self.asked: set[str] = set()
        self._surveys: dict[str, Survey | None] = {}

    def neighbour(self, path: str, name: str) -> Project:
        """The same modules as another one of them, `name`, sees them; what it asks for counts as asked here."""
        package = os.path.splitext(os.path.basename(path))[0] == "__init__"
        other = Project(self.library, Place(name, package, self.place.roots), path)
        other.asked, other._surveys = self.asked, dict(self._surveys)
        return other

    def add(self, own: Survey) -> None:
        """The survey of the linted module itself."""
        if own.name:
            self._surveys[own.name] = own

    def module(self, name: str) -> Survey | None:
        """The survey of the module `name`, or None."""
        if name not in self._surveys:
            self.asked.add(name)
            self._surveys[name] = self._module(name)
        return self._surveys[name]

    def _module(self, name: str) -> Survey | None:
        found = self.library.find(name, self.place.roots)
        return None if found is None or name == "builtins" else self.library.survey(found, name)

    def source(self, name: str) -> str | None:
        """The path of a module of the project that is no stub; None for all others."""
        self.asked.add(name)
        found = self.library.find(name, self.place.roots)
        return found.path if found is not None and found.own and found.path.endswith(".py") else None
