"""Spent ValueTasks are used again, which nobody may notice; and calls have the parameters of what is decorated."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import subprocess
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flake8_valuetask.runtime import ValueTask, ValueTaskConsumedError, value_task
from flake8_valuetask.runtime.values import _spare
from tests.runtime.rules import Handle, drive, next_line, recorded


def produce(value: Any) -> ValueTask[Any]:
    return ValueTask.from_result(value)


@value_task
async def give(value: Any) -> Any:
    return value


async def hit(count: int, make: Callable[[Any], ValueTask[Any]] = produce) -> None:
    """Await `count` ValueTasks that nobody keeps."""
    for number in range(count):
        assert await make(number) == number


def living() -> int:
    return sum(type(thing) is ValueTask for thing in gc.get_objects())


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="other interpreters count no references")
@pytest.mark.parametrize("make", [produce, give])
def test_what_is_awaited_where_it_was_got_is_used_again(make: Callable[[Any], ValueTask[Any]]) -> None:
    _spare.clear()
    drive(hit(5, make))
    (identity,) = map(id, _spare)
    drive(hit(5, make))
    assert list(map(id, _spare)) == [identity]


@pytest.mark.parametrize("make", [produce, give])
def test_what_somebody_has_is_not_used_again(make: Callable[[Any], ValueTask[Any]]) -> None:
    async def main() -> None:
        value = make(1)
        kept = [make(2)]
        iterator = make(3).__await__()
        place = next_line()
        await value
        await kept[0]
        with pytest.raises(StopIteration):
            next(iterator)
        others = [make(number) for number in range(20)]
        assert len({value, *kept, *others}) == 22
        assert [await other for other in others] == list(range(20))
        with pytest.raises(ValueTaskConsumedError) as caught:
            await value
        assert (caught.value.consumed_by, caught.value.consumed_at) == ("await", place)
        with pytest.raises(ValueTaskConsumedError):
            kept[0].result()

    drive(main())


def test_the_first_of_two_iterators_leaves_the_other_its_error() -> None:
    value = produce(1)
    first, second = value.__await__(), value.__await__()
    del value
    with pytest.raises(StopIteration):
        next(first)
    others = [produce(number) for number in range(10)]
    with pytest.raises(ValueTaskConsumedError):
        next(second)
    assert [other.result() for other in others] == list(range(10))


def test_nothing_keeps_the_value_of_a_spent_one() -> None:
    async def main() -> None:
        handle = Handle()
        watch = weakref.ref(handle)
        assert await produce(handle) is handle
        assert await give(handle) is handle
        del handle
        assert watch() is None

    drive(main())


def test_only_a_few_lie_ready() -> None:
    async def main() -> None:
        values = [produce(number) for number in range(1000)]
        while values:
            await values.pop()

    drive(main())
    assert living() < 100


def test_one_that_is_used_again_is_reported_when_it_is_lost() -> None:
    for number in range(3):
        drive(hit(3))
        with recorded() as caught:
            produce(number)
        assert [str(warning.message) for warning in caught] == ["ValueTask (result) was never awaited"]
        assert type(caught[0].source) is ValueTask
        assert caught[0].source.result() == number


@pytest.mark.parametrize("make", [produce, give])
def test_tracemalloc_tells_where_a_lost_one_was_made(make: Callable[[Any], ValueTask[Any]]) -> None:
    drive(hit(20, make))
    tracemalloc.start(10)
    try:
        drive(hit(20, make))
        with recorded() as caught:
            place = next_line()
            make(1)
        made = tracemalloc.get_object_traceback(caught[0].source)
    finally:
        tracemalloc.stop()
    assert made is not None
    assert place in [(frame.filename, frame.lineno) for frame in made]
    drive(hit(20, make))


QUIET = """\
import asyncio
from flake8_valuetask.runtime import ValueTask, value_task

@value_task
async def give(value):
    return value

async def main():
    for value in range(20):
        assert await ValueTask.from_result(value) == await give(value) == value
    many = [ValueTask.from_result(value) for value in range(20)]
    while many:
        await many.pop()

