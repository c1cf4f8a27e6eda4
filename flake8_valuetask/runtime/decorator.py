"""The decorator that makes an `async def` function return ValueTasks."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from types import CodeType, FunctionType
from typing import Any, Final, ParamSpec, TypeVar, cast

from flake8_valuetask.runtime.starting import FINISHED, failed, idle_runners, new_runner, suspended
from flake8_valuetask.runtime.values import ValueTask

P = ParamSpec("P")
T = TypeVar("T")

# What takes the place of the function. It is a text because Python calls a function that has the parameters of the
# other much faster than one that collects and spreads `*args` and `**kwargs`, and because a function of its own for
# what they have in common would be one more frame for each level of a recursion.
_CALL: Final = """
def bind(func):
    def call({parameters}):
        made = from_result(func({arguments}))
        try:
            runner = idle_runners.pop() if idle_runners else new_runner()
        except IndexError:
            # Another thread took the last one in between.
            runner = new_runner()
        try:
            yielded = runner.send(made)
        except BaseException as exc:
            return failed(made, exc)
        if yielded is FINISHED:
            idle_runners.append(runner)
            return made
        return suspended(made, runner, yielded)
    return call
"""

_NAMES: Final[dict[str, object]] = {
    "__name__": __name__,
    "from_result": ValueTask.from_result,
    "idle_runners": idle_runners,
    "new_runner": new_runner,
    "failed": failed,
    "suspended": suspended,
    "FINISHED": FINISHED,
}


def value_task(func: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, ValueTask[T]]:
    """Make `func`, an `async def` function, run at the call, up to its first suspension, and return a ValueTask.

    What ends without suspending costs no Task and no tick of the loop. An exception is kept for who consumes the
    ValueTask, except KeyboardInterrupt and SystemExit, which leave the call. A suspended one makes no progress until
    it is consumed. Raises TypeError if `func` is anything but an `async def` function.
    """
    code = getattr(func, "__code__", None)
    if not isinstance(code, CodeType) or not code.co_flags & inspect.CO_COROUTINE:
        raise TypeError(f"value_task wants an async def function, not {func!r}")
    call = cast("Callable[P, ValueTask[T]]", _call_of(func))
    return functools.wraps(func)(call)


def _call_of(func: Callable[..., Any]) -> FunctionType:
    """Return what takes the place of `func`: with its parameters, unless there is a `*` or `**` among them."""
    if not isinstance(func, FunctionType) or func.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return _bind("*args, **kwargs", "*args, **kwargs")(func)
    code = func.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    call = _bind(*_parameters(code))(func)
    # The text knows them by numbers: so few texts do for all functions, and none of its own names is in the way.
    call.__code__ = call.__code__.replace(
        co_varnames=code.co_varnames[:count] + call.__code__.co_varnames[count:],
        co_posonlyargcount=code.co_posonlyargcount,
    )
    call.__defaults__ = func.__defaults__
    call.__kwdefaults__ = func.__kwdefaults__
    return call


def _parameters(code: CodeType) -> tuple[str, str]:
    """Return the texts of the parameters of a function and of the arguments that hand them on."""
    by_place = [f"p{number}" for number in range(code.co_argcount)]
    by_word = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    words = [f"p{number}" for number in range(code.co_argcount, code.co_argcount + len(by_word))]
    arguments = [*by_place, *(f"{name}={word}" for name, word in zip(by_word, words, strict=True))]
    return ", ".join([*by_place, *(["*"] if words else []), *words]), ", ".join(arguments)


@functools.cache
def _bind(parameters: str, arguments: str) -> Callable[..., FunctionType]:
    """Return a function that gives the call of the function that it gets."""
    names = dict(_NAMES)
    text = _CALL.format(parameters=parameters, arguments=arguments)
    exec(compile(text, "<value_task>", "exec"), names)
    return cast("Callable[..., FunctionType]", names["bind"])
