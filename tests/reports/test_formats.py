"""What holds for all formats: files, encodings, paths, processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_valuetask.reports import entries as reporting
from tests.reports.running import DOUBLE, FORMATS, LOOP, LOST, Run, process


@pytest.mark.parametrize("form", FORMATS)
def test_output_file_and_tee(form: str, run: Run, tmp_path: Path) -> None:
    shown = run(form, DOUBLE)
    assert shown
    report = tmp_path / "reports" / "report.txt"
    assert run(form, DOUBLE, f"--output-file={report}") == ""
    assert report.read_bytes().decode("utf-8") == shown
    assert run(form, DOUBLE, f"--output-file={report}", "--tee", "--color=always") == (
        shown if form != "vt-trace" else run(form, DOUBLE, "--color=always")
    )
    twice = shown * 2 if form in ("vt-github", "vt-trace") else shown
    assert report.read_bytes().decode("utf-8") == twice


EACH = """
import sys
from flake8.main.cli import main

for form in sys.argv[1].split():
    main(["--isolated", "--select=VT", f"--format={form}", f"--output-file={form}", *sys.argv[2:]])
"""


def written(folder: Path, *options: str, given: str = "") -> dict[str, str]:
    """What flake8 writes in each format, all in one process of their own."""
    command = [sys.executable, "-c", EACH, " ".join(FORMATS), *options]
    shown = subprocess.run(command, input=given.encode(), capture_output=True, check=True, cwd=folder)
    assert (shown.stdout, shown.stderr) == (b"", b"")
    return {form: (folder / form).read_bytes().decode("utf-8") for form in FORMATS}


def test_more_jobs_change_nothing(run: Run, tmp_path: Path) -> None:
    files = {f"{name}.py": text for name, text in {"a": DOUBLE, "b": LOOP, "c": LOST, "d": "x = 1\n"}.items()}
    expected = {form: run(form, files) for form in FORMATS}
    assert written(tmp_path, "--jobs=2", *files) == expected


def test_standard_input_has_the_name_it_is_shown_by(run: Run, tmp_path: Path) -> None:
    expected = {form: run(form, {"shown/here.py": DOUBLE}) for form in FORMATS}
    (tmp_path / "shown" / "here.py").unlink()
    assert written(tmp_path, "--stdin-display-name=shown/here.py", "-", given=DOUBLE) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found(form: str, run: Run) -> None:
    shown = run(form, "x = 1\n")
    if form in ("vt-github", "vt-trace"):
        assert shown == ""
    else:
        empty = {"vt-gitlab": [], "vt-json": {"version": 1, "findings": []}}
        report = json.loads(shown)
        assert report == empty[form] if form in empty else report["runs"][0]["results"] == []


ENCODED = {
    "BOM": ("\N{ZERO WIDTH NO-BREAK SPACE}" + DOUBLE).encode(),
    "CRLF": DOUBLE.replace("\n", "\r\n").encode(),
    "CR": DOUBLE.replace("\n", "\r").encode(),
    "Latin-1": ("# coding: latin-1 \xe4\n" + DOUBLE.removeprefix("\n")).encode("latin-1"),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_encodings_and_ends_of_lines(content: bytes, form: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_bytes(content)
    shown = run(form, None, "sample.py")
    plain = DOUBLE if b"coding" not in content else "# coding: latin-1 \xe4\n" + DOUBLE
    assert shown == run(form, plain.replace("latin-1", "utf-8"))
    assert "\r" not in shown


@pytest.mark.parametrize("form", ["vt-json", "vt-trace"])
def test_statistics_do_not_get_into_a_report(form: str, run: Run, tmp_path: Path) -> None:
    shown = run(form, LOST)
    counted = process(tmp_path, f"--format={form}", "--statistics", "--benchmark", "sample.py")
    assert counted.stdout.decode("utf-8") == shown
    lines = counted.stderr.decode("utf-8").splitlines()
    assert lines[0] == "3     VT401 coroutine `fetch()` is never awaited"
    assert any(line.endswith(" seconds elapsed") for line in lines)


PATHS = {
    "sample.py": "sample.py",
    "./sample.py": "sample.py",
    "./deep/../sample.py": "sample.py",
    "deep/a b#%ä.py": "deep/a b#%ä.py",
    "..hidden/sample.py": "..hidden/sample.py",
}


@pytest.mark.parametrize(("given", "shown"), PATHS.items())
def test_paths_are_relative(given: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reporting.relative(given.replace("/", os.sep)) == shown
    assert reporting.relative(str(tmp_path / given)) == shown


def test_paths_elsewhere_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert reporting.relative(os.path.join("..", "sample.py")) == (tmp_path / "sample.py").as_posix()
    assert reporting.relative(str(tmp_path / "sample.py")) == (tmp_path / "sample.py").as_posix()
