"""The page about reports shows what is printed."""

from __future__ import annotations

import re
from html import unescape

import pytest

from docs import draw_trace
from flake8_valuetask.reports import traces
from tests.reports.running import FORMATS, Run, blocks, documentation
from tests.samples import ROOT


def test_examples_in_the_documentation_are_valid() -> None:
    assert len(blocks("json")) == 2
    assert len(blocks("yaml")) == 4
    commands = [step["run"] for one in blocks("yaml")[:2] for step in one["jobs"]["flake8"]["steps"] if "run" in step]
    assert [re.findall(r"vt-\w+", one) for one in commands] == [[], ["vt-sarif"], [], ["vt-github"]]
    assert set(FORMATS) <= set(re.findall(r"vt-\w+", documentation()))


def test_the_documentation_shows_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    [trace] = blocks("console")
    printed = run("vt-trace", None, "docs/example.py")
    assert printed.startswith(trace.partition("\n")[2].removesuffix("[...]\n"))
    [line] = blocks("text")
    assert run("vt-github", None, "docs/example.py").startswith(line)


def test_the_picture_shows_what_is_printed() -> None:
    drawn = (ROOT / "docs" / "trace.svg").read_text(encoding="utf-8")
    rows: dict[float, dict[float, str]] = {}
    for x, y, text in re.findall(r'<text class="trace-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', drawn):
        rows.setdefault(float(y), {})[float(x)] = unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    shown = ["".join(parts[x] for x in sorted(parts)) for _, parts in sorted(rows.items())]
    printed = traces.render(draw_trace.entries(), 80, False).splitlines()
    assert ["".join(row.split()) for row in shown] == ["".join(row.split()) for row in printed if row]
