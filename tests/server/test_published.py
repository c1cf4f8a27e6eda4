"""What the language server publishes while a document is edited."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from flake8_valuetask import source
from flake8_valuetask.finding import Finding
from flake8_valuetask.reports import rulebook
from flake8_valuetask.server.diagnostics import diagnostics
from flake8_valuetask.server.text import read
from tests.server.clients import BROKEN, DOUBLE, MENDED, Editor, shown


@pytest.mark.parametrize(
    ("addresses", "links"),
    [
        ({}, {"VT101": None, "VT000": None}),
        (
            {"documentation": "https://example.org"},
            {"VT101": {"href": "https://example.org/rules/vt101.html"}, "VT000": None},
        ),
    ],
)
def test_link_is_to_the_page_that_the_package_names(
    addresses: dict[str, str], links: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "addresses", lambda: addresses)
    for code, link in links.items():
        found = diagnostics([Finding(source.Span(1, 0, 1, 5), code, "message")], read(DOUBLE), "file:///page.py")
        assert [one.get("codeDescription") for one in found] == [link]


def test_diagnostic_is_complete(editor: Editor, folder: Path) -> None:
    uri = (folder / "complete.py").as_uri()
    editor.open(uri, DOUBLE)
    (found,) = editor.diagnostics(uri)
    assert shown(found) == (8, 11, 8, 21)
    assert found.severity is types.DiagnosticSeverity.Warning
    assert (found.code, found.source) == ("VT101", "flake8-valuetask")
    assert found.message == "coroutine `page` is awaited again; it was first awaited on line 8"
    places = [(r.message, r.location.uri, str(r.location.range)) for r in found.related_information or ()]
    assert places == [
        ("made here", uri, "5:11-5:18"),
        ("first awaited here", uri, "7:14-7:24"),
        ("awaited again here", uri, "8:11-8:21"),
    ]


def test_change_and_mend(editor: Editor, folder: Path) -> None:
    uri = (folder / "mended.py").as_uri()
    editor.open(uri, DOUBLE)
    assert editor.lines(uri) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, f"# moved\n{DOUBLE}")) == [(9, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, MENDED)) == []


def test_newest_version_wins(editor: Editor, folder: Path) -> None:
    uri = (folder / "typed.py").as_uri()
    editor.open(uri, DOUBLE)
    for number in range(40):
        last = editor.change(uri, f"{DOUBLE}# {'.' * number}\n")
    last = editor.change(uri, MENDED)
    assert editor.lines(uri, last) == []
    versions = [params.version or 0 for params in editor.said(uri)]
    assert versions == sorted(set(versions))
    assert len(versions) < 20


def test_broken_buffer_keeps_its_findings(editor: Editor, folder: Path) -> None:
    uri = (folder / "broken.py").as_uri()
    editor.open(uri, DOUBLE)
    assert editor.lines(uri) == [(8, 11, "VT101")]
    editor.change(uri, BROKEN)
    time.sleep(0.3)
    assert editor.hover(uri, 5, 5) is None  # answered after the broken version was looked at
    assert editor.lines(uri, editor.change(uri, MENDED)) == []
    assert [params.version for params in editor.said(uri)] == [1, 3]


def test_close_clears(editor: Editor, folder: Path) -> None:
    uri = (folder / "closed.py").as_uri()
    editor.open(uri, DOUBLE)
    assert len(editor.diagnostics(uri)) == 1
    editor.shut(uri)
    assert editor.diagnostics(uri, None) == []
    editor.open(uri, DOUBLE)
    assert editor.lines(uri, 1, len(editor.published) - 1) == [(8, 11, "VT101")]


def test_noqa(editor: Editor, folder: Path) -> None:
    uri = (folder / "silent.py").as_uri()
    editor.open(uri, DOUBLE.rstrip() + "  # noqa: VT101\n")
    assert editor.lines(uri) == []
    assert editor.lines(uri, editor.change(uri, DOUBLE.rstrip() + "  # noqa: VT102\n")) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, DOUBLE.rstrip() + "  # noqa\n")) == []
    assert editor.lines(uri, editor.change(uri, DOUBLE)) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, f"# flake8: noqa\n{DOUBLE}")) == []


def test_columns_are_utf_16(editor: Editor, folder: Path) -> None:
    uri = (folder / "wide.py").as_uri()
    line = "    await page; größe = '👩‍🚀漢字'; await page"
    text = f"async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n{line}\n"
    editor.open(uri, text)
    (found,) = editor.diagnostics(uri)
    first = len(line[: line.rindex("await")].encode("utf-16-le")) // 2
    assert first == line.rindex("await") + 2  # two of the characters have two units each
    assert shown(found) == (5, first, 5, first + len("await page"))
    hovered = editor.hover(uri, 5, first + 6)
    assert hovered is not None and hovered.range is not None
    assert str(hovered.range) == f"5:{first + 6}-5:{first + 10}"
