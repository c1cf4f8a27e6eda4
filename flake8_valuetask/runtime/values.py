"""ValueTask, which may be consumed once."""

# What makes a ValueTask, here and in the module of the decorator, fills its slots: an __init__ would be too slow.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import sys
import warnings
from collections import deque
from collections.abc import Generator
from enum import Enum
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, SupportsIndex, TypeVar, final

from flake8_valuetask.runtime.backings import FutureBacking, SourceBacking
from flake8_valuetask.runtime.errors import ValueTaskConsumedError
from flake8_valuetask.runtime.outcomes import Backing, Failure, Success, check_exception
from flake8_valuetask.runtime.preserved import PreservedValueTask
from flake8_valuetask.runtime.reuse import SOLE, getrefcount, is_tracing
from flake8_valuetask.runtime.sources import ValueTaskSource

T = TypeVar("T")
# What the static methods make, for which the T of the class says nothing.
R = TypeVar("R")

_getframe: Final = sys._getframe


class Mark(Enum):
    """States of a ValueTask without anything behind it."""

    RESULT = "result"
    RUNNING = "being awaited"


# Module globals are read faster than the members of an Enum.
RESULT: Final = Mark.RESULT
RUNNING: Final = Mark.RUNNING

# Spent ones that nobody has any more, for from_result() to use again: to make one and to finalise it costs much more.
# Only a few of them ever lie here, and they hold nothing. A deque drops what is too much, without a test for it. They
# stay in the state RESULT, which saves setting it, and have this in the place of the value.
SPENT: Final = object()
_spare: Final[deque[ValueTask[Any]]] = deque(maxlen=8)


