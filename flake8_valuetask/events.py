"""The instruction set: what a body does with values, apart from any syntax.

In: nothing. Out: immutable events, which `lower` writes into graphs and `typestate` runs.
A place is a local name (`page`) or a temporary (`%3`) that is read once. `at` is the number of
the origin of an event: `Source.span` gives its range in the text. Never: rules, verdicts.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from flake8_valuetask.constants import Constant
from flake8_valuetask.records import record

Place: TypeAlias = str
Origin: TypeAlias = int
Part: TypeAlias = "tuple[int | None, int | None, int | None]"


class Kind(str, Enum):
    """The kind of a one-shot value; the value of a member is the word for messages."""

    VALUETASK = "ValueTask"
    COROUTINE = "coroutine"
    STEP = "async generator step"
    AWAITABLE = "awaitable"

    @property
    def strict(self) -> bool:
        """Whether the contract is ValueTask's: `as_task()` before it is combined or kept."""
        return self is Kind.VALUETASK


@record
class Event:
    """One thing that happens; `at` says where."""

    at: Origin

    def __str__(self) -> str:
        values = ((name, getattr(self, name)) for name in self.__match_args__ if name != "at")
        shown = [_shown(name, value) for name, value in values if value not in (None, (), False, "")]
        return " ".join([type(self).__name__.lower(), *shown])


def _shown(name: str, value: object) -> str:
    """A field in the printed form: a flag by its name, an enumeration by its word."""
    if value is True:
        return name
    if name == "constants" and isinstance(value, tuple):
        return "|".join(value)
    return str(value.value) if isinstance(value, Enum) else str(value)


@record
class Make(Event):
    """A value comes into being in `dst`; `how` is call, property, read, map, parameter (as it is declared), argument
    (as callers give it), element (of a parameter) or seed (of a body whose parameter is asked about);
    `optional` if None may be there instead, `done` if its result is at hand."""

    dst: Place
    kind: Kind
    label: str
    how: str = "call"
    optional: bool = False
    done: bool = False


@record
class Copy(Event):
    """`dst` holds what `src` holds, too; an arm of a conditional expression."""

    dst: Place
    src: Place


@record
class Bind(Event):
    """`name` is rebound: to the values of `src`, to one of some `constants`, or to the unknown; `of` is the other
    name that is copied."""

    name: Place
    src: Place | None = None
    constants: tuple[Constant, ...] = ()
    of: Place | None = None


@record
class Add(Event):
    """`number` is added to what `name` stands for."""

    name: Place
    number: int


@record
class Learn(Event):
    """From here on `name` stands for one of some `constants`, or for the unknown: a parameter of which the type says
    it, a container that is changed."""

    name: Place
    constants: tuple[Constant, ...] = ()


@record
class Delete(Event):
    """`del name`."""

    name: Place


@record
class Consume(Event):
    """`src` is awaited, or consumed by one of its methods; `how` names it."""

    src: Place
    how: str = "await"


@record
class HandOver(Event):
    """Another owner gets `src`: `to` says who (`return`, `yield`, a callee)."""

    src: Place
    to: str


@record
class Blur(Event):
    """What becomes of `src` here cannot be followed; nothing more is said of it."""

    src: Place


@record
class Among(Event):
    """All of `args` are given to `to` in one go."""

    args: tuple[Place, ...]
    to: str


@record
class Pass(Event):
    """`src` becomes parameter `parameter` of the known body `function`; `awaited` if it ran."""

    src: Place
    function: object
    parameter: str
    label: str
    awaited: bool = True


class Given(NamedTuple):
    """One argument of a combinator: its place, where it stands, and whether it is spread."""

    place: Place
    at: Origin
    spread: bool = False


class Wants(str, Enum):
    """What an API wants that is given awaitables."""

    AWAITABLES = "gather"
    TASKS = "wait"
    COROUTINE = "schedule"
    WRAPPED = "wrap"
    FUNCTION = "start"


@record
class Combine(Event):
    """`args` are given to `api` in one go, which consumes them."""

    args: tuple[Given, ...]
    api: str
    wants: Wants


@record
class Duplicate(Event):
    """`src` is given several times in one go: `[c] * 3`, `repeat(c)`."""

    src: Place


@record
class Store(Event):
    """`src` is kept beyond the body: `where` is attribute, field, global, container, default."""

    src: Place
    where: str
    target: str
    exempt: str = ""
    many: bool = False


@record
class Read(Event):
    """`src` is looked at without consuming it."""

    src: Place
    how: str


@record
class Test(Event):
    """`src` itself is a condition; `keep` when it is also the result."""

    src: Place
    keep: bool = False


@record
class Method(Event):
    """A method of `src` is called; `dst` holds what comes out of a container."""

    src: Place
    name: str
    dst: Place


@record
class Slice(Event):
    """`dst` is a part of the container `src`; `part` has its bounds and step, where they are constants."""

    src: Place
    dst: Place
    part: Part | None = None


@record
class Use(Event):
    """`src` is used as if it were its result; `how` says in what way (`subscripted`)."""

    src: Place
    how: str
    attribute: str | None = None


@record
class Drop(Event):
    """`src` is the whole of an expression statement, or its temporary just ends."""

    src: Place


@record
class Pack(Event):
    """`dst` is a new local container of `srcs`; `lazy` for a generator expression, `passing` for a
    display that a combinator is given. At the positions `nones` it has None."""

    dst: Place
    srcs: tuple[Place | None, ...]
    container: str
    lazy: bool = False
    exact: bool = False
    passing: bool = False
    keys: tuple[str | None, ...] = ()
    nones: tuple[int, ...] = ()


@record
class Join(Event):
    """`dst` is a new container with the elements of `left` and `right`."""

    dst: Place
    left: Place | None
    right: Place | None


@record
class Asked:
    """The method that a container is asked for, and `at`, where the call stands."""

    method: str
    at: Origin

    def __str__(self) -> str:
        return f".{self.method}"


@record
class Insert(Event):
    """`src`, or `many` elements of it, are put into `container`: at its end, or `where` else (front, somewhere);
    `shared` if `src` is read again: whoever puts it there gets it, too; `asked` if by a method."""

    container: Place
    src: Place
    many: bool = False
    where: str = ""
    shared: bool = False
    asked: Asked | None = None


@record
class Pick(Event):
    """`dst` is an element of `container`; `take` when it leaves it; `index` where known; `optional` if None is given
    where there is none; `how` it is taken, if not by a subscript or a method; `asked` if by a method."""

    dst: Place
    container: Place
    index: int | None = None
    take: bool = False
    key: str | None = None
    optional: bool = False
    how: str = ""
    asked: Asked | None = None


@record
class Put(Event):
    """An element of `container` is replaced by `src`, or by something of no interest; `index` or `key` where known;
    or all elements are (`whole`) by those of `src`."""

    container: Place
    src: Place | None
    index: int | None = None
    key: str | None = None
    whole: bool = False


@record
class Find(Event):
    """`src` is looked for in `container`; `take` when it leaves it."""

    container: Place
    src: Place
    take: bool = False


@record
class Next(Event):
    """A round of the iteration over `src` starts: `dst` is another element each round."""

    dst: Place
    src: Place
    first: bool = False


@record
class Exhaust(Event):
    """The iteration over `src` came to its end; `loop` is the origin of its `Next`."""

    src: Place
    loop: Origin


@record
class MayRaise(Event):
    """Here an exception may leave for the handler of the block; `again` if it is one on its way out, `source` where
    it comes from, if that is known: library (it is none that only the program defines), language (it is none but a
    built-in object's), waiting (the same, or a cancellation), plain (what is called without waiting: anything but a
    cancellation or a timeout)."""

    again: bool = False
    source: str = ""


@record
class Capture(Event):
    """A nested function is used that uses names of this body.

    `mode` is run (called here), start (its coroutine is made, another owner runs it), later (another owner runs
    it once) or again (it
    is passed on or kept, and can run at any time, repeatedly).
    """

    closure: int
    mode: str


@record
class Forget(Event):
    """A statement ends, and with it the temporaries `first` to `last`."""

    first: int
    last: int


@record
class Disturb(Event):
    """A call of a method of `root`, or any await (""): attributes may have changed."""

    root: str


@record
class Suspend(Event):
    """What is called here always suspends when it is awaited."""


@record
class Finish(Event):
    """The body ends; `way` is return or end."""

    way: str


@record
class Remark(Event):
    """Something to be reported, whatever values there are: a rule asks for it."""


@record
class Cached(Remark):
    """A cache is put around a producer of one-shot values."""

    kind: Kind
    label: str
    cache: str


@record
class Misplaced(Remark):
    """An `async def` is given to an API that calls plain functions."""

    label: str
    api: str


@record
class Declare(Remark):
    """A class-level annotation of a one-shot type."""

    kind: Kind
    name: str


@record
class AwaitField(Remark):
    """An attribute that was set from a bare call of unknown kind is awaited, perhaps repeatedly."""

    name: str
    line: int


@record
class Define(Remark):
    """A producer of ValueTasks is defined; `fault` is what it fails to say (annotation, once), or just producer."""

    name: str
    fault: str
