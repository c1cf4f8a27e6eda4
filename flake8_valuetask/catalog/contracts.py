"""What well-known functions and methods do with the values that they are given.

In: nothing. Out: `CONTRACTS` by dotted path of a function, `METHODS` by path of a method,
`RECEIVERS` by the name of a method of something unknown. Never: what a call makes.
"""

from __future__ import annotations

from flake8_valuetask.events import Wants
from flake8_valuetask.records import record


@record
class Contract:
    """What an API does with its arguments.

    `wants` is what it combines or schedules; `given` the positions and keywords that hold the
    awaitables (all positional ones when empty); `elements` when each of these is an iterable of
    awaitables; `effect` what happens to any other argument: read, test (of its truth), consume, hand
    over, duplicate, or blur (what becomes of it cannot be followed);
    `plain` the positions and keywords that hold a function which is called without await; `once` if
    a function that is given is called once, and soon, `later` if it is called once, some time later; `unless` an
    argument that says that the call itself is to fail.
    """

    wants: Wants | None = None
    given: tuple[int | str, ...] = ()
    elements: bool = False
    effect: str = "hand over"
    plain: tuple[int | str, ...] = ()
    once: bool = False
    later: bool = False
    unless: str = ""


LOOK = Contract(effect="read")
_SOMEHOW = Contract(effect="blur")
_TASK = Contract(Wants.COROUTINE, (0, "coro"))
_WRAP = Contract(Wants.WRAPPED, (0, "fut", "coro_or_future", "arg"))
_START = Contract(Wants.FUNCTION, (0, "async_fn", "func"), once=True)

CONTRACTS: dict[str, Contract] = {
    "asyncio.gather": Contract(Wants.AWAITABLES),
    "asyncio.wait": Contract(Wants.TASKS, (0, "fs"), elements=True),
    "asyncio.as_completed": Contract(Wants.WRAPPED, (0, "fs"), elements=True),
    "asyncio.create_task": _TASK,
    "asyncio.ensure_future": Contract(Wants.COROUTINE, (0, "coro_or_future")),
    "asyncio.wait_for": _WRAP,
    "asyncio.shield": _WRAP,
    "asyncio.run": Contract(Wants.WRAPPED, (0, "main")),
    "asyncio.run_coroutine_threadsafe": Contract(Wants.COROUTINE, (0, "coro")),
    "asyncio.to_thread": Contract(plain=(0, "func"), once=True),
    "trio.run": _START,
    "anyio.run": _START,
    "trio.from_thread.run": _START,
    "anyio.from_thread.run": _START,
    "trio.to_thread.run_sync": Contract(plain=(0, "sync_fn"), once=True),
    "anyio.to_thread.run_sync": Contract(plain=(0, "func"), once=True),
    "threading.Thread": Contract(plain=("target", 1), once=True),
    "threading.Timer": Contract(plain=(1, "function")),
    "contextlib.closing": _SOMEHOW,
    **{f"copy.{name}": _SOMEHOW for name in ("copy", "deepcopy")},
    **{f"operator.{name}": _SOMEHOW for name in ("getitem", "add", "concat", "iadd", "iconcat", "or_", "ior", "mul")},
    "itertools.repeat": Contract(effect="duplicate"),
    "random.shuffle": LOOK,
    "sys.getsizeof": LOOK,
    "weakref.ref": LOOK,
    "weakref.finalize": LOOK,
    "weakref.proxy": LOOK,
    "functools.reduce": Contract(plain=(0,)),
    "itertools.filterfalse": Contract(plain=(0,)),
    "itertools.takewhile": Contract(plain=(0,)),
    "itertools.dropwhile": Contract(plain=(0,)),
    "itertools.groupby": Contract(plain=(1, "key")),
    "atexit.register": Contract(plain=(0,)),
    "signal.signal": Contract(plain=(1,)),
    "builtins.map": Contract(plain=()),  # a map of coroutines is fine when it is gathered
    "builtins.filter": Contract(plain=(0,)),
    "builtins.sorted": Contract(plain=("key",)),
    "builtins.min": Contract(plain=("key",)),
    "builtins.max": Contract(plain=("key",)),
    **{
        f"builtins.{name}": LOOK
        for name in (
            "print",
            "repr",
            "isinstance",
            "issubclass",
            "type",
            "id",
            "callable",
            "hasattr",
            "dir",
            "hash",
            "getattr",
            "str",
            "format",
            "vars",
        )
    },
    **{
        f"inspect.{name}": LOOK
        for name in (
            "iscoroutine",
            "isawaitable",
            "isasyncgen",
            "isgenerator",
            "iscoroutinefunction",
            "getcoroutinestate",
            "getcoroutinelocals",
            "isfunction",
            "ismethod",
            "isclass",
        )
    },
    "asyncio.iscoroutine": LOOK,
    "asyncio.isfuture": LOOK,
    "asyncio.iscoroutinefunction": LOOK,
    "sys.getrefcount": LOOK,
    "gc.get_referrers": LOOK,
    "pprint.pprint": LOOK,
    **{f"logging.{name}": LOOK for name in ("debug", "info", "warning", "error", "critical", "exception", "log")},
    **{f"warnings.{name}": LOOK for name in ("warn",)},
    "typing.reveal_type": LOOK,
    "typing.assert_type": LOOK,
}

