"""Small async functions, drawn at random.

In: hypothesis' choices. Out: modules as text: producers of coroutines and ValueTasks, and one function `drawn` that makes
such values, passes them between names, consumes and forgets them. Never: running or judging them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Names: TypeAlias = frozenset[str]

PRODUCERS = '''\
import asyncio
import contextlib

from fixtures import world
from flake8_valuetask.runtime import ValueTask


async def fetch(key: object) -> bytes:
    world.check()
    return b"page"


def read(key: object) -> ValueTask[bytes]:
    """A page; it may be awaited once."""
    return ValueTask.from_exception(OSError("no")) if world.flag() else ValueTask.from_result(b"page")


def more() -> bool:
    answer = world.choose(False, True, None)
    if answer is None:
        raise OSError("no")
    return answer


'''
# The call of a plain function is taken to raise; an argument that may makes that true. One of a coroutine function is not.
FETCH, READ = ("fetch(world.check())", "fetch(1)"), ("read(world.check())",)
COROUTINES: Sequence[str] = ("a", "b")
VALUE_TASKS: Sequence[str] = ("u", "v")
MAYBE = "m"  # a coroutine or None
MANY = "many"  # a list of coroutines
FLAG = "done"
PARAMETERS = {"p": "bool", "q": "bool", "n": "int", "k": "int"}
CONDITIONS = ("p", "not p", "q", "more()")
INDENT = "    "


@dataclass
class Drawing:
    """A function in the making; `bound` are the names that surely have a value at this point.

    `owed` are those that wait for their consumption, as far as the text tells; `named` were ever bound. In a `guarded`
    block errors are caught; a `final` one belongs to a `finally`; an `endless` loop ends by its last statement only.
    """

    draw: Callable[[st.SearchStrategy[object]], object]
    fuel: int
    lines: list[str] = field(default_factory=list)
    bound: Names = frozenset()
    level: int = 1
    loops: int = 0
    closures: int = 0
    ranges: int = 0
    owed: Names = frozenset()
    named: Names = frozenset()
    guarded: bool = False
    final: bool = False
    endless: bool = False

    def say(self, line: str) -> None:
        """Add a line."""
        self.lines.append(INDENT * self.level + line)

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        position = self.draw(st.integers(0, len(options) - 1))
        assert isinstance(position, int)
        return options[position]

    def block(self, head: str, *, loop: bool = False, final: bool = False, guarded: bool = False) -> None:
        """A compound statement's part; names that are bound in it are unbound after it."""
        self.say(head)
        before = self.bound, self.loops, self.final, self.guarded, self.endless
        self.level += 1
        self.loops = 1 if loop else 0 if final else self.loops
        self.final |= final
        self.guarded |= guarded
        self.endless = head == "while True:" if loop else self.endless
        self.statements()
        self.level -= 1
        self.bound, self.loops, self.final, self.guarded, self.endless = before
        self.owed &= self.bound

    def statements(self) -> None:
        """One to three statements, the last perhaps a leap."""
        for _ in range(self.one((1, 1, 2, 3))):
            self.statement()
        if not self.final and self.one((False, False, True)):
            self.leap()

    def leap(self) -> None:
        """A statement after which the block does not go on.

        Errors are raised only where they are caught: what is lost on a path that ends by an error cannot be told.
        """
        options = ["return"] + ["raise OSError"] * self.guarded + ["break"] * self.loops
        options += ["continue"] * (self.loops and not self.endless)
        options += [f"return await {name}" for name in sorted(self.bound & {*COROUTINES, *VALUE_TASKS})]
        self.say(self.one(options))

    def bind(self, name: str, value: str, *, owes: bool = True) -> None:
        """A name gets a value.

        Not agreed: a name that is rebound in a `finally` while an error is leaving. There only new names are bound.
        """
        if self.final and name in self.named:
            self.say("pass")
            return
        self.say(f"{name} = {value}")
        self.bound |= {name}
        self.named |= {name}
        self.owed = self.owed | {name} if owes else self.owed - {name}

    def statement(self) -> None:
        """Any statement that can stand here."""
        self.fuel -= 1
        simple = [self.make, self.consume, self.consume, self.alias, self.maybe, self.gather, self.closure, self.flag]
        compound = [self.branch, self.branch, self.repeat, self.repeat, self.attempt, self.suppress, self.match]
        options = [*simple, *compound] if self.fuel > 0 and self.level < 4 else simple
        self.one(options)()

    def make(self) -> None:
        """A name gets a new value, mostly one that has none or whose value is spent."""
        names = (*COROUTINES, *COROUTINES, *VALUE_TASKS)
        free = [name for name in names if name not in self.owed]
        name = self.one(free * 3 + list(names))
        self.bind(name, self.one(FETCH if name in COROUTINES else READ))

    def having(self, names: Sequence[str]) -> str | None:
        """One of these names that has a value here, mostly one that waits for its consumption."""
        there = [name for name in names if name in self.bound]
        owed = [name for name in there if name in self.owed]
        return self.one(owed * 5 + there) if there else None

    def consume(self) -> None:
        """A value is consumed, nearly always by awaiting it."""
        name = self.having((*COROUTINES, *VALUE_TASKS, MAYBE))
        if name is None:
            self.make()
        else:
            self.spend(name)

    def spend(self, name: str) -> None:
        """The value of this name is consumed."""
        if name == MAYBE:
            self.say(f"if {name} is not None:")
        ways = [f"await {name}"] * 6
        ways += [f"await {name}.as_task()"] if name in VALUE_TASKS else [f"{name}.close()"]
        ways += [] if name in VALUE_TASKS else [f"await asyncio.create_task({name})"]
        self.say(INDENT * (name == MAYBE) + self.one(ways))
        self.owed -= {name}

    def alias(self) -> None:
        """A second name for a value."""
        kind = self.one((COROUTINES, VALUE_TASKS))
        name = self.having(kind)
        if name is None:
            self.make()
            return
        owes = name in self.owed
        self.owed -= {name}
        self.bind(self.one([each for each in kind if each != name]), name, owes=owes)

    def maybe(self) -> None:
        """A name gets None, a value or another name's one."""
        name = self.having(COROUTINES)
        value = self.one(["None", *FETCH, *([name] if name else [])])
        self.owed -= {value}
        self.bind(MAYBE, value, owes=value != "None")

    def gather(self) -> None:
        """A list of coroutines is made, or gathered."""
        if MANY in self.bound:
            self.say(f"await asyncio.gather(*{MANY})")
            self.owed -= {MANY}
            return
        name = self.having(COROUTINES)
        value = self.one([*FETCH, f"{FETCH[0]}, {FETCH[1]}", *([name] if name else [])])
        self.owed -= {value}
        self.bind(MANY, f"[{value}]")

    def closure(self) -> None:
        """A nested function consumes a value and is called in place."""
        name = self.having((*COROUTINES, *VALUE_TASKS))
        if name is None:
            self.make()
            return
        self.closures += 1
        self.say(f"async def inner{self.closures}() -> None:")
        self.say(f"{INDENT}await {name}")
        for _ in range(self.one((1, 1, 1, 2))):
            self.say(f"await inner{self.closures}()")
        self.owed -= {name}

    def flag(self) -> None:
        """A flag is set or cleared."""
        self.bind(FLAG, self.one(("True", "True", "False")), owes=False)

    def finish(self) -> None:
        """What waits for its consumption is consumed, most of it."""
        for name in sorted(self.owed):
            if self.one((True, True, True, False)):
                self.gather() if name == MANY else self.spend(name)

    def condition(self) -> str:
        """A condition: a parameter, a flag, or a question."""
        flags: tuple[str, ...] = (FLAG, f"not {FLAG}") * 2 if FLAG in self.bound else ()
        return self.one((*CONDITIONS, *flags))

    def branch(self) -> None:
        """Two ways."""
        self.block(f"if {self.condition()}:")
        if self.one((False, True)):
            self.block("else:")

    def repeat(self) -> None:
        """A loop."""
        heads = [f"while {self.one(('more()', 'True', 'more()'))}:"]
        heads += ["for _ in range(n):"] * 2 * (not self.ranges)
        head = self.one(heads)
        self.ranges += "range" in head
        self.block(head, loop=True)
        if head == "while True:":
            self.say(f"{INDENT}break")
        if self.one((False, False, True)):
            self.block("else:")

    def attempt(self) -> None:
        """A try statement of any shape."""
        shape = self.one(("except", "except", "finally", "both"))
        self.block("try:", guarded=shape != "finally")
        if shape != "finally":
            self.block("except OSError:")
            if self.one((False, False, True)):
                self.block("else:")
        if shape != "except":
            self.block("finally:", final=True)

    def suppress(self) -> None:
        """A manager that swallows errors."""
        self.block("with contextlib.suppress(OSError):", guarded=True)

    def match(self) -> None:
        """Up to three arms."""
        self.say("match k:")
        self.level += 1
        for pattern in self.one((("0",), ("0", "1"), ("0", "_"), ("0", "1", "_"))):
            self.block(f"case {pattern}:")
        self.level -= 1


def text_of(drawing: Drawing) -> str:
    body = "\n".join(drawing.lines)
    words = set(re.findall(r"\w+", body))
    parameters = ", ".join(f"{name}: {kind}" for name, kind in PARAMETERS.items() if name in words)
    return f"{PRODUCERS}async def drawn({parameters}) -> object:\n{body}\n"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A module whose last function is `drawn`."""
    drawing = Drawing(draw, draw(st.integers(1, 7)))
    for _ in range(draw(st.integers(0, 2))):
        drawing.make()
    while drawing.fuel > 0:
        drawing.statement()
    drawing.finish()
    return text_of(drawing)