@final
class ValueTask(Generic[T]):
    """The one-shot result of an operation that often ends at once.

    It may be consumed once, by one of: ``await``, result(), exception(), as_task(), preserve(). Whatever comes after
    raises ValueTaskConsumedError. Made by `value_task` functions and by the from_ methods, never directly.
    """

    # _state    _load
    # RESULT    the value; not consumed (this case has to be fast: no Backing). Or SPENT: nobody has it any more.
    # a Backing nothing; not consumed
    # RUNNING   as with None; the await that consumes it is not over yet
    # None      a code object: its instruction at _instruction consumed the ValueTask, by _operation, which is not set
    #           when it was an await. The line is worked out only when somebody has to read it.
    __slots__ = ("_instruction", "_load", "_operation", "_state")

    _state: Backing[T] | Mark | None
    _load: Any
    _operation: str
    _instruction: int

    # There is no __new__ or __init__ to refuse ValueTask(), because every call of from_result() would pay for it.

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("ValueTask cannot be subclassed")

    # Static methods are found faster than class methods, and nothing derives from this class.
    @staticmethod
    def from_result(value: R) -> ValueTask[R]:
        """Return a ValueTask that has ended with `value`."""
        # tracemalloc knows only where an object was made first, hence no second use while it looks.
        if _spare and not is_tracing():
            try:
                made: ValueTask[R] = _spare.pop()
            except IndexError:
                # Another thread took the last one in between.
                return ValueTask.from_result(value)
        else:
            made = ValueTask()
            made._state = RESULT
        made._load = value
        return made

    @staticmethod
    def from_exception(exc: BaseException) -> ValueTask[Any]:
        """Return a ValueTask that has ended with `exc`; a CancelledError makes it a cancelled one.

        Raises TypeError if `exc` is not an exception instance, or is a StopIteration.
        """
        return from_backing(Failure(check_exception(exc)))

    @staticmethod
    def from_task(task: asyncio.Future[R]) -> ValueTask[R]:
        """Return a ValueTask around an asyncio Future or Task; TypeError if `task` is neither."""
        if not asyncio.isfuture(task):
            raise TypeError(f"an asyncio Future or Task is required, not {task!r}")
        return from_backing(FutureBacking(task))

    @staticmethod
    def from_source(source: ValueTaskSource[R], token: int) -> ValueTask[R]:
        """Return a ValueTask around the operation of `source` that `token` stands for.

        Raises TypeError if `source` has not the methods of a ValueTaskSource. The token is not looked at before the
        ValueTask is used.
        """
        if not all(callable(getattr(source, name, None)) for name in ("get_status", "get_result", "on_completed")):
            raise TypeError(f"a ValueTaskSource is required, not {source!r}")
        return from_backing(SourceBacking(source, token))

    @staticmethod
    def completed() -> ValueTask[None]:
        """Return a ValueTask that has ended with None."""
        return ValueTask.from_result(None)

    def done(self) -> bool:
        """Say whether the operation has ended, or a consumption has; ValueTaskTokenError if the token is stale."""
        state = self._state
        if state is RESULT or state is None:
            return True
        return isinstance(state, Backing) and state.done()

    def cancelled(self) -> bool:
        """Say whether the operation was cancelled; False once consumed. ValueTaskTokenError if the token is stale."""
        state = self._state
        return isinstance(state, Backing) and state.cancelled()

    def is_completed_successfully(self) -> bool:
        """Say whether the operation gave a value; False once consumed. ValueTaskTokenError if the token is stale."""
        state = self._state
        return state is RESULT or (isinstance(state, Backing) and state.succeeded())

    def __await__(self) -> Generator[Any, Any, T]:
        """Wait for the operation, return its value or raise its exception. Consumes with the first step."""
        if self._state is RESULT:
            value: T = self._load
            if getrefcount(self) == SOLE:
                # Nobody can consume it again, so nobody will ask for the place.
                self._load = SPENT
                _spare.append(self)
                return value
            frame = _getframe(1)
            self._state = None
            self._load = frame.f_code
            self._instruction = frame.f_lasti
            return value
        backing = self._unconsumed()
        backing.check_wait()
        frame = _getframe(1)
        self._load = frame.f_code
        self._instruction = frame.f_lasti
        self._state = RUNNING
        del frame
        try:
            return (yield from backing.wait())
        finally:
            self._state = None
            # An exception's traceback holds this frame: what leads back to the exception must not stay in it.
            del self, backing

    def result(self) -> T:
        """Return the value or raise the exception of the operation. Consumes.

        Raises ValueTaskStateError, and consumes nothing, while the operation is pending.
        """
        frame = _getframe(1)
        if self._state is RESULT:
            value: T = self._load
            self._state = None
            self._operation = "result"
            self._load = frame.f_code
            self._instruction = frame.f_lasti
            return value
        backing = self._unconsumed().check_done()
        self._consume("result", frame)
        try:
            return backing.result()
        finally:
            del self, backing, frame

    def exception(self) -> BaseException | None:
        """Return the exception of the operation, None if it gave a value, raise CancelledError if it was cancelled.

        Consumes. Raises ValueTaskStateError, and consumes nothing, while the operation is pending.
        """
        backing = self._unconsumed().check_done()
        self._consume("exception", _getframe(1))
        try:
            return backing.exception()
        finally:
            del self, backing

    def as_task(self) -> asyncio.Future[T]:
        """Return an asyncio Future of the operation, which may be awaited any number of times. Consumes.

        It is the Future of from_task() itself, a Task for a suspended coroutine, otherwise a new Future. Except for
        the first it needs a running loop: without one it raises RuntimeError, and consumes nothing.
        """
        backing = self._unconsumed()
        backing.check_future()
        self._consume("as_task", _getframe(1))
        return backing.future()

    def preserve(self) -> PreservedValueTask[T]:
        """Return an awaitable of the operation that may be used any number of times. Consumes.

        While the operation of a source or of a suspended coroutine is pending this needs a running loop: without one
        it raises RuntimeError, and consumes nothing.
        """
        backing = self._unconsumed()
        backing.check_preserved()
        self._consume("preserve", _getframe(1))
        return PreservedValueTask(backing.preserved())

    def _unconsumed(self) -> Backing[T]:
        """Return the backing; ValueTaskConsumedError if there is none any more."""
        state = self._state
        if isinstance(state, Backing):
            return state
        if state is RESULT:
            return Success(self._load)
        code: CodeType = self._load
        operation = getattr(self, "_operation", "await")
        raise ValueTaskConsumedError(operation, (code.co_filename, _line_of(code, self._instruction)))

    def _consume(self, operation: str, frame: FrameType) -> None:
        self._state = None
        self._operation = operation
        self._load = frame.f_code
        self._instruction = frame.f_lasti

    def __repr__(self) -> str:
        return f"<ValueTask {self._describe()} at {id(self):#x}>"

    def _describe(self) -> str:
        state = self._state
        if state is None:
            return "consumed"
        return state.describe() if isinstance(state, Backing) else str(state.value)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        """Raise TypeError: a copy would be a second handle of a one-shot operation."""
        raise TypeError("a ValueTask cannot be copied or pickled")

    def __del__(self) -> None:
        if self._state is not None:
            self._lose()

    def _lose(self) -> None:
        state = self._state
        if state is RUNNING or self._load is SPENT:
            return
        try:
            # The place is where it was let go, two frames up; the default filter shows a warning once for each place.
            text = f"ValueTask ({self._describe()}) was never awaited"
            warnings.warn(text, RuntimeWarning, stacklevel=3, source=self)
        finally:
            if isinstance(state, Backing):
                state.abandon()


if not TYPE_CHECKING:
    # Faster still on a class is a plain function, which type checkers would take for a method.
    ValueTask.from_result = ValueTask.from_result


def from_backing(backing: Backing[R]) -> ValueTask[R]:
    """Return a ValueTask of the operation behind `backing`."""
    made: ValueTask[R] = ValueTask()
    made._state = backing
    made._load = None
    return made


def _line_of(code: CodeType, instruction: int) -> int:
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno
