"""Values that were made and never consumed.

In: Python's and the runtime's warnings of values that were never awaited. Out: for each the lines of the module
where it was made, innermost first. Never: judging whether that is a mistake.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import AsyncGeneratorType, CoroutineType
from typing import Any, TypeAlias

DEPTH = 12

Loss: TypeAlias = tuple[list[int], str]


class Losses:
    """Collects the warnings of one file's values."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._heard: list[Loss] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Listen while the context lasts.

        What is older than the context is kept out of the garbage collections, so that each is quick.
        """
        with ExitStack() as stack:
            stack.callback(sys.set_coroutine_origin_tracking_depth, sys.get_coroutine_origin_tracking_depth())
            sys.set_coroutine_origin_tracking_depth(DEPTH)
            if not tracemalloc.is_tracing():
                tracemalloc.start(DEPTH)
                stack.callback(tracemalloc.stop)
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("always")
            # catch_warnings(record=True) would keep the value alive, and tracemalloc forgets where such a one was made.
            warnings._showwarnmsg_impl = self._hear  # type: ignore[attr-defined]
            # Called by the interpreter for a coroutine that was never awaited; Python's own formats where it was made.
            stack.callback(setattr, warnings, "_warn_unawaited_coroutine", warnings._warn_unawaited_coroutine)  # type: ignore[attr-defined]
            warnings._warn_unawaited_coroutine = self._hear_coroutine  # type: ignore[attr-defined]
            gc.freeze()
            stack.callback(gc.unfreeze)
            yield

    def taken(self) -> list[Loss]:
        """The lines where values that are gone by now were made, and the warning; each is told once."""
        gc.collect()
        heard, self._heard = self._heard, []
        return heard

    def _hear(self, warning: warnings.WarningMessage) -> None:
        if "never awaited" in str(warning.message):
            self._heard.append((list(self._lines(warning)), str(warning.message).partition("\n")[0]))

    def _hear_coroutine(self, coroutine: CoroutineType[Any, Any, Any]) -> None:
        lines = [line for name, line, _ in coroutine.cr_origin or () if name == self._filename]
        self._heard.append((lines, f"coroutine '{coroutine.__qualname__}' was never awaited"))

    def _lines(self, warning: warnings.WarningMessage) -> Iterator[int]:
        step_of_a_generator = warning.source is None or isinstance(warning.source, AsyncGeneratorType)
        trace = None if step_of_a_generator else tracemalloc.get_object_traceback(warning.source)
        if trace is not None:
            yield from (frame.lineno for frame in reversed(trace) if frame.filename == self._filename)
        elif warning.filename == self._filename:
            yield warning.lineno
