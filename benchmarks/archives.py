"""Released packages, as their authors have packed them.

In: names of distributions, and the file names of wheels and source distributions. Out: folders with the Python sources
in them, and what these require. Never: building or running anything that is in one.

The index is the one that pip asks.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.request import Request, urlopen

_JSON = "application/vnd.pypi.simple.v1+json"  # https://peps.python.org/pep-0691/
_SOURCES = frozenset({".py", ".pyi", ".typed"})
_PROJECT = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})  # by these the plugin knows where a project begins
_METADATA = frozenset({"METADATA", "PKG-INFO"})
_REQUIRES = re.compile(r"^Requires-Dist: *([\w.-]+)", re.MULTILINE)
_DEFAULT = re.compile(r"--index-url <url>.*?\(default\s+(\S+)\)", re.DOTALL)


def index() -> str:
    """The address of the index of packages that pip asks; a `LookupError` if pip does not tell."""
    for asked in (["config", "get", "global.index-url"], ["download", "--help"]):
        told = subprocess.run([sys.executable, "-m", "pip", *asked], check=False, capture_output=True, text=True)
        found = _DEFAULT.search(told.stdout)
        if told.returncode == 0:
            address = told.stdout if asked[0] == "config" else found[1] if found is not None else ""
            if address.strip():
                return os.environ.get("PIP_INDEX_URL", address).strip().rstrip("/")
    raise LookupError("pip does not tell which index it asks")


def unpacked(distribution: str, archive: str, folder: Path, address: str) -> Path:
    """The folder below `folder` with the sources of a distribution, from an archive of it; if there is none, it is
    fetched from the index at `address`. A `LookupError` if the index has no such archive."""
    place = folder / archive
    if not place.is_dir():
        sources = dict(_sources(archive, _fetched(distribution, archive, address)))
        beginning = folder / f"{archive}.new"
        shutil.rmtree(beginning, ignore_errors=True)
        for name, content in sources.items():
            path = beginning / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        beginning.mkdir(parents=True, exist_ok=True)  # even if there is nothing in it
        beginning.rename(place)
    return place


def requirements(place: Path) -> frozenset[str]:
    """The normal names of what an unpacked distribution requires, for itself or for one of its extras."""
    files = [path for name in _METADATA for pattern in (name, f"*/{name}") for path in place.glob(pattern)]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return frozenset(normal(name) for text in texts for name in _REQUIRES.findall(text))


def normal(distribution: str) -> str:
    """The one name of a distribution among all that mean it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()  # https://peps.python.org/pep-0503/


def _fetched(distribution: str, archive: str, address: str) -> bytes:
    with urlopen(Request(f"{address}/{normal(distribution)}/", headers={"Accept": _JSON})) as page:
        files = json.load(page)["files"]
    urls: list[str] = [file["url"] for file in files if file["filename"] == archive]
    if not urls:
        raise LookupError(f"the index has no {archive}")
    with urlopen(urls[0]) as content:
        return bytes(content.read())


def _sources(archive: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The sources in an archive, by where they stand in it: of a source distribution, below its only folder."""
    wheel = archive.endswith(".whl")
    for name, read in _members(archive, content):
        path = PurePosixPath(name)
        inner = path if wheel else PurePosixPath(*path.parts[1:])
        if ".." not in path.parts and not path.is_absolute() and _wanted(inner):
            yield str(inner), read


def _wanted(path: PurePosixPath) -> bool:
    return path.suffix in _SOURCES or path.name in _METADATA or str(path) in _PROJECT


def _members(archive: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if archive.endswith((".whl", ".zip")):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for info in packed.infolist():
                if _wanted(PurePosixPath(PurePosixPath(info.filename).name)):
                    yield info.filename, packed.read(info)
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as tape:
        for member in tape:
            reader = tape.extractfile(member) if member.isfile() else None
            if reader is not None and _wanted(PurePosixPath(PurePosixPath(member.name).name)):
                yield member.name, reader.read()
