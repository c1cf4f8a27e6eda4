"""Text that an editor has not written yet stands for its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.layouts import PKG, PLAIN
from tests.trees import FETCH, ROOT, codes, twice, write

BUFFERS = {
    "asked of itself": ({"helper.py": ""}, FETCH, PLAIN, "fetch()"),
    "asked by way of another": ({"helper.py": "from app import fetch as get\n"}, FETCH, PLAIN, "get()"),
    "asked by way of a star": ({"helper.py": "from app import *\nget = fetch\n"}, FETCH, PLAIN, "get()"),
}


@pytest.mark.parametrize(("files", "one", "other", "call"), BUFFERS.values(), ids=BUFFERS)
def test_unsaved_text_stands_for_its_file(
    files: dict[str, str], one: str, other: str, call: str, tmp_path: Path
) -> None:
    imports = "from helper import *"
    write(tmp_path, {**ROOT, **files, "app.py": twice(f"{imports}\n\n\n{other}", call)})
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", twice(f"{imports}\n\n\n{one}", call)) == ["VT101"]
    write(tmp_path, {"app.py": twice(f"{imports}\n\n\n{one}", call)})
    assert codes(tmp_path / "app.py", twice(f"{imports}\n\n\n{other}", call)) == []


def test_unsaved_text_of_a_new_file(tmp_path: Path) -> None:
    write(tmp_path, {**PKG, "pkg/helper.py": FETCH})
    assert codes(tmp_path / "pkg/new.py", twice("from .helper import fetch")) == ["VT101"]


@pytest.mark.parametrize(("body", "expected"), [("print(page)", []), ("run(page)", ["VT103"])])
def test_unsaved_text_is_asked_by_a_callee(body: str, expected: list[str], tmp_path: Path) -> None:
    helper = "def use(page):\n    from app import touch\n    touch(page)\n"
    text = "def touch(page):\n    {}\n\n\nasync def own(): ...\n\n\nasync def sample():\n    page = own()\n    use(page)\n    await page\n"
    saved = {"print(page)": "run(page)", "run(page)": "print(page)"}[body]
    head = "from asyncio import run\n\nfrom helper import use\n\n\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "app.py": head + text.format(saved)})
    assert codes(tmp_path / "app.py", head + text.format(body)) == expected
