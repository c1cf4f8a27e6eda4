"""The door of flake8: its shape of a plugin, its options, its tuples.

In: the tree and lines that flake8 has read. Out: `(line, column, text, type)` for each finding.
Never: analysis. Nothing may leave `run()` but findings: flake8 would lose everybody's.
"""

from __future__ import annotations

import argparse
import ast
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

from flake8_valuetask import __version__
from flake8_valuetask.options import NAMES, OPT_IN, OTHERS, PATHS, WORDS, Options, WrongEntry, parse

if TYPE_CHECKING:
    from flake8_valuetask.finding import Finding

NEW_OBJECTS = 10_000
"""How many objects are made between two collections of garbage, at least. What is known of other modules lives as long
as the process, and each full collection looks at all of it: often, by the number that Python begins with (700, later
2,000)."""


class Message(str):
    """A line of text that carries its finding and the lines of the file, for reports.

    flake8 splits off the code; what is left carries them on, also out of another process.
    """

    finding: Finding
    lines: tuple[str, ...]

    def __new__(cls, text: str, finding: Finding, lines: tuple[str, ...]) -> Message:
        """The text, with both."""
        self = super().__new__(cls, text)
        self.finding, self.lines = finding, lines
        return self

    def __reduce__(self) -> tuple[type[Message], tuple[str, Finding, tuple[str, ...]]]:
        return Message, (str(self), self.finding, self.lines)

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        """As of any text; the last part carries on."""
        parts = super().split(sep, maxsplit)
        return [*parts[:-1], *(Message(part, self.finding, self.lines) for part in parts[-1:])]


class Plugin:
    """Misuse of one-shot awaitables, as flake8 wants it."""

    name = "flake8-valuetask"
    version = __version__
    options: ClassVar[Options] = Options()

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:
        self.tree = tree
        self.filename = filename
        self.lines = lines

    @staticmethod
    def add_options(manager: Any) -> None:
        """Add our options to flake8's; the opt-in rules are off there as well."""
        manager.extend_default_ignore(sorted(OPT_IN))
        for option in (*OTHERS, *NAMES):
            value: dict[str, Any] = {"action": "store_true"}
            if option.metavar:
                value = {"metavar": option.metavar, "default": "", "comma_separated_list": option.many}
                value["normalize_paths"] = option.name in PATHS
            manager.add_option(f"--valuetask-{option.name}", parse_from_config=True, help=option.help, **value)

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take over our options; a wrong entry is an error that names it."""
        given = {
            option.name: getattr(options, f"valuetask_{option.name.replace('-', '_')}") for option in (*OTHERS, *NAMES)
        }
        try:
            cls.options = parse(given)
        except WrongEntry as error:
            raise SystemExit(str(error)) from None
        _collect_seldom()

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """The findings of the file."""
        words = (*WORDS, *self.options.additions.words)
        if not any(word in line for line in self.lines for word in words):
            return
        from flake8_valuetask.analyze import check

        lines = tuple(self.lines)  # one for all, so that it is pickled once
        for finding in check(self.tree, self.lines, self.filename, self.options):
            text = Message(f"{finding.code} {finding.message}", finding, lines)
            yield finding.span.line, finding.span.column, text, type(self)


def _collect_seldom() -> None:
    """Let collections of garbage be rare between files, unless they are so already, or switched off; while a file is
    judged there are none (`project.collections`, which is not imported where nothing is judged)."""
    new, *older = gc.get_threshold()
    if 0 < new < NEW_OBJECTS:
        gc.set_threshold(NEW_OBJECTS, *older)
