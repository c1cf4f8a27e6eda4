"""The table of rules in the README; `python -m tests.rules_table` writes it anew.

In: the rules. Out: Markdown between the lines `<!-- rules -->` and `<!-- /rules -->`.
"""

from __future__ import annotations

import re

from tests.samples import ROOT, loaded

README = ROOT / "README.md"

_MARKED = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)


def table() -> str:
    """The table: a row a rule."""
    rows = [f"| {r.code} | {r.name} | {_cell(r.summary)} | {'yes' if r.opt_in else ''} |" for r in loaded()]
    return "\n".join(["", "| code | name | says | opt-in |", "| --- | --- | --- | --- |", *rows, "", ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def renewed(text: str) -> str:
    """A Markdown text with its table of rules as it should be; one without the marks stays as it is."""
    return _MARKED.sub(lambda _: table(), text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
