"""What goes wrong easily: in the runtime, which must not, and in programs, which the documentation warns of."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from flake8_valuetask.runtime import ManualResetValueTaskSource, ValueTask, ValueTaskConsumedError, value_task


def test_the_future_that_a_suspended_one_waits_for_may_be_awaited_by_others() -> None:
    @value_task
    async def wait(future: asyncio.Future[int]) -> int:
        return await future

    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        value = wait(future)
        other = asyncio.ensure_future(future_of(future))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(future.set_result, 1)
        assert await value == await other == 1

    asyncio.run(main())


async def future_of(future: asyncio.Future[int]) -> int:
    return await future


@pytest.mark.parametrize("consume", [lambda value: value, lambda value: value.as_task()], ids=("await", "as_task"))
@pytest.mark.parametrize("cancelled", [True, False])
def test_the_future_may_have_ended_before_the_consumption(consume: Callable[[Any], Any], cancelled: bool) -> None:
    @value_task
    async def wait(future: asyncio.Future[int]) -> int:
        with contextlib.suppress(asyncio.CancelledError):
            return await future
        return -1

    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        value = wait(future)
        if cancelled:
            future.cancel()
        else:
            future.set_result(1)
        assert await consume(value) == (-1 if cancelled else 1)

    asyncio.run(main())


def test_cancelling_the_awaiter_reaches_the_suspended_coroutine() -> None:
    log: list[str] = []

    @value_task
    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise

    async def await_it() -> None:
        await work()

    async def main() -> None:
        task = asyncio.ensure_future(await_it())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert log == ["cancelled"]

    asyncio.run(main())


def test_a_suspended_one_is_cold() -> None:
    lock = asyncio.Lock()

    @value_task
    async def hold() -> str:
        async with lock:
            await asyncio.sleep(0)
            return "released"

    async def main() -> None:
        value = hold()
        for _ in range(10):
            await asyncio.sleep(0)
        assert not value.done()
        assert lock.locked()
        assert await value == "released"
        assert not lock.locked()

    asyncio.run(main())


def test_hits_never_give_way() -> None:
    @value_task
    async def hit() -> int:
        return 1

    async def main() -> None:
        ticks: list[None] = []
        asyncio.get_running_loop().call_soon(ticks.append, None)
        assert sum([await hit() for _ in range(1000)]) == 1000
        assert not ticks

    asyncio.run(main())


def test_a_context_variable_can_be_reset_in_place_only() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    @value_task
    async def work() -> int:
        token = variable.set(1)
        await asyncio.sleep(0)
        variable.reset(token)
        return variable.get()

    async def main() -> None:
        assert await work() == 0
        with pytest.raises(ValueError, match="different Context"):
            await work().as_task()

    asyncio.run(main())


def test_exception_consumes() -> None:
    value = ValueTask.from_result(1)
    assert value.exception() is None
    with pytest.raises(ValueTaskConsumedError, match="exception"):
        value.result()


def test_the_first_step_consumes_and_not_the_making_of_the_iterator() -> None:
    value = ValueTask.from_result(1)
    first, second = value.__await__(), value.__await__()
    assert value.is_completed_successfully()
    with pytest.raises(StopIteration):
        next(first)
    with pytest.raises(ValueTaskConsumedError):
        next(second)


def test_gather_takes_it_as_any_awaitable() -> None:
    async def main() -> None:
        value = ValueTask.from_result(1)
        assert list(await asyncio.gather(value, value)) == [1, 1]
        with pytest.raises(ValueTaskConsumedError) as caught:
            value.result()
        assert "asyncio" in caught.value.consumed_at[0]

    asyncio.run(main())


def test_create_task_refuses_it() -> None:
    async def main() -> None:
        value: Any = ValueTask.from_result(1)
        with pytest.raises(TypeError):
            await asyncio.create_task(value)
        assert value.result() == 1

    asyncio.run(main())


def test_a_cancelled_wait_does_not_take_the_result_of_the_source() -> None:
    class Pooled(ManualResetValueTaskSource[int]):
        returned = False

        def get_result(self, token: int) -> int:
            self.returned = True
            return super().get_result(token)

    async def main() -> None:
        source = Pooled()
        waiter = asyncio.ensure_future(ValueTask.from_source(source, source.version))
        await asyncio.sleep(0)
        waiter.cancel()
        source.set_result(1)
        with pytest.raises(asyncio.CancelledError):
            await waiter
        await asyncio.sleep(0)
        assert not source.returned

    asyncio.run(main())


def test_a_source_that_fails_with_stop_iteration_does_not_hang() -> None:
    class Odd(ManualResetValueTaskSource[int]):
        def get_result(self, token: int) -> int:
            raise StopIteration

    async def main() -> None:
        source = Odd()
        future = ValueTask.from_source(source, source.version).as_task()
        source.set_result(1)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await asyncio.wait_for(future, 5)

    asyncio.run(main())


def test_threads_may_call_decorated_functions_at_once() -> None:
    @value_task
    async def add(first: int, second: int) -> int:
        return first + await inner(second)

    @value_task
    async def inner(number: int) -> int:
        return number

    sums: list[int] = []

    def work() -> None:
        sums.append(sum(add(number, 1).result() for number in range(2000)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [sum(range(1, 2001))] * 4


def test_many_may_be_suspended_at_once_and_end_in_any_order() -> None:
    @value_task
    async def wait(future: asyncio.Future[int]) -> int:
        return await future + await hit(1)

    @value_task
    async def hit(number: int) -> int:
        return number

    async def main() -> None:
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[int]] = [loop.create_future() for _ in range(50)]
        tasks = [wait(future).as_task() for future in futures]
        for number, future in reversed(list(enumerate(futures))):
            future.set_result(number)
            await asyncio.sleep(0)
        assert await asyncio.gather(*tasks) == list(range(1, 51))

    asyncio.run(main())


if sys.version_info >= (3, 11):

    @value_task
    async def fail_in_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            await asyncio.sleep(60)

    @value_task
    async def time_out() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(60)
        except TimeoutError:
            return "timed out"
        return "ended"

    async def fail() -> None:
        raise KeyError

    def test_a_failing_group_that_was_entered_at_the_call_works_in_place() -> None:
        async def main() -> None:
            with pytest.raises(Exception, match="unhandled errors") as caught:
                await fail_in_group()
            assert caught.group_contains(KeyError)
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0

        asyncio.run(main())

    def test_a_failing_group_that_was_entered_at_the_call_cancels_the_caller_after_as_task() -> None:
        async def main() -> None:
            task = fail_in_group().as_task()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.sleep(60)
            caller = asyncio.current_task()
            assert caller is not None
            assert caller.cancelling() == 1
            caller.uncancel()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() or task.exception() is not None

        asyncio.run(main())

    def test_a_timeout_that_was_entered_at_the_call_works_in_place() -> None:
        async def main() -> None:
            assert await time_out() == "timed out"

        asyncio.run(main())
