"""What reads flake8's own formats: editors and problem matchers."""

from __future__ import annotations

import argparse
import json
import re
from functools import cache

import pytest
from flake8.formatting.default import Default
from flake8.violation import Violation

from tests import samples
from tests.samples import ROOT


@cache
def known() -> list[Violation]:
    """What flake8 makes of the findings of a module of each rule."""
    modules = [samples.fixture(samples.lasting(rule.stem)[0]) for rule in samples.loaded()]
    return [
        Violation(one.code, sample.name, one.span.line, one.span.column + 1, one.message, sample.line(one.span.line))
        for sample in modules
        for one in sample.findings
    ]


READERS = {
    "problem matcher": ("default", r"^(.+?):(\d+):(\d+):\s+(VT\d{3})\s+(.*)$"),
    "pylsp": ("default", r"(.*):(\d*):(\d*): (\w*) (.*)"),
    "ALE": ("default", r"\v^([a-zA-Z]?:?[^:]+):(\d+):?(\d+)?: ([[:alnum:]]+):? (.*)$"),
    "flycheck": ("default", r"^(.*?):(\d+):(\d+): ([A-Z]+[0-9]+) (.*)$"),
    "VS Code": (
        "%(row)d,%(col)d,%(code).1s,%(code)s:%(text)s",
        r"^()(?P<line>\d+),(?P<column>-?\d+),\w+,(?P<code>\w+\d+):(?P<message>[^\r\n]*)$",
    ),
}


@pytest.mark.parametrize(("form", "pattern"), READERS.values(), ids=READERS)
def test_readers_of_flake8_find_the_place(form: str, pattern: str) -> None:
    python = pattern.replace("[[:alnum:]]", "[a-zA-Z0-9]").removeprefix(r"\v")
    formatter = Default(argparse.Namespace(format=form, color="never", output_file=None))
    assert len(known()) > 200
    for one in known():
        line = formatter.format(one)
        found = re.fullmatch(python, line or "")
        assert found is not None, line
        assert found.group(1) in (one.filename, "")
        assert found.groups()[1:] == (str(one.line_number), str(one.column_number), one.code, one.text)


def test_the_problem_matcher_is_the_one_that_was_tried() -> None:
    [matcher] = json.loads((ROOT / "docs" / "problem-matcher.json").read_text(encoding="utf-8"))["problemMatcher"]
    [pattern] = matcher["pattern"]
    assert pattern.pop("regexp") == READERS["problem matcher"][1]
    assert pattern == {"file": 1, "line": 2, "column": 3, "code": 4, "message": 5}
