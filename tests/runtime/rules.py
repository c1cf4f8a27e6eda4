"""The rules of the runtime that go beyond the table of states and operations."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import copy
import functools
import gc
import inspect
import os
import pickle
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable, Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest

from flake8_valuetask.runtime import (
    ManualResetValueTaskSource,
    ValueTask,
    ValueTaskConsumedError,
    ValueTaskMisuseError,
    ValueTaskSourceStatus,
    ValueTaskStateError,
    ValueTaskTokenError,
    value_task,
)

OPERATIONS = ("await", "result", "exception", "as_task", "preserve")


def next_line() -> tuple[str, int]:
    """Return the place one line below the call of this function."""
    frame = sys._getframe(1)
    return frame.f_code.co_filename, frame.f_lineno + 1


def length(exc: BaseException) -> int:
    """Return how many frames the traceback of `exc` has."""
    traceback, count = exc.__traceback__, 0
    while traceback is not None:
        traceback, count = traceback.tb_next, count + 1
    return count


@contextlib.contextmanager
def recorded() -> Generator[list[warnings.WarningMessage], None, None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


class Handle:
    """Something that a weak reference can watch."""


class WatchedError(Exception):
    """An exception that a weak reference can watch."""


@value_task
async def double(number: int) -> int:
    return number * 2


@value_task
async def slow_double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


@value_task
async def fail(exc: BaseException) -> None:
    raise exc


# R1: one-shot


@pytest.mark.parametrize("second", OPERATIONS)
@pytest.mark.parametrize("first", OPERATIONS)
@pytest.mark.parametrize("make", [lambda: ValueTask.from_result(1), lambda: ValueTask.from_exception(KeyError(1))])
def test_the_first_consumption_is_named(make: Callable[[], ValueTask[Any]], first: str, second: str) -> None:
    async def main() -> None:
        value = make()
        place = ("", 0)
        with contextlib.suppress(KeyError):
            if first == "await":
                place = next_line()
                await value
            else:
                place = next_line()
                spent = getattr(value, first)()
                await spent if first in ("as_task", "preserve") else None
        with pytest.raises(ValueTaskConsumedError) as caught:
            await value if second == "await" else getattr(value, second)()
        assert caught.value.consumed_by == first
        assert caught.value.consumed_at == place
        assert f"{place[0]}:{place[1]}" in str(caught.value)
        assert first in str(caught.value)

    asyncio.run(main())


def test_the_place_is_that_of_the_first_consumption_however_often_it_is_asked_for() -> None:
    value = ValueTask.from_result(1)
    place = next_line()
    value.result()
    for _ in range(3):
        with pytest.raises(ValueTaskConsumedError) as caught:
            value.result()
        assert caught.value.consumed_at == place


def test_a_consumed_error_is_a_misuse_and_a_runtime_error() -> None:
    assert issubclass(ValueTaskConsumedError, ValueTaskMisuseError)
    assert issubclass(ValueTaskTokenError, ValueTaskMisuseError)
    assert issubclass(ValueTaskMisuseError, RuntimeError)
    error = ValueTaskConsumedError("await", ("file.py", 3))
    again = pickle.loads(pickle.dumps(error))
    assert (again.consumed_by, again.consumed_at, str(again)) == ("await", ("file.py", 3), str(error))


@pytest.mark.parametrize("twice", [ValueTask.completed, lambda: double(1), lambda: slow_double(1)])
def test_a_second_await_is_refused_whatever_stands_behind(twice: Callable[[], ValueTask[Any]]) -> None:
    async def main() -> None:
        value = twice()
        await value
        with pytest.raises(ValueTaskConsumedError):
            await value

    asyncio.run(main())


# R2: reading


def test_a_consumed_one_can_be_read() -> None:
    source = ManualResetValueTaskSource[int]()
    source.set_result(1)
    value = ValueTask.from_source(source, source.version)
    value.result()
    source.reset()
    assert value.done()
    assert not value.cancelled()
    assert not value.is_completed_successfully()
    assert "consumed" in repr(value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ValueTask.from_result(1), "result"),
        (lambda: ValueTask.from_exception(KeyError()), "KeyError"),
        (lambda: ValueTask.from_source(ManualResetValueTaskSource[int](), 7), "token 7"),
    ],
)
def test_repr_tells_what_stands_behind(make: Callable[[], ValueTask[Any]], words: str) -> None:
    value = make()
    assert words in repr(value)
    with recorded():
        del value


# R3: exception() and result() are covered by the table

# R4: as_task()


def test_a_cancelled_task_reaches_the_started_coroutine() -> None:
    log: list[str] = []

    @value_task
    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        finally:
            log.append("cleaned up")

    async def main() -> None:
        task = work().as_task()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert log == ["cancelled", "cleaned up"]

    asyncio.run(main())


def test_a_started_coroutine_may_refuse_its_cancellation() -> None:
    @value_task
    async def work() -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(0)
        return "went on"

    async def main() -> None:
        task = work().as_task()
        task.cancel()
        assert await task == "went on"

    asyncio.run(main())


def test_the_message_of_a_cancellation_is_kept() -> None:
    async def main() -> None:
        future = ValueTask.from_exception(asyncio.CancelledError("why")).as_task()
        with pytest.raises(asyncio.CancelledError, match="why"):
            await future

    asyncio.run(main())


def test_the_task_of_a_suspended_one_describes_the_coroutine() -> None:
    async def main() -> None:
        task = slow_double(2).as_task()
        assert isinstance(task, asyncio.Task)
        assert "slow_double" in repr(task)
        (frame,) = task.get_stack()
        assert frame.f_code.co_name == "slow_double"
        assert await task == 4
        assert "slow_double" in repr(task)

    asyncio.run(main())


def test_a_future_whose_waiter_gave_up_is_left_alone() -> None:
    async def main() -> None:
        for operation in ("await", "as_task"):
            source = ManualResetValueTaskSource[int]()
            value = ValueTask.from_source(source, source.version)
            waiter = asyncio.ensure_future(value) if operation == "await" else value.as_task()
            await asyncio.sleep(0)
            waiter.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiter
            source.set_result(1)
            await asyncio.sleep(0)

    failures: list[dict[str, Any]] = []

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context))
        await main()

    asyncio.run(watched())
    assert not failures


# R5: preserve()


@pytest.mark.parametrize("backing", ["kept", "task", "source", "suspended"])
def test_the_traceback_of_a_preserved_exception_does_not_grow(backing: str) -> None:
    async def main() -> None:
        preserved = (await preserved_failure(backing)).preserve()
        lengths: set[int] = set()
        with contextlib.suppress(WatchedError):
            await preserved
        for _ in range(10):
            try:
                await preserved
            except WatchedError as exc:
                lengths.add(length(exc))
        assert len(lengths) == 1

    asyncio.run(main())


async def preserved_failure(backing: str) -> ValueTask[Any]:
    async def work() -> None:
        await asyncio.sleep(0)
        raise WatchedError

    if backing == "kept":
        return fail(WatchedError())
    if backing == "task":
        return ValueTask.from_task(asyncio.ensure_future(work()))
    if backing == "suspended":
        return value_task(work)()
    source = ManualResetValueTaskSource[Any]()
    source.set_exception(WatchedError())
    return ValueTask.from_source(source, source.version)


def test_the_traceback_of_a_source_does_not_grow() -> None:
    source = ManualResetValueTaskSource[int]()
    source.set_exception(WatchedError())
    lengths: set[int] = set()
    for _ in range(10):
        try:
            ValueTask.from_source(source, source.version).result()
        except WatchedError as exc:
            lengths.add(length(exc))
    assert len(lengths) == 1


# R6: the from_ methods


@pytest.mark.parametrize("wrong", [KeyError, None, "text", StopIteration(1)])
def test_only_an_exception_instance_can_be_kept(wrong: Any) -> None:
    with pytest.raises(TypeError):
        ValueTask.from_exception(wrong)
    with pytest.raises(TypeError):
        ManualResetValueTaskSource[int]().set_exception(wrong)


@pytest.mark.parametrize("wrong", [None, 1, ValueTask, object()])
def test_only_a_future_is_a_task(wrong: Any) -> None:
    with pytest.raises(TypeError):
        ValueTask.from_task(wrong)


def test_a_coroutine_is_no_task() -> None:
    coro: Any = asyncio.sleep(0)
    with pytest.raises(TypeError):
        ValueTask.from_task(coro)
    coro.close()


class HalfASource:
    """Something that lacks one of the three methods."""

    def get_status(self, token: int) -> ValueTaskSourceStatus:
        return ValueTaskSourceStatus.PENDING

    def get_result(self, token: int) -> int:
        return token


@pytest.mark.parametrize("wrong", [None, object(), HalfASource()])
def test_only_a_source_is_a_source(wrong: Any) -> None:
    with pytest.raises(TypeError):
        ValueTask.from_source(wrong, 0)


def test_any_object_with_the_three_methods_is_a_source() -> None:
    class Instant(HalfASource):
        def get_status(self, token: int) -> ValueTaskSourceStatus:
            return ValueTaskSourceStatus.SUCCEEDED

        def on_completed(self, callback: Callable[[], object], token: int) -> None:
            raise AssertionError

    assert ValueTask.from_source(Instant(), 5).result() == 5


def test_completed_holds_none() -> None:
    value = ValueTask.completed()
    assert value.is_completed_successfully()
    assert value.result() is None


# R7: @value_task


def test_it_runs_at_the_call_in_the_context_and_the_task_of_the_caller() -> None:
    variable = contextvars.ContextVar("variable", default="before")

    @value_task
    async def look() -> tuple[str, object]:
        seen = variable.get()
        variable.set("set by the callee")
        return seen, asyncio.current_task()

    async def main() -> None:
        variable.set("set by the caller")
        value = look()
        assert value.done()
        assert variable.get() == "set by the callee"
        assert await value == ("set by the caller", asyncio.current_task())

    asyncio.run(main())


def test_it_runs_without_a_loop() -> None:
    assert double(4).result() == 8
    assert double(number=4).result() == 8


@pytest.mark.parametrize("kept", [KeyError("kept"), asyncio.CancelledError()], ids=("error", "cancellation"))
def test_what_it_raises_is_kept(kept: BaseException) -> None:
    value = fail(kept)
    assert value.done()
    assert value.cancelled() is isinstance(kept, asyncio.CancelledError)

    async def main() -> None:
        with pytest.raises(type(kept)) as caught:
            await value
        assert caught.value is kept
        assert "fail" in [entry.name for entry in caught.traceback]

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main())


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), SystemExit(3)], ids=("interrupt", "exit"))
def test_what_ends_the_program_leaves_the_call(leaving: BaseException) -> None:
    with recorded() as caught:
        with pytest.raises(type(leaving)):
            fail(leaving)
        gc.collect()
    assert not caught
    assert double(1).result() == 2


def test_wrong_arguments_leave_the_call_as_with_any_function() -> None:
    wrong: Any = double
    with pytest.raises(TypeError, match="argument"):
        wrong(1, 2, 3)


def test_a_suspended_one_goes_on_with_the_same_coroutine_in_the_awaiting_task() -> None:
    tasks: list[object] = []

    @value_task
    async def work() -> str:
        for _ in range(3):
            tasks.append(asyncio.current_task())
            await asyncio.sleep(0)
        return "end"

    async def main() -> None:
        before = asyncio.all_tasks()
        assert await work() == "end"
        assert asyncio.all_tasks() == before
        assert tasks == [asyncio.current_task()] * 3

    asyncio.run(main())


def test_what_is_sent_and_thrown_reaches_the_suspended_coroutine() -> None:
    class Ask:
        def __await__(self) -> Generator[str, Any, Any]:
            return (yield "question")

    log: list[Any] = []

    @value_task
    async def talk() -> str:
        log.append(await Ask())
        try:
            await Ask()
        except KeyError as exc:
            log.append(exc)
        log.append(await Ask())
        await Ask()
        return "end"

    error = KeyError()
    steps = talk().__await__()
    assert steps.send(None) == "question"
    assert steps.send("answer") == "question"
    assert steps.throw(error) == "question"
    assert steps.send("more") == "question"
    with pytest.raises(StopIteration) as stop:
        steps.send(None)
    assert stop.value.value == "end"
    assert log == ["answer", error, "more"]


def test_closing_an_await_closes_the_coroutine() -> None:
    log: list[str] = []

    @value_task
    async def work() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            log.append("closed")

    value = work()
    steps = value.__await__()
    steps.send(None)
    steps.close()
    assert log == ["closed"]
    assert value.done()


def plain() -> None:
    """No async def function."""


async def generate() -> Any:
    yield


class CallableObject:
    """Its call is async, itself is no function."""

    async def __call__(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("wrong", [plain, generate, None, CallableObject(), functools.partial(plain), double])
def test_only_an_async_def_function_can_be_decorated(wrong: Any) -> None:
    with pytest.raises(TypeError, match="async def"):
        value_task(wrong)


def test_the_decorated_function_looks_like_the_original() -> None:
    assert double.__name__ == "double"
    assert not inspect.iscoroutinefunction(double)


def test_methods_can_be_decorated() -> None:
    class Counter:
        def __init__(self) -> None:
            self.count = 0

        @value_task
        async def add(self, number: int, *, times: int = 1) -> int:
            self.count += number * times
            return self.count

        async def get(self) -> int:
            return self.count

    counter = Counter()
    assert counter.add(2).result() == 2
    assert counter.add(2, times=3).result() == 8
    assert value_task(counter.get)().result() == 8


def test_calls_may_be_nested() -> None:
    @value_task
    async def factorial(number: int) -> int:
        return 1 if number == 0 else number * await factorial(number - 1)

    @value_task
    async def slow_factorial(number: int) -> int:
        if number == 0:
            await asyncio.sleep(0)
            return 1
        return number * await slow_factorial(number - 1)

    async def main() -> None:
        assert await factorial(10) == 3628800
        assert await asyncio.gather(*(slow_factorial(10).as_task() for _ in range(3))) == [3628800] * 3
        assert await slow_factorial(10) == 3628800

    asyncio.run(main())


# R8: ManualResetValueTaskSource


def test_reset_gives_a_new_version() -> None:
    source = ManualResetValueTaskSource[str]()
    first = source.version
    source.set_result("first")
    assert source.get_result(first) == source.get_result(first) == "first"
    assert source.version == first
    source.reset()
    assert source.version != first
    for call in (source.get_status, source.get_result, lambda token: source.on_completed(print, token)):
        with pytest.raises(ValueTaskTokenError):
            call(first)
    assert source.get_status(source.version) is ValueTaskSourceStatus.PENDING


def test_a_source_completes_once() -> None:
    source = ManualResetValueTaskSource[int]()
    with pytest.raises(ValueTaskStateError):
        source.get_result(source.version)
    source.set_result(1)
    with pytest.raises(ValueTaskStateError):
        source.set_result(2)
    with pytest.raises(ValueTaskStateError):
        source.set_exception(KeyError())
    assert source.get_result(source.version) == 1


def test_a_source_takes_one_callback_at_a_time() -> None:
    async def main() -> None:
        source = ManualResetValueTaskSource[int]()
        calls: list[str] = []
        source.on_completed(lambda: calls.append("first"), source.version)
        with pytest.raises(ValueTaskMisuseError):
            source.on_completed(lambda: calls.append("second"), source.version)
        source.set_result(1)
        source.on_completed(lambda: calls.append("third"), source.version)
        assert calls == []
        await asyncio.sleep(0)
        assert calls == ["first", "third"]

    asyncio.run(main())


def test_a_callback_runs_in_a_copy_of_the_context_of_its_registration() -> None:
    variable = contextvars.ContextVar("variable", default="before")
    seen: list[str] = []

    def callback() -> None:
        seen.append(variable.get())
        variable.set("set by the callback")

    async def main() -> None:
        source = ManualResetValueTaskSource[int]()
        variable.set("registered")
        source.on_completed(callback, source.version)
        variable.set("completed")
        source.set_result(1)
        await asyncio.sleep(0)
        assert seen == ["registered"]
        assert variable.get() == "completed"

    asyncio.run(main())


def test_a_callback_needs_a_loop() -> None:
    source = ManualResetValueTaskSource[int]()
    with pytest.raises(RuntimeError, match="no running event loop"):
        source.on_completed(print, source.version)


def test_a_reset_wakes_who_waits_for_the_earlier_operation() -> None:
    async def main() -> None:
        source = ManualResetValueTaskSource[int]()
        waiter = asyncio.ensure_future(ValueTask.from_source(source, source.version))
        await asyncio.sleep(0)
        source.reset()
        with pytest.raises(ValueTaskTokenError):
            await waiter

    asyncio.run(main())


def test_a_source_serves_one_operation_after_another() -> None:
    async def main() -> None:
        source = ManualResetValueTaskSource[int]()
        for number in range(5):
            asyncio.get_running_loop().call_soon(source.set_result, number)
            assert await ValueTask.from_source(source, source.version) == number
            source.reset()

    asyncio.run(main())


# R9: the warning


LOSE_ONE = """\
from flake8_valuetask.runtime import ValueTask

