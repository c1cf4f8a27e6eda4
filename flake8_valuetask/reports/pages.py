"""The documentation of rules on a terminal: headings, highlighted examples, a table.

In: rules. Out: print. Never: where standard output is no terminal, or rich is missing; plain text serves there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flake8_valuetask.reports.rulebook import markdown
from flake8_valuetask.rule import Rule

if TYPE_CHECKING:
    from rich.console import Console


def terminal() -> Console | None:
    """The terminal that standard output is, if rich can draw on it."""
    if not sys.stdout.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)


def explain(head: str, rule: Rule, console: Console) -> None:
    """Print the documentation of a rule under a head."""
    from rich.markdown import Markdown
    from rich.text import Text

    console.print(Text(head))
    console.print(Markdown(markdown(rule.documentation.strip())))


def listed(known: Iterable[Rule], console: Console) -> None:
    """Print the table of rules."""
    from rich.table import Table
    from rich.text import Text

    table = Table("code", "name", "says", box=None, padding=(0, 2, 0, 0))
    for rule in known:
        opt_in = " (opt-in)" if rule.opt_in else ""
        table.add_row(Text(rule.code, "bold"), Text(rule.name), Text(rule.summary + opt_in))
    console.print(table)
