"""A workspace, and an editor that has it open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.clients import SERVER, Editor


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without a configuration."""
    made = tmp_path_factory.mktemp("workspace")
    (made / "setup.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    """An editor for the whole module."""
    made = Editor(SERVER, folder)
    yield made
    made.leave()
