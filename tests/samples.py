"""What is judged line by line: the modules of `fixtures/` and the examples in the rules' docstrings.

In: files. Out: samples with their markers. Never: judging them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from textwrap import dedent

from flake8_valuetask import rules
from flake8_valuetask.finding import Finding
from flake8_valuetask.rule import Rule
from tests.analyses import findings

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
SECTIONS = ("Why", "Wrong", "Right", "How it is decided", "Known misses")

_MARKER = re.compile(r"#\s*(want|miss|false):\s*(VT\d{3}(?:\s*,\s*VT\d{3})*)(?![\w,])(?:\s*\(([^#]+)\))?")
_INTENDED = re.compile(r"#\s*(?:want|miss|false)\b\s*:?")
_NEWER = re.compile(r"_py(\d)(\d+)$")


@dataclass(frozen=True)
class Marker:
    """One code that a line is marked with; `word` is want, miss or false."""

    line: int
    code: str
    word: str
    why: str


@dataclass(frozen=True)
class Sample:
    """A text with markers; `name` says where it stands."""

    name: str
    text: str

    @cached_property
    def markers(self) -> tuple[Marker, ...]:
        """All markers, in order."""
        return tuple(
            marker for number, line in enumerate(self.text.split("\n"), 1) for marker in _markers(number, line)
        )

    @cached_property
    def malformed(self) -> list[str]:
        """Lines with a comment that begins as a marker and is none, or gives no reason for an error."""
        lines = enumerate(self.text.split("\n"), 1)
        broken = [
            f"{n}: {line.strip()}" for n, line in lines if len(_INTENDED.findall(line)) != len(_MARKER.findall(line))
        ]
        return broken + [f"{m.line}: no reason" for m in self.markers if m.word != "want" and not m.why.strip()]

    @cached_property
    def findings(self) -> list[Finding]:
        """What the analyzer finds, all rules on."""
        return findings(self.text, self.name)

    def line(self, number: int) -> str:
        """The text of a line."""
        return self.text.split("\n")[number - 1].strip()


def _markers(number: int, line: str) -> list[Marker]:
    return [
        Marker(number, code, word, why)
        for word, listed, why in _MARKER.findall(line)
        for code in re.findall(r"VT\d{3}", listed)
    ]


def newer(path: Path) -> bool:
    """Whether the name of a module asks for a newer Python than the running one."""
    wanted = _NEWER.search(path.stem)
    return wanted is not None and sys.version_info[:2] < (int(wanted[1]), int(wanted[2]))


def paths(folder: str = "*") -> list[Path]:
    """The modules of the fixtures that the running Python can read."""
    return [path for path in sorted(FIXTURES.glob(f"{folder}/**/*.py")) if not newer(path)]


def lasting(folder: str) -> list[Path]:
    """The modules of a folder that every supported Python can read."""
    return [path for path in paths(folder) if not _NEWER.search(path.stem)]


@lru_cache
def fixture(path: Path) -> Sample:
    """A module of the fixtures as a sample."""
    return Sample(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def section(documentation: str, title: str) -> str:
    """The text below the underlined `title`, up to the next title; "" if there is none."""
    lines = documentation.splitlines()
    heads = [n for n, line in enumerate(lines[:-1]) if line and lines[n + 1] == "-" * len(line)]
    start = next((n for n in heads if lines[n] == title), None)
    if start is None:
        return ""
    end = min((n for n in heads if n > start), default=len(lines))
    return "\n".join(lines[start + 2 : end]).strip("\n")


def examples(rule: Rule) -> list[Sample]:
    """The wrong and the right example of a rule."""
    found = [(title, section(rule.documentation, title)) for title in ("Wrong", "Right")]
    return [Sample(f"{rule.code} {title}", dedent(text).rstrip() + "\n") for title, text in found]


def loaded() -> list[Rule]:
    """All rules, by code."""
    return [rule for _, rule in sorted(rules.load().items())]
