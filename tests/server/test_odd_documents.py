"""Odd texts, other documents, and columns in all encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from flake8_valuetask.server.text import read
from tests.server.clients import DOUBLE, DROPPED, SERVER, Editor

ODD = {
    "empty": ("", []),
    "zero bytes": ("async def f():\n    pass\n\0", None),
    "windows": (DROPPED.replace("\n", "\r\n"), [(4, 4, "VT401")]),
    "old mac": (DROPPED.replace("\n", "\r"), [(4, 4, "VT401")]),
    "byte order mark": ("\ufeffasync def f(): f()\n", [(0, 16, "VT401")]),
    "form feed": (DROPPED.replace("\n\n\n", "\n\f\n\n"), [(4, 4, "VT401")]),
    "line separator": (DROPPED.replace("...", "'\u2028\x85\x1c'"), [(4, 4, "VT401")]),
    "surrogate": (DROPPED.replace("...", "'\ud800'"), None),
    "deep": (f"async def f():\n    return {'(' * 2000}f(){')' * 2000}\n", None),
    "huge": (DROPPED + "#" * 2_000_001, []),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts(name: str, editor: Editor, folder: Path) -> None:
    text, expected = ODD[name]
    uri = (folder / f"odd {name} ä.py").as_uri()
    editor.open(uri, text)
    if expected is None:
        assert editor.hover(uri, 0, 0) is None
        assert editor.said(uri) == []
    else:
        assert editor.lines(uri) == expected


OTHERS = {
    "another language": ("file:///nowhere/sample.py", "markdown", None),
    "an old version": ("git:/nowhere/sample.py?HEAD", "python", None),
    "a cell": ("vscode-notebook-cell:/nowhere/sample.ipynb#W0sZmlsZQ", "python", None),
    "not saved yet": ("untitled:Untitled-1", "python", [(8, 11, "VT101")]),
    "no name": ("file://", "python", [(8, 11, "VT101")]),
    "no folder": ("file:///nowhere/at/all/sample.py", "python", [(8, 11, "VT101")]),
    "no language": ("file:///nowhere/at/all/other.py", "", [(8, 11, "VT101")]),
    "no suffix": ("file:///nowhere/at/all/script", "python", []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_documents(name: str, editor: Editor) -> None:
    uri, language, expected = OTHERS[name]
    editor.open(uri, DOUBLE, language)
    if expected is None:
        assert editor.hover(uri, 5, 5) is None
        assert editor.said(uri) == []
    else:
        assert editor.lines(uri) == expected
    editor.shut(uri)


COLUMNS = {
    types.PositionEncodingKind.Utf8: 4 + 2 + 8 + 6 + 2 + 2,
    types.PositionEncodingKind.Utf16: 4 + 2 + 4 + 2 + 1 + 2,
    types.PositionEncodingKind.Utf32: 4 + 2 + 2 + 2 + 1 + 2,
}
WIDE = "    '👩🚀漢字é'; fetch()"


@pytest.mark.parametrize("encoding", COLUMNS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_columns_in_all_encodings(encoding: types.PositionEncodingKind, mark: str) -> None:
    text = read(f"{mark}{WIDE}\r\n{WIDE}", encoding.value)
    column, units = WIDE.index("fetch"), COLUMNS[encoding]
    extra = len(mark) if encoding != "utf-8" else len(mark.encode())
    assert text.units(1, column) == units + extra
    assert text.column(1, units + extra) == column
    assert text.units(2, column) == units
    assert text.column(2, units) == column
    assert text.column(2, 1000) == len(WIDE)
    assert text.units(3, 5) == text.column(3, 5) == text.column(1, 0) == 0


def test_no_workspace_and_another_encoding(tmp_path: Path) -> None:
    wanted = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
    editor = Editor(SERVER, None, capabilities=types.ClientCapabilities(general=wanted))
    try:
        assert editor.greeted.capabilities.position_encoding == "utf-8"
        uri = (tmp_path / "sample.py").as_uri()
        editor.open(uri, DROPPED.replace("    fetch()", WIDE))
        assert editor.lines(uri) == [(4, COLUMNS[types.PositionEncodingKind.Utf8], "VT401")]
    finally:
        editor.leave()
