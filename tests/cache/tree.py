"""A source tree with a cache, and what changes it.

In: texts by path. Out: the findings of new processes. Never: looking into a file of the cache.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from flake8_valuetask.options import Search
from tests.trees import FETCH, ROOT, forget, found, twice, write

CLIENT = "from other import Base\n\n\nclass Client(Base): ...\n"
BASE = "class Base:\n    async def get(self): ...\n"
TREE = {
    **ROOT,
    "helper.py": FETCH,
    "client.py": CLIENT,
    "other.py": BASE,
    "app.py": twice("from helper import fetch"),
    "main.py": twice("from client import Client", "Client().get()"),
    "third.py": twice("from client import Client\nfrom helper import fetch"),
}


class Tree:
    """A tree with a cache; each look at it is one of a new process."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = write(folder / "tree", files)
        self.cache = folder / "cache"

    def codes(self, name: str = "app.py", kept: bool = True) -> list[str]:
        """The codes found in a file, with the cache or without."""
        forget()
        search = Search(cache=str(self.cache) if kept else "")
        return [code for _, code in found(self.folder / name, search=search)]

    def files(self) -> list[Path]:
        """The files of the cache, other than folders."""
        return sorted(path for path in self.cache.rglob("*") if not path.is_dir())

    def kept(self, name: str) -> Path:
        """Where the findings of a module are kept."""
        path = f"findings of {self.folder / name}"
        return next(each for each in self.files() if json.loads(each.read_bytes())["path"] == path)


def touched(path: Path, seconds: int) -> None:
    """Move the time of a file."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 1_000_000_000))


def changed(folder: Path, files: dict[str, str]) -> None:
    """Write files anew, later than they were."""
    before = {name: (folder / name).stat().st_mtime_ns for name in files if (folder / name).exists()}
    write(folder, files)
    for name, time in before.items():
        os.utime(folder / name, ns=(time, time + 1_000_000_000))


def fail(*_: object) -> None:
    """In place of what must not be called."""
    raise AssertionError("parsed again")
