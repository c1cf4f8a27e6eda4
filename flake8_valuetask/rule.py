"""What a rule is: a code, a name, a message and a function from flows to reports.

In: a decorated function and its module's docstring. Out: `Rule` records in a registry. Never: trees,
other rules.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from flake8_valuetask.records import record
from flake8_valuetask.typestate import Flow


class Line(NamedTuple):
    """In the fields of a report: the number of the line where an origin stands."""

    at: int


@record
class Report:
    """A finding before it is put into words: its origin, the fields of the message, and the
    origins on the path to it with a phrase each."""

    at: int
    fields: dict[str, object]
    path: tuple[tuple[int, str], ...] = ()
    message: str | None = None


Check: TypeAlias = Callable[[Flow], Iterable[Report]]


@record
class Rule:
    """A rule and all that is said of it."""

    code: str
    name: str
    since: str
    message: str
    check: Check
    opt_in: bool
    module: str

    @property
    def documentation(self) -> str:
        """The docstring of the rule's module."""
        return sys.modules[self.module].__doc__ or ""

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.strip().splitlines()[0]

    @property
    def stem(self) -> str:
        """The name of its module, its fixtures and its page."""
        return self.module.rpartition(".")[2]


RULES: dict[str, Rule] = {}


def rule(code: str, *, name: str, since: str, message: str, opt_in: bool = False) -> Callable[[Check], Check]:
    """Register a check under `code`; fields of the report replace `{names}` in `message`."""

    def register(check: Check) -> Check:
        RULES[code] = Rule(code, name, since, message, check, opt_in, check.__module__)
        return check

    return register
