"""The options that name types and functions: each changes a finding as its help says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flake8_valuetask.options import NAMES, OTHERS, parse
from tests.options.library import CORE, IMPORTS, LIBRARY, OWN, USES, codes, text_of
from tests.trees import ROOT, twice, write


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
