"""The only file that knows flake8: its shape of a plugin, its options, its tuples.

In: the tree and lines that flake8 has read. Out: `(line, column, text, type)` for each finding.
Never: analysis. Nothing may leave `run()` but findings: flake8 would lose everybody's.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from typing import Any, ClassVar

from flake8_valuetask import __version__
from flake8_valuetask.options import OPT_IN, Options

# A module without these words makes, takes and awaits nothing that is one-shot.
_WORDS = ("async", "await", "ValueTask", "Coroutine")


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
        manager.add_option(
            "--valuetask-enable",
            metavar="CODES",
            default="",
            parse_from_config=True,
            comma_separated_list=True,
            help=f"Opt-in rules of flake8-valuetask to switch on ({', '.join(sorted(OPT_IN))}).",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take over our options; an unknown code is an error that names it."""
        asked = frozenset(options.valuetask_enable)
        unknown = sorted(asked - OPT_IN)
        if unknown:
            known = ", ".join(sorted(OPT_IN))
            raise SystemExit(f"--valuetask-enable: {unknown[0]!r} is no opt-in rule; these are: {known}")
        cls.options = Options(opt_in=asked)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """The findings of the file."""
        if not any(word in line for line in self.lines for word in _WORDS):
            return
        from flake8_valuetask.analyze import check

        for finding in check(self.tree, self.lines, self.filename, self.options):
            yield finding.span.line, finding.span.column, f"{finding.code} {finding.message}", type(self)
