"""Small async functions that keep values in lists, dictionaries and rows, drawn at random.

In: a seed. Out: modules as text, as `drawing` makes them; their function `drawn` puts values into containers, takes them
out, moves them between containers, loops over them. Never: running or judging them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from tests.drawing import COROUTINES, FETCH, INDENT, Drawing, Names, text_of

T = TypeVar("T")

LISTS: Sequence[str] = ("xs", "ys")
MAP = "by_key"
ROWS = "rows"
CONTAINERS: Sequence[str] = (*LISTS, MAP, ROWS)
MAKE = FETCH[1]  # of values that are made inside an expression, so that no error leaves it half done


class Collecting(Drawing):
    """A function in the making, with containers among its names."""

    def __init__(self, random: Random, fuel: int) -> None:
        super().__init__(lambda options: None, fuel)
        self.random = random

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self.random.choice(options)

    def statement(self) -> None:
        """Any statement that can stand here."""
        self.fuel -= 1
        simple = [self.fill, self.fill, self.put, self.take, self.move, self.spend_all, self.make, self.consume]
        compound = [self.each, self.each, self.drain, self.branch, self.repeat, self.attempt, self.suppress]
        options = [*simple, *compound] if self.fuel > 0 and self.level < 4 else simple
        self.one(options)()

    def some(self, names: Sequence[str]) -> str | None:
        """One of these containers, if there is one here."""
        there = sorted(self.bound & {*names})
        return self.one(there) if there else None

    def scalar(self) -> str:
        """A name for one value, mostly one that has none."""
        free = [name for name in COROUTINES if name not in self.owed]
        return self.one(free * 3 + list(COROUTINES))

    def known(self) -> Sequence[str]:
        """What can be put into a container: the names of single values, and calls."""
        return [*sorted(self.bound & {*COROUTINES}), MAKE, MAKE]

    def fill(self) -> None:
        """A container gets a new name."""
        name = self.one(CONTAINERS)
        one, two = self.one(self.known()), self.one(self.known())
        shapes = {
            MAP: [f'{{"x": {one}, "y": {two}}}', f"{{key: {MAKE} for key in range(n)}}", "{}", f"dict(x={one})"],
            ROWS: [f"[(1, {one}), (2, {two})]", f"[(key, {MAKE}) for key in range(n)]"],
        }
        lists = [f"[{one}, {two}]", f"[{one}]", f"[{MAKE} for _ in range(n)]", "[]", f"[*[{one}], {two}]"]
        self.bind(name, self.one(shapes.get(name, lists)))

    def put(self) -> None:
        """A value goes into a container."""
        name = self.some((*LISTS, MAP))
        if name is None:
            self.fill()
            return
        value = self.one(self.known())
        into_list = [
            f"{name}.append({value})",
            f"{name}.insert(0, {value})",
            f"{name} += [{value}]",
            f"{name}[0] = {value}",
        ]
        into_map = [f'{name}["x"] = {value}', f'{name}["z"] = {value}', f"{name}.update(x={value})"]
        self.say(self.one(into_map if name == MAP else into_list))
        self.owed -= {value}

    def take(self) -> None:
        """An element gets a name, or is awaited at once."""
        name = self.some((*LISTS, MAP))
        if name is None:
            self.fill()
            return
        from_list = [f"{name}.pop()", f"{name}.pop(0)", f"{name}[0]", f"{name}[-1]"]
        from_map = [f'{name}["x"]', f'{name}.pop("x")', f"{name}.popitem()[1]"]
        element = self.one(from_map if name == MAP else from_list)
        if self.one((True, False)):
            self.say(f"await {element}")
        else:
            self.bind(self.scalar(), element)

    def move(self) -> None:
        """What is in a container goes into another one."""
        name = self.some((*LISTS, MAP))
        if name is None:
            self.fill()
            return
        source = f"{name}.values()" if name == MAP else name
        ways = [f"list({source})", f"[*{source}]", f"[each for each in {source}]", f"[await each for each in {source}]"]
        ways += [f"[asyncio.create_task(each) for each in {source}]", f"await asyncio.gather(*{source})"]
        if name != MAP:
            ways += [f"{name}[1:]", f"{name}[:1]", f"{name}.copy()", f"{name}[::-1]", f"{name} + [{MAKE}]"]
            ways += [f"[each for each in {name} if p]", f"[*{name}[1:], *{name}[:1]]"]
        self.bind(self.one(LISTS), self.one(ways))

    def spend_all(self) -> None:
        """All that is in a container is consumed, or closed, or the container is cleared."""
        name = self.some((*LISTS, MAP))
        if name is None:
            self.fill()
            return
        source = f"{name}.values()" if name == MAP else name
        ways = [f"await asyncio.gather(*{source})"] * 3 + [f"await asyncio.wait([*map(asyncio.create_task, {source})])"]
        ways += [f"{name}.clear()", f"del {name}", f"print(len({name}))"]
        said = self.one(ways)
        if said == f"del {name}":
            self.bound -= {name}
        self.say(said)

    def each(self) -> None:
        """A loop over a container, whose body mostly consumes the element."""
        name = self.some(CONTAINERS)
        if name is None:
            self.fill()
            return
        item, other = self.one((COROUTINES, COROUTINES[::-1]))
        second = self.some(LISTS)
        heads = {
            MAP: [
                f"for {item} in {name}.values():",
                f"for key, {item} in {name}.items():",
                f"for {item} in list({name}.values()):",
            ],
            ROWS: [
                f"for key, {item} in {name}:",
                f"for key, {item} in reversed({name}):",
                f"for _, (key, {item}) in enumerate({name}):",
            ],
        }
        lists = [f"for {item} in {name}:", f"for {item} in {name}[1:]:", f"for key, {item} in enumerate({name}):"]
        lists += [f"for {item} in {name}[:]:", f"for {item} in reversed({name}):", f"for {item} in iter({name}):"]
        lists += [f"for {item}, {other} in zip({name}, {second}):"] * (second not in (None, name))
        head = self.one(heads.get(name, lists))
        self.inside(head, [item, other] if "zip" in head else [item])

    def drain(self) -> None:
        """A loop that takes elements out until there are none."""
        name = self.some(LISTS)
        if name is None:
            self.fill()
            return
        self.say(f"while {name}:")
        item = self.scalar()
        ways = [[f"await {name}.pop()"], [f"{item} = {name}.pop(0)", f"await {item}"], [f"{name}.pop().close()"]]
        ways += [
            [f"{item}, *{name} = {name}", f"await {item}"],
            [f"{item}, {name} = {name}[0], {name}[1:]", f"await {item}"],
        ]
        for line in self.one(ways):
            self.say(INDENT + line)
        if self.one((False, False, True)):
            self.say(f"{INDENT}if more():")
            self.say(f"{INDENT * 2}break")

    def inside(self, head: str, items: Sequence[str]) -> None:
        """A loop in whose body names hold elements."""
        before: Names = self.bound
        self.say(head)
        self.level += 1
        self.loops, loops = 1, self.loops
        self.bound |= {*items}
        for item in items:
            way = self.one(("await", "await", "await", "task", "close", "if", "nothing"))
            ways = {"task": f"asyncio.create_task({item})", "close": f"{item}.close()", "nothing": "print(1)"}
            if way == "if":
                self.say(f"if {self.condition()}:")
            self.say(INDENT * (way == "if") + ways.get(way, f"await {item}"))
        if self.fuel > 0 and self.one((False, False, True)):
            self.statements()
        self.level -= 1
        self.bound, self.loops = before, loops

    def finish(self) -> None:
        """What waits for its consumption is consumed, most of it."""
        for name in sorted(self.owed):
            if not self.one((True, True, True, False)):
                continue
            if name == ROWS:
                self.say(f"for key, a in {ROWS}:")
                self.say(f"{INDENT}await a")
            elif name in CONTAINERS:
                self.say(f"await asyncio.gather(*{name}{'.values()' * (name == MAP)})")
            else:
                self.spend(name)


def program(seed: int) -> str:
    """A module whose last function is `drawn`, always the same one for a seed."""
    drawing = Collecting(random := Random(seed), random.randint(2, 8))
    drawing.fill()
    while drawing.fuel > 0:
        drawing.statement()
    if drawing.one((True, True, False)):
        drawing.spend_all()
    drawing.finish()
    return text_of(drawing)
