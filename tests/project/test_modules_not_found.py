"""Other modules that say nothing: absent, broken, too large, or not certain; what is the file's own is judged all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_valuetask.project import LIMIT
from tests.project.layouts import PKG, PLAIN
from tests.trees import FETCH, ROOT, found, twice, write

SILENT: dict[str, tuple[dict[str, str | bytes], str, str, str]] = {
    "plain function": ({**ROOT, "helper.py": PLAIN}, "app.py", "from helper import fetch", "fetch()"),
    "no such module": ({**ROOT}, "app.py", "from helper import fetch", "fetch()"),
    "no such member": ({**ROOT, "helper.py": ""}, "app.py", "from helper import fetch", "fetch()"),
    "async or plain": (
        {**ROOT, "fast.py": FETCH, "slow.py": PLAIN},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from slow import fetch",
        "fetch()",
    ),
    "async or unknown": (
        {**ROOT, "fast.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from absent import fetch",
        "fetch()",
    ),
    "relative, beyond the top": ({**PKG, "helper.py": FETCH}, "pkg/sample.py", "from ..helper import fetch", "fetch()"),
    "above the project": (
        {"helper.py": FETCH, "project/pyproject.toml": ""},
        "project/tools/script.py",
        "from helper import fetch",
        "fetch()",
    ),
    "circle of re-exports": (
        {**ROOT, "one.py": "from other import fetch", "other.py": "from one import fetch"},
        "app.py",
        "from one import fetch",
        "fetch()",
    ),
    "star, private": (
        {**ROOT, "helper.py": FETCH.replace("fetch", "_fetch")},
        "app.py",
        "from helper import *",
        "_fetch()",
    ),
    "star, a built-in that the module does not hand out": (
        {**ROOT, "helper.py": f"__all__ = ['save']\n{FETCH.replace('fetch', 'input')}"},
        "app.py",
        "from helper import *",
        "input()",
    ),
    "last star wins": (
        {**ROOT, "helper.py": FETCH, "plain.py": PLAIN},
        "app.py",
        "from helper import *\nfrom plain import *",
        "fetch()",
    ),
    "stub beside a source": (
        {**ROOT, "helper.py": FETCH, "helper.pyi": "def fetch() -> int: ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "broken encoding": (
        {**ROOT, "helper.py": FETCH.encode() + b"# \xff\xfe\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "unknown encoding": (
        {**ROOT, "helper.py": b"# coding: martian\n" + FETCH.encode()},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "folder of that name": ({**ROOT, "helper.py/x": ""}, "app.py", "from helper import fetch", "fetch()"),
    "a program's output": (
        {**ROOT, "helper.py": f"{FETCH}{'# text' * 10}\n" + f"x = 'some text'  {'# more ' * 8}\n" * 50_000},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
}
OWN = "\n\nasync def two():\n    own = sample()\n    await own\n    await own\n"


@pytest.mark.parametrize(("files", "path", "imports", "call"), SILENT.values(), ids=SILENT)
def test_other_module_says_nothing(
    files: dict[str, str | bytes], path: str, imports: str, call: str, tmp_path: Path
) -> None:
    text = twice(imports, call) + OWN
    write(tmp_path, {**files, path: text})
    assert found(tmp_path / path) == [(text.count("\n"), "VT101")]  # what is the file's own is judged all the same


@pytest.mark.parametrize(("broken", "known"), [("def (:\n", 2), (f"x = {'-' * 20_000}1\n", 2), ("fetch = (\n", 1)])
def test_statement_that_is_no_python_says_nothing(broken: str, known: int, tmp_path: Path) -> None:
    text = twice("from helper import fetch", "fetch()") + OWN
    write(tmp_path, {**ROOT, "helper.py": FETCH + broken, "app.py": text})
    assert [code for _, code in found(tmp_path / "app.py")] == ["VT101"] * known  # OWN has one of them


def test_large_module_is_larger_than_the_limit() -> None:
    content = SILENT["a program's output"][0]["helper.py"]
    assert len(content) > max(LIMIT, 3_000_000)
