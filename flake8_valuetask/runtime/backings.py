"""Operations that may still be under way: a Future, a source."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, TypeVar

from flake8_valuetask.runtime.outcomes import Backing, Failure, Success, fail_future
from flake8_valuetask.runtime.sources import ValueTaskSource, ValueTaskSourceStatus

T = TypeVar("T")


class FutureBacking(Backing[T]):
    """An asyncio Future or Task."""

    __slots__ = ("_future",)

    def __init__(self, future: asyncio.Future[T]) -> None:
        self._future = future

    def describe(self) -> str:
        return f"of {type(self._future).__name__}"

    def done(self) -> bool:
        return self._future.done()

    def cancelled(self) -> bool:
        return self._future.cancelled()

    def succeeded(self) -> bool:
        future = self._future
        return future.done() and not future.cancelled() and future.exception() is None

    def check_future(self) -> None:
        # The Future is there already, and with it its loop.
        return None

    def wait(self) -> Generator[Any, Any, T]:
        return self._future.__await__()

    def result(self) -> T:
        return self._future.result()

    def exception(self) -> BaseException | None:
        return self._future.exception()

    def future(self) -> asyncio.Future[T]:
        return self._future


class SourceBacking(Backing[T]):
    """One operation of a source."""

    __slots__ = ("_source", "_token")

    def __init__(self, source: ValueTaskSource[T], token: int) -> None:
        self._source = source
        self._token = token

    def describe(self) -> str:
        return f"of {type(self._source).__name__}, token {self._token!r}"

    def done(self) -> bool:
        return self._status() is not ValueTaskSourceStatus.PENDING

    def cancelled(self) -> bool:
        return self._status() is ValueTaskSourceStatus.CANCELLED

    def succeeded(self) -> bool:
        return self._status() is ValueTaskSourceStatus.SUCCEEDED

    def check_wait(self) -> None:
        if not self.done():
            asyncio.get_running_loop()

    def check_future(self) -> None:
        self._status()
        asyncio.get_running_loop()

    def check_preserved(self) -> None:
        self.check_wait()

    def wait(self) -> Generator[Any, Any, T]:
        if not self.done():
            yield from self._completion().__await__()
        return self.result()

    def result(self) -> T:
        return self._source.get_result(self._token)

    def exception(self) -> BaseException | None:
        try:
            self.result()
        except asyncio.CancelledError:
            raise
        except BaseException as exc:
            return exc
        return None

    def future(self) -> asyncio.Future[T]:
        if self.done():
            return self._outcome().future()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._source.on_completed(lambda: self._settle(future), self._token)
        return future

    def preserved(self) -> Backing[T]:
        return self._outcome() if self.done() else FutureBacking(self.future())

    def _status(self) -> ValueTaskSourceStatus:
        return self._source.get_status(self._token)

    def _completion(self) -> asyncio.Future[None]:
        """Return a Future that ends when the source calls back."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            # Who waited may have been cancelled in the meantime.
            if not waiter.done():
                waiter.set_result(None)

        self._source.on_completed(wake, self._token)
        return waiter

    def _outcome(self) -> Backing[T]:
        try:
            return Success(self.result())
        except BaseException as exc:
            return Failure(exc)

    def _settle(self, future: asyncio.Future[T]) -> None:
        # Who waited may have been cancelled in the meantime.
        if future.done():
            return
        try:
            future.set_result(self.result())
        except BaseException as exc:
            fail_future(future, exc)
