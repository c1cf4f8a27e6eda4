"""A one-shot awaitable for operations that often end at once, after the ValueTask of .NET.

It needs nothing but asyncio, so that a program may depend on it without the rest of this package.
"""

from flake8_valuetask.runtime.decorator import value_task
from flake8_valuetask.runtime.errors import (
    ValueTaskConsumedError,
    ValueTaskMisuseError,
    ValueTaskStateError,
    ValueTaskTokenError,
)
from flake8_valuetask.runtime.preserved import PreservedValueTask
from flake8_valuetask.runtime.sources import ManualResetValueTaskSource, ValueTaskSource, ValueTaskSourceStatus
from flake8_valuetask.runtime.values import ValueTask

__all__ = [
    "ManualResetValueTaskSource",
    "PreservedValueTask",
    "ValueTask",
    "ValueTaskConsumedError",
    "ValueTaskMisuseError",
    "ValueTaskSource",
    "ValueTaskSourceStatus",
    "ValueTaskStateError",
    "ValueTaskTokenError",
    "value_task",
]
