"""Fixtures of the tests of reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from flake8.main.cli import main as flake8_main

from flake8_valuetask.plugin import Plugin
from tests.reports.running import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run flake8 in this process, in a folder with one file, or with several by name; what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Plugin, "options", Plugin.options)

    def run(form: str, text: str | dict[str, str] | None = None, *options: str, select: str = "VT") -> str:
        files = text if isinstance(text, dict) else {} if text is None else {"sample.py": text}
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(content, encoding="utf-8", newline="")
        common = ["--isolated", "-j1", "--valuetask-no-cache", f"--select={select}", f"--format={form}"]
        capsysbinary.readouterr()
        flake8_main([*common, *options, *files])
        shown = capsysbinary.readouterr()
        assert shown.err == b""
        return shown.out.decode("utf-8")

    return run
