"""pre-commit, both ways: the repository as a hook of its own, and the plugin beside flake8's hook.

Nothing is fetched: pip is given a folder of wheels, and git a local repository in place of flake8's.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from flake8_valuetask import __version__
from tests import pages, trees, wheels
from tests.samples import ROOT

SHIPPED = ["flake8_valuetask", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"]
FLAKE8 = "https://github.com/PyCQA/flake8"
PLACE = "/path/to/flake8-valuetask"
MISTAKE = """
    async def fetch(): ...


    async def measure(verbose):
        page = fetch()
        if verbose:
            print(await page)
        return len(await page)
    """
MENDED = MISTAKE.replace("page = fetch()", "page = await fetch()").replace("(await page)", "(page)")
FOUND = "page.py:8:16: VT101 coroutine `page` is awaited again; it was first awaited on line 7"

# What stands in for flake8's repository: a hook that installs flake8 and runs it.
STAND_IN = {
    ".pre-commit-hooks.yaml": """
        - id: flake8
          name: flake8
          entry: flake8
          language: python
          types: [python]
          require_serial: true
        """,
    "pyproject.toml": """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "stand-in"
        version = "1"
        dependencies = ["flake8"]
        [tool.hatch.build.targets.wheel]
        bypass-selection = true
        """,
}


class World(NamedTuple):
    """A project with git, a clone of the plugin beside it, and an environment that reaches nothing else."""

    folder: Path
    clone: Path
    env: dict[str, str]

    def git(self, *words: str, status: int | None = 0) -> str:
        """Run git in the project."""
        return wheels.ran([wheels.program("git"), *words], self.folder, self.env, status).stdout

    def stage(self, **files: str) -> None:
        """Write Python files and stage all there is."""
        trees.write(self.folder, {f"{name}.py": text for name, text in files.items()})
        self.git("add", "--all")

    def pre_commit(self, *words: str, status: int) -> str:
        """Run pre-commit in the project."""
        return wheels.ran([sys.executable, "-m", "pre_commit", *words], self.folder, self.env, status).stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of all that a hook installs."""
    wheels.needed("pre_commit", "flake8", wheels.BACKEND)

    def make(folder: Path) -> None:
        wheels.gather(folder, [wheels.BACKEND, "flake8", "typeshed-client", "platformdirs"])

    return wheels.once(wheels.shared(tmp_path_factory) / "wheels", make)


@pytest.fixture
def world(found: Path, tmp_path: Path) -> World:
    """A fresh project."""
    clone, project = tmp_path / "clone", tmp_path / "project"
    settings = {"user.name": "A", "user.email": "a@example.org", f"url.{tmp_path / 'flake8'}.insteadOf": FLAKE8}
    env = wheels.offline(found, PRE_COMMIT_HOME=str(tmp_path / "hooks"), **_configured(settings))
    env = {**env, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "PRE_COMMIT_COLOR": "never"}
    for name in SHIPPED:
        _copied(ROOT / name, clone / name)
    made = World(project, clone, env)
    _repository(clone, env)
    _repository(trees.write(project, {"README": "A project.\n"}), env)
    return made


def _configured(settings: dict[str, str]) -> dict[str, str]:
    """Variables that configure git."""
    found = {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    for number, (name, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _repository(folder: Path, env: dict[str, str], tag: str = "") -> str:
    """Make a repository of a folder; the commit."""
    commands = [["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All of it"]]
    for words in [*commands, *([["tag", tag]] if tag else [])]:
        wheels.ran([wheels.program("git"), *words], folder, env)
    return wheels.ran([wheels.program("git"), "rev-parse", "HEAD"], folder, env).stdout.strip()


def documented() -> list[str]:
    """The two configurations in the documentation: within flake8's hook, and as a hook of its own."""
    blocks = pages.blocks((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
    return [block.text for block in blocks if block.title == ".pre-commit-config.yaml"]


def test_try_repo_refuses_a_mistake_until_it_is_mended(world: World) -> None:
    world.stage(page=MISTAKE)
    shown = world.pre_commit("try-repo", str(world.clone), "flake8-valuetask", status=1)
    assert FOUND in shown.splitlines(), shown
    world.stage(page=MENDED)
    shown = world.pre_commit("try-repo", str(world.clone), "flake8-valuetask", status=0)
    assert "Passed" in shown, shown


def test_hook_of_its_own_refuses_a_commit_until_it_is_mended(world: World) -> None:
    commit = world.git("-C", str(world.clone), "rev-parse", "HEAD").strip()
    text = documented()[1].replace(PLACE, str(world.clone)).replace("COMMIT", commit)
    trees.write(world.folder, {".pre-commit-config.yaml": text})
    world.pre_commit("install", status=0)
    world.stage(page=MISTAKE)
    shown = world.git("commit", "--message", "A mistake", status=1)
    assert documented_refusal() in shown
    world.stage(page=MENDED)
    assert "flake8-valuetask" in world.git("commit", "--message", "Mended")
    assert world.git("status", "--porcelain") == ""


def documented_refusal() -> str:
    """What the documentation says that a refused commit shows."""
    blocks = pages.blocks((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
    [text] = [block.text for block in blocks if block.language == "text"]
    return text


def test_plugin_beside_flake8_in_its_own_hook(world: World) -> None:
    stand_in = trees.write(world.folder.parent / "flake8", STAND_IN)
    _repository(stand_in, world.env, "7.5.0")
    text = documented()[0]
    assert f"repo: {FLAKE8}\n" in text
    trees.write(world.folder, {".pre-commit-config.yaml": text.replace(PLACE, str(world.clone))})
    world.stage(page=MISTAKE)
    assert FOUND in world.pre_commit("run", status=1).splitlines()
    world.stage(page=MENDED)
    assert "Passed" in world.pre_commit("run", status=0)


def test_readme_has_the_same_configuration() -> None:
    readme = [block.text for block in pages.blocks((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert documented()[0] in readme


def test_manifest_and_configurations_are_valid(tmp_path: Path) -> None:
    wheels.needed("pre_commit")
    names = [str(trees.write(tmp_path, {f"{n}.yaml": text}) / f"{n}.yaml") for n, text in enumerate(documented())]
    command = [sys.executable, "-m", "pre_commit"]
    wheels.ran([*command, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], tmp_path)
    wheels.ran([*command, "validate-config", str(ROOT / ".pre-commit-config.yaml"), *names], tmp_path)


def test_release_is_named_as_it_will_be() -> None:
    assert f"`flake8-valuetask=={__version__}`" in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
