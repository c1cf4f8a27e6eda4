"""Rules about rules: names, places, documentation, messages, and what is derived from them."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from flake8_valuetask import __version__, rules
from flake8_valuetask.options import OPT_IN
from flake8_valuetask.rule import Rule
from tests import rules_table, samples
from tests.samples import FIXTURES, ROOT, SECTIONS

RULES = samples.loaded()
MODULES = sorted((ROOT / "flake8_valuetask" / "rules").glob("vt*.py"))

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_every_module_registers_one_rule() -> None:
    assert sorted(rule.stem for rule in RULES) == [module.stem for module in MODULES]


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@each_rule
def test_module_is_called_for_code_and_name(rule: Rule) -> None:
    assert re.fullmatch(r"VT[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.stem == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert rules.load()[rule.code] is rule


def test_rules_and_folders_of_fixtures_are_the_same() -> None:
    assert {f.name for f in FIXTURES.glob("vt*") if f.is_dir()} == {rule.stem for rule in RULES}


@each_rule
def test_fixtures_of_a_rule_show_it_and_its_cure(rule: Rule) -> None:
    markers = [marker for path in samples.paths(rule.stem) for marker in samples.fixture(path).markers]
    assert rule.code in {marker.code for marker in markers if marker.word == "want"}


@each_rule
def test_sections_come_in_order(rule: Rule) -> None:
    lines = rule.documentation.splitlines()
    heads = [line for line, below in zip(lines, lines[1:], strict=False) if line and below == "-" * len(line)]
    assert tuple(heads) == SECTIONS
    assert all(samples.section(rule.documentation, title).strip() for title in SECTIONS)


@each_rule
def test_summary_is_one_line_without_full_stop(rule: Rule) -> None:
    first, second, *_ = rule.documentation.splitlines()
    assert first == rule.summary
    assert second == ""
    assert not first.endswith(".")
    assert len(first) < 100


@each_rule
def test_first_version_is_not_in_the_future(rule: Rule) -> None:
    assert tuple(map(int, rule.since.split("."))) <= tuple(map(int, __version__.split(".")))


@each_rule
def test_template_starts_small(rule: Rule) -> None:
    assert re.match(r"[a-z`{]|ValueTask\b", rule.message)
    assert not rule.message.endswith(".")
    assert all(re.fullmatch(r"[a-z_]*", field or "") for _, field, _, _ in Formatter().parse(rule.message))


def faults(message: str) -> list[str]:
    """What is wrong with a filled message."""
    checks = {
        "starts with a capital": not re.match(r"[a-z`]|(ValueTask|Awaitable)\b", message),
        "ends with a full stop": message.endswith("."),
        "is too long": len(message) >= 120,
        "has more than a line": "\n" in message,
        "looks like a place": re.search(r":\d+:\d+:|:::", message) is not None,
        "has an unfilled field": "{" in message or "}" in message,
        "has spaces too many": "  " in message or message != message.strip(),
    }
    return [what for what, wrong in checks.items() if wrong]


@each_rule
def test_messages_are_well_formed(rule: Rule) -> None:
    modules = [*map(samples.fixture, samples.paths(rule.stem)), *samples.examples(rule)]
    found = [finding for sample in modules for finding in sample.findings]
    assert rule.code in {finding.code for finding in found}
    assert {f.message: faults(f.message) for f in found if faults(f.message)} == {}


@pytest.mark.parametrize(
    "message",
    ["Page is lost", "page is lost.", "page " * 24 + "p", "a\nb", "see a.py:3:4: x", "a ::: b", "page {name}"],
)
def test_faults_of_messages_are_seen(message: str) -> None:
    assert len(faults(message)) == 1


def test_opt_in_codes_are_those_of_the_rules() -> None:
    assert {rule.code for rule in RULES if rule.opt_in} == OPT_IN


@each_rule
def test_opt_in_rules_say_so(rule: Rule) -> None:
    decided = samples.section(rule.documentation, "How it is decided")
    assert decided.startswith("Opt-in") == rule.opt_in


def test_readme_table_is_current() -> None:
    text = rules_table.README.read_text(encoding="utf-8")
    assert rules_table.renewed(text) == text, "`python -m tests.rules_table` writes it anew"


def test_table_is_renewed_between_its_marks() -> None:
    text = rules_table.renewed("before\n<!-- rules -->\nstale\n<!-- /rules -->\nafter\n")
    assert "stale" not in text
    assert text.startswith("before\n<!-- rules -->\n\n| code |")
    assert text.endswith("|\n\n<!-- /rules -->\nafter\n")
    assert text.count("\n| VT") == len(RULES)
    assert text.count("| yes |") == len(OPT_IN)
    assert rules_table.renewed(text) == text
