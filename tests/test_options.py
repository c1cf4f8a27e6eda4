"""The options, on the command line and in configuration files: each changes a finding as its help says, and a wrong
entry is one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from flake8_valuetask.options import KINDS, NAMES, OPT_IN, OTHERS, Additions, Options, WrongEntry, parse
from tests.trees import FETCH, ROOT, flake8, process, twice, write

# A library whose functions do what nobody can see, re-exported by its package.

CORE = """
import unseen


class Reply: ...


class Client:
    def send(self):
        return unseen.made(self)


def fetch():
    return unseen.made()


def run_now(value):
    unseen.take(value)


def log(value):
    unseen.take(value)


def together(*values):
    return unseen.take(values)


def remember(function):
    return unseen.take(function)


class log_and_go_on:
    def __enter__(self): ...
    def __exit__(self, *_): return False


def fail():
    unseen.take()
"""
NAMES_OF_CORE = ("Reply", "Client", "fetch", "run_now", "log", "together", "remember", "log_and_go_on", "fail")
LIBRARY = {
    **ROOT,
    "mylib/__init__.py": f"from mylib.core import {', '.join(NAMES_OF_CORE)}\n",
    "mylib/core.py": CORE,
}
OWN = "\n\n\nasync def own(): ...\n\n\n"
PASSED = OWN + "async def sample():\n    page = own()\n    {name}(page)\n    await page\n"

# By option: what is named, a use of it, the codes without the option and with it.
USES: dict[str, tuple[str, str, list[str], list[str]]] = {
    "one-shot": ("Reply", "\n\n\nasync def sample(x: {name}):\n    await x\n    await x\n", [], ["VT101"]),
    "producers": ("fetch", "\n\n\nasync def sample():\n    x = {name}()\n    await x\n    await x\n", [], ["VT101"]),
    "consumers": ("run_now", PASSED, ["VT103"], ["VT101"]),
    "readers": ("log", PASSED, ["VT103"], []),
    "combinators": ("together", PASSED.replace("{name}(", "await {name}("), ["VT103"], ["VT101"]),
    "caches": ("remember", "\n\n\n@{name}\nasync def sample():\n    return 1\n", [], ["VT305"]),
    "swallowing": (
        "log_and_go_on",
        OWN + "async def sample():\n    page = own()\n    with {name}():\n        print()\n        await page\n"
        "        return\n    await page\n",
        [],
        ["VT101"],
    ),
    "no-return": (
        "fail",
        OWN
        + "async def sample(x):\n    page = own()\n    if x:\n        await page\n        {name}()\n    await page\n",
        ["VT101"],
        [],
    ),
}
# How a member of `home` is imported and named.
IMPORTS = {
    "from": ("from {home} import {name}", "{name}"),
    "from as": ("from {home} import {name} as other", "other"),
    "import": ("import {home}", "{home}.{name}"),
    "import as": ("import {home} as m", "m.{name}"),
}


def text_of(option: str, home: str, how: str) -> str:
    """A module that uses what an option names."""
    name, use, _, _ = USES[option]
    line, named = IMPORTS[how]
    return line.format(home=home, name=name) + use.replace("{name}", named.format(home=home, name=name))


def codes(folder: Path, *arguments: str, kept: bool = False) -> list[str]:
    """The codes that flake8 prints for a folder's `sample.py`."""
    cache = f"--valuetask-cache-dir={folder / 'kept'}" if kept else "--valuetask-no-cache"
    chosen = arguments if any(each.startswith("--config") for each in arguments) else ("--isolated", *arguments)
    status, lines = flake8(folder, "--select=VT", cache, *chosen, "sample.py")
    assert status == int(bool(lines)), lines
    return [line.split()[1] for line in lines]


# Names of well-known functions


def test_every_option_is_tried() -> None:
    assert [*USES] == [option.name for option in NAMES]
    tried = {"enable", "kinds", "roots", "python", "cache-dir", "no-cache"}
    assert {option.name for option in OTHERS} == tried


@pytest.mark.parametrize("how", IMPORTS)
@pytest.mark.parametrize("option", USES)
def test_name_on_the_command_line(option: str, how: str, tmp_path: Path) -> None:
    name, _, without, with_it = USES[option]
    write(tmp_path, {"sample.py": text_of(option, "mylib", how)})
    assert codes(tmp_path) == without
    assert codes(tmp_path, f"--valuetask-{option}=mylib.{name}") == with_it
    assert codes(tmp_path, f"--valuetask-{option}=other.{name},mylib.nothing") == without


