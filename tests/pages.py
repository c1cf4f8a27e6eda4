"""The documentation as something to try: the examples of a page, and the links of a built site.

In: Markdown, or a folder of HTML. Out: what the examples print against what they say; links that lead nowhere.
Never: the network.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tests import trees
from tests.samples import ROOT

DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_LEFT_OUT = "[...]"


class Block(NamedTuple):
    """A fenced block: its language, its title ("" if it has none) and its text."""

    language: str
    title: str
    text: str


class Command(NamedTuple):
    """A command of a console block and the lines that it is said to print."""

    words: list[str]
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    titles = ((found, _TITLE.search(found[1])) for found in _FENCE.findall(text))
    return [Block(found[0], title[1] if title else "", found[2]) for found, title in titles]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        first, *lines = part.splitlines()
        yield Command(shlex.split(first), lines)


def tried(text: str, folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Write the titled blocks of a page to a folder, run its commands there: each with what it prints and should."""
    for block in blocks(text):
        if block.title:
            trees.write(folder, {block.title: block.text})
        for command in commands(block) if block.language == "console" else ():
            if command.words[0] in ("flake8", "python"):
                yield shlex.join(command.words), _printed(folder, command.words), command.lines


def _printed(folder: Path, words: list[str]) -> list[str]:
    """What a command prints: flake8 in this process, Python in another one."""
    if words[0] == "flake8":
        status, lines = trees.flake8(folder, *words[1:])
        return lines if isinstance(status, int | None) else [*lines, status]
    path = os.pathsep.join([str(folder), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "default"}
    run = subprocess.run(
        [sys.executable, *words[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=120,
    )
    return run.stdout.splitlines()


def agrees(printed: list[str], said: list[str]) -> bool:
    """Whether lines are as a page says; `[...]` stands for any number of lines."""
    pattern = "".join(".*" if line == _LEFT_OUT else re.escape(line + "\n") for line in said)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed), re.DOTALL) is not None


# A built site


class Page(HTMLParser):
    """The anchors of a page, and what it links to and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        known = {name: value for name, value in attrs if value is not None}
        self.anchors.update(known[name] for name in ("id", "name") if name in known)
        if tag == "a":
            self.links += [known["href"]] if "href" in known else []
        else:
            self.loaded += [known[name] for name in ("src", "href") if name in known]


def site(folder: Path) -> dict[Path, Page]:
    """The pages of a built site, but the one for what is not there."""
    found = (path for path in sorted(folder.rglob("*.html")) if path.name != "404.html")
    return {path: Page(path.read_text(encoding="utf-8")) for path in found}


def astray(known: dict[Path, Page]) -> Iterator[str]:
    """The links within a site that lead nowhere."""
    for path, page in known.items():
        for link in (*page.links, *page.loaded):
            if not _outside(link) and not _leads(known, path, link):
                yield f"{path.name}: {link}"


def remote(known: dict[Path, Page]) -> Iterator[str]:
    """What pages load from other hosts."""
    yield from (f"{path.name}: {link}" for path, page in known.items() for link in page.loaded if _outside(link))


def _outside(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.netloc) or parts.scheme not in ("", "file")


def _leads(known: dict[Path, Page], path: Path, link: str) -> bool:
    parts = urlsplit(link)
    goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    goal = goal / "index.html" if goal.is_dir() else goal
    if not parts.fragment:
        return goal.exists()
    return goal in known and unquote(parts.fragment) in known[goal].anchors
