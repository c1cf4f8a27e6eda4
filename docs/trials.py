"""The mistakes that rules are about, made at run time: what CPython, or the runtime's ValueTask, says of each.

In: the wrong example of a rule, and statements that use it. Out: what was shown, line by line. Never: the analyzer.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import re
import sys
import warnings
from collections.abc import Iterator
from textwrap import dedent
from types import ModuleType

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")

# What is entered after the wrong example of a rule, as at a prompt.
STATEMENTS: dict[str, str] = {
    "VT101": "asyncio.run(measure(verbose=True))",
    "VT102": "asyncio.run(wait_until_ready())",
    "VT103": "asyncio.run(answer())",
    "VT104": """
        rolls = iter([3, 5])
        async def fetch():
            return next(rolls)
        asyncio.run(fetch_two())
        """,
    "VT105": """
        import asyncio
        async def fail():
            raise OSError("no answer")
        asyncio.run(retry_once(fail()))
        """,
    "VT201": "asyncio.run(total())",
    "VT202": "asyncio.run(fetch_in_time())",
    "VT203": "asyncio.run(price_in_background())",
    "VT204": "asyncio.run(answer())",
    "VT301": """
        client = Client()
        asyncio.run(client.greet())
        asyncio.run(client.greet())
        """,
    "VT302": """
        import asyncio
        quote = Quote("tea", ValueTask.from_result(3))
        asyncio.run(describe(quote))
        asyncio.run(describe(quote))
        """,
    "VT303": "asyncio.run(mode())\nasyncio.run(mode())",
    "VT304": 'asyncio.run(page("news"))\nasyncio.run(page("news"))',
    "VT305": 'asyncio.run(fetch_again("news"))',
    "VT306": """
        import asyncio
        read = make_reader()
        asyncio.run(read())
        asyncio.run(read())
        """,
    "VT307": "asyncio.run(render())\nasyncio.run(render())",
    "VT308": """
        import asyncio
        async def start():
            return "ready"
        job = Job(start)
        asyncio.run(job.report())
        asyncio.run(job.report())
        """,
    "VT401": 'asyncio.run(handle("news"))',
    "VT402": "asyncio.run(show(quiet=True))",
    "VT403": "asyncio.run(show(draft=True))",
    "VT404": 'asyncio.run(delete_all("guest"))',
    "VT405": "asyncio.run(greet())",
    "VT406": "asyncio.run(refresh_all())",
    "VT501": "asyncio.run(show(cached=False))",
    "VT601": """
        import asyncio
        async def twice(value):
            return await value + await value
        asyncio.run(twice(price("tea")))
        """,
    "VT602": "asyncio.run(total())",
}


# Before these versions CPython said something else.
_SINCE = {"VT202": (3, 11)}


def told(code: str) -> bool:
    """Whether the running Python says what the pages tell."""
    return sys.version_info >= _SINCE.get(code, (3, 10))


def session(code: str, example: str) -> list[str]:
    """The statements of a rule entered after its wrong example, and what each shows."""
    module = ModuleType("example")
    with _known(module):
        _enter(example, "example.py", module)
        return [line for one in _statements(code) for line in (*_entered(one), *_shown(one, module))]


def _statements(code: str) -> list[str]:
    text = dedent(STATEMENTS[code])
    return [ast.get_source_segment(text, node) or "" for node in ast.parse(text).body]


def _entered(statement: str) -> list[str]:
    first, *others = statement.splitlines()
    return [f">>> {first}", *(f"... {line}" for line in others)]


@contextlib.contextmanager
def _known(module: ModuleType) -> Iterator[None]:
    """Let a module be found by its name, as dataclasses need it."""
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]
        vars(module).clear()


def _shown(statement: str, module: ModuleType) -> Iterator[str]:
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        result = _result(statement, module)
        gc.collect()
    yield from printed.getvalue().splitlines()
    yield from (f"{one.category.__name__}: {one.message}".splitlines()[0] for one in warned)
    yield from [_ADDRESS.sub("0x...", result)] if result else []


def _result(statement: str, module: ModuleType) -> str:
    """What a prompt answers: the value if there is one, or the last line of a traceback."""
    try:
        value = _enter(statement, "prompt", module)
    except Exception as error:
        return f"{type(error).__qualname__}: {error}"
    return "" if value is None else repr(value)


def _enter(text: str, filename: str, module: ModuleType) -> object:
    """Run statements; the value of the last one if it is an expression."""
    *first, last = ast.parse(text).body
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([*first, last], []), filename, "exec"), vars(module))
        return None
    exec(compile(ast.Module(first, []), filename, "exec"), vars(module))
    return eval(compile(ast.Expression(last.value), filename, "eval"), vars(module))
