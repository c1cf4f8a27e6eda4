"""What type checkers make of the runtime."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SAMPLE = """
import asyncio
from typing import Any

from typing_extensions import assert_type

from flake8_valuetask.runtime import (
    ManualResetValueTaskSource,
    PreservedValueTask,
    ValueTask,
    ValueTaskConsumedError,
    ValueTaskSource,
    ValueTaskSourceStatus,
    value_task,
)


@value_task
async def fetch(key: str, *, fresh: bool = False) -> int:
    return len(key) if fresh else 0


class Client:
    @value_task
    async def read(self, size: int) -> bytes:
        return b"" * size


class InstantSource:
    def get_status(self, token: int) -> ValueTaskSourceStatus:
        return ValueTaskSourceStatus.SUCCEEDED

    def get_result(self, token: int) -> bytes:
        return b""

    def on_completed(self, callback: object, token: int) -> None: ...


def produce(flag: bool) -> ValueTask[int]:
    return ValueTask.from_result(1) if flag else ValueTask.from_exception(KeyError())


async def use(future: asyncio.Future[str], task: asyncio.Task[float]) -> None:
    assert_type(ValueTask.from_result(1), ValueTask[int])
    assert_type(ValueTask.from_exception(KeyError()), ValueTask[Any])
    assert_type(ValueTask.from_task(future), ValueTask[str])
    assert_type(await ValueTask.from_task(task), float)
    assert_type(ValueTask.completed(), ValueTask[None])
    assert_type(fetch("key", fresh=True), ValueTask[int])
    assert_type(await fetch("key"), int)
    assert_type(Client().read(1), ValueTask[bytes])
    assert_type(fetch("key").result(), int)
    assert_type(fetch("key").exception(), "BaseException | None")
    assert_type(fetch("key").as_task(), "asyncio.Future[int]")
    assert_type(await fetch("key").as_task(), int)
    preserved = fetch("key").preserve()
    assert_type(preserved, PreservedValueTask[int])
    assert_type(await preserved, int)
    assert_type(preserved.as_task(), "asyncio.Future[int]")
    assert_type(preserved.preserve().result(), int)
    source = ManualResetValueTaskSource[str]()
    protocol: ValueTaskSource[str] = source
    assert_type(ValueTask.from_source(source, source.version), ValueTask[str])
    assert_type(ValueTask.from_source(protocol, 0).result(), str)
    assert_type(ValueTask.from_source(InstantSource(), 0), ValueTask[bytes])
    assert_type(await asyncio.gather(fetch("a").as_task(), Client().read(1).as_task()), "tuple[int, bytes]")
    try:
        await produce(True)
    except ValueTaskConsumedError as error:
        assert_type(error.consumed_by, str)
        assert_type(error.consumed_at, "tuple[str, int]")
"""

MISTAKES = """
from flake8_valuetask.runtime import ValueTask, value_task


@value_task
async def fetch(key: str) -> int:
    return len(key)


fetch(1)
wrong: ValueTask[str] = fetch("key")


@value_task
def plain() -> int:
    return 1
"""


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=ROOT, check=False)


def check_with_mypy(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    sample = tmp_path / "sample.py"
    sample.write_text(text)
    return run(["mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), str(sample)])


def check_with_pyright(tmp_path: Path, text: str) -> list[str]:
    """Return the errors found by basedpyright, the build of pyright whose package brings all its code along."""
    (tmp_path / "sample.py").write_text(text)
    settings = {
        "include": ["sample.py"],
        "typeCheckingMode": "strict",
        "pythonVersion": f"{sys.version_info.major}.{sys.version_info.minor}",
        "extraPaths": [str(ROOT)],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    answer = run(["basedpyright", "--outputjson", "--project", str(tmp_path)])
    found = json.loads(answer.stdout)
    assert found["summary"]["filesAnalyzed"] == 1
    return [error["message"] for error in found["generalDiagnostics"] if error["severity"] == "error"]


def test_mypy_infers_the_types(tmp_path: Path) -> None:
    checked = check_with_mypy(tmp_path, SAMPLE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_mypy_finds_mistakes(tmp_path: Path) -> None:
    assert "Found 3 errors" in check_with_mypy(tmp_path, MISTAKES).stdout


def test_mypy_accepts_the_runtime_itself(tmp_path: Path) -> None:
    package = str(ROOT / "flake8_valuetask" / "runtime")
    options = ["--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache")]
    checked = run(["mypy", *options, package])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_pyright_infers_the_types(tmp_path: Path) -> None:
    assert check_with_pyright(tmp_path, SAMPLE) == []


def test_pyright_finds_mistakes(tmp_path: Path) -> None:
    assert len(check_with_pyright(tmp_path, MISTAKES)) == 3
