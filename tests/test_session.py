"""A file while it is edited: what is kept of other functions is what a look at the whole file would say."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest

from benchmarks import editor
from flake8_valuetask.analyze import check
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.session import Session
from tests.analyses import lines_of

HEAD = "import asyncio\nimport contextlib\nfrom collections.abc import Coroutine\n\n\nasync def fetch(key=1):\n    return key\n\n\n"
OPTIONS = Options(opt_in=OPT_IN)

# Each pair of texts differs in one function; what is found in another one depends on it.
EDITS = {
    "a callee consumes, or reads": (
        "async def use(page):\n    await page\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
        "async def use(page):\n    print(page)\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
    ),
    "a callee of a callee": (
        "async def last(page):\n    await page\n\nasync def use(page):\n    await last(page)\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
        "async def last(page):\n    print(page)\n\nasync def use(page):\n    await last(page)\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
    ),
    "a callee of a callee of two": (
        "async def first():\n    page = fetch()\n    told = await use(page)\n\nasync def main():\n    page = fetch()\n    told = await use(page)\n    await page\n\nasync def use(page):\n    told = await last(page)\n\nasync def last(page):\n    await page\n",
        "async def first():\n    page = fetch()\n    told = await use(page)\n\nasync def main():\n    page = fetch()\n    told = await use(page)\n    await page\n\nasync def use(page):\n    told = await last(page)\n\nasync def last(page):\n    print(page)\n",
    ),
    "what a flag of the module is": (
        "VERBOSE = True\n\nasync def main():\n    page = fetch()\n    if VERBOSE:\n        await page\n    await page\n",
        "VERBOSE = False\n\nasync def main():\n    page = fetch()\n    if VERBOSE:\n        await page\n    await page\n",
    ),
    "whether a hook gives what it may give": (
        "def hook(key) -> Coroutine[None, None, int] | None:\n    if key:\n        return fetch()\n    return None\n\nasync def main():\n    page = hook(1)\n    if page is not None:\n        await page\n        await page\n",
        "def hook(key) -> Coroutine[None, None, int] | None:\n    if key:\n        print(key)\n    return None\n\nasync def main():\n    page = hook(1)\n    if page is not None:\n        await page\n        await page\n",
    ),
    "how often a function calls another one": (
        "def run(job):\n    return job()\n\nasync def main():\n    page = fetch()\n    return await run(lambda: page)\n",
        "def run(job):\n    job()\n    return job()\n\nasync def main():\n    page = fetch()\n    return await run(lambda: page)\n",
    ),
    "what a declared alias of a type says": (
        "import typing\n\nJob: typing.TypeAlias = typing.Coroutine[None, None, int]\n\nasync def main(job: Job):\n    await job\n    await job\n",
        "import typing\n\nJob: typing.TypeAlias = typing.Sequence[int]\n\nasync def main(job: Job):\n    await job\n    await job\n",
    ),
    "what a name in an alias of a type means": (
        "import typing\nfrom typing import Coroutine as Promise\n\nJob: typing.TypeAlias = Promise[None, None, int]\n\nasync def main(job: Job):\n    await job\n    await job\n",
        "import typing\nfrom typing import Sequence as Promise\n\nJob: typing.TypeAlias = Promise[None, None, int]\n\nasync def main(job: Job):\n    await job\n    await job\n",
    ),
    "which packages are imported": (
        "import trio\n\nasync def main(nursery):\n    nursery.start_soon(fetch())\n",
        "import curio\n\nasync def main(nursery):\n    nursery.start_soon(fetch())\n",
    ),
    "what a declared wrapper gives back": (
        "def mark(f):\n    def wrapper(*args) -> object:\n        return f(*args)\n    return wrapper\n\n@mark\nasync def get():\n    return 1\n\ndef main():\n    get()\n",
        "def mark(f):\n    def wrapper(*args) -> object:\n        return asyncio.run(f(*args))\n    return wrapper\n\n@mark\nasync def get():\n    return 1\n\ndef main():\n    get()\n",
    ),
    "what a function gives back": (
        "def start():\n    return fetch()\n\ndef main():\n    start()\n",
        "def start():\n    return asyncio.create_task(fetch())\n\ndef main():\n    start()\n",
    ),
    "what a name that is given back holds": (
        "def start():\n    job = fetch()\n    return job\n\ndef main():\n    start()\n",
        "def start():\n    job = 1\n    return job\n\ndef main():\n    start()\n",
    ),
    "what a function gives back that another one gives back": (
        "def start():\n    return fetch()\n\ndef begin():\n    return start()\n\ndef main():\n    begin()\n",
        "def start():\n    return 1\n\ndef begin():\n    return start()\n\ndef main():\n    begin()\n",
    ),
    "what an attribute holds": (
        "class Client:\n    async def get(self): ...\n\nclass Plain:\n    def get(self): ...\n\nclass User:\n    def __init__(self):\n        self.client = Client()\n\n    def use(self):\n        self.client.get()\n",
        "class Client:\n    async def get(self): ...\n\nclass Plain:\n    def get(self): ...\n\nclass User:\n    def __init__(self):\n        self.client = Plain()\n\n    def use(self):\n        self.client.get()\n",
    ),
    "what callers pass": (
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    await use(fetch())\n",
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    await use(asyncio.create_task(fetch()))\n",
    ),
    "what a name that callers pass holds": (
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    page = fetch()\n    await use(page)\n",
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    page = asyncio.create_task(fetch())\n    await use(page)\n",
    ),
    "what a method is passed": (
        "class Pool:\n    async def use(self, page):\n        await page\n        await page\n\nasync def main(pool: Pool):\n    await pool.use(fetch())\n",
        "class Pool:\n    async def use(self, page):\n        await page\n        await page\n\nasync def main(pool: Pool):\n    await pool.use(None)\n",
    ),
    "whether a function returns": (
        "def fail():\n    raise OSError\n\nasync def main(flag):\n    page = fetch()\n    if flag:\n        await page\n        fail()\n    await page\n",
        "def fail():\n    print()\n\nasync def main(flag):\n    page = fetch()\n    if flag:\n        await page\n        fail()\n    await page\n",
    ),
    "whether a manager swallows": (
        "class Guard:\n    def __enter__(self): ...\n    def __exit__(self, *_):\n        return True\n\nasync def main():\n    page = fetch()\n    with Guard():\n        await page\n        return\n    await page\n",
        "class Guard:\n    def __enter__(self): ...\n    def __exit__(self, *_):\n        return False\n\nasync def main():\n    page = fetch()\n    with Guard():\n        await page\n        return\n    await page\n",
    ),
    "what a property makes": (
        "class Page:\n    @property\n    def body(self):\n        return fetch()\n\ndef main(page: Page):\n    page.body[0]\n",
        "class Page:\n    @property\n    def body(self):\n        return [1]\n\ndef main(page: Page):\n    page.body[0]\n",
    ),
    "whether another method clears an attribute": (
        "class Owner:\n    def __init__(self):\n        self.job = fetch()\n\n    async def run(self):\n        job, self.job = self.job, None\n        await job\n",
        "class Owner:\n    def __init__(self):\n        self.job = fetch()\n\n    async def run(self):\n        await self.job\n        await self.job\n",
    ),
    "whether a function is async": (
        "async def save(): ...\n\ndef main():\n    save()\n",
        "def save(): ...\n\ndef main():\n    save()\n",
    ),
    "a base class": (
        "class One:\n    async def get(self): ...\n\nclass Two:\n    def get(self): ...\n\nclass Child(One): ...\n\ndef main(child: Child):\n    child.get()\n",
        "class One:\n    async def get(self): ...\n\nclass Two:\n    def get(self): ...\n\nclass Child(Two): ...\n\ndef main(child: Child):\n    child.get()\n",
    ),
    "the base of a class, seen from its methods": (
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Child(One):\n    def use(self):\n        self.close()\n",
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Child(Two):\n    def use(self):\n        self.close()\n",
    ),
    "the base of a base, seen from the methods of a class": (
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Middle(One): ...\n\nclass Child(Middle):\n    def use(self):\n        self.close()\n",
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Middle(Two): ...\n\nclass Child(Middle):\n    def use(self):\n        self.close()\n",
    ),
    "what the name of a base stands for": (
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nBase = One\n\nclass Child(Base):\n    def use(self):\n        self.close()\n",
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nBase = Two\n\nclass Child(Base):\n    def use(self):\n        self.close()\n",
    ),
    "the base of a class in a class": (
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Outer:\n    class Child(One):\n        def use(self):\n            self.close()\n",
        "class One:\n    async def close(self): ...\n\nclass Two:\n    def close(self): ...\n\nclass Outer:\n    class Child(Two):\n        def use(self):\n            self.close()\n",
    ),
    "whose constructor super() calls": (
        "class One:\n    def __init__(self, job):\n        job.close()\n\nclass Two:\n    def __init__(self, job):\n        print(job)\n\nclass Child(One):\n    def __init__(self):\n        super().__init__(fetch())\n",
        "class One:\n    def __init__(self, job):\n        job.close()\n\nclass Two:\n    def __init__(self, job):\n        print(job)\n\nclass Child(Two):\n    def __init__(self):\n        super().__init__(fetch())\n",
    ),
    "whether there is a constructor that super() calls": (
        "class One:\n    def __init__(self, job):\n        print(job)\n\nclass Child(One):\n    def __init__(self):\n        super().__init__(fetch())\n",
        "class One:\n    def init(self, job):\n        print(job)\n\nclass Child(One):\n    def __init__(self):\n        super().__init__(fetch())\n",
    ),
    "whether a class in a class has a constructor": (
        "class Outer:\n    class Inner:\n        def __init__(self, job):\n            print(job)\n\ndef main(flag):\n    Outer.Inner(fetch())\n",
        "class Outer:\n    class Inner:\n        def init(self, job):\n            print(job)\n\ndef main(flag):\n    Outer.Inner(fetch())\n",
    ),
    "a name of the module": (
        "start = fetch\n\ndef main():\n    start()\n",
        "start = print\n\ndef main():\n    start()\n",
    ),
    "a function that comes and goes": (
        "def main():\n    save()\n\nasync def save(): ...\n",
        "def main():\n    save()\n\nasync def load(): ...\n",
    ),
    "an attribute that is patched": (
        "class Client:\n    async def get(self): ...\n\ndef main(client: Client):\n    client.get()\n\ndef other(client):\n    client.get = print\n",
        "class Client:\n    async def get(self): ...\n\ndef main(client: Client):\n    client.get()\n\ndef other(client):\n    client.got = print\n",
    ),
    "a decorator of the module": (
        "def wrap(function):\n    return function\n\n@wrap\nasync def get(): ...\n\ndef main():\n    get()\n",
        "def wrap(function):\n    return print\n\n@wrap\nasync def get(): ...\n\ndef main():\n    get()\n",
    ),
    "the setter of a property": (
        "class Page:\n    @property\n    def body(self):\n        return 1\n\n    @body.setter\n    def body(self, value):\n        fetch()\n",
        "class Page:\n    @property\n    def body(self):\n        return 1\n\n    @body.setter\n    def body(self, value):\n        fetch().close()\n",
    ),
    "the getter of a property": (
        "class Page:\n    @property\n    def body(self):\n        fetch()\n\n    @body.setter\n    def body(self, value):\n        fetch()\n",
        "class Page:\n    @property\n    def body(self):\n        fetch().close()\n\n    @body.setter\n    def body(self, value):\n        fetch()\n",
    ),
    "what another name of a function gives": (
        "def begin():\n    return fetch()\n\nstart = begin\n\ndef main():\n    start()\n",
        "def begin():\n    return 1\n\nstart = begin\n\ndef main():\n    start()\n",
    ),
    "what another name of a method gives": (
        "class Page:\n    def _get(self):\n        return fetch()\n    get = _get\n\ndef main(page: Page):\n    page.get()\n",
        "class Page:\n    def _get(self):\n        return 1\n    get = _get\n\ndef main(page: Page):\n    page.get()\n",
    ),
    "a method that clears an attribute goes": (
        "class Owner:\n    def __init__(self):\n        self.job = fetch()\n\n    async def run(self):\n        job, self.job = self.job, None\n        await job\n",
        "class Owner:\n    def __init__(self):\n        self.job = fetch()\n",
    ),
    "whether a generator forgives": (
        "@contextlib.contextmanager\ndef guard():\n    try:\n        yield\n    except OSError:\n        print()\n\nasync def main():\n    page = fetch()\n    with guard():\n        await page\n        return\n    await page\n",
        "@contextlib.contextmanager\ndef guard():\n    try:\n        yield\n    except OSError:\n        raise\n\nasync def main():\n    page = fetch()\n    with guard():\n        await page\n        return\n    await page\n",
    ),
    "what callers pass by keyword": (
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    await use(page=fetch())\n",
        "async def use(page):\n    await page\n    await page\n\nasync def main():\n    await use(page=asyncio.create_task(fetch()))\n",
    ),
    "what the code of the module passes": (
        "async def use(page):\n    await page\n    await page\n\nasyncio.run(use(fetch()))\n",
        "async def use(page):\n    await page\n    await page\n\nasyncio.run(use(None))\n",
    ),
    "what a name of a callee holds": (
        "class One:\n    async def eat(self, page):\n        await page\n\nclass Two:\n    async def eat(self, page):\n        print(page)\n\nholder = One()\n\nasync def use(page):\n    await holder.eat(page)\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
        "class One:\n    async def eat(self, page):\n        await page\n\nclass Two:\n    async def eat(self, page):\n        print(page)\n\nholder = Two()\n\nasync def use(page):\n    await holder.eat(page)\n\nasync def main():\n    page = fetch()\n    await use(page)\n    await page\n",
    ),
    "whether a parameter is passed on as it is": (
        "def same(page: object) -> object:\n    return page\n\nasync def main():\n    page = fetch()\n    await same(page)\n    await page\n",
        "def same(page: object) -> object:\n    page = 1\n    return page\n\nasync def main():\n    page = fetch()\n    await same(page)\n    await page\n",
    ),
    "where a star import stands": (
        "from asyncio import *\ndef sleep(n): ...\n\ndef main():\n    sleep(1)\n",
        "def sleep(n): ...\nfrom asyncio import *\n\ndef main():\n    sleep(1)\n",
    ),
    "a method whose call goes on on the next line": (
        "class Client:\n    async def get(self): ...\n\ndef main(client: Client):\n    client. \\\n        get()\n",
        "class Client:\n    def get(self): ...\n\ndef main(client: Client):\n    client. \\\n        get()\n",
    ),
    "whether a wrapper is async": (
        "def wrap(function):\n    async def inner():\n        return 1\n    return inner\n\n@wrap\ndef get(): ...\n\ndef main():\n    get()\n",
        "def wrap(function):\n    def inner():\n        return 1\n    return inner\n\n@wrap\ndef get(): ...\n\ndef main():\n    get()\n",
    ),
    "whether a manager swallows under another name": (
        "class Guard:\n    def __enter__(self): ...\n    def leave(self, *_):\n        return True\n    __exit__ = leave\n\nasync def main():\n    page = fetch()\n    with Guard():\n        await page\n        return\n    await page\n",
        "class Guard:\n    def __enter__(self): ...\n    def leave(self, *_):\n        return False\n    __exit__ = leave\n\nasync def main():\n    page = fetch()\n    with Guard():\n        await page\n        return\n    await page\n",
    ),
    "a method of a class in a function": (
        "def make():\n    class Local:\n        async def get(self): ...\n    return Local()\n\ndef main():\n    make().get()\n",
        "def make():\n    class Local:\n        def get(self): ...\n    return Local()\n\ndef main():\n    make().get()\n",
    ),
    "whether a callee that means something else returns": (
        "class A:\n    def end(self):\n        raise OSError\n\nclass B:\n    def end(self):\n        print()\n\nhold = A()\n\ndef fail():\n    hold.end()\n\nasync def main(flag):\n    page = fetch()\n    if flag:\n        await page\n        fail()\n    await page\n",
        "class A:\n    def end(self):\n        raise OSError\n\nclass B:\n    def end(self):\n        print()\n\nhold = B()\n\ndef fail():\n    hold.end()\n\nasync def main(flag):\n    page = fetch()\n    if flag:\n        await page\n        fail()\n    await page\n",
    ),
    "a docstring": (
        "from flake8_valuetask.runtime import ValueTask\n\ndef make(key: int) -> ValueTask[int]:\n    '''Makes.'''\n    return ValueTask.from_result(1)\n",
        "from flake8_valuetask.runtime import ValueTask\n\ndef make(key: int) -> ValueTask[int]:\n    '''Makes one, awaited once.'''\n    return ValueTask.from_result(1)\n",
    ),
    "lines of the module's code that move": (
        "def other():\n    return 1\n\nclass Page:\n    def plain(self):\n        return 1\n\n    body = fetch()\n\nfetch()\n",
        "def other():\n    print()\n    return 1\n\nclass Page:\n    def plain(self):\n        print()\n        return 1\n\n    body = fetch()\n\nfetch()\n",
    ),
    "a variable that a function uses": (
        "page = fetch()\n\ndef main():\n    return 1\n",
        "page = fetch()\n\ndef main():\n    return page\n",
    ),
    "a variable that a function binds": (
        "page = fetch()\nif page:\n    asyncio.run(page)\n    asyncio.run(page)\n\ndef main():\n    page = 1\n",
        "page = fetch()\nif page:\n    asyncio.run(page)\n    asyncio.run(page)\n\ndef main():\n    global page\n    page = 1\n",
    ),
    "what a function gives to the code of the module": (
        "def start():\n    return fetch()\n\nstart()\n",
        "def start():\n    return 1\n\nstart()\n",
    ),
    "whether a function gives a task instead": (
        "def start() -> Coroutine[None, None, None]:\n    return fetch()\n\ndef main():\n    start()\n",
        "def start() -> Coroutine[None, None, None]:\n    return asyncio.create_task(fetch())\n\ndef main():\n    start()\n",
    ),
    "whether a wrapper is said to start a task": (
        "from collections.abc import Callable\n\ndef wrap(function: Callable[..., object]) -> Callable[..., object]:\n    def inner():\n        return function()\n    return inner\n\n@wrap\nasync def get(): ...\n\ndef main():\n    get()\n",
        "from collections.abc import Callable\n\ndef wrap(function: Callable[..., object]) -> Callable[..., object]:\n    def inner() -> asyncio.Future:\n        return function()\n    return inner\n\n@wrap\nasync def get(): ...\n\ndef main():\n    get()\n",
    ),
    "whether a method awaits a declared field": (
        "class Page:\n    job: Coroutine[None, None, None]\n\n    async def _run(self):\n        await self.job\n",
        "class Page:\n    job: Coroutine[None, None, None]\n\n    async def _run(self):\n        print(self.job)\n        await self.job\n        await self.job\n",
    ),
    "lines that move": (
        "def other():\n    return 1\n\nasync def main():\n    page = fetch()\n    await page\n    await page\n",
        "def other():\n    print()\n    return 1\n\nasync def main():\n    page = fetch()\n    await page\n    await page\n",
    ),
}


def whole(text: str) -> list[Finding]:
    """The findings of a text, all of it looked at."""
    return check(ast.parse(text), lines_of(text), "-", OPTIONS)


def kept(texts: Sequence[str]) -> list[list[Finding]]:
    """The findings of version after version."""
    session = Session("-", OPTIONS)
    return [session.findings(lines_of(text)) for text in texts]


@pytest.mark.parametrize(("one", "other"), EDITS.values(), ids=EDITS)
def test_edit_of_another_function_is_noticed(one: str, other: str) -> None:
    texts = [HEAD + one, HEAD + other, HEAD + one]
    expected = [whole(text) for text in texts]
    assert kept(texts) == expected
    assert expected[0] != expected[1], "the edit changes nothing that is found"


def test_parameter_without_annotation_loses_its_caller() -> None:
    use = "async def use(page{}):\n    await page\n    await page\n\n"
    main = "async def main():\n    await {}(fetch())\n"
    parts = [(": object", "use"), ("", "use"), ("", "print"), ("", "use")]
    texts = [HEAD + use.format(annotation) + main.format(callee) for annotation, callee in parts]
    assert kept(texts) == [whole(text) for text in texts]


def test_lines_told_of_other_functions_move() -> None:
    head = "from away import make\n\nclass Owner:\n"
    start = "    def __init__(self):\n        self.job = make()\n\n"
    run = "    async def {}(self):\n        await self.job\n\n"
    plain = "    def plain(self):\n        return 1\n\n"
    texts = [head + start + plain, head + plain + start, head + start.replace("        self", "\n        self")]
    texts = [text + run.format("run") + run.format("again") for text in texts]
    expected = [whole(text) for text in texts]
    assert kept(texts) == expected
    assert any(finding.code == "VT308" for finding in expected[0])


def test_version_that_is_no_python() -> None:
    session = Session("-", OPTIONS)
    text = HEAD + "def main():\n    fetch()\n"
    assert session.findings(lines_of(text)) == whole(text)
    assert session.findings(lines_of(text + ")")) is None
    assert session.findings(lines_of("\n" + text)) == whole("\n" + text)


@pytest.mark.parametrize("seed", range(3))
def test_drawn_edits(seed: int) -> None:
    texts = list(editor.versions(150, 12, seed))
    assert kept(texts) == [whole(text) for text in texts]


def test_unchanged_functions_are_not_analysed_anew() -> None:
    text = editor.module(400)
    session = Session("-", OPTIONS)
    session.findings(lines_of(text))
    before = session.judgements
    assert before > 20
    changed = text.replace("    total = 0\n", "    total = 0\n    log(total)\n", 1)
    session.findings(lines_of(changed))
    assert session.judgements - before <= 1


def test_code_of_the_module_is_not_analysed_anew() -> None:
    text = HEAD + "fetch()\n\n\ndef main():\n    print(1)\n\n\nfetch()\n"
    session = Session("-", OPTIONS)
    session.findings(lines_of(text))
    before = session.judgements
    changed = text.replace("print(1)", "print(1)\n    print(2)")
    assert session.findings(lines_of(changed)) == whole(changed)
    assert session.judgements == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('log("stop")', "log(1)"),
        ("self.job.cancel()", "pass"),
        ("return self.items[key]", "pass"),
        ("self.size = size", "pass"),
    ],
)
def test_what_nobody_outside_can_tell_is_not_seen(old: str, new: str) -> None:
    text = editor.module(400)
    session = Session("-", OPTIONS)
    session.findings(lines_of(text))
    before = session.judgements
    session.findings(lines_of(text.replace(old, new, 1)))
    assert session.judgements - before <= 4
