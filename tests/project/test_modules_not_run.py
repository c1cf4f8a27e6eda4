"""Nothing of other modules is run."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.project.layouts import environment
from tests.trees import FETCH, ROOT, flake8, process, twice, write

LOUD = """
import pathlib
pathlib.Path(__file__).with_name("was-run").touch()
{fetch}
if not hasattr(pathlib, "never"):
    raise SystemExit("imported")
"""


def test_modules_are_not_run(tmp_path: Path) -> None:
    loud = LOUD.format(fetch=FETCH)
    names = ("helper.py", "pkg/__init__.py", "pkg/helper.py", "conftest.py", "setup.py", "sitecustomize.py")
    text = "import helper\nimport pkg.helper\n\n\nasync def sample():\n"
    text += "".join(
        f"    page = {name}.fetch()\n    await page\n    await page\n" for name in ("helper", "pkg", "pkg.helper")
    )
    write(tmp_path, {**ROOT, **dict.fromkeys(names, loud), "app.py": text})
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", "app.py")
    assert (status, [line.split()[1] for line in lines]) == (1, ["VT101"] * 3)
    assert list(tmp_path.rglob("was-run")) == []
    assert not {"helper", "pkg", "pkg.helper"} & sys.modules.keys()
    assert list(tmp_path.rglob("__pycache__")) == []


def test_installed_modules_are_not_run(tmp_path: Path) -> None:
    files = {"foo/__init__.py": LOUD.format(fetch=FETCH), "foo/py.typed": "", "sitecustomize.py": LOUD.format(fetch="")}
    files["foo.pth"] = "import pathlib; pathlib.Path('was-run').touch()\n"
    python = environment(tmp_path / "venv", files)
    write(tmp_path, {"project/app.py": twice("import foo", "foo.fetch()")})
    run = process(tmp_path / "project", "--isolated", "--select=VT", f"--valuetask-python={python}", "app.py")
    assert (run.stderr, run.stdout.split()[1]) == ("", "VT101")
    assert list(tmp_path.rglob("was-run")) == []