@pytest.mark.parametrize("option", USES)
def test_name_in_a_configuration(option: str, tmp_path: Path) -> None:
    name, _, _, with_it = USES[option]
    write(tmp_path, {"sample.py": text_of(option, "mylib", "from")})
    for spelling in (f"valuetask-{option}", f"valuetask_{option.replace('-', '_')}"):
        write(tmp_path, {".flake8": f"[flake8]\n{spelling} = mylib.one,\n    mylib.{name},\n"})
        assert codes(tmp_path, "--config=.flake8") == with_it


@pytest.mark.parametrize("option", USES)
def test_example_of_the_help_is_an_entry(option: str, tmp_path: Path) -> None:
    known = {each.name: each for each in NAMES}[option]
    names = {name.strip() for name in known.example.split(",")}
    assert getattr(parse({option: sorted(names)}).additions, option.replace("-", "_")) == names


@pytest.mark.parametrize("used", ["mylib", "mylib.core"])
@pytest.mark.parametrize("option", USES)
def test_name_by_its_definition(option: str, used: str, tmp_path: Path) -> None:
    name, _, without, with_it = USES[option]
    write(tmp_path, {**LIBRARY, "sample.py": text_of(option, used, "from")})
    assert codes(tmp_path) == without
    assert codes(tmp_path, f"--valuetask-{option}=mylib.core.{name}") == with_it


@pytest.mark.parametrize("option", USES)
def test_name_by_its_re_export(option: str, tmp_path: Path) -> None:
    name, _, _, with_it = USES[option]
    write(tmp_path, {**LIBRARY, "sample.py": text_of(option, "mylib", "import")})
    assert codes(tmp_path, f"--valuetask-{option}=mylib.{name}") == with_it


@pytest.mark.parametrize("option", USES)
def test_name_of_the_module_itself(option: str, tmp_path: Path) -> None:
    name, _, _, with_it = USES[option]
    text = CORE.lstrip() + text_of(option, "mylib", "from").partition("\n")[2]
    write(tmp_path, {**ROOT, "sample.py": text})
    assert codes(tmp_path, f"--valuetask-{option}=sample.{name}") == with_it


@pytest.mark.parametrize(("given", "home"), [("mylib.core", "mylib.core"), ("mylib.core", "mylib"), ("mylib", "mylib")])
def test_method_of_a_class(given: str, home: str, tmp_path: Path) -> None:
    write(tmp_path, {**LIBRARY, "sample.py": twice(f"import {home}", f"{home}.Client().send()")})
    assert codes(tmp_path) == []
    assert codes(tmp_path, f"--valuetask-producers={given}.Client.send") == ["VT101"]


@pytest.mark.parametrize("annotation", ["Reply", "'Reply'", "Reply[int]", "'Reply | None'", "Optional[Reply]"])
def test_own_type_in_an_annotation(annotation: str, tmp_path: Path) -> None:
    head = f"from typing import Optional\n\nfrom mylib import Reply\n\n\ndef get() -> {annotation}: ...\n"
    body = "\n\nasync def sample(x: {}):\n    await x\n    await x\n    y = get()\n    await y\n    await y\n"
    write(tmp_path, {"sample.py": head + body.format(annotation)})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-one-shot=mylib.Reply") == ["VT101", "VT101"]


def test_own_type_is_made_by_its_class(tmp_path: Path) -> None:
    write(tmp_path, {**LIBRARY, "sample.py": twice("import mylib", "mylib.Reply()")})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-one-shot=mylib.Reply") == ["VT101"]
    assert codes(tmp_path, "--valuetask-one-shot=mylib.core.Reply") == ["VT101"]


def test_own_type_is_like_a_valuetask(tmp_path: Path) -> None:
    text = "import asyncio\nfrom mylib import Reply\n\n\nasync def sample(x: Reply):\n    await asyncio.gather(x)\n"
    write(tmp_path, {"sample.py": text})
    assert codes(tmp_path, "--valuetask-one-shot=mylib.Reply") == ["VT201"]


def test_combinator_is_like_gather(tmp_path: Path) -> None:
    write(
        tmp_path, {"sample.py": f"from mylib import together{OWN}async def sample(x):\n    await together(own(), x)\n"}
    )
    assert codes(tmp_path, "--valuetask-combinators=mylib.together") == []
    text = "from flake8_valuetask.runtime import ValueTask\nfrom mylib import together\n\n\n"
    write(tmp_path, {"sample.py": text + "async def sample(x: ValueTask[int]):\n    await together(x)\n"})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-combinators=mylib.together") == ["VT201"]