_LOOP = "asyncio.events.AbstractEventLoop"

METHODS: dict[str, Contract] = {
    **dict.fromkeys(("weakref.WeakSet.add", "_weakrefset.WeakSet.add"), LOOK),  # it keeps nothing
    "asyncio.taskgroups.TaskGroup.create_task": _TASK,
    "asyncio.runners.Runner.run": Contract(Wants.WRAPPED, (0, "coro")),
    "anyio.from_thread.BlockingPortal.call": Contract(once=True),
    "contextlib._BaseExitStack.callback": Contract(plain=(0, "callback"), once=True),
    "contextlib.AsyncExitStack.push_async_callback": Contract(once=True),
    "concurrent.futures._base.Executor.submit": Contract(plain=(0, "fn"), once=True),
    "concurrent.futures.thread.ThreadPoolExecutor.submit": Contract(plain=(0, "fn"), once=True),
    "concurrent.futures.process.ProcessPoolExecutor.submit": Contract(plain=(0, "fn"), once=True),
    f"{_LOOP}.create_task": _TASK,
    f"{_LOOP}.run_until_complete": Contract(Wants.WRAPPED, (0, "future")),
    f"{_LOOP}.run_in_executor": Contract(plain=(1, "func"), once=True),
    f"{_LOOP}.call_soon": Contract(plain=(0, "callback"), later=True),
    f"{_LOOP}.call_soon_threadsafe": Contract(plain=(0, "callback"), later=True),
    f"{_LOOP}.call_later": Contract(plain=(1, "callback"), later=True),
    f"{_LOOP}.call_at": Contract(plain=(1, "callback"), later=True),
    f"{_LOOP}.add_signal_handler": Contract(plain=(1, "callback")),
    f"{_LOOP}.add_reader": Contract(plain=(1, "callback")),
    f"{_LOOP}.add_writer": Contract(plain=(1, "callback")),
    **{
        f"logging.Logger.{name}": LOOK for name in ("debug", "info", "warning", "error", "critical", "exception", "log")
    },
}

# Names that belong to these packages, in a module that imports one of them; in others they may mean anything.
OF_PACKAGES = {"start_soon": frozenset({"anyio", "trio"})}

# Names so peculiar to one API that the receiver need not be known.
RECEIVERS: dict[str, Contract] = {
    "start_soon": _START,
    "run_until_complete": Contract(Wants.WRAPPED, (0, "future")),
    "create_task": Contract(Wants.COROUTINE, (0, "coro")),
    "run_in_executor": Contract(plain=(1, "func"), once=True),
    "add_done_callback": Contract(plain=(0, "fn", "callback")),
    "assertRaises": Contract(plain=(1, "callable"), unless="TypeError"),
    "assertRaisesRegex": Contract(plain=(2, "callable"), unless="TypeError"),
    "assertWarns": Contract(plain=(1, "callable")),
    "assertTrue": Contract(effect="test"),
    "assertFalse": Contract(effect="test"),
    "assertIsInstance": LOOK,
    "assertIsNotNone": LOOK,
    "assertIs": LOOK,
    "assertIsNot": LOOK,
    **dict.fromkeys(("debug", "info", "warning", "error", "critical", "exception"), LOOK),
}
