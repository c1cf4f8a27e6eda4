"""Types, producers, decorators and managers that are known by their dotted path.

In: nothing. Out: tables. Never: what functions do with arguments (`contracts`).
"""

from __future__ import annotations

from flake8_valuetask.events import Kind

_RUNTIME = "flake8_valuetask.runtime"

ONE_SHOT: dict[str, Kind] = {
    "typing.Coroutine": Kind.COROUTINE,
    "collections.abc.Coroutine": Kind.COROUTINE,
    "types.CoroutineType": Kind.COROUTINE,
    "typing.Awaitable": Kind.AWAITABLE,
    "collections.abc.Awaitable": Kind.AWAITABLE,
    f"{_RUNTIME}.ValueTask": Kind.VALUETASK,
}

MANY_SHOT = frozenset(
    {
        "asyncio.Future",
        "asyncio.futures.Future",
        "_asyncio.Future",
        "asyncio.Task",
        "asyncio.tasks.Task",
        "_asyncio.Task",
        "concurrent.futures.Future",
        "concurrent.futures._base.Future",
        f"{_RUNTIME}.PreservedValueTask",
    }
)

STREAMS = frozenset(
    {
        "typing.AsyncGenerator",
        "collections.abc.AsyncGenerator",
        "types.AsyncGeneratorType",
    }
)

# Calls whose result is a one-shot value, known without a look at a stub.
PRODUCERS: dict[str, Kind] = {
    "asyncio.sleep": Kind.COROUTINE,
    "asyncio.wait_for": Kind.COROUTINE,
    "asyncio.wait": Kind.COROUTINE,
    "asyncio.to_thread": Kind.COROUTINE,
    "asyncio.open_connection": Kind.COROUTINE,
    "asyncio.start_server": Kind.COROUTINE,
    "asyncio.create_subprocess_exec": Kind.COROUTINE,
    "asyncio.create_subprocess_shell": Kind.COROUTINE,
    f"{_RUNTIME}.ValueTask": Kind.VALUETASK,
    **{
        f"{_RUNTIME}.ValueTask.{name}": Kind.VALUETASK
        for name in ("from_result", "from_exception", "from_task", "from_source", "completed")
    },
}

# Producers whose result is there at once.
AT_HAND = frozenset(f"{_RUNTIME}.ValueTask.{name}" for name in ("from_result", "from_exception", "completed"))

# Decorators by what the decorated name becomes: the same function, a property, a producer of
# ValueTasks, or a (possibly asynchronous) context manager.
DECORATORS: dict[str, str] = {
    "builtins.staticmethod": "same",
    "builtins.classmethod": "same",
    "builtins.property": "property",
    "abc.abstractmethod": "same",
    "abc.abstractproperty": "property",
    "typing.overload": "same",
    "typing.override": "same",
    "typing_extensions.override": "same",
    "typing.final": "same",
    "typing.no_type_check": "same",
    "typing_extensions.deprecated": "same",
    "warnings.deprecated": "same",
    "functools.wraps": "same",
    "functools.cache": "same",
    "functools.lru_cache": "same",
    "functools.cached_property": "property",
    "contextlib.asynccontextmanager": "manager",
    "contextlib.contextmanager": "manager",
    f"{_RUNTIME}.value_task": "valuetask",
    "unittest.mock.patch": "same",
    "unittest.skip": "same",
    "unittest.skipIf": "same",
    "unittest.skipUnless": "same",
    "unittest.expectedFailure": "same",
}

# Decorators of classes that leave the methods as they are.
OF_CLASSES = frozenset(
    {
        *("dataclasses.dataclass", "enum.unique", "functools.total_ordering", "unittest.expectedFailure"),
        *("unittest.skip", "unittest.skipIf", "unittest.skipUnless", "unittest.mock.patch"),
        *(f"typing.{name}" for name in ("final", "runtime_checkable", "no_type_check", "type_check_only")),
        *(f"typing_extensions.{name}" for name in ("final", "runtime_checkable", "deprecated", "disjoint_base")),
        *("typing.dataclass_transform", "typing_extensions.dataclass_transform", "warnings.deprecated"),
        *("attr.s", "attr.attrs", "attr.attributes", "attr.dataclass", "attr.define", "attr.frozen", "attr.mutable"),
        *("attrs.define", "attrs.frozen", "attrs.mutable", "pydantic.dataclasses.dataclass"),
        *(
            "six.add_metaclass",
            "sqlalchemy.orm.declarative_mixin",
            "zope.interface.implementer",
            "dataclasses_json.dataclass_json",
        ),
    }
)

# Decorators that give back the function itself: a call of it runs nothing else.
MARKS = frozenset(
    {
        *("builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod"),
        *(f"{home}.{name}" for home in ("typing", "typing_extensions") for name in ("overload", "override", "final")),
    }
)