@pytest.mark.parametrize("use", ["get = remember(own)\n", "@remember(1)\nasync def sample(): ...\n"])
def test_cache_in_other_places(use: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": f"from mylib import remember{OWN}{use}"})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-caches=mylib.remember") == ["VT305"]


def test_several_options_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": "\n\n".join(text_of(option, "mylib", "import") for option in USES)})
    given = [f"--valuetask-{option}=mylib.{name}" for option, (name, *_) in USES.items()]
    expected = sorted(code for *_, codes in USES.values() for code in codes)
    assert sorted(codes(tmp_path, *given)) == expected
    lines = "".join(f"valuetask-{option} = mylib.{name}\n" for option, (name, *_) in USES.items())
    write(tmp_path, {".flake8": f"[flake8]\n{lines}"})
    assert sorted(codes(tmp_path, "--config=.flake8")) == expected


# The other options

RETRY = """
from collections.abc import Awaitable


async def retry(action: Awaitable[int]) -> int:
    await action
    return await action
"""


@pytest.mark.parametrize("entries", ["VT105", "VT105,VT601", "VT308, VT105"])
def test_enable(entries: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": RETRY, ".flake8": f"[flake8]\nvaluetask-enable = {entries}\n"})
    assert codes(tmp_path) == []
    assert codes(tmp_path, "--valuetask-enable=VT601") == []
    assert codes(tmp_path, f"--valuetask-enable={entries}") == ["VT105"]
    assert codes(tmp_path, "--config=.flake8") == ["VT105"]


THREE = """
import asyncio

from flake8_valuetask.runtime import ValueTask


async def fetch(): ...


async def stream():
    yield 1


async def coroutine():
    page = fetch()
    await page
    await page
    fetch()


async def step():
    page = anext(stream())
    await page
    await page
    anext(stream())


async def valuetask(page: ValueTask[int]):
    await page
    await page
    ValueTask.from_result(1)
    await asyncio.gather(ValueTask.from_result(1))
"""
JUDGED = {
    "coroutine": [(16, "VT101"), (17, "VT401")],
    "step": [(23, "VT101"), (24, "VT401")],
    "valuetask": [(29, "VT101"), (30, "VT401"), (31, "VT201")],
}


def places(folder: Path, *arguments: str) -> list[tuple[int, str]]:
    """Line and code of each finding."""
    _, lines = flake8(folder, "--isolated", "--select=VT", "--valuetask-no-cache", *arguments, "sample.py")
    return [(int(line.split(":")[1]), line.split()[1]) for line in lines]


@pytest.mark.parametrize("kinds", [["coroutine"], ["step"], ["valuetask"], ["step", "valuetask"], [*KINDS], []])
def test_kinds(kinds: list[str], tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": THREE.lstrip()})
    expected = sorted(place for kind in kinds or KINDS for place in JUDGED[kind])
    assert places(tmp_path, *([f"--valuetask-kinds={','.join(kinds)}"] if kinds else [])) == expected
    write(tmp_path, {".flake8": f"[flake8]\nvaluetask-kinds = {','.join(kinds)}\n"})
    assert codes(tmp_path, "--config=.flake8") == [code for _, code in expected]


OF_FUNCTIONS = {
    "VT406": ("coroutine", f"import threading{OWN}threading.Thread(target=own)\n"),
    "VT601": (
        "valuetask",
        "from flake8_valuetask.runtime import ValueTask\n\n\ndef get():\n    return ValueTask.from_result(1)\n",
    ),
    "VT602": (
        "valuetask",
        "import asyncio\n\nfrom flake8_valuetask.runtime import value_task\n\n\n@value_task\nasync def _get():\n"
        "    await asyncio.sleep(1)\n",
    ),
}


@pytest.mark.parametrize("code", OF_FUNCTIONS)
def test_kinds_of_what_functions_make(code: str, tmp_path: Path) -> None:
    kind, text = OF_FUNCTIONS[code]
    write(tmp_path, {"sample.py": text})
    enabled = [f"--valuetask-enable={code}"] if code in OPT_IN else []
    assert codes(tmp_path, *enabled) == [code]
    assert codes(tmp_path, *enabled, f"--valuetask-kinds={kind}") == [code]
    others = ",".join(sorted({*KINDS} - {kind}))
    assert codes(tmp_path, *enabled, f"--valuetask-kinds={others}") == []


def test_kinds_of_an_own_type(tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": text_of("one-shot", "mylib", "from")})
    own = "--valuetask-one-shot=mylib.Reply"
    assert codes(tmp_path, own, "--valuetask-kinds=valuetask") == ["VT101"]
    assert codes(tmp_path, own, "--valuetask-kinds=coroutine") == []


LAYOUT = {
    "setup.cfg": "",
    "lib/helper.py": FETCH,
    "tools/lib/other.py": FETCH,
    "app/sample.py": twice("from helper import fetch"),
    "app/deep/sample.py": twice("from other import fetch"),
}


@pytest.mark.parametrize("roots", ["./lib,./tools/lib", "tools/lib,./lib", "{root}/lib, {root}/tools/lib"])
def test_roots_on_the_command_line(roots: str, tmp_path: Path) -> None:
    write(tmp_path, LAYOUT)
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", "app")
    assert (status, lines) == (0, [])
    option = f"--valuetask-roots={roots.format(root=tmp_path)}"
    status, lines = flake8(tmp_path, "--isolated", "--select=VT", "--valuetask-no-cache", option, "app")
    assert (status, len(lines)) == (1, 2)


@pytest.mark.parametrize("where", [".", "app", "app/deep", "lib"])
@pytest.mark.parametrize("roots", ["./lib, tools/lib", "{root}/lib, {root}/tools/lib"])
def test_roots_in_a_configuration_are_beside_it(roots: str, where: str, tmp_path: Path) -> None:
    text = f"[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-roots = {roots.format(root=tmp_path)}\n"
    write(tmp_path, {**LAYOUT, ".flake8": text})
    names = [str(tmp_path / "app/sample.py"), str(tmp_path / "app/deep/sample.py")]
    status, lines = flake8(tmp_path / where, *names)
    assert [line.split()[1] for line in lines] == ["VT101", "VT101"]
    assert status == 1


SITE = "lib/python3.11/site-packages"


@pytest.mark.parametrize("python", [".venv/bin/python", "./.venv/bin/python3", "{root}/.venv/bin/python"])
def test_python(python: str, tmp_path: Path) -> None:
    files = {f".venv/{SITE}/foo/__init__.py": FETCH, f".venv/{SITE}/foo/py.typed": ""}
    write(tmp_path, {**files, "sample.py": twice("from foo import fetch")})
    path = python.format(root=tmp_path)
    assert codes(tmp_path) == []
    assert codes(tmp_path, f"--valuetask-python={path}") == ["VT101"]
    write(
        tmp_path,
        {".flake8": f"[flake8]\nselect = VT\nvaluetask-no-cache = true\nvaluetask-python = {path}\n", "x/y": ""},
    )
    assert len(flake8(tmp_path / "x", "../sample.py")[1]) == 1


@pytest.mark.parametrize("where", [".", "x"])
@pytest.mark.parametrize("name", ["./kept", "deep/kept", "{root}/kept"])
def test_cache_folder_in_a_configuration_is_beside_it(name: str, where: str, tmp_path: Path) -> None:
    folder = name.format(root=tmp_path)
    text = f"[flake8]\nselect = VT\nvaluetask-cache-dir = {folder}\n"
    write(tmp_path, {".flake8": text, "helper.py": FETCH, "sample.py": twice("from helper import fetch"), "x/y": ""})
    assert len(flake8(tmp_path / where, str(tmp_path / "sample.py"))[1]) == 1
    assert list((tmp_path / folder).rglob("*.json"))
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == ["y"]


@pytest.mark.parametrize("value", ["true", "yes", "1", "on"])
def test_no_cache_in_a_configuration(value: str, tmp_path: Path) -> None:
    text = f"[flake8]\nselect = VT\nvaluetask-no-cache = {value}\nvaluetask-cache-dir = ./kept\n"
    write(tmp_path, {".flake8": text, "helper.py": FETCH, "sample.py": twice("from helper import fetch")})
    assert len(flake8(tmp_path, "sample.py")[1]) == 1
    assert not (tmp_path / "kept").exists()


def test_options_reach_the_processes_of_jobs(tmp_path: Path) -> None:
    write(tmp_path, {name: text_of("producers", "mylib", "from") for name in ("one.py", "other.py", "third.py")})
    options = ("--isolated", "--select=VT", "--valuetask-producers=mylib.fetch", "--jobs=2")
    run = process(tmp_path, *options, "one.py", "other.py", "third.py")
    assert run.stderr == ""
    assert [line.split()[1] for line in run.stdout.splitlines()] == ["VT101"] * 3


# The look at the text before anything else

QUIET = {
    "producers": "import mylib\n\n\ndef sample():\n    mylib.fetch()\n",
    "producers, renamed": "from mylib import fetch as get\n\n\ndef sample():\n    get()\n",
    "producers, a method": "import mylib\n\n\ndef sample(client: mylib.Client):\n    client.send()\n",
    "one-shot": "import mylib\n\n\ndef sample():\n    mylib.Reply()\n",
}


@pytest.mark.parametrize("name", QUIET)
def test_module_that_says_only_a_configured_name(name: str, tmp_path: Path) -> None:
    assert not re.search("async|await|ValueTask|Coroutine", QUIET[name])
    write(tmp_path, {**LIBRARY, "sample.py": QUIET[name]})
    assert codes(tmp_path) == []
    given = ["--valuetask-producers=mylib.core.fetch,mylib.core.Client.send", "--valuetask-one-shot=mylib.core.Reply"]
    assert codes(tmp_path, *given) == ["VT401"]


# Wrong entries

WRONG = {
    **{
        option.name: ["fetch", "mylib..fetch", ".fetch", "mylib.", "mylib.1", "my-lib.x", "mylib.fetch()"]
        for option in NAMES
    },
    "enable": ["VT101", "vt105", "VT1", "retries"],
    "kinds": ["Coroutine", "task", "valuetasks", "awaitable"],
}
ENTRIES = [(option, entry) for option, entries in WRONG.items() for entry in entries]


def one_line(text: object, option: str, entry: str) -> None:
    """A message is one line that names the option and the entry."""
    assert isinstance(text, str)
    assert len(text.strip().splitlines()) == 1
    assert f"--valuetask-{option}" in text
    assert repr(entry) in text


@pytest.mark.parametrize(("option", "entry"), ENTRIES)
def test_wrong_entry(option: str, entry: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": "async def fetch(): ...\n", ".flake8": f"[flake8]\nvaluetask-{option} = {entry}\n"})
    for arguments in (("--isolated", f"--valuetask-{option}={entry}"), ("--config=.flake8",)):
        message, lines = flake8(tmp_path, *arguments, "sample.py")
        one_line(message, option, entry)
        assert lines == []


@pytest.mark.parametrize(
    ("option", "good", "wrong"),
    [("readers", "mylib.log", "log"), ("kinds", "step", "future")],
)
def test_wrong_entry_among_good_ones_as_users_see_it(option: str, good: str, wrong: str, tmp_path: Path) -> None:
    write(tmp_path, {"sample.py": RETRY})
    run = process(tmp_path, "--isolated", f"--valuetask-{option}={good},{wrong}", "sample.py")
    assert run.returncode != 0
    assert run.stdout == ""
    one_line(run.stderr, option, wrong)
    assert good not in run.stderr.partition(";")[0].replace("mylib.name", "")


@pytest.mark.parametrize("entries", [[], "", None, ()])
def test_empty_entries_are_none(entries: object) -> None:
    options = parse(dict.fromkeys((option.name for option in (*NAMES, *OTHERS)), entries))
    assert options.additions == Additions()
    assert (options.kinds, options.opt_in) == (frozenset(KINDS), frozenset())
    assert parse({}) == options
    assert Options().kinds == options.kinds


@pytest.mark.parametrize("code", sorted(OPT_IN))
def test_opt_in_codes_are_entries(code: str) -> None:
    assert parse({"enable": [code]}).opt_in == {code}
    with pytest.raises(WrongEntry, match=f"'{code}0'"):
        parse({"enable": [code, f"{code}0"]})


def test_help_names_all_options(tmp_path: Path) -> None:
    shown = " ".join(process(tmp_path, "--help").stdout.split())
    for option in (*NAMES, *OTHERS):
        assert f"--valuetask-{option.name} {option.metavar}".strip() in shown
        assert any(piece in shown for piece in halves(option.help))


def halves(text: str) -> Iterable[str]:
    """A text, and its halves, of which one may be cut by a hyphen."""
    words = text.split()
    return text, " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
