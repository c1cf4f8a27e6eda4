"""The tree of these tests, its cache filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cache.tree import TREE, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree whose cache is filled."""
    made = Tree(tmp_path, TREE)
    assert made.codes() == ["VT101"]
    assert made.files()
    return made
