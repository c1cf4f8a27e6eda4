"""Functions that take the arguments of another function, call it and hand on what it gives."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

T = TypeVar("T")

# The parameters get their own names, defaults and kinds afterwards: so a few texts do for all functions.
_TEMPLATE = """
def bind(func, then):
    def call({parameters}):
        return then(func({parameters}))
    return call
"""


def wrapper(func: Callable[..., Any], then: Callable[[Any], T]) -> Callable[..., T]:
    """Return a function with the parameters of `func` that returns then(what func returns for them).

    Python calls a function with parameters much faster than one that collects and spreads `*args` and `**kwargs`,
    hence the text that is compiled here. For most functions, which have parameters of the usual kind only.
    """
    if not isinstance(func, FunctionType) or not _is_usual(func):
        return _any_wrapper(func, then)
    code = func.__code__
    call = _template(code.co_argcount)(func, then)
    call.__code__ = call.__code__.replace(
        co_varnames=code.co_varnames[: code.co_argcount], co_posonlyargcount=code.co_posonlyargcount
    )
    call.__defaults__ = func.__defaults__
    return call


def _is_usual(func: FunctionType) -> bool:
    code = func.__code__
    return not code.co_kwonlyargcount and not code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)


@functools.cache
def _template(count: int) -> Callable[..., FunctionType]:
    parameters = ", ".join(f"p{number}" for number in range(count))
    names: dict[str, Any] = {"__name__": __name__}
    exec(compile(_TEMPLATE.format(parameters=parameters), "<wrapper of value_task>", "exec"), names)
    bind: Callable[..., FunctionType] = names["bind"]
    return bind


def _any_wrapper(func: Callable[..., Any], then: Callable[[Any], T]) -> Callable[..., T]:
    def call(*args: Any, **kwargs: Any) -> T:
        # Most calls have no keywords, and handing on none is faster than handing on an empty dict.
        return then(func(*args, **kwargs) if kwargs else func(*args))

    return call
