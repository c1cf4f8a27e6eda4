"""The wording and the columns of every rule, as flake8 prints them for its fixtures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.plugin import Plugin
from tests import samples
from tests.analyses import reported
from tests.conftest import GOLDEN


@pytest.mark.parametrize("stem", [rule.stem for rule in samples.loaded()])
def test_lines_of_flake8(stem: str, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plugin, "options", Options(opt_in=OPT_IN))
    modules = [samples.fixture(path) for path in samples.lasting(stem)]
    lines = [f"{sample.name}:{line}" for sample in modules for line in reported(sample.text, sample.name)]
    golden(stem, "\n".join(lines) + "\n")


def test_every_golden_text_has_a_rule() -> None:
    assert {path.stem for path in GOLDEN.glob("vt*.txt")} == {rule.stem for rule in samples.loaded()}