asyncio.run(main())
"""


def test_the_end_of_a_program_is_quiet() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", QUIET]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("", "")


def test_threads_get_different_ones() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                drive(hit(50))
                drive(hit(50, give))
        except BaseException as exc:
            failures.append(exc)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []


def test_a_tracer_that_keeps_frames_changes_nothing() -> None:
    frames: list[Any] = []

    def trace(frame: Any, event: str, argument: object) -> Any:
        frames.append((frame, dict(frame.f_locals)))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        drive(hit(20))
        drive(hit(20, give))
    finally:
        sys.settrace(before)
    assert frames
    frames.clear()
    drive(hit(20))


def test_hits_inside_of_hits() -> None:
    @value_task
    async def count(number: int) -> int:
        return number and await count(number - 1) + await produce(1)

    async def main() -> None:
        assert await count(30) == 30
        assert await asyncio.gather(*(count(20).as_task() for _ in range(3))) == [20] * 3

    asyncio.run(main())


# The parameters of a call


@value_task
async def usual(
    func: Any, made: Any, /, runner: Any, exc: Any = "default", yielded: Any = "another"
) -> tuple[Any, ...]:
    return func, made, runner, exc, yielded


@value_task
async def special(first: Any, *rest: Any, word: Any, other: Any = "default", **more: Any) -> tuple[Any, ...]:
    return first, rest, word, other, more


@value_task
async def worded(made: Any = "first", *, func: Any, exc: Any = "default") -> tuple[Any, ...]:
    return made, func, exc


@value_task
async def captured(number: int, factor: int = 2) -> Callable[[], int]:
    return lambda: number * factor


def test_a_call_takes_what_the_function_takes() -> None:
    assert usual(1, 2, 3).result() == (1, 2, 3, "default", "another")
    assert usual(1, 2, 3, yielded=5).result() == (1, 2, 3, "default", 5)
    assert usual(1, 2, exc=4, runner=3).result() == (1, 2, 3, 4, "another")
    assert special(1, 2, 3, word=4, extra=5).result() == (1, (2, 3), 4, "default", {"extra": 5})
    assert special(first=1, word=2, other=3).result() == (1, (), 2, 3, {})
    assert worded(func=1).result() == ("first", 1, "default")
    assert worded(1, exc=3, func=2).result() == worded(func=2, made=1, exc=3).result() == (1, 2, 3)
    assert captured(factor=3, number=2).result()() == 6
    assert value_task(usual.__wrapped__)(1, 2, 3).result()[0] == 1  # type: ignore[attr-defined]


def test_wrong_arguments_are_told_in_the_name_of_the_function() -> None:
    call: Any = usual
    with pytest.raises(TypeError, match=r"usual\(\) missing 2 required positional arguments: 'made' and 'runner'"):
        call(1)
    with pytest.raises(TypeError, match=r"usual\(\) got an unexpected keyword argument 'wrong'"):
        call(1, 2, 3, wrong=4)
    with pytest.raises(TypeError, match=r"usual\(\) got some positional-only arguments passed as keyword arguments"):
        call(func=1, made=2, runner=3)
    call = worded
    with pytest.raises(TypeError, match=r"worded\(\) missing 1 required keyword-only argument: 'func'"):
        call(1)
    call = special
    with pytest.raises(TypeError, match=r"special\(\) missing 1 required keyword-only argument: 'word'"):
        call(1)


def test_the_signature_is_that_of_the_function() -> None:
    for call in (usual, worded, captured):
        wrapped: Any = call.__wrapped__  # type: ignore[attr-defined]
        parameters = inspect.signature(call, follow_wrapped=False).parameters
        assert parameters == inspect.signature(wrapped).parameters
        assert inspect.signature(call) == inspect.signature(wrapped)


def test_a_failure_shows_no_frame_of_the_decorator() -> None:
    @value_task
    async def fail(number: int, *, other: int = 0) -> None:
        raise KeyError(number + other)

    for value in (fail(1), fail(1, other=2)):
        traceback = value.exception().__traceback__  # type: ignore[union-attr]
        assert traceback is not None
        assert traceback.tb_frame.f_code.co_name == "fail"
        assert traceback.tb_next is None
