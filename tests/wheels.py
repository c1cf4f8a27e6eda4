"""Wheels without a package index: the project's own, built here, and those of what is installed, put together again.

In: the source tree and the running environment. Out: a folder of wheels, and an environment for pip that knows no
other. Never: the network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import HeaderParser
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.samples import ROOT

SECONDS = 110
BACKEND = "hatchling"

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_OWN = {"INSTALLER", "REQUESTED", "direct_url.json", "RECORD"}  # of one installation, not of the wheel
_FIRST = 5


def needed(*modules: str) -> None:
    """Fail with a plain message if something to test with is missing."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        pytest.fail(f"{', '.join(missing)} is not installed: pip install -e '.[tests]'", pytrace=False)


def ran(
    command: list[str], folder: Path, env: dict[str, str] | None = None, status: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, within a time; its output, both streams in one."""
    try:
        run = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=folder,
            env=env,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"{' '.join(command)}: not done after {SECONDS} s\n{late.output}", pytrace=False)
    assert status is None or run.returncode == status, f"{' '.join(command)}\n{run.stdout}"
    return run


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Fill a folder once for all processes of a test run; the others wait for it."""
    try:
        folder.mkdir()
    except FileExistsError:
        return _waited(folder)
    done = False
    try:
        make(folder)
        done = True
    finally:
        (folder / (".done" if done else ".failed")).touch()
    return folder


def _waited(folder: Path) -> Path:
    end = time.monotonic() + SECONDS
    while not (folder / ".done").exists():
        if (folder / ".failed").exists() or time.monotonic() > end:
            pytest.fail(f"{folder.name} could not be made; the process that tried tells why", pytrace=False)
        time.sleep(0.2)
    return folder


def shared(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a test run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


# The project


def built(folder: Path) -> None:
    """Build the sdist, and from that the wheel, into a folder."""
    needed("build", BACKEND)
    ran([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)], ROOT)


def facts(wheel: Path) -> Message:
    """The metadata of a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(opened.read(name).decode())


def required(known: Message) -> list[str]:
    """What has to be there as well, extras left out."""
    return [entry for entry in known.get_all("Requires-Dist", []) if "extra ==" not in entry]


# What is installed


def closure(names: list[str]) -> list[metadata.Distribution]:
    """The installed distributions that requirements name, and those that these require."""
    known: dict[str, metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        requirement = waiting.pop()
        found = _NAME.match(requirement)
        if found is None or found[0].lower() in known or not _meant(requirement):
            continue
        known[found[0].lower()] = dist = _installed(found[0])
        waiting += [entry for entry in dist.requires or () if "extra ==" not in entry]
    return list(known.values())


def _meant(requirement: str) -> bool:
    """Whether a requirement is for this Python and this system."""
    from packaging.requirements import Requirement

    marker = Requirement(requirement).marker
    return marker is None or marker.evaluate()


def _installed(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        pytest.fail(f"{name} is not installed: pip install -e '.[tests]'", pytrace=False)


def gather(folder: Path, names: list[str]) -> None:
    """Put the wheels of requirements, and of all they require, into a folder."""
    for dist in closure(names):
        packed(dist, folder)


def packed(dist: metadata.Distribution, folder: Path) -> Path:
    """The wheel of an installed distribution, as pip will take it."""
    files = dict(_files(dist))
    [info] = {name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info")}
    wheel = folder / f"{info.removesuffix('.dist-info')}-{_tag(dist)}.whl"
    with zipfile.ZipFile(wheel, "w") as out:
        for name, path in files.items():
            out.write(path, name)
        out.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return wheel


def _files(dist: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    for file in dist.files or ():
        path = Path(str(dist.locate_file(file)))
        kept = file.parts[0] != ".." and not file.is_absolute() and file.suffix != ".pyc" and file.name not in _OWN
        if kept and path.exists():
            yield file.as_posix(), path


def _tag(dist: metadata.Distribution) -> str:
    """The tags of a wheel in the short form of file names."""
    tags = [
        line.partition(":")[2].strip().split("-")
        for line in (dist.read_text("WHEEL") or "").splitlines()
        if line.startswith("Tag:")
    ]
    return "-".join(".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))


# An environment without an index


def offline(wheels: Path, **more: str) -> dict[str, str]:
    """Variables under which pip knows a folder of wheels and nothing else."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "GIT_", "PYTHON"))}
    pip = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_INPUT": "1",
        "PIP_NO_COMPILE": "1",
    }
    return {**mine, **pip, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUALENV_NO_PERIODIC_UPDATE": "1", **more}


def environment(folder: Path, wheels: Path, *names: str) -> Path:
    """Make a virtual environment with these and what they require; the folder of its programs."""
    ran([sys.executable, "-m", "venv", "--without-pip", str(folder)], wheels)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    ran([sys.executable, "-m", "pip", "--python", python, "install", *names], wheels, offline(wheels))
    return programs


def program(name: str) -> str:
    """A program of the running environment."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed", pytrace=False)
    return found
