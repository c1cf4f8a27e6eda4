"""Stubs of the standard library are where typeshed_client says."""

from __future__ import annotations

import sys

import pytest
from typeshed_client import finder

from flake8_valuetask.project import places


@pytest.fixture(autouse=True)
def _look_anew() -> None:
    places.typeshed.cache_clear()
    places.stub.cache_clear()


@pytest.mark.parametrize("name", ["asyncio", "asyncio.tasks", "os", "os.path", "_typeshed", "collections.abc", "sys"])
def test_stub_is_the_one_that_typeshed_client_finds(name: str) -> None:
    assert places.stub(name) == str(
        finder.get_stub_file(name, search_context=finder.get_search_context(search_path=[]))
    )


@pytest.mark.parametrize("name", ["asyncio.nothing", "nothing", "yaml", "typeshed_client"])
def test_other_modules_have_no_stub_there(name: str) -> None:
    assert places.stub(name) is None


def test_typeshed_elsewhere_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = places.typeshed()
    places.typeshed.cache_clear()
    monkeypatch.setattr(sys, "path", [])
    assert places.typeshed() == found == str(finder.find_typeshed())
