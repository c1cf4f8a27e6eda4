"""The language server says what flake8 says, by the same configuration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flake8.main.application import Application

from flake8_valuetask.options import OPT_IN
from flake8_valuetask.plugin import Plugin
from flake8_valuetask.server.judge import Judge
from flake8_valuetask.server.settings import BadConfiguration, load
from flake8_valuetask.server.text import read
from tests import samples
from tests.server.clients import DOUBLE, DROPPED


def judged(folder: Path, *arguments: str) -> list[str]:
    """The lines that flake8 would print for the modules of a folder, according to the judge."""
    judge = Judge(arguments)
    lines = []
    for path in sorted(folder.rglob("*.py")):
        with path.open(encoding="utf-8") as file:
            found = judge.findings(str(path), read(file.read()), [str(folder)]) or []
        name = f"./{path.relative_to(folder).as_posix()}"
        lines += [f"{name}:{f.span.line}:{f.span.column + 1}: {f.code} {f.message}" for f in found]
    return lines


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines that flake8 prints when it runs in a folder, as far as they are ours."""

    def run(folder: Path, *arguments: str) -> list[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(Plugin, "options", Plugin.options)
        Application().run(["-j1", *arguments])
        said = capsys.readouterr()
        assert said.err == ""
        return sorted(line for line in said.out.splitlines() if ": VT" in line)

    return run


CONFIGURATIONS = {
    "nothing": ("setup.cfg", ""),
    "select": ("setup.cfg", "select = VT4"),
    "ignore": ("tox.ini", "extend-ignore = VT401, E"),
    "files": (".flake8", "per-file-ignores =\n    src/*:VT101\n    test_*.py:VT4"),
    "exclude": (".flake8", "exclude = tests\nextend-exclude = src/deep"),
    "names": ("tox.ini", "filename = */test_*.py"),
    "opt-in": ("setup.cfg", "extend-select = VT105\nvaluetask-enable = VT105\nmax-complexity = 3"),
    "noqa": (".flake8", "disable-noqa = true"),
    "kinds": ("setup.cfg", "valuetask-kinds = valuetask"),
    "producers": ("setup.cfg", "valuetask-producers = elsewhere.send"),
}
RETRY = "async def retry(action):\n    await action\n    await action\n"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_mean_what_they_mean_to_flake8(
    name: str, tmp_path: Path, printed: Callable[..., list[str]]
) -> None:
    file, lines = CONFIGURATIONS[name]
    (tmp_path / file).write_text(f"[flake8]\n{lines}\n", encoding="utf-8")
    for folder in ("src/deep", "tests"):
        (tmp_path / folder).mkdir(parents=True)
    texts = {
        "src/one.py": DOUBLE,
        "src/deep/two.py": DROPPED + RETRY,
        "tests/test_three.py": DROPPED,
        "silent.py": DROPPED.rstrip() + "  # noqa: VT4\n",
        "sending.py": "import elsewhere\n\n\ndef sample():\n    elsewhere.send()\n",
    }
    for path, text in texts.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    expected = printed(tmp_path)
    assert sorted(judged(tmp_path)) == expected
    assert expected or name == "kinds"


ENABLED = ("--isolated", "--select=VT", f"--valuetask-enable={','.join(sorted(OPT_IN))}")


@pytest.mark.parametrize("folder", ["across", "vt104_duplicated", "vt305_cached_producer"])
def test_fixtures_have_the_findings_of_flake8(folder: str, printed: Callable[..., list[str]]) -> None:
    expected = printed(samples.FIXTURES / folder, *ENABLED, "--exclude=*_py*.py")
    found = judged(samples.FIXTURES / folder, *ENABLED, "--exclude=*_py*.py")
    assert sorted(found) == expected
    assert len(expected) > 3


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="unrecognized arguments: --nonsense"):
        load(str(tmp_path), None, ["--nonsense"])
    said: list[str] = []
    judge = Judge(["--nonsense"], said.append)
    assert len(judge.findings("stdin", read(DOUBLE)) or []) == 1
    assert said == ["flake8's configuration: flake8: error: unrecognized arguments: --nonsense"]


def test_nearest_configuration_counts_where_the_workspace_has_none(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "tox.ini").write_text("[flake8]\nextend-ignore = VT1\n", encoding="utf-8")
    judge = Judge()
    assert judge.findings(str(tmp_path / "project" / "sample.py"), read(DOUBLE), [str(tmp_path)]) == []
    assert len(judge.findings(str(tmp_path / "sample.py"), read(DOUBLE), [str(tmp_path)]) or []) == 1
    (tmp_path / "project" / "inner").mkdir()
    (tmp_path / "project" / "tox.ini").write_text("[flake8]\nper-file-ignores = inner/*:VT1\n", encoding="utf-8")
    assert judge.findings(str(tmp_path / "project" / "inner" / "sample.py"), read(DOUBLE)) == []
    assert len(judge.findings(str(tmp_path / "project" / "sample.py"), read(DOUBLE)) or []) == 1


def test_files_in_arguments_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "ci.cfg").write_text("[flake8]\nselect = VT4\n", encoding="utf-8")
    judge, name = Judge(["--config=ci.cfg"]), str(tmp_path / "sample.py")
    assert judge.findings(name, read(DOUBLE), [str(tmp_path)]) == []
    (tmp_path / "ci.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    assert len(judge.findings(name, read(DOUBLE), [str(tmp_path)]) or []) == 1


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['pygls'] = None; from flake8_valuetask.server import main; sys.exit(main([]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1
    assert "pip install 'flake8-valuetask[lsp]'" in run.stderr