def produce():
    return ValueTask.from_result("made on line 4")

produce()
"""


def test_the_warning_knows_where_the_value_was_made_and_lost(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(LOSE_ONE)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    arguments = [sys.executable, "-W", "always", "-X", "tracemalloc=5", str(program)]
    told = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stderr
    assert f"{program}:6: RuntimeWarning: ValueTask (result) was never awaited" in told
    assert f'File "{program}", lineno 4' in told


def fail_with(exc: BaseException) -> ValueTask[None]:
    """Return a failed one, in whose frames nothing holds the exception: that would be a reference cycle of its own."""
    excs = [exc]
    del exc

    @value_task
    async def fail_with_last() -> None:
        raise excs.pop()

    return fail_with_last()


@pytest.mark.parametrize("make", [ValueTask.from_exception, fail_with])
@pytest.mark.parametrize("use", ["drop", "await", "result", "exception"])
def test_an_exception_is_freed_without_the_collector(make: Callable[[Any], ValueTask[Any]], use: str) -> None:
    gc.collect()
    gc.disable()
    try:
        error = WatchedError()
        watch = weakref.ref(error)
        value = make(error)
        del error
        spend(value, use)
        with recorded() as caught:
            del value
        assert len(caught) == (use == "drop")
        caught.clear()
        assert watch() is None
    finally:
        gc.enable()


def spend(value: ValueTask[Any], use: str) -> None:
    steps = value.__await__() if use == "await" else None
    with contextlib.suppress(WatchedError):
        if steps is not None:
            steps.send(None)
        elif use != "drop":
            getattr(value, use)()


@pytest.mark.parametrize("use", ["drop", "result"])
def test_a_value_is_freed_with_its_last_use(use: str) -> None:
    @value_task
    async def give(handle: Handle) -> Handle:
        return handle

    handle = Handle()
    watch = weakref.ref(handle)
    value = give(handle)
    del handle
    if use == "result":
        value.result()
        assert watch() is None
    with recorded() as caught:
        del value
    caught.clear()
    assert watch() is None


def test_a_coroutine_is_closed_also_when_the_warning_is_an_error() -> None:
    log: list[str] = []

    @value_task
    async def work() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            log.append("closed")

    unraisable: list[Any] = []
    hook, sys.unraisablehook = sys.unraisablehook, lambda args: unraisable.append(args.exc_type)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            work()
    finally:
        sys.unraisablehook = hook
    assert log == ["closed"]
    assert unraisable == [RuntimeWarning]


# R10: no copies


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_there_is_no_second_handle(duplicate: Callable[[object], object]) -> None:
    value = ValueTask.from_result(1)
    with pytest.raises(TypeError):
        duplicate(value)
    assert value.result() == 1


def test_it_is_final_has_slots_and_its_own_identity() -> None:
    first, second = ValueTask.from_result(1), ValueTask.from_result(1)
    assert first != second
    assert len({first, second}) == 2
    with pytest.raises(AttributeError):
        first.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        type("Derived", (ValueTask,), {})
    first.result()
    second.result()


def drive(coro: Coroutine[Any, Any, Any]) -> Any:
    """Drive a coroutine by hand to its end."""
    while True:
        try:
            coro.send(None)
        except StopIteration as stop:
            return stop.value


def test_a_hit_can_be_awaited_without_a_loop() -> None:
    async def main() -> int:
        return await double(1) + await ValueTask.from_result(1)

    assert drive(main()) == 3
