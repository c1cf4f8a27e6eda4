"""What is released: the wheel and the sdist, alone in an environment, and what they say of themselves."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from flake8_valuetask import __version__, rules
from flake8_valuetask.plugin import Plugin
from tests import trees, wheels
from tests.samples import ROOT

MISTAKE = "async def fetch(): ...\n\n\nasync def twice():\n    page = fetch()\n    await page\n    await page\n"
FOUND = "page.py:7:5: VT101 coroutine `page` is awaited again; it was first awaited on line 6\n"
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
"""The versions that the classifiers name, and that CI runs with."""


class Release(NamedTuple):
    """What was built."""

    wheel: Path
    sdist: Path

    @property
    def names(self) -> list[str]:
        """The files in the wheel."""
        with zipfile.ZipFile(self.wheel) as opened:
            return opened.namelist()

    @property
    def facts(self) -> Message:
        """The metadata of the wheel."""
        return wheels.facts(self.wheel)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The wheel and the sdist of the working tree."""
    folder = wheels.once(wheels.shared(tmp_path_factory) / "release", wheels.built)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Release(wheel, sdist)


@pytest.fixture(scope="module")
def programs(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment in which the bare wheel is installed, and what it requires."""

    def make(folder: Path) -> None:
        wheels.gather(folder, wheels.required(release.facts))
        wheels.environment(folder / "venv", folder, str(release.wheel))

    folder = wheels.once(wheels.shared(tmp_path_factory) / "bare", make)
    return next(path for path in (folder / "venv").iterdir() if path.name in ("bin", "Scripts"))


def said(programs: Path, folder: Path, *command: str, status: int = 0) -> str:
    """What a program of the bare environment prints."""
    words = [str(programs / command[0]), *command[1:]]
    env = wheels.offline(folder, XDG_CACHE_HOME=str(folder), LOCALAPPDATA=str(folder))
    return wheels.ran(words, folder, env, status).stdout


# What is in them


def test_names_say_the_version(release: Release) -> None:
    assert release.wheel.name == f"flake8_valuetask-{__version__}-py3-none-any.whl"
    assert release.sdist.name == f"flake8_valuetask-{__version__}.tar.gz"


def test_wheel_has_the_package_and_nothing_else(release: Release) -> None:
    folders = {name.partition("/")[0] for name in release.names}
    assert folders == {"flake8_valuetask", f"flake8_valuetask-{__version__}.dist-info"}
    package = [path.relative_to(ROOT).as_posix() for path in (ROOT / "flake8_valuetask").rglob("*.py")]
    assert sorted(name for name in release.names if name.endswith(".py")) == sorted(package)
    assert "flake8_valuetask/py.typed" in release.names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in release.names)
    assert [name for name in release.names if re.search(r"(^|/)(tests?|fixtures|docs|benchmarks)/", name)] == []


def test_sdist_has_what_tests_and_pages_are_made_of(release: Release) -> None:
    with tarfile.open(release.sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "docs/generate.py", "tests/conftest.py"} <= names
    assert "fixtures/world.py" in names
    leftover = re.compile(r"\.pyc$|(^|/)\.(venv(-ci)?|git|mypy_cache|ruff_cache|pytest_cache)(/|$)")
    assert [name for name in names if leftover.search(name)] == []


# What they say of themselves


def test_metadata_is_valid(release: Release) -> None:
    wheels.needed("twine")
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", str(release.wheel), str(release.sdist)]
    printed = wheels.ran(command, release.wheel.parent).stdout
    assert printed.count("PASSED") == 2, printed


def test_classifiers_are_known(release: Release) -> None:
    from trove_classifiers import classifiers

    mine = release.facts.get_all("Classifier", [])
    assert set(mine) <= set(classifiers)
    assert {"Framework :: Flake8", "Framework :: AsyncIO", "Typing :: Typed"} <= set(mine)


def test_pythons_are_those_that_are_tested(release: Release) -> None:
    tail = "Programming Language :: Python :: 3."
    named = [one.rpartition(" ")[2] for one in release.facts.get_all("Classifier", []) if one.startswith(tail)]
    matrix = workflow("tests.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert named == matrix == PYTHONS
    assert release.facts["Requires-Python"] == f">={PYTHONS[0]}"


def test_entry_points_are_there(release: Release) -> None:
    with zipfile.ZipFile(release.wheel) as opened:
        [name] = [name for name in release.names if name.endswith("entry_points.txt")]
        text = opened.read(name).decode()
    assert "[flake8.extension]\nVT = flake8_valuetask.plugin:Plugin\n" in text
    for module in re.findall(r"= ([\w.]+)", text):
        assert {f"{module.replace('.', '/')}.py", f"{module.replace('.', '/')}/__init__.py"} & set(release.names)


def test_version_is_the_same_everywhere(release: Release) -> None:
    assert release.facts["Version"] == __version__ == Plugin.version
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changes, re.MULTILINE)
    assert newest is None or newest[1] == __version__
    for place in ("README.md", "docs/comparison.md", "docs/ci.md"):
        text = (ROOT / place).read_text(encoding="utf-8")
        assert set(re.findall(r"flake8-valuetask(?: |==)(\d+\.\d+\.\d+)", text)) <= {__version__}, place


# Installed, with nothing but what it requires


def test_flake8_knows_the_plugin(programs: Path, tmp_path: Path) -> None:
    shown = " ".join(said(programs, tmp_path, "flake8", "--version").split())
    assert f"flake8-valuetask: {__version__}" in shown


def test_flake8_finds_a_mistake(programs: Path, tmp_path: Path) -> None:
    trees.write(tmp_path, {"page.py": MISTAKE})
    assert said(programs, tmp_path, "flake8", "--select", "VT", "page.py", status=1) == FOUND


def test_command_line_needs_no_extra(programs: Path, tmp_path: Path) -> None:
    listed = said(programs, tmp_path, "python", "-m", "flake8_valuetask", "--list")
    assert [line.split()[0] for line in listed.splitlines()] == sorted(rules.load())
    assert said(programs, tmp_path, "python", "-m", "flake8_valuetask", "--explain", "VT101").startswith("VT101 ")
    assert said(programs, tmp_path, "python", "-m", "flake8_valuetask", "--version") == f"{__version__}\n"
    code = "import importlib.util; print([name for name in ('rich', 'pytest') if importlib.util.find_spec(name)])"
    assert said(programs, tmp_path, "python", "-c", code) == "[]\n"


def test_formats_that_need_no_extra(programs: Path, tmp_path: Path) -> None:
    trees.write(tmp_path, {"page.py": MISTAKE})
    for name in ("vt-sarif", "vt-github", "vt-gitlab", "vt-json"):
        assert "VT101" in said(programs, tmp_path, "flake8", "--select", "VT", "--format", name, "page.py", status=1)


def test_types_are_seen_from_outside(programs: Path, tmp_path: Path) -> None:
    text = "from flake8_valuetask.runtime import ValueTask\n\nreveal_type(ValueTask.from_result(1))\n"
    trees.write(tmp_path, {"user.py": text})
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(programs / "python"), "user.py"]
    env = wheels.offline(tmp_path, MYPY_CACHE_DIR=str(tmp_path / "cache"))
    assert "flake8_valuetask.runtime" in wheels.ran(command, tmp_path, env).stdout


# Workflows


def workflow(name: str) -> dict[Any, Any]:
    """A workflow of the project."""
    loaded = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_every_python_runs_all_checks() -> None:
    steps = workflow("tests.yml")["jobs"]["tests"]["steps"]
    assert {"run": ".ci/run", "env": {"PYTHON": "python"}} in steps


def test_release_is_built_once_and_only_publishing_may_sign() -> None:
    loaded = workflow("release.yml")
    assert loaded[True] == {"push": {"tags": ["v*"]}}  # `on` is a truth value in YAML 1.1
    assert loaded["permissions"] == {"contents": "read"}
    asking = {name: job.get("permissions", {}) for name, job in loaded["jobs"].items()}
    assert {name for name, asked in asking.items() if "id-token" in asked} == {"publish"}
    assert asking["publish"] == {"id-token": "write"}
    runs = [step.get("run", "") for job in loaded["jobs"].values() for step in job.get("steps", [])]
    assert sum("-m build" in run for run in runs) == 1


def test_what_is_published_was_tested() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert jobs["publish"]["needs"] == ["tests", "build"]
    assert jobs["tests"] == {"uses": "./.github/workflows/tests.yml"}
    assert "workflow_call" in workflow("tests.yml")[True]  # `on` is a truth value in YAML 1.1


def test_tag_must_be_the_version() -> None:
    [check] = [
        step for step in workflow("release.yml")["jobs"]["build"]["steps"] if "GITHUB_REF_NAME" in step.get("run", "")
    ]
    for tag, status in ((f"v{__version__}", 0), ("v99.0.0", 1)):
        command = ["bash", "-e", "-c", check["run"].replace("python ", f"{sys.executable} ", 1)]
        run = subprocess.run(command, cwd=ROOT, env={"GITHUB_REF_NAME": tag}, check=False, capture_output=True)
        assert run.returncode == status, run
