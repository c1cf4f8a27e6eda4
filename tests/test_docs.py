"""The documentation: generated pages are current, examples do what they say, and the site has no broken link."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from docs import generate, mkdocs_hooks, trials
from flake8_valuetask import rules
from flake8_valuetask.options import NAMES, OPT_IN, OTHERS
from flake8_valuetask.typestate import worlds
from tests import pages, trees
from tests.pages import DOCS
from tests.samples import ROOT

RULES = sorted(rules.load())
WRITTEN = ["index.md", "tutorial.md", "ci.md", "comparison.md", "configuration.md"]
LOCKS = ["--select", "VT", "--valuetask-enable", ",".join(sorted(OPT_IN))]
SECONDS = 120


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = str(tmp_path_factory.mktemp("home"))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, home)


def read(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


# Generated pages


@cache
def made() -> dict[str, str]:
    """The generated pages, as they should be."""
    return generate.pages()


def test_generated_pages_are_current() -> None:
    assert list(generate.stale(made())) == [], "`python docs/generate.py` writes them anew"


def test_stale_pages_are_told(tmp_path: Path) -> None:
    generate.write(made(), tmp_path)
    assert list(generate.stale(made(), tmp_path)) == []
    trees.write(tmp_path, {"rules/vt999.md": "# VT999\n", "configuration.md": "# Configuration\n"})
    (tmp_path / "rules" / "vt101.md").unlink()
    assert sorted(generate.stale(made(), tmp_path)) == ["configuration.md", "rules/vt101.md", "rules/vt999.md"]
    generate.write(made(), tmp_path)
    assert list(generate.stale(made(), tmp_path)) == []
    assert not (tmp_path / "rules" / "vt999.md").exists()


def test_check_fails_for_a_stale_page(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    current = made()
    monkeypatch.setattr(generate, "pages", lambda: current)
    assert generate.main(["--check"], told.append) == 0
    monkeypatch.setattr(generate, "pages", lambda: {"rules/index.md": "# Rules\n"})
    assert generate.main(["--check"], told.append) == 1
    assert told == ["docs/rules/index.md is stale; `python docs/generate.py` writes it anew"]


def test_every_rule_is_tried_and_has_a_family() -> None:
    assert sorted(trials.STATEMENTS) == RULES
    assert {code[2] for code in RULES} == generate.FAMILIES.keys()


@pytest.mark.parametrize("code", RULES)
def test_page_of_a_rule(code: str, tmp_path: Path) -> None:
    text = read(f"rules/{code.lower()}.md")
    [(command, printed, said)] = pages.tried(text, tmp_path)
    assert (printed, bool(said)) == (said, True), command
    example = tmp_path / "example.py"
    lines = example.read_text(encoding="utf-8").splitlines()
    for number in {int(line.split(":")[1]) for line in said}:
        lines[number - 1] += f"  # noqa: {code}"
    example.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert trees.flake8(tmp_path, "--isolated", *LOCKS, "example.py") == (0, [])


def test_reference_has_every_option() -> None:
    examples = [block.text for block in pages.blocks(read("configuration.md")) if block.language == "ini"]
    names = {name for text in examples for name in _section(text)}
    assert names == {"extend-select", *(f"valuetask-{option.name}" for option in (*NAMES, *OTHERS))}


@pytest.mark.parametrize("name", [*WRITTEN, *(f"rules/{code.lower()}.md" for code in RULES)])
def test_configurations_are_valid(name: str, tmp_path: Path) -> None:
    trees.write(tmp_path, dict.fromkeys(("src/x", "tools/lib/x", ".venv/lib/python3.13/site-packages/x"), ""))
    for block in pages.blocks(read(name)):
        if block.language == "ini":
            trees.write(tmp_path, {".flake8": block.text, "sample.py": "x = 1\n"})
            assert trees.flake8(tmp_path, "sample.py") == (0, []), block.text


def _section(text: str) -> list[str]:
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert parser.sections() == ["flake8"]
    return list(parser["flake8"])


# Written pages


@pytest.mark.parametrize("name", ["index.md", "tutorial.md", "comparison.md", "runtime.md"])
def test_examples_do_what_they_say(name: str, tmp_path: Path) -> None:
    tried = list(pages.tried(read(name), tmp_path))
    assert tried
    for command, printed, said in tried:
        assert pages.agrees(printed, said), "\n".join([f"$ {command}", *printed])


def test_examples_that_lie_are_told(tmp_path: Path) -> None:
    text = "```console\n$ python -c 'print(1)'\n2\n```\n"
    [(_, printed, said)] = pages.tried(text, tmp_path)
    assert not pages.agrees(printed, said)
    assert pages.agrees(["a", "b", "c"], ["a", "[...]"])
    assert not pages.agrees(["a", "b", "c"], ["[...]", "b"])


def test_tutorial_tells_how_many_rules_are_off() -> None:
    assert len(OPT_IN) == 4
    assert "\nFour rules are guesses" in read("tutorial.md")


def test_workflows_are_valid_yaml() -> None:
    found = [yaml.safe_load(block.text) for block in pages.blocks(read("ci.md")) if block.language == "yaml"]
    assert [sorted(map(str, one))[0] for one in found] == ["True", "flake8", "repos", "repos"]


def test_pages_tell_how_many_worlds_are_told_apart() -> None:
    assert f"more than {worlds.CAP} different situations" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Beyond {worlds.CAP} worlds" in read("architecture.md")


def test_reliability_tells_how_many_programs_are_drawn() -> None:
    text = (ROOT / "tests" / "test_drawn_programs.py").read_text(encoding="utf-8")
    number = re.search(r"^PROGRAMS = \(?\s*(\d+)", text, re.MULTILINE)
    assert number is not None
    assert f"draws {int(number[1]):,} programs" in read("reliability.md")


# The site


def listed(nav: Any) -> list[str]:
    """The pages of a navigation, in order."""
    if isinstance(nav, str):
        return [nav]
    inner = nav.values() if isinstance(nav, dict) else nav
    return [page for one in inner for page in listed(one)]


def test_every_page_is_in_the_navigation() -> None:
    nav = listed(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    here = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert here - set(nav) == set()
    assert [page for page in nav if re.match(r"rules/vt", page)] == [f"rules/{code.lower()}.md" for code in RULES]
    assert len(nav) == len(set(nav))


def test_site_has_no_broken_link_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    assert find_spec("mkdocs") and find_spec("material"), "mkdocs-material is missing: pip install -e '.[docs]'"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=SECONDS
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr
    known = pages.site(tmp_path / "site")
    assert len(known) > len(RULES) + len(WRITTEN)
    assert list(pages.astray(known)) == []
    assert list(pages.remote(known)) == []


@pytest.mark.parametrize(
    ("place", "text", "shown"),
    [
        ("ci.md", "[a](../fixtures/README.md#b), [c](reports.md)", "[a](fixtures.md#b), [c](reports.md)"),
        ("rules/vt101.md", "[a](../../README.md), [c](vt102.md)", "[a](../index.md), [c](vt102.md)"),
        ("contributing.md", "[a](../docs/ci.md#b), [c](#d)", "[a](ci.md#b), [c](#d)"),
        ("ci.md", "- a\n  - b\n\n```yaml\n  - c\n```\n", "- a\n    - b\n\n```yaml\n  - c\n```\n"),
        ("ci.md", "[a](https://example.org/README.md)", "[a](https://example.org/README.md)"),
    ],
)
def test_links_and_lists_hold_in_the_site(place: str, text: str, shown: str) -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri=place))
    assert mkdocs_hooks.on_page_markdown(text, page) == shown


def test_broken_links_are_told(tmp_path: Path) -> None:
    trees.write(
        tmp_path,
        {
            "a.html": '<a href="b.html#one">1</a><a href="b.html#two">2</a><a href="#here">3</a><a href="c.html">4</a>',
            "b.html": '<h1 id="one"></h1><a href="https://example.org/x">5</a><script src="https://example.org/y">',
        },
    )
    known = pages.site(tmp_path)
    assert list(pages.astray(known)) == ["a.html: b.html#two", "a.html: #here", "a.html: c.html"]
    assert list(pages.remote(known)) == ["b.html: https://example.org/y"]
