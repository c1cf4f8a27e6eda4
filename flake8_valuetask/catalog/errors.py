"""What raises, what does not, and what becomes of an exception.

In: nothing. Out: tables. Never: what functions make, or do with arguments.
"""

from __future__ import annotations

# Calls behind which nothing runs.
NO_RETURN = frozenset(
    {
        "sys.exit",
        "os._exit",
        "os.abort",
        "builtins.exit",
        "builtins.quit",
        "typing.assert_never",
        "typing_extensions.assert_never",
        "pytest.fail",
        "pytest.skip",
        "pytest.exit",
        "pytest.xfail",
    }
)

# Managers whose body is to raise: what its last statement makes never comes to be. Methods are known by name.
EXPECTING = frozenset(
    {
        "pytest.raises",
        "pytest.RaisesGroup",
        "trio.testing.RaisesGroup",
        "assertRaises",
        "assertRaisesRegex",
        "failUnlessRaises",
    }
)

# Managers whose body is to warn.
WARNING = frozenset({"pytest.warns", "assertWarns", "assertWarnsRegex"})

# What misuse of a one-shot value raises, or warns of: a suite that is to raise it may be about that.
OF_MISUSE = frozenset(
    {"RuntimeError", "TypeError", "AttributeError", "Exception", "BaseException", "RuntimeWarning", "Warning"}
)

# Managers that can swallow an exception of their body.
SWALLOWING = frozenset(
    {
        "contextlib.suppress",
        "contextlib.ExitStack",
        "contextlib.AsyncExitStack",
        "pytest.raises",
        "pytest.RaisesGroup",
        "pytest.warns",
        "trio.testing.RaisesGroup",
    }
)

# Managers that swallow what those do that they are given.
STACKS = frozenset({"contextlib.ExitStack", "contextlib.AsyncExitStack"})

# Managers that let an exception of their body pass as it is, or swallow it.
LETTING_PASS = frozenset({"contextlib.suppress", "contextlib.nullcontext", "builtins.open", "pytest.raises"})

# Calls that do not raise in sensible programs: an exception edge from them would blame nobody.
HARMLESS = frozenset(
    {
        *(
            f"builtins.{name}"
            for name in ("range", "len", "list", "tuple", "dict", "set", "enumerate", "zip", "super", "iter")
        ),
        *(
            f"builtins.{name}"
            for name in ("min", "max", "sum", "abs", "round", "bool", "isinstance", "id", "type", "print", "reversed")
        ),
        *(
            f"time.{name}{unit}"
            for name in ("time", "monotonic", "perf_counter", "process_time")
            for unit in ("", "_ns")
        ),
        *(f"random.{name}" for name in ("random", "uniform", "randint", "randrange", "shuffle")),
        *("datetime.datetime.now", "datetime.datetime.utcnow", "uuid.uuid4", "uuid.uuid1", "os.getpid"),
        "contextlib.suppress",
        "contextlib.nullcontext",
        "contextlib.ExitStack",
        "contextlib.AsyncExitStack",
        *("asyncio.timeout", "asyncio.timeouts.timeout", "async_timeout.timeout"),
        "anyio.fail_after",
        "anyio.move_on_after",
        "trio.fail_after",
        "trio.move_on_after",
        "asyncio.TaskGroup",
        "asyncio.Event",
        "asyncio.Lock",
        "asyncio.Queue",
        "collections.deque",
        "collections.defaultdict",
        *("pathlib.Path", "pathlib.PurePath", "anyio.Path", "trio.Path"),
    }
)
HARMLESS_METHODS = frozenset({"close", "done", "cancelled", "is_completed_successfully", "append", "add"})
# Those of a built-in container that look for nothing.
HARMLESS_OF_CONTAINERS = frozenset({"append", "clear", "copy", "get", "items", "keys", "values"})

# What raises only what built-in objects do, and CancelledError: to wait for others, to ask for the loop.
WAITS = frozenset(
    {"asyncio.locks", *(f"asyncio.{name}" for name in ("sleep", "get_running_loop", "get_event_loop", "current_task"))}
)

# What else runs no code of the program but that which it is given, so that its errors are those of the language and its
# library: functions, classes, and modules with all that is in them.
SELF_CONTAINED = frozenset(
    {
        *("builtins", "math", "random", "time", "datetime", "uuid", "secrets", "hashlib", "base64", "struct", "re"),
        *("json", "os", "posixpath", "ntpath", "genericpath", "pathlib", "shutil", "tempfile", "socket", "ssl"),
        *("asyncio.queues", "asyncio.timeouts", "asyncio.timeout", "asyncio.events"),
        *("threading.Lock", "threading.RLock", "threading.Semaphore", "threading.Event"),
    }
)