# Caches that hand out one object again. Methods of unknown modules are known by name.
CACHES = frozenset(
    {
        "functools.cache",
        "functools.lru_cache",
        "functools.cached_property",
        "cachetools.cached",
        "cachetools.cachedmethod",
        "cachetools.func.lru_cache",
        "cachetools.func.ttl_cache",
        "cachetools.func.lfu_cache",
        "cachetools.func.fifo_cache",
        "cachetools.func.rr_cache",
        "django.utils.functional.cached_property",
        "werkzeug.utils.cached_property",
        "cached_property.cached_property",
        "boltons.cacheutils.cached",
        "boltons.cacheutils.cachedproperty",
        "pyramid.decorator.reify",
        "aiohttp.helpers.reify",
        "propcache.cached_property",
        "propcache.api.cached_property",
        "propcache.under_cached_property",
        "propcache.api.under_cached_property",
        "kombu.utils.cached_property",
        "kombu.utils.objects.cached_property",
        "sqlalchemy.util.memoized_property",
        "methodtools.lru_cache",
        "diskcache.memoize",
        "joblib.Memory.cache",
    }
)

# Caches made for async functions: they keep the result, not the coroutine.
ASYNC_CACHES = frozenset({"async_lru.alru_cache", "aiocache.cached", "asyncache.cached", "cashews.cache"})

# Managers that give back what they are given, and leave it alone.
GIVING_BACK = frozenset({"contextlib.nullcontext"})

# Base classes of closed sets of members. Flags can be combined.
ENUMERATIONS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum"})

# Calls that make an empty or copied local container, by the container they make.
CONTAINERS: dict[str, str] = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "builtins.tuple": "tuple",
    "builtins.dict": "dict",
    "collections.deque": "deque",
    "collections.defaultdict": "dict",
    "collections.OrderedDict": "dict",
    "builtins.reversed": "view",
    "builtins.iter": "view",
    "builtins.sorted": "list",
    "builtins.enumerate": "view",
    "builtins.zip": "view",
}

# Calls that test the elements of what they are given.
ASKING = frozenset({"builtins.any", "builtins.all"})

# Calls that can take what has a name where they stand, with that many arguments at most: others name another place.
NAMESPACES: dict[str, int] = {
    **dict.fromkeys(("builtins.locals", "builtins.vars", "inspect.currentframe", "inspect.stack"), 0),
    **dict.fromkeys(("builtins.eval", "builtins.exec", "sys._getframe"), 1),
}

# What makes functions that take something from what they are given.
GETTERS = frozenset({"operator.itemgetter", "operator.attrgetter", "operator.methodcaller"})

# Methods that put their argument into a container, by the position of the argument.
INSERTS: dict[str, int] = {
    "append": 0,
    "appendleft": 0,
    "add": 0,
    "insert": 1,
    "extend": 0,
    "extendleft": 0,
    "update": 0,
    "setdefault": 1,
}

# Methods that take an element out, or give one back.
TAKES: dict[str, bool] = {"pop": True, "popleft": True, "popitem": True, "get": False}

# Methods of containers that look for an element, or remove it.
FINDS: dict[str, bool] = {"remove": True, "discard": True, "index": False, "count": False}

# Methods of containers after which these are surely full (True) or empty (False), or it is not known which.
CHANGES: dict[str, bool | None] = {
    **dict.fromkeys(("append", "appendleft", "add", "insert", "setdefault"), True),
    **dict.fromkeys(("extend", "extendleft", "update", "pop", "popleft", "popitem", "remove", "discard"), None),
    "clear": False,
}

# Methods that say the same of the same object at any time: those of a text.
LOOKS = frozenset(name for name in dir(str) if name.startswith("is") or name.endswith(("with", "strip"))) | {
    "lower",
    "upper",
}

# Attributes whose owner gives away what is put there: a mock, one element for each call.
GIVEN_ON = frozenset({"side_effect"})

# What a one-shot value offers itself.
ATTRIBUTES: dict[Kind, frozenset[str]] = {
    Kind.COROUTINE: frozenset({"send", "throw", "close"}),
    Kind.STEP: frozenset({"send", "throw", "close"}),
    Kind.VALUETASK: frozenset(
        {"done", "cancelled", "is_completed_successfully", "result", "exception", "as_task", "preserve"}
    ),
}

TASK_ONLY = frozenset(
    {
        "add_done_callback",
        "remove_done_callback",
        "cancel",
        "uncancel",
        "cancelling",
        "cancelled",
        "done",
        "result",
        "exception",
        "set_result",
        "set_exception",
        "get_name",
        "set_name",
        "get_coro",
        "get_loop",
        "get_context",
        "get_stack",
        "print_stack",
    }
)

# Calls whose await always gives way to the loop.
SUSPENDS = frozenset(
    {
        "asyncio.sleep",
        "asyncio.to_thread",
        "asyncio.open_connection",
        "asyncio.start_server",
        "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell",
    }
)
