"""Every state of a ValueTask under every operation."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import warnings
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from flake8_valuetask.runtime import (
    ManualResetValueTaskSource,
    PreservedValueTask,
    ValueTask,
    ValueTaskConsumedError,
    ValueTaskSourceStatus,
    ValueTaskStateError,
    ValueTaskTokenError,
    value_task,
)

OPERATIONS = ("await", "result", "exception", "as_task", "preserve")
VALUE = object()
ERROR = KeyError("kept")


class CountingSource(ManualResetValueTaskSource[Any]):
    """A source that counts how often its operations are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.results = 0
        self.registrations = 0

    def get_result(self, token: int) -> Any:
        self.results += 1
        return super().get_result(token)

    def on_completed(self, callback: Callable[[], object], token: int) -> None:
        self.registrations += 1
        super().on_completed(callback, token)


class Case:
    """A ValueTask in some state, with what its tests want to reach besides."""

    def __init__(self, value: ValueTask[Any], finish: Callable[[], object] = lambda: None, behind: Any = None) -> None:
        self.value = value
        self.finish = finish
        self.behind = behind


class Step:
    """Awaitable that suspends once, without any event loop."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def source_case(*, done: bool, stale: bool = False) -> Case:
    source = CountingSource()
    value = ValueTask.from_source(source, source.version)
    if done:
        source.set_result(VALUE)
    if stale:
        source.reset()
    return Case(value, (lambda: None) if done else (lambda: source.set_result(VALUE)), source)


async def give(outcome: object) -> Any:
    """Suspend once, then return `outcome` or raise it."""
    await asyncio.sleep(0)
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def pending_task_case() -> Case:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    return Case(ValueTask.from_task(future), lambda: future.set_result(VALUE), future)


async def done_task_case(outcome: object) -> Case:
    task = asyncio.ensure_future(give(outcome))
    await asyncio.wait([task])
    return Case(ValueTask.from_task(task), behind=task)


def suspended_case(log: list[str]) -> Case:
    @value_task
    async def suspend() -> object:
        log.append("started")
        try:
            await Step()
        except GeneratorExit:
            log.append("closed")
            raise
        log.append("went on")
        return VALUE

    return Case(suspend(), behind=log)


def consumed_case() -> Case:
    value = ValueTask.from_result(VALUE)
    value.result()
    return Case(value)


async def make(state: str) -> Case:
    simple: dict[str, Callable[[], Case]] = {
        "result": lambda: Case(ValueTask.from_result(VALUE)),
        "exception": lambda: Case(ValueTask.from_exception(ERROR)),
        "cancelled": lambda: Case(ValueTask.from_exception(asyncio.CancelledError())),
        "task pending": pending_task_case,
        "source pending": lambda: source_case(done=False),
        "source done": lambda: source_case(done=True),
        "source stale": lambda: source_case(done=True, stale=True),
        "suspended": lambda: suspended_case([]),
        "consumed": consumed_case,
    }
    tasks = {"task done": VALUE, "task failed": ERROR, "task cancelled": asyncio.CancelledError()}
    return await done_task_case(tasks[state]) if state in tasks else simple[state]()


async def consume(value: Any, operation: str) -> object:
    """Apply `operation` and return what it gave."""
    return await value if operation == "await" else getattr(value, operation)()


async def read(value: Any) -> object:
    """Await `value` and return what came: the value, or the exception."""
    try:
        return await value
    except BaseException as exc:
        return exc


def drop_quietly(case: Case) -> None:
    """Let go of a ValueTask that the test leaves unconsumed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        del case.value
        gc.collect()


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


READS = {
    "result": (True, False, True),
    "exception": (True, False, False),
    "cancelled": (True, True, False),
    "task pending": (False, False, False),
    "task done": (True, False, True),
    "task failed": (True, False, False),
    "task cancelled": (True, True, False),
    "source pending": (False, False, False),
    "source done": (True, False, True),
    "suspended": (False, False, False),
    "consumed": (True, False, False),
}
SUCCESSFUL = ("result", "task done", "source done")
PENDING = ("task pending", "source pending", "suspended")
FAILED = ("exception", "task failed")
CANCELLED = ("cancelled", "task cancelled")


@pytest.mark.parametrize("state", READS)
def test_reads_tell_the_state_and_consume_nothing(state: str) -> None:
    async def main() -> None:
        case = await make(state)
        value = case.value
        for _ in range(2):
            assert (value.done(), value.cancelled(), value.is_completed_successfully()) == READS[state]
            assert repr(value).startswith("<ValueTask ")
        case.finish()
        outcome = await read(value)
        assert isinstance(outcome, ValueTaskConsumedError) is (state == "consumed")

    run(main)


