"""Real code: the analyzer never fails on it, and triage leaves out nothing that would be found."""

from __future__ import annotations

import sys

import pytest

from flake8_valuetask.analyze import Analysis
from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.source import Source
from tests import libraries

PACKAGES = [
    "asyncio",
    "concurrent",
    "contextlib.py",
    "unittest",
    "multiprocessing",
    "xmlrpc",
    "wsgiref",
    "functools.py",
]
SHARES = 6


def failures(module: Source) -> list[str]:
    """The internal errors in a module."""
    found = Analysis(module, Options(OPT_IN)).findings()
    return [f"{module.filename}:{f.span.line}: {f.message}" for f in found if f.code == "VT000"]


@pytest.mark.parametrize("name", PACKAGES)
def test_no_failure_in_the_standard_library(name: str) -> None:
    root = libraries.STDLIB / name
    paths = [root] if root.is_file() else libraries.modules(root)
    assert paths
    assert [failure for path in paths for failure in failures(libraries.read(path))] == []


@pytest.mark.parametrize("share", range(SHARES))
def test_no_failure_in_installed_packages(share: int) -> None:
    chosen = [p for p in libraries.modules(libraries.INSTALLED) if p.stat().st_size < 60_000][share :: 4 * SHARES][:50]
    modules = [module for path in chosen if (module := libraries.parsed(path)) is not None]
    assert len(modules) > 5, f"nearly nothing is installed in {libraries.INSTALLED}, {sys.executable}"
    assert [failure for module in modules for failure in failures(module)] == []


@pytest.mark.parametrize("name", ["concurrent", "contextlib.py", "asyncio/streams.py", "asyncio/base_events.py"])
def test_triage_leaves_out_nothing(name: str) -> None:
    root = libraries.STDLIB / name
    for path in [root] if root.is_file() else libraries.modules(root):
        parsed = libraries.read(path)
        quick, slow = (Analysis(parsed, Options(OPT_IN, everything)).findings() for everything in (False, True))
        assert quick == slow, path
