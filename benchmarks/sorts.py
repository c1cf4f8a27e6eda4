"""Sorts of code that are hard for the analysis.

In: the name of a sort, and a size: a number of statements, or of the parts of one expression. Out: a module's text.
"""

from __future__ import annotations

from collections.abc import Callable

HEAD = """\
import asyncio


async def fetch(*given: object) -> int:
    return 1


def use(*given: object) -> list[int]:
    return [1]


async def sample(more: list[int], a: bool, b: bool) -> object:
"""
DEPTH = 5
"""Of nested `try`: Python's own parser allows no more than some."""
_OUTSIDE = ("async def ", "class ", "def ")
"""How what stands beside the body begins."""
Lines = list[str]
Sort = Callable[[int], Lines]


# The sorts: the lines of a body, or of a module that has them, of about `size` statements


def straight(size: int) -> Lines:
    """One name that is bound and awaited again and again."""
    return ["page = fetch()", "use(a)", "await page", "use(b)"] * (size // 4)


def separate(size: int) -> Lines:
    """Values one after another, each with a name of its own."""
    return [line for n in range(size // 2) for line in (f"page{n} = fetch()", f"await page{n}")]


def loops(size: int) -> Lines:
    """Three loops in one another, with a value inside and one around all."""
    group = ["for x in more:", "    for y in more:", "        step = fetch(x)", "        for z in more:"]
    group += ["            use(x, y, z)", "        await step"]
    return ["page = fetch()", *group * (size // 6), "await page"]


def flags(size: int) -> Lines:
    """Flags that are set on one side of a branch and tested later, and a value across all of them."""
    count = size // 5
    flagged = [line for n in range(count) for line in (f"flag{n} = False", "if a:", f"    flag{n} = True")]
    tested = [line for n in range(count) for line in (f"if flag{n}:", f"    use({n})")]
    return ["page = fetch()", *flagged, *tested, "await page"]


def correlated(size: int) -> Lines:
    """Values that are made under a condition, and awaited under the same one later."""
    count = size // 4
    made = [line for n in range(count) for line in (f"if more[{n}]:", f"    page{n} = fetch()")]
    return [*made, *(line for n in range(count) for line in (f"if more[{n}]:", f"    await page{n}"))]


def again(size: int) -> Lines:
    """One name that is bound to another value in each of many branches."""
    count = size // 3
    return [
        "page = fetch()",
        *(line for n in range(count) for line in (f"if more[{n}]:", "    await page", "    page = fetch()")),
        "await page",
    ]


def finals(size: int) -> Lines:
    """Groups of `try` and `finally` in one another, with a return in the middle."""
    lines = ["page = fetch()"]
    for _ in range(size // (4 * DEPTH + 2)):
        lines += [line for n in range(DEPTH) for line in ("    " * n + "try:", "    " * (n + 1) + f"use({n})")]
        lines += ["    " * DEPTH + "if b:", "    " * DEPTH + "    return await page"]
        closing = [("    " * n + "finally:", "    " * (n + 1) + f"use({n})") for n in reversed(range(DEPTH))]
        lines += [line for pair in closing for line in pair]
    return [*lines, "await page"]


def handlers(size: int) -> Lines:
    """Retries one after another, each of which may await or replace the value."""
    group = ["try:", "    use(a)", "    await page", "except OSError:", "    page = fetch()", "else:"]
    return ["page = fetch()", *[*group, "    page = fetch()", "use(b)"] * (size // 7), "await page"]


def cases(size: int) -> Lines:
    """One `match` with many cases."""
    patterns = ("{n}", "[{n}, *rest]", "{{'key': {n}, **rest}}", "int(real={n}) if a")
    chosen = [patterns[n % 4].format(n=n) for n in range(size // 2)]
    return ["page = fetch()", "match more:", *(x for p in chosen for x in (f"    case {p}:", "        await page"))]


def forgotten(size: int) -> Lines:
    """Many values, each of which is lost on one of two ways."""
    group = ("page{n} = fetch()", "if a:", "    await page{n}")
    return [line.format(n=n) for n in range(size // 3) for line in group]


def nobody(size: int) -> Lines:
    """Values that are bound to the name of nothing."""
    return ["_ = fetch()"] * size


def alive(size: int) -> Lines:
    """Many values at once, each with a name of its own."""
    return [f"page{n} = fetch()" for n in range(size // 2)] + [f"await page{n}" for n in range(size // 2)]


def twice(size: int) -> Lines:
    """Many values at once, each awaited under a condition of its own, and later once more."""
    count = size // 5
    awaited = [line for n in range(count) for line in (f"if more[{n}]:", f"    await page{n}")]
    return [*(f"page{n} = fetch()" for n in range(count)), *awaited, *awaited]


def rounds(size: int) -> Lines:
    """The same in each round of a loop that they are made before."""
    count = size // 5
    made, awaited = twice(size)[:count], twice(size)[count:]
    return [*made, "for x in more:", *(f"    {line}" for line in awaited)]


def often(size: int) -> Lines:
    """One value that is awaited under each of many conditions."""
    return ["page = fetch()", *(line for n in range(size // 2) for line in (f"if more[{n}]:", "    await page"))]


def held(size: int) -> Lines:
    """Many values at once, in one list as well."""
    made = [line for n in range(size // 2) for line in (f"page{n} = fetch()", f"pages.append(page{n})")]
    return ["pages = []", *made, "for page in pages:", "    await page"]


def shared(size: int) -> Lines:
    """Many values at once, any of which one name may hold in the end."""
    made = [f"page{n} = fetch()" for n in range(size // 3)]
    picked = [line for n in range(size // 3) for line in (f"if more[{n}]:", f"    page = page{n}")]
    return ["page = fetch()", *made, *picked, "await page"]


def aliases(size: int) -> Lines:
    """A value that goes from name to name."""
    return ["name0 = fetch()", *(f"name{n} = name{n - 1}" for n in range(1, size)), f"await name{size - 1}"]


def methods(size: int) -> Lines:
    """One long chain of methods."""
    return ["page = fetch()", f"text = use(page){''.join(f'.step({n})' for n in range(size))}", "await page"]


def asked(size: int) -> Lines:
    """One long chain of methods of what `isinstance()` has been asked about."""
    return [
        "page = fetch()",
        "if isinstance(more, list):",
        f"    more{''.join(f'.step({n})' for n in range(size))}",
        "await page",
    ]


def calls(size: int) -> Lines:
    """Calls in the arguments of calls."""
    return ["page = fetch()", f"text = {'use(' * size}page{')' * size}", "await page"]


def lambdas(size: int) -> Lines:
    """Lambdas in one another, the innermost of which uses a value."""
    return ["page = fetch()", f"later = {'lambda: ' * size}use(page)", "await page"]


def sums(size: int) -> Lines:
    """One long sum."""
    return ["page = fetch()", f"total = {' + '.join(f'more[{n}]' for n in range(size))}", "await page"]


def choices(size: int) -> Lines:
    """One long `and`."""
    return ["page = fetch()", f"if {' and '.join(f'use({n})' for n in range(size))}:", "    await page"]


def gathered(size: int) -> Lines:
    """One call with many values."""
    return [f"await asyncio.gather({', '.join('fetch()' for _ in range(size))})"]


def functions(size: int) -> Lines:
    """Many functions with a value each."""
    group = "async def part{n}(x: int) -> int:\n    page = fetch(x)\n    use(x)\n    return await page"
    return ["return 1", *(group.format(n=n) for n in range(size // 4))]


def levels(depth: int) -> Lines:
    """A `finally` in the suite of another, and so on, each with a return on its way."""
    lines = []
    for n in range(depth):
        lines += ["    " * n + line for line in ("try:", "    if a:", f"        return await use({n})", "finally:")]
    return ["page = fetch()", *lines, "    " * depth + "await page"]


def taken(size: int) -> Lines:
    """A function with many parameters, and a call that gives it as many values."""
    names = [f"page{n}" for n in range(size)]
    awaited = "".join(f"\n    await {name}" for name in names)
    return [f"await take({', '.join('fetch()' for _ in names)})", f"async def take({', '.join(names)}):{awaited}"]


def fields(size: int) -> Lines:
    """A class whose methods keep values in the same attribute."""
    methods = (f"    async def part{n}(self) -> None:\n        self.page = fetch({n})" for n in range(size // 2))
    return ["return 1", "class Store:\n" + "\n".join(methods)]


def namesakes(size: int) -> Lines:
    """Classes whose methods have one name, each of which calls itself."""
    group = "class Store{n}:\n    async def run(self, page):\n        self.run(page)\n        await page"
    return ["return 1", *(group.format(n=n) for n in range(size // 4))]


def alternatives(size: int) -> Lines:
    """Functions that use what is an object of one of as many classes."""
    count = size // 10
    made = "".join(f"\n    if a:\n        return Page{n}()" for n in range(count))
    user = "async def part{n}():\n    page = pick().run()\n    step = fetch()\n    await step\n    await page"
    classes = (f"class Page{n}:\n    async def run(self): ..." for n in range(count))
    return ["return 1", *classes, f"def pick(a):{made}", *(user.format(n=n) for n in range(count))]


def within(size: int) -> Lines:
    """Functions with a `finally` in the suite of another, and so on."""
    body = "".join(f"\n    {line}" for line in levels(DEPTH))
    return ["return 1", *(f"async def part{n}(a: bool) -> object:{body}" for n in range(size // (4 * DEPTH + 3)))]


def helpers(size: int) -> Lines:
    """Functions each of which passes a value on to the one before."""
    group = "async def part{n}(page, x):\n    use(x)\n    await part{m}(page, x)"
    first = "async def part0(page, x):\n    await page"
    count = size // 3
    head = ["page = fetch()", f"await part{count - 1}(page, 1)"]
    return [*head, first, *(group.format(n=n, m=n - 1) for n in range(1, count))]


STATEMENTS: list[Sort] = [straight, separate, loops, flags, correlated, again, finals, handlers, cases]
VALUES: list[Sort] = [forgotten, nobody, alive, twice, rounds, often, held, shared, aliases]
EXPRESSIONS: list[Sort] = [methods, asked, calls, lambdas, sums, choices, gathered]
MODULES: list[Sort] = [functions, taken, fields, namesakes, alternatives, within, helpers]
SORTS: dict[str, Sort] = {sort.__name__: sort for sort in (*STATEMENTS, *VALUES, *EXPRESSIONS, *MODULES)}


def module(name: str, size: int) -> str:
    """The module of a sort: a body of this size, with what it calls before it and other functions after it."""
    lines = SORTS[name](size)
    return HEAD + "".join(f"{line}\n" if line.startswith(_OUTSIDE) else f"    {line}\n" for line in lines)


NESTED = {"methods": 200, "calls": 80, "lambdas": 80, "sums": 1600}
"""The largest sizes of what is nested that Python, or the analysis, follows."""


def large(name: str, characters: int) -> str:
    """A module of a sort of about so many characters: with one body, or with many where it is nested."""
    if name in NESTED:
        body = "".join(f"    {line}\n" for line in SORTS[name](NESTED[name]))
        part = f"\n\nasync def part{{n}}(more: list[int]) -> object:\n{body}"
        return HEAD + "    return 1\n" + "".join(part.format(n=n) for n in range(characters // len(part)))
    size = 1000
    for _ in range(3):  # longer numbers take more characters
        size = size * characters // len(module(name, size))
    return module(name, size)
