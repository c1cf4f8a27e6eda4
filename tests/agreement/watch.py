"""Watches the frames of one module while it runs.

In: Python's trace events of the frames of a file, and the tasks made meanwhile. Out: the failures that tell of a
misuse, with the lines that took part; the lines that ran; the functions that were left by an exception.
Never: changing what runs.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, FrameType, TracebackType
from typing import Any

from tests.agreement.choices import Exhausted
from tests.agreement.incidents import Kind, kind_of


@dataclass(slots=True)
class Failure:
    """An exception that tells of a misuse, and the lines it has to do with; the first is the innermost."""

    error: BaseException
    kind: Kind
    lines: list[int]

    @property
    def text(self) -> str:
        """The first line of what it says."""
        return f"{type(self.error).__name__}: {self.error}".partition("\n")[0]


@dataclass
class Watch:
    """What happened in the frames of one file."""

    filename: str
    limit: int
    executed: set[int] = field(default_factory=set)
    left: set[CodeType] = field(default_factory=set)
    failures: dict[int, Failure] = field(default_factory=dict)
    _awaited_at: dict[tuple[int, CodeType], list[int]] = field(default_factory=dict)
    _scheduled_at: dict[int, list[int]] = field(default_factory=dict)
    _steps: int = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace while the context lasts."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def note(self, error: BaseException, lines: list[int]) -> None:
        """Take note of an exception that came out of frames of the file."""
        passed = list(self._lines_of(error.__traceback__))
        self._note_left(error.__traceback__)
        kind = kind_of(error)
        if kind is None:
            return
        failure = self.failures.setdefault(id(error), Failure(error, kind, []))
        failure.lines.extend(line for line in [*reversed(passed), *lines] if line not in failure.lines)

    def told(self) -> list[tuple[Kind, list[int], str]]:
        """The failures as text; the exceptions are let go."""
        told = [(one.kind, one.lines, one.text) for one in self.failures.values()]
        self.failures.clear()
        return told

    def task_factory(
        self, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **kwargs: Any
    ) -> asyncio.Task[Any]:
        """A task like any other, whose failure is noted, too."""
        lines = self._scheduled_at.setdefault(id(coro), [])
        lines.extend(self._stack(sys._getframe()))
        frame, code = getattr(coro, "cr_frame", None), getattr(coro, "cr_code", None)
        key = (id(frame), code) if frame is not None and code is not None else None
        if key is not None:
            self._awaited_at[key] = []
        task = asyncio.Task(coro, loop=loop, **kwargs)
        task.add_done_callback(partial(self._finished, lines, key, code))
        return task

    def _finished(
        self,
        lines: list[int],
        key: tuple[int, CodeType] | None,
        code: CodeType | None,
        task: asyncio.Task[Any],
    ) -> None:
        self._scheduled_at.pop(id(task.get_coro()), None)
        if task.cancelled():
            if code is not None:
                self.left.add(code)
            return
        error = task.exception()
        if error is not None:
            elsewhere = self._awaited_at.get(key, []) if key is not None else []
            self.note(error, [*lines, *elsewhere])

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != self.filename:
            return None
        self.executed.add(frame.f_lineno)
        awaited_at = self._awaited_at.get((id(frame), frame.f_code))
        if awaited_at is not None:
            awaited_at.extend(self._stack(frame.f_back))
        return self._step

    def _step(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self.executed.add(frame.f_lineno)
            self._steps += 1
            if self._steps > self.limit:
                raise Exhausted
        elif event == "exception" and isinstance(argument[1], BaseException):
            self._raised(frame, argument[1], argument[2])
        return self._step

    def _raised(self, frame: FrameType, error: BaseException, trace: TracebackType | None) -> None:
        self._note_left(trace.tb_next if trace is not None else None)
        kind = kind_of(error)
        if kind is not None:
            failure = self.failures.setdefault(id(error), Failure(error, kind, []))
            failure.lines.extend(line for line in self._stack(frame) if line not in failure.lines)

    def _note_left(self, trace: TracebackType | None) -> None:
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                self.left.add(trace.tb_frame.f_code)
            trace = trace.tb_next

    def _lines_of(self, trace: TracebackType | None) -> Iterator[int]:
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                yield trace.tb_lineno
            trace = trace.tb_next

    def _stack(self, frame: FrameType | None) -> Iterator[int]:
        while frame is not None:
            if frame.f_code.co_filename == self.filename:
                yield frame.f_lineno
            frame = frame.f_back
