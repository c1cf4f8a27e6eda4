"""What a report says of rules: those of this plugin, and codes of which only the name is known.

In: codes. Out: `Facts`. Never: findings.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from textwrap import dedent
from typing import NamedTuple

from flake8_valuetask import rules
from flake8_valuetask.rule import Rule

_HEAD = re.compile(r"^(.+)\n-+$", re.MULTILINE)
_CODE = re.compile(r"(?:^ {4}.*\n?(?:^[ \t]*\n)*)+", re.MULTILINE)
_HOMES = ("documentation", "homepage", "repository", "source")
_FAILED = """\
That is a mistake in the plugin, and says nothing about your code. Please report it with the function
that the line names; until it is mended, `# noqa: VT000` on that line silences it."""
_HELP = 160  # a first sentence that is longer is no help in passing


class Facts(NamedTuple):
    """A code, its name ("" if unknown), one sentence on it, more of it, and all of it as text and as Markdown."""

    code: str
    name: str
    summary: str
    description: str
    text: str
    markdown: str
    opt_in: bool = False


def facts(code: str) -> Facts:
    """What is known of a code."""
    rule = rules.load().get(code)
    if rule is not None:
        text = rule.documentation.strip()
        why = " ".join(_section(text, "Why").split())
        return Facts(code, rule.name, f"{rule.summary}.", why, text, markdown(text), rule.opt_in)
    summary = f"{code} of another flake8 plugin."
    if code == "VT000":
        summary = "flake8-valuetask failed on this code; the rest was checked."
        more = f"{summary}\n\n{_FAILED}"
        return Facts(code, "", summary, summary, more, more)
    return Facts(code, "", summary, summary, summary, summary)


def name(code: str) -> str:
    """The name of a rule; "" for a code of somebody else."""
    rule = rules.load().get(code)
    return "" if rule is None else rule.name


def hint(rule: Rule) -> str:
    """One sentence that helps: the first on why the rule matters, or the summary if that one is long."""
    why = " ".join(_section(rule.documentation, "Why").split())
    first = re.split(r"(?<=\.)\s", why, maxsplit=1)[0]
    return first if len(first) <= _HELP else f"{rule.summary}."


def markdown(text: str) -> str:
    """The documentation of a rule with headings and blocks of code in the common spelling of Markdown."""
    fenced = _CODE.sub(lambda found: f"```python\n{dedent(found[0]).strip()}\n```\n\n", text + "\n")
    return _HEAD.sub(r"## \1", fenced).strip()


def home() -> str | None:
    """The address of the documentation, or else of the project; None if the installed package names none."""
    return next((addresses()[label] for label in _HOMES if label in addresses()), None)


def link(code: str) -> str | None:
    """The address of the page of a rule, or else of the project; None for codes that are no rules."""
    if code not in rules.load():
        return None
    site = addresses().get("documentation")
    return home() if site is None else f"{site.rstrip('/')}/rules/{code.lower()}.html"


@cache
def addresses() -> dict[str, str]:
    """The addresses that the metadata of the installed package names, by their labels in small letters."""
    try:
        given = metadata.metadata("flake8-valuetask").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return {}
    return {label.strip().lower(): address.strip() for label, _, address in (each.partition(",") for each in given)}


def _section(text: str, title: str) -> str:
    """The text below an underlined title."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^[^\n]+\n-+$|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""
