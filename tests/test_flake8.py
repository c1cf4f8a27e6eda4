"""The plugin in flake8, as its users start it: selection, noqa, the two locks of opt-in rules, jobs, columns."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_valuetask import __version__
from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.plugin import NEW_OBJECTS, Plugin
from tests import samples
from tests.analyses import reported

DOUBLE = dedent(
    """\
    async def fetch():
        return 1


    async def sample():
        page = fetch()
        await page
        await page
    """
)
LINE = "8:5: VT101 coroutine `page` is awaited again; it was first awaited on line 7"
RETRY = dedent(
    """\
    from collections.abc import Awaitable


    async def retry(action: Awaitable[int]) -> int:
        try:
            return await action
        except OSError:
            return await action
    """
)
RETRIED = (
    "8:16: VT105 awaitable `action` is awaited again, which fails if it is a coroutine; it was first awaited on line 6"
)


def flake8(folder: Path, *options: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run flake8 in a folder, on a file `sample.py` of this text if there is one."""
    if text is not None:
        (folder / "sample.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "flake8", "--isolated", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def printed(folder: Path, *options: str, text: str | None = None) -> list[str]:
    """The lines that flake8 prints for `sample.py`, without its name."""
    run = flake8(folder, *options, "sample.py", text=text)
    assert run.stderr == ""
    return [line.removeprefix("sample.py:") for line in run.stdout.splitlines()]


def test_double_await(tmp_path: Path) -> None:
    assert printed(tmp_path, text=DOUBLE) == [LINE]
    assert flake8(tmp_path, "sample.py").returncode == 1


def test_mended_file_is_silent(tmp_path: Path) -> None:
    run = flake8(tmp_path, "sample.py", text=DOUBLE.replace("    await page\n    await page", "    await page"))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_version_is_shown(tmp_path: Path) -> None:
    assert f"flake8-valuetask: {__version__}" in flake8(tmp_path, "--version").stdout


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (["--select=VT"], [LINE]),
        (["--select=VT101"], [LINE]),
        (["--select=VT1"], [LINE]),
        (["--select=VT2"], []),
        (["--select=E"], []),
        (["--extend-ignore=VT101"], []),
        (["--ignore=VT"], []),
        (["--per-file-ignores=sample.py:VT101"], []),
    ],
)
def test_selection(options: list[str], lines: list[str], tmp_path: Path) -> None:
    assert printed(tmp_path, *options, text=DOUBLE) == lines


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: VT101", "# noqa: VT1", "# NOQA:VT101", "# noqa: E501,VT101", "# noqa: VT101 (why)"]
)
def test_noqa_on_the_reported_line(comment: str, tmp_path: Path) -> None:
    assert printed(tmp_path, text=DOUBLE.rstrip() + f"  {comment}\n") == []


@pytest.mark.parametrize("comment", ["# noqa: VT102", "# noqa: E501"])
def test_noqa_for_something_else(comment: str, tmp_path: Path) -> None:
    assert printed(tmp_path, text=DOUBLE.rstrip() + f"  {comment}\n") == [LINE]


def test_noqa_on_another_line(tmp_path: Path) -> None:
    assert printed(tmp_path, text=DOUBLE.replace("fetch()\n    await", "fetch()  # noqa\n    await")) == [LINE]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ([], []),
        (["--select=VT"], []),
        (["--select=VT105"], []),
        (["--ignore=E501"], []),
        (["--extend-select=VT105"], []),
        (["--select=VT", "--valuetask-enable=VT105"], [RETRIED]),
        (["--extend-select=VT105", "--valuetask-enable=VT105"], [RETRIED]),
        (["--extend-select=VT105", "--valuetask-enable=VT601,VT105"], [RETRIED]),
        (["--select=VT", "--valuetask-enable=VT601"], []),
        (["--valuetask-enable=VT105"], []),
    ],
)
def test_opt_in_rules_have_two_locks(options: list[str], lines: list[str], tmp_path: Path) -> None:
    assert printed(tmp_path, *options, text=RETRY) == lines