@pytest.mark.parametrize("operation", ["await", "result"])
@pytest.mark.parametrize("state", SUCCESSFUL)
def test_a_value_is_given_at_once(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        ticks: list[None] = []
        asyncio.get_running_loop().call_soon(ticks.append, None)
        assert await consume(case.value, operation) is VALUE
        assert not ticks

    run(main)


@pytest.mark.parametrize("state", SUCCESSFUL)
def test_there_is_no_exception_beside_a_value(state: str) -> None:
    async def main() -> None:
        assert (await make(state)).value.exception() is None

    run(main)


@pytest.mark.parametrize("operation", ["await", "result"])
@pytest.mark.parametrize("state", FAILED)
def test_the_same_exception_is_raised(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        with pytest.raises(KeyError) as caught:
            await consume(case.value, operation)
        assert caught.value is ERROR

    run(main)


@pytest.mark.parametrize("state", FAILED)
def test_the_same_exception_is_returned(state: str) -> None:
    async def main() -> None:
        assert (await make(state)).value.exception() is ERROR

    run(main)


@pytest.mark.parametrize("operation", ["await", "result", "exception"])
@pytest.mark.parametrize("state", CANCELLED)
def test_a_cancelled_one_raises(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        with pytest.raises(asyncio.CancelledError):
            await consume(case.value, operation)

    run(main)


@pytest.mark.parametrize("state", PENDING)
def test_a_pending_one_is_waited_for(state: str) -> None:
    async def main() -> None:
        case = await make(state)
        task = asyncio.ensure_future(read(case.value))
        await asyncio.sleep(0)
        assert not task.done()
        case.finish()
        assert await task is VALUE

    run(main)


@pytest.mark.parametrize("operation", ["result", "exception"])
@pytest.mark.parametrize("state", PENDING)
def test_a_pending_one_cannot_be_read(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        with pytest.raises(ValueTaskStateError) as caught:
            await consume(case.value, operation)
        assert isinstance(caught.value, asyncio.InvalidStateError)
        case.finish()
        assert await case.value is VALUE

    run(main)


@pytest.mark.parametrize("operation", ["as_task", "preserve"])
@pytest.mark.parametrize("state", SUCCESSFUL + PENDING + FAILED + CANCELLED)
def test_the_many_shot_forms_end_like_the_operation(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        form: Any = await consume(case.value, operation)
        assert asyncio.isfuture(form) or type(form) is PreservedValueTask
        assert form.done() is (state not in PENDING)
        case.finish()
        outcomes = [await read(form) for _ in range(3)]
        if state in CANCELLED:
            assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
            assert form.cancelled()
        else:
            assert all(outcome is (ERROR if state in FAILED else VALUE) for outcome in outcomes)

    run(main)


@pytest.mark.parametrize("state", ["task pending", "task done"])
def test_as_task_gives_the_wrapped_future_itself(state: str) -> None:
    async def main() -> None:
        case = await make(state)
        assert case.value.as_task() is case.behind
        case.finish()

    run(main)


def test_as_task_of_a_suspended_one_goes_on_by_itself() -> None:
    async def main() -> None:
        case = await make("suspended")
        task = case.value.as_task()
        assert isinstance(task, asyncio.Task)
        await asyncio.wait([task])
        assert case.behind == ["started", "went on"]

    run(main)


def test_cancelling_the_awaiter_cancels_the_task() -> None:
    async def main() -> None:
        case = await make("task pending")
        awaiter = asyncio.ensure_future(read(case.value))
        await asyncio.sleep(0)
        awaiter.cancel()
        assert isinstance(await awaiter, asyncio.CancelledError)
        assert case.behind.cancelled()

    run(main)


@pytest.mark.parametrize(("state", "registrations"), [("source pending", 1), ("source done", 0)])
@pytest.mark.parametrize("operation", ["await", "as_task", "preserve"])
def test_a_source_is_asked_once(state: str, registrations: int, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        task = asyncio.ensure_future(consume(case.value, operation))
        await asyncio.sleep(0)
        case.finish()
        form: Any = await task
        for _ in range(2):
            assert form is VALUE or await form is VALUE
        assert (case.behind.registrations, case.behind.results) == (registrations, 1)

    run(main)


@pytest.mark.parametrize("operation", ["done", "cancelled", "is_completed_successfully", *OPERATIONS])
def test_a_stale_token_is_refused(operation: str) -> None:
    async def main() -> None:
        case = await make("source stale")
        for _ in range(2):
            with pytest.raises(ValueTaskTokenError):
                await consume(case.value, operation)
        drop_quietly(case)

    run(main)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_consumed_one_is_refused(operation: str) -> None:
    async def main() -> None:
        with pytest.raises(ValueTaskConsumedError):
            await consume((await make("consumed")).value, operation)

    run(main)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", PENDING)
def test_a_running_await_is_not_disturbed(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        first = asyncio.ensure_future(read(case.value))
        await asyncio.sleep(0)
        value = case.value
        assert (value.done(), value.cancelled(), value.is_completed_successfully()) == (False, False, False)
        with pytest.raises(ValueTaskConsumedError) as caught:
            await consume(value, operation)
        assert caught.value.consumed_by == "await"
        case.finish()
        assert await first is VALUE
        assert value.done()

    run(main)


@pytest.mark.parametrize("state", [*SUCCESSFUL, *PENDING, *FAILED, *CANCELLED, "source stale"])
def test_dropping_an_unconsumed_one_warns(state: str) -> None:
    async def main() -> None:
        case = await make(state)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del case.value
        (warning,) = caught
        assert warning.category is RuntimeWarning
        assert "never awaited" in str(warning.message)
        assert isinstance(warning.source, ValueTask)
        assert warning.filename == __file__
        if state == "task pending":
            assert not case.behind.done()
        if state == "suspended":
            assert case.behind == ["started", "closed"]

    run(main)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", [*SUCCESSFUL, *PENDING, *FAILED, *CANCELLED])
def test_dropping_a_consumed_one_is_silent(state: str, operation: str) -> None:
    async def main() -> None:
        case = await make(state)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            case.finish()
            with contextlib.suppress(KeyError, asyncio.CancelledError):
                form = await consume(case.value, operation if state != "suspended" else "await")
                await read(form) if operation in ("as_task", "preserve") else None
            del case.value
            gc.collect()
        assert not caught

    run(main)


NEEDS_LOOP = {
    "as_task": ("result", "exception", "cancelled", "source pending", "source done", "suspended"),
    "preserve": ("source pending", "suspended"),
    "await": ("source pending",),
}


@pytest.mark.parametrize(
    ("operation", "state"), [(operation, state) for operation, states in NEEDS_LOOP.items() for state in states]
)
def test_without_a_loop_nothing_is_consumed(operation: str, state: str) -> None:
    case = without_loop(make(state))
    with pytest.raises(RuntimeError, match="no running event loop"):
        without_loop(consume(case.value, operation))
    case.finish()
    outcome = without_loop(read(case.value))
    assert outcome is VALUE or outcome is ERROR or isinstance(outcome, asyncio.CancelledError)


@pytest.mark.parametrize("state", ["result", "exception", "cancelled", "source done"])
def test_what_has_ended_is_preserved_without_a_loop(state: str) -> None:
    case = without_loop(make(state))
    preserved = case.value.preserve()
    assert preserved.preserve() is preserved
    outcome = without_loop(read(preserved))
    assert outcome is VALUE or outcome is ERROR or isinstance(outcome, asyncio.CancelledError)


def without_loop(coro: Coroutine[Any, Any, Any]) -> Any:
    """Drive a coroutine by hand to its end."""
    while True:
        try:
            coro.send(None)
        except StopIteration as stop:
            return stop.value


PRESERVED_READS = {state: reads for state, reads in READS.items() if state != "consumed"}


@pytest.mark.parametrize("state", PRESERVED_READS)
def test_a_preserved_one_tells_the_state_of_the_operation(state: str) -> None:
    async def main() -> None:
        case = await make(state)
        preserved = case.value.preserve()
        assert repr(preserved).startswith("<PreservedValueTask ")
        reads = (preserved.done(), preserved.cancelled(), preserved.is_completed_successfully())
        assert reads == PRESERVED_READS[state]
        if state in PENDING:
            for operation in ("result", "exception"):
                with pytest.raises(ValueTaskStateError):
                    getattr(preserved, operation)()
        case.finish()
        await read(preserved)
        for _ in range(2):
            if state in CANCELLED:
                with pytest.raises(asyncio.CancelledError):
                    preserved.exception()
            elif state in FAILED:
                assert preserved.exception() is ERROR
            else:
                assert preserved.result() is VALUE
                assert preserved.exception() is None
            assert type(await read(preserved.as_task())) is type(await read(preserved))

    run(main)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (VALUE, ValueTaskSourceStatus.SUCCEEDED),
        (ERROR, ValueTaskSourceStatus.FAULTED),
        (asyncio.CancelledError(), ValueTaskSourceStatus.CANCELLED),
    ],
    ids=("value", "error", "cancellation"),
)
def test_a_finished_source_has_the_reads_of_its_outcome(outcome: Any, status: ValueTaskSourceStatus) -> None:
    source = CountingSource()
    value = ValueTask.from_source(source, source.version)
    source.set_exception(outcome) if isinstance(outcome, BaseException) else source.set_result(outcome)
    assert source.get_status(source.version) is status
    assert value.done()
    assert value.cancelled() is (status is ValueTaskSourceStatus.CANCELLED)
    assert value.is_completed_successfully() is (status is ValueTaskSourceStatus.SUCCEEDED)
    if status is ValueTaskSourceStatus.CANCELLED:
        with pytest.raises(asyncio.CancelledError):
            value.exception()
    else:
        assert value.exception() is (ERROR if status is ValueTaskSourceStatus.FAULTED else None)


@pytest.mark.parametrize("outcome", [ERROR, asyncio.CancelledError()], ids=("error", "cancellation"))
@pytest.mark.parametrize("operation", ["await", "as_task", "preserve"])
@pytest.mark.parametrize("early", [True, False])
def test_the_exception_of_a_source_is_handed_on(operation: str, outcome: BaseException, early: bool) -> None:
    async def main() -> None:
        source = CountingSource()
        value = ValueTask.from_source(source, source.version)
        if early:
            source.set_exception(outcome)
        task = asyncio.ensure_future(read(value if operation == "await" else getattr(value, operation)()))
        await asyncio.sleep(0)
        if not early:
            source.set_exception(outcome)
        assert type(await task) is type(outcome)

    run(main)
