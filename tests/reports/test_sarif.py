"""SARIF, read back by a validator and as viewers read it."""

from __future__ import annotations

import json
import os
import re
import sys
from email.message import Message as EmailMessage
from pathlib import Path
from typing import Any

import pytest

from flake8_valuetask import __version__
from flake8_valuetask.reports import rulebook
from tests import samples
from tests.reports.running import DOUBLE, FOREIGN, LOOP, LOST, Run, text_at

try:
    from sarif_kit.validate import validation_errors
except ImportError:  # it wants Python 3.11

    def validation_errors(log: dict[str, Any]) -> list[str]:
        """Not looked for."""
        return [] if log else ["empty"]


def sarif(shown: str) -> dict[str, Any]:
    """The one run of a valid log."""
    log = json.loads(shown)
    assert validation_errors(log) == []
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    found: dict[str, Any] = log["runs"][0]
    rules = found["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in found["results"]] == [one["ruleId"] for one in found["results"]]
    return found


def steps(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The locations of the only path of a result, which are numbered in order."""
    [flow] = result["codeFlows"]
    [thread] = flow["threadFlows"]
    assert [step["executionOrder"] for step in thread["locations"]] == [*range(1, len(thread["locations"]) + 1)]
    return [step["location"] for step in thread["locations"]]


def test_sarif_is_valid_and_complete(run: Run) -> None:
    found = sarif(run("vt-sarif", {"a.py": DOUBLE, "b.py": LOOP, "c.py": LOST}))
    driver = found["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("flake8-valuetask", __version__)
    assert found["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in samples.loaded()]
    assert [one["ruleId"] for one in found["results"]] == ["VT101", "VT102", "VT401", "VT401", "VT401"]
    place = found["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 15}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the validator wants Python 3.11")
def test_a_broken_log_is_not_valid(run: Run) -> None:
    with pytest.raises(AssertionError):
        sarif(run("vt-sarif", DOUBLE).replace('"startLine": 7', '"startLine": "7"'))


def test_sarif_rules_are_documented(run: Run) -> None:
    rules = {rule["id"]: rule for rule in sarif(run("vt-sarif", "x = 1\n"))["tool"]["driver"]["rules"]}
    for rule in samples.loaded():
        told = rules[rule.code]
        assert told["name"].lower() == rule.name.replace("-", "")
        assert told["shortDescription"]["text"] == f"{rule.summary}."
        assert len(told["fullDescription"]["text"]) > 100
        assert told["help"]["text"] == rule.documentation.strip()
        fences = re.findall(r"^```python\n(.*?)^```$", told["help"]["markdown"], re.MULTILINE | re.DOTALL)
        assert [one.text for one in samples.examples(rule)] == fences
        assert re.findall(r"^## (.*)$", told["help"]["markdown"], re.MULTILINE) == list(samples.SECTIONS)
        enabled = {"enabled": False, "level": "note"} if rule.opt_in else {"level": "warning"}
        assert told["defaultConfiguration"] == enabled


SITE = {"documentation": "https://example.org/docs/"}


def test_sarif_names_the_documentation_that_the_package_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "addresses", lambda: SITE)
    driver = sarif(run("vt-sarif", FOREIGN, select="VT,F"))["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org/docs/"
    links = {rule["id"]: rule.get("helpUri") for rule in driver["rules"]}
    assert links["VT101"] == "https://example.org/docs/rules/vt101.html"
    assert "helpUri" not in driver["rules"][-1]


def test_sarif_makes_up_no_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "addresses", dict)
    driver = sarif(run("vt-sarif", DOUBLE))["tool"]["driver"]
    assert "informationUri" not in driver
    assert [rule["id"] for rule in driver["rules"] if "helpUri" in rule] == []


@pytest.mark.parametrize(
    ("urls", "home", "link"),
    [
        ([], None, None),
        (["Changelog, https://example.org/c"], None, None),
        (
            ["Source, https://example.org/s", "Documentation, https://example.org/d"],
            "https://example.org/d",
            "https://example.org/d/rules/vt101.html",
        ),
        (["Homepage, https://example.org/h"], "https://example.org/h", "https://example.org/h"),
    ],
)
def test_the_address_of_the_documentation(
    urls: list[str], home: str | None, link: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = EmailMessage()
    for url in urls:
        given["Project-URL"] = url
    monkeypatch.setattr("importlib.metadata.metadata", lambda name: given)
    monkeypatch.setattr(rulebook, "addresses", rulebook.addresses.__wrapped__)
    assert (rulebook.home(), rulebook.link("VT101"), rulebook.link("VT000")) == (home, link, None)


def test_a_failure_of_the_plugin_is_an_error_in_each_format(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("flake8_valuetask.analyze.Analysis.findings", fail)
    [result] = sarif(run("vt-sarif", DOUBLE))["results"]
    assert (result["ruleId"], result["level"]) == ("VT000", "error")
    assert run("vt-github", DOUBLE).startswith(
        "::error file=sample.py,line=1,endLine=1,col=1,title=VT000::internal error"
    )
    assert json.loads(run("vt-gitlab", DOUBLE))[0]["severity"] == "critical"
    assert json.loads(run("vt-json", DOUBLE))["findings"][0]["name"] is None
    assert "1 | async def fetch(): ...\n  | ^\n" in run("vt-trace", DOUBLE)


def test_sarif_ranges_are_those_of_the_source(run: Run) -> None:
    text = DOUBLE.replace("await page\n    await", "await page; größe = 'ß€𝄞'; await")
    [result] = sarif(run("vt-sarif", text))["results"]
    assert text_at(result["locations"][0]["physicalLocation"]["region"], text) == "await page"
    found = [text_at(step["physicalLocation"]["region"], text) for step in steps(result)]
    assert found == ["fetch()", "await page", "await page"]
    *_, last = sarif(run("vt-sarif", LOST))["results"]
    assert text_at(last["locations"][0]["physicalLocation"]["region"], LOST) == "fetch(\n    )"


def test_sarif_paths_are_in_order(run: Run) -> None:
    [result] = sarif(run("vt-sarif", LOOP))["results"]
    said = [step["message"]["text"] for step in steps(result)]
    assert said == ["made here", "first awaited here", "comes round the loop", "awaited again here"]
    assert [one["message"]["text"] for one in result["relatedLocations"]] == ["made here"]
    assert [one["id"] for one in result["relatedLocations"]] == [1]
    lost = sarif(run("vt-sarif", LOST))["results"][0]
    assert "codeFlows" not in lost
    assert "relatedLocations" not in lost


def test_values_that_may_be_made_elsewhere_come_first(run: Run) -> None:
    text = "import asyncio\n" + DOUBLE.replace(
        "fetch()\n    await page\n    await page", "[fetch(), fetch()]\n    {0}\n    {0}"
    )
    [result] = sarif(run("vt-sarif", text.format("await asyncio.gather(*page)")))["results"]
    assert [step["message"]["text"] for step in steps(result)][:2] == ["made here", "or made here"]


def fingerprints(run: Run, text: str, name: str = "sample.py", select: str = "VT") -> list[str]:
    """The fingerprints of a file: unique, and the same for SARIF and GitLab."""
    found = sarif(run("vt-sarif", {name: text}, select=select))["results"]
    marks = [one["partialFingerprints"]["valuetaskFinding/v1"] for one in found]
    assert [one["fingerprint"] for one in json.loads(run("vt-gitlab", {name: text}, select=select))] == marks
    assert len(set(marks)) == len(marks)
    return marks


@pytest.mark.parametrize("text", [DOUBLE, LOOP, LOST, FOREIGN], ids=["double", "loop", "lost", "foreign"])
def test_fingerprints_stay_when_lines_move(text: str, run: Run) -> None:
    known = fingerprints(run, text, select="VT,F,E225")
    assert known
    assert fingerprints(run, "# one\n\n\n# other\n" + text, select="VT,F,E225") == known
    moved = text.replace("    page = fetch()\n", "    print()\n    page = fetch()\n    print()\n")
    assert fingerprints(run, moved, select="VT,F,E225") == known
    indented = text.replace("\n    fetch()\n", "\n    if True:\n        fetch()\n", 1)
    assert fingerprints(run, indented, select="VT,F,E225") == known


def test_fingerprints_differ_where_findings_do(run: Run) -> None:
    known = fingerprints(run, LOST)
    assert len(known) == 3
    assert fingerprints(run, LOST.replace("    fetch()\n", "", 1)) == [known[0], known[2]]
    assert not set(fingerprints(run, LOST, "other.py")) & set(known)
    assert not set(fingerprints(run, LOST.replace("fetch", "fetched"))) & set(known)


def test_findings_of_others_are_results(run: Run) -> None:
    found = sarif(run("vt-sarif", {"a.py": FOREIGN, "b.py": "import os\n", "c.py": "x = (\n"}, select="VT,F,E225,E9"))
    told = [
        (one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]["region"]) for one in found["results"]
    ]
    assert told[:2] == [
        ("F401", "warning", {"startLine": 1, "startColumn": 1}),
        ("VT101", "warning", {"startLine": 8, "startColumn": 5, "endLine": 8, "endColumn": 15}),
    ]
    assert [one[0] for one in told[2:]] == ["E225", "F401", "E999"]
    assert told[-1][1] == "error"
    rule = found["tool"]["driver"]["rules"][-1]
    assert rule["id"] == "F401"
    assert rule["shortDescription"]["text"] == "F401 of another flake8 plugin."


def test_unreadable_file_is_a_result(run: Run) -> None:
    [result] = sarif(run("vt-sarif", None, "none.py", select="E9"))["results"]
    assert result["ruleId"] == "E902"
    assert json.loads(run("vt-gitlab", None, "none.py", select="E9"))[0]["location"]["lines"] == {"begin": 1, "end": 1}
    assert "line=1," in run("vt-github", None, "none.py", select="E9")


def test_sarif_addresses_are_quoted(run: Run, tmp_path: Path) -> None:
    inside = sarif(run("vt-sarif", {"deep er/a#%ä.py": DOUBLE}))["results"][0]
    place = inside["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "deep%20er/a%23%25%C3%A4.py", "uriBaseId": "%SRCROOT%"}
    (tmp_path / "inner").mkdir()
    os.chdir(tmp_path / "inner")
    outside = sarif(run("vt-sarif", None, str(tmp_path / "deep er" / "a#%ä.py")))["results"][0]
    place = outside["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (tmp_path / "deep er" / "a#%ä.py").as_uri()}
