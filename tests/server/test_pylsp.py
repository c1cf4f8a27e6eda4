"""The plugin of python-lsp-server, driven by a client."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from tests import samples
from tests.server.clients import BROKEN, DOUBLE, MENDED, Editor, shown


@pytest.fixture
def pylsp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Editor]:
    """An editor on python-lsp-server, which is told of our plugin as an installed package would tell it."""
    told = tmp_path / "site" / "flake8_valuetask_told-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: flake8-valuetask-told\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[pylsp]\nflake8_valuetask = flake8_valuetask.server.pylsp\n")
    paths = [str(told.parent), str(samples.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    made = Editor([sys.executable, "-m", "pylsp"], tmp_path)
    yield made
    made.leave()


def ours(editor: Editor, uri: str) -> list[types.Diagnostic]:
    """The diagnostics of ours in what was published last."""
    said = editor.said(uri)
    return [d for d in said[-1].diagnostics if d.source == "flake8-valuetask"] if said else []


def test_python_lsp_server(pylsp: Editor, tmp_path: Path) -> None:
    uri = (tmp_path / "sample.py").as_uri()
    pylsp.open(uri, DOUBLE)
    (found,) = pylsp.until(lambda: ours(pylsp, uri))
    assert shown(found) == (8, 11, 8, 21)
    assert (found.code, found.severity) == ("VT101", types.DiagnosticSeverity.Warning)
    assert [r.message for r in found.related_information or ()] == [
        "made here",
        "first awaited here",
        "awaited again here",
    ]
    skip = len(pylsp.published)
    pylsp.change(uri, BROKEN)
    pylsp.until(lambda: pylsp.said(uri, skip))
    assert len(ours(pylsp, uri)) == 1
    pylsp.change(uri, MENDED)
    pylsp.until(lambda: not ours(pylsp, uri))
