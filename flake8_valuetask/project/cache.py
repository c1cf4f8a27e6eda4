"""Findings, on disk.

In: a name, and a stamp: what must be the same. Out: what was kept under both. What is kept is JSON: reading it executes
nothing. It stands in a folder named for this program's state and Python's version. Files are written beside their
place and moved there, so that others see the old one or the new one. Where the folder cannot be written, or is full,
there is no cache. The folder of another state goes when nobody has used it for a while. Never: what is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from typing import Any

from flake8_valuetask import __version__

try:  # as `hashlib` has it, which imports OpenSSL, whether that is asked for or not
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

OLD = 14 * 24 * 60 * 60
"""Seconds after which a folder that nobody has used is removed."""
_DAY = 24 * 60 * 60
_FOLDER = re.compile(r"[\w.+!]+-\d+\.\d+-[0-9a-f]{12}")
_FILE = re.compile(r"[0-9a-f]{40}\.json(\.\d+\.new)?")
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def form() -> str:
    """A name for what this program keeps: its version, Python's, and the state of its own files, so that what another
    state of it has kept is never read."""
    state = blake2b(digest_size=6)
    for folder, _, files in sorted(os.walk(PACKAGE)):
        for name in sorted(name for name in files if name.endswith(".py")):
            status = os.stat(os.path.join(folder, name))
            state.update(f"{folder} {name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"{__version__}-{sys.version_info[0]}.{sys.version_info[1]}-{state.hexdigest()}"


def default_folder() -> str:
    """Where caches of this user live."""
    import platformdirs

    return str(platformdirs.user_cache_dir("flake8-valuetask", appauthor=False))


def digest(text: str) -> str:
    """A short text that only this text has, as far as anybody can find out."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class Cache:
    """What is kept in a folder; with "" for it nothing is."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.join(folder, form()) if folder else ""
        if self.folder:
            _touch(self.folder)

    def get(self, path: str, stamp: tuple[object, ...]) -> Any:
        """What is kept under `path` with `stamp`; None if nothing is."""
        if not self.folder:
            return None
        try:
            with open(self._file(path), "rb") as file:
                kept = json.loads(file.read())
            if kept["path"] != path or kept["stamp"] != list(stamp) or kept["sum"] != digest(kept["kept"]):
                return None
            return json.loads(kept["kept"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None  # nothing there, or damaged: it will be written anew

    def put(self, path: str, stamp: tuple[object, ...], data: Any) -> None:
        """Keep something; where that cannot be done, the cache is off from then on."""
        if not self.folder:
            return
        try:
            kept = json.dumps(data, separators=(",", ":"))
            text = json.dumps({"path": path, "stamp": stamp, "sum": digest(kept), "kept": kept}, separators=(",", ":"))
            self._write(self._file(path), text)
        except OSError:
            self.folder = ""
        except RecursionError:
            return  # too deep for JSON; it is made anew each time

    def _write(self, place: str, text: str) -> None:
        if not os.path.isdir(self.folder):
            os.makedirs(self.folder, exist_ok=True)
            prune(os.path.dirname(self.folder))
        temporary = f"{place}.{os.getpid()}.new"  # of this process alone
        try:
            with open(temporary, "wb") as file:
                file.write(text.encode())
            os.replace(temporary, place)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def _file(self, path: str) -> str:
        return os.path.join(self.folder, digest(path) + ".json")


def _touch(folder: str) -> None:
    """A folder is in use: its time says so, to the day."""
    with contextlib.suppress(OSError):
        if time.time() - os.stat(folder).st_mtime > _DAY:
            os.utime(folder)


def prune(folder: str) -> None:
    """Remove what other states of this program have kept in a folder, if nobody has used it for a while. Others may do
    the same meanwhile, and what is not ours stays."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if _FOLDER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                    if time.time() - entry.stat().st_mtime > OLD:
                        _remove(entry.path)


def _remove(folder: str) -> None:
    """Remove our files, and the folder if there were no others."""
    for name in os.listdir(folder):
        if _FILE.fullmatch(name):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, name))
    os.rmdir(folder)