@pytest.mark.parametrize("spelling", ["valuetask-enable", "valuetask_enable"])
def test_option_in_a_configuration(spelling: str, tmp_path: Path) -> None:
    (tmp_path / "flake8.cfg").write_text(f"[flake8]\nselect = VT\n{spelling} = VT105,\n    VT308\n", encoding="utf-8")
    (tmp_path / "sample.py").write_text(RETRY, encoding="utf-8")
    command = [sys.executable, "-m", "flake8", "--config=flake8.cfg", "sample.py"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.stdout == f"sample.py:{RETRIED}\n"


@pytest.mark.parametrize("entry", ["VT101", "VT1", "vt101", "retries"])
def test_wrong_entry_is_named(entry: str, tmp_path: Path) -> None:
    run = flake8(tmp_path, f"--valuetask-enable=VT105,{entry}", "sample.py", text=DOUBLE)
    assert run.returncode != 0
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert f"--valuetask-enable: '{entry}' is no opt-in rule" in run.stderr
    assert all(code in run.stderr for code in OPT_IN)


def test_text_from_stdin(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flake8", "--isolated", "--stdin-display-name=shown/here.py", "-"]
    run = subprocess.run(command, input=DOUBLE, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.stdout == f"shown/here.py:{LINE}\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_jobs(jobs: str, tmp_path: Path) -> None:
    for name in ("one", "other", "third"):
        (tmp_path / f"{name}.py").write_text(DOUBLE, encoding="utf-8")
    (tmp_path / "retry.py").write_text(RETRY, encoding="utf-8")
    run = flake8(tmp_path, f"--jobs={jobs}", "--select=VT", "--valuetask-enable=VT105", ".")
    expected = [f"./one.py:{LINE}", f"./other.py:{LINE}", f"./retry.py:{RETRIED}", f"./third.py:{LINE}"]
    assert sorted(run.stdout.splitlines()) == expected


def test_columns_are_code_points(tmp_path: Path) -> None:
    text = DOUBLE.replace("    await page\n    await page", "    await page; größe = 'ß€𝄞'; await page")
    assert printed(tmp_path, "--select=VT", text=text) == [
        "7:32: VT101 coroutine `page` is awaited again; it was first awaited on line 7"
    ]


def test_every_line_of_a_folder_is_what_the_plugin_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    enabled = f"--valuetask-enable={','.join(sorted(OPT_IN))}"
    folder = "fixtures/vt101_consumed_twice"
    run = flake8(samples.ROOT, "--select=VT", enabled, "--exclude=*_py*.py", folder)
    monkeypatch.setattr(Plugin, "options", Options(opt_in=OPT_IN))
    modules = [samples.fixture(path) for path in samples.lasting("vt101_consumed_twice")]
    expected = [f"{sample.name}:{line}" for sample in modules for line in reported(sample.text, sample.name)]
    assert sorted(run.stdout.splitlines()) == sorted(expected)
    assert len(expected) > 20


LOADED = """
import sys
from flake8.main.application import Application

application = Application()
application.run(["--isolated", "--select=VT", "-j1", "sample.py"])
print(*(name for name in ("flake8_valuetask.lower", "flake8_valuetask.rules") if name in sys.modules))
"""
QUIET = {
    "no async word": "def sample():\n    return 1\n",
    "only awaits on the spot": "async def fetch():\n    return 1\n\n\nasync def sample():\n    return await fetch()\n",
    "plain calls": "async def sample(x):\n    for one in x:\n        print(one)\n    return len(x)\n",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_file_without_suspects_loads_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(text, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout == "\n"


def test_file_with_a_suspect_loads_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.splitlines() == [f"sample.py:{LINE}", "flake8_valuetask.lower flake8_valuetask.rules"]


COLLECTING = (
    "import gc; gc.set_threshold({}); from flake8.main import cli; cli.main(['.']); print(gc.get_threshold()[0])"
)


@pytest.mark.parametrize(
    ("before", "after"), [(gc.get_threshold()[0], NEW_OBJECTS), (NEW_OBJECTS + 1, NEW_OBJECTS + 1), (0, 0)]
)
def test_collections_of_garbage_become_rare_unless_someone_has_decided(tmp_path: Path, before: int, after: int) -> None:
    command = [sys.executable, "-c", COLLECTING.format(before)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.split() == [str(after)]
