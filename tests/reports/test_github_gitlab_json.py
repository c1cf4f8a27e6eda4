"""Annotations, GitLab's code quality and JSON, read back."""

from __future__ import annotations

import json
import re

import pytest

from flake8_valuetask.reports import entries as reporting
from flake8_valuetask.source import Span
from tests.reports.running import ALL, DOUBLE, FOREIGN, LOST, RETRY, Run, blocks, documentation
from tests.samples import ROOT

# GitHub


def commands(shown: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as GitHub reads them: the command, its properties, its message."""
    found = []
    for line in shown.splitlines():
        command = re.fullmatch(r"::(error|warning|notice) ([^\r\n]*?)::(.*)", line)
        assert command is not None
        pairs = dict(pair.split("=", 1) for pair in command[2].split(","))
        assert not any(":" in value for value in pairs.values())
        properties = {key: unescaped(value, ("%3A", ":"), ("%2C", ",")) for key, value in pairs.items()}
        found.append((command[1], properties, unescaped(command[3])))
    return found


def unescaped(text: str, *more: tuple[str, str]) -> str:
    """A text with its escapes undone, the one for "%" last."""
    for escape, character in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def test_github_annotations(run: Run) -> None:
    assert commands(run("vt-github", DOUBLE)) == [
        (
            "warning",
            {
                "file": "sample.py",
                "line": "7",
                "endLine": "7",
                "col": "5",
                "endColumn": "15",
                "title": "VT101 consumed-twice",
            },
            "coroutine `page` is awaited again; it was first awaited on line 6",
        )
    ]
    assert commands(run("vt-github", LOST))[2][1] == {
        "file": "sample.py",
        "line": "7",
        "endLine": "8",
        "title": "VT401 never-consumed",
    }


def test_github_levels(run: Run) -> None:
    files = {"a.py": RETRY, "b.py": "import os\n", "c.py": "x = (\n"}
    found = commands(run("vt-github", files, *ALL, select="VT,E9,F"))
    assert [(command, given["title"]) for command, given, _ in found] == [("notice", "VT105 awaitable-consumed-twice")]
    found = commands(run("vt-github", files, select="E9,F"))
    assert [(command, given["title"]) for command, given, _ in found] == [("warning", "F401"), ("error", "E999")]


def test_github_escapes() -> None:
    nasty = "a:b,c%0A%,\r\n::error::d.py"
    entry = reporting.Entry(nasty, "X1", nasty, Span(1, 0, 1, 0))
    from flake8_valuetask.reports import github

    shown = github.render([entry])
    assert shown.count("\n") == 1
    assert commands(shown) == [
        ("warning", {"file": nasty, "line": "1", "endLine": "1", "col": "1", "title": "X1"}, nasty)
    ]


# GitLab and JSON


def test_gitlab_has_what_it_needs(run: Run) -> None:
    report = json.loads(run("vt-gitlab", {"deep/a.py": DOUBLE, "b.py": LOST, "c.py": "import os\n"}, select="VT,F"))
    assert all(
        set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        and one["severity"] in ("info", "minor", "major", "critical", "blocker")
        and re.fullmatch(r"[0-9a-f]{64}", one["fingerprint"])
        for one in report
    )
    assert [(one["check_name"], one["location"]) for one in report][-3:] == [
        ("VT401", {"path": "b.py", "lines": {"begin": 7, "end": 8}}),
        ("F401", {"path": "c.py", "lines": {"begin": 1, "end": 1}}),
        ("VT101", {"path": "deep/a.py", "lines": {"begin": 7, "end": 7}}),
    ]
    assert len({one["fingerprint"] for one in report}) == len(report)


def fields(value: object, name: str = "") -> set[str]:
    """The names of all fields of a JSON value, as the table in the documentation writes them."""
    if isinstance(value, list):
        return {found for one in value for found in fields(one, f"{name}[]")}
    if not isinstance(value, dict):
        return set()
    found = {f"{name}.{key}".lstrip(".") for key in value}
    return found | {inner for key, one in value.items() for inner in fields(one, f"{name}.{key}".lstrip("."))}


def test_json_is_as_documented(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    table = re.findall(r"^\| `(\S+)` \|", documentation().split("## JSON")[1], re.MULTILINE)
    shown = fields(json.loads(run("vt-json", FOREIGN, select="VT,F")))
    ends = {name for name in shown if re.search(r"range\.", name)}
    assert shown - ends == set(table) - {"range.start`,"}
    assert {re.sub(r".*range\.(start|end)", "", name) for name in ends} == {"", ".line", ".column"}
    monkeypatch.chdir(ROOT)
    example = json.loads(run("vt-json", None, "docs/example.py"))
    assert blocks("json")[0] == {**example, "findings": example["findings"][:1]}


def test_json_of_others(run: Run) -> None:
    found = json.loads(run("vt-json", FOREIGN, select="VT,F401"))["findings"]
    point = {"line": 1, "column": 1}
    assert found[0] == {
        "path": "sample.py",
        "code": "F401",
        "name": None,
        "message": "'os' imported but unused",
        "range": {"start": point, "end": point},
        "places": [],
    }
    assert [one["code"] for one in found] == ["F401", "VT101"]
