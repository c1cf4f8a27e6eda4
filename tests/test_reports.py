"""The formats of reports: what each writes, read back by what will read it."""

from __future__ import annotations

import argparse
import ast
import io
import json
import multiprocessing
import os
import pickle
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from email.message import Message as EmailMessage
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from flake8.formatting.default import Default
from flake8.main.cli import main as flake8_main
from flake8.violation import Violation

from docs import draw_trace
from flake8_valuetask import __version__
from flake8_valuetask.__main__ import main
from flake8_valuetask.finding import Finding, Place
from flake8_valuetask.options import OPT_IN
from flake8_valuetask.plugin import Message, Plugin
from flake8_valuetask.reports import entries as reporting
from flake8_valuetask.reports import rulebook, traces
from flake8_valuetask.source import Span
from tests import samples
from tests.samples import ROOT

try:
    from sarif_kit.validate import validation_errors
except ImportError:  # it wants Python 3.11

    def validation_errors(log: dict[str, Any]) -> list[str]:
        """Not looked for."""
        return [] if log else ["empty"]


FORMATS = ("vt-sarif", "vt-github", "vt-gitlab", "vt-json", "vt-trace")
DOUBLE = "async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n    await page\n    await page\n"
LOST = "async def fetch(): ...\n\n\nasync def sample():\n    fetch()\n    fetch()\n    fetch(\n    )\n"
LOOP = """\
async def fetch(): ...


async def sample(urls):
    page = fetch()

    # a line that says nothing
    for url in urls:
        print(url)
        print(url)
        try:
            print(await page)
        except OSError:
            continue
"""
RETRY = "from typing import Awaitable\n\n\nasync def f(a: Awaitable[int]) -> None:\n    await a\n    await a\n"
FOREIGN = f"import os\n{DOUBLE}x= '''\n  '''\n"
ALL = (f"--valuetask-enable={','.join(sorted(OPT_IN))}", "--select=VT")

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run flake8 in this process, in a folder with one file, or with several by name; what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Plugin, "options", Plugin.options)

    def run(form: str, text: str | dict[str, str] | None = None, *options: str, select: str = "VT") -> str:
        files = text if isinstance(text, dict) else {} if text is None else {"sample.py": text}
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(content, encoding="utf-8", newline="")
        common = ["--isolated", "-j1", "--valuetask-no-cache", f"--select={select}", f"--format={form}"]
        capsysbinary.readouterr()
        flake8_main([*common, *options, *files])
        shown = capsysbinary.readouterr()
        assert shown.err == b""
        return shown.out.decode("utf-8")

    return run


def process(folder: Path, *options: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """flake8 in a process of its own."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=VT", *options]
    return subprocess.run(command, capture_output=True, check=False, cwd=folder, **settings)


# What carries a finding through flake8


def message() -> Message:
    span = Span(7, 4, 7, 14)
    return Message("VT101 page is lost", Finding(span, "VT101", "page is lost", (Place(span, "here"),)), ("a\n",))


def test_a_message_is_the_text_that_it_was() -> None:
    text = "VT101 page is lost"
    given = message()
    assert (given, hash(given), f"{given}", given % (), json.dumps(given)) == (
        text,
        hash(text),
        text,
        text,
        f'"{text}"',
    )
    assert given.split() == text.split()
    assert given.split("x") == [text]
    assert Message(" ", given.finding, ()).split() == []


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_message_carries_its_finding_through_split_and_pickle(protocol: int) -> None:
    given = message()
    code, rest = pickle.loads(pickle.dumps(given, protocol)).split(" ", 1)
    assert (code, rest) == ("VT101", "page is lost")
    assert (rest.finding, rest.lines) == (given.finding, ("a\n",))
    assert pickle.loads(pickle.dumps(rest, protocol)).finding == given.finding


STARTED = """
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_findings_come_out_of_other_processes(method: str, tmp_path: Path) -> None:
    (tmp_path / "start.py").write_text(STARTED, encoding="utf-8")
    for name in ("one.py", "other.py"):
        (tmp_path / name).write_text(DOUBLE, encoding="utf-8")
    options = ["--isolated", "--select=VT", "--jobs=2", "--format=vt-json", "one.py", "other.py"]
    command = [sys.executable, "start.py", method, *options]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    found = json.loads(shown.stdout)["findings"]
    assert [(one["path"], len(one["places"])) for one in found] == [("one.py", 3), ("other.py", 3)]


def test_kept_findings_are_as_good(run: Run, tmp_path: Path) -> None:
    command = ("--format=vt-json", f"--valuetask-cache-dir={tmp_path / 'kept'}", "sample.py")
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    first, second = process(tmp_path, *command), process(tmp_path, *command)
    assert first.stdout == second.stdout == run("vt-json", DOUBLE).encode()


def test_other_formats_print_what_they_printed(run: Run) -> None:
    said = "coroutine `page` is awaited again; it was first awaited on line 6"
    assert run("default", DOUBLE) == f"sample.py:7:5: VT101 {said}\n"
    assert run("pylint", DOUBLE) == f"sample.py:7: [VT101] {said}\n"


# What holds for all formats


@pytest.mark.parametrize("form", FORMATS)
def test_output_file_and_tee(form: str, run: Run, tmp_path: Path) -> None:
    shown = run(form, DOUBLE)
    assert shown
    report = tmp_path / "reports" / "report.txt"
    assert run(form, DOUBLE, f"--output-file={report}") == ""
    assert report.read_bytes().decode("utf-8") == shown
    assert run(form, DOUBLE, f"--output-file={report}", "--tee", "--color=always") == (
        shown if form != "vt-trace" else run(form, DOUBLE, "--color=always")
    )
    twice = shown * 2 if form in ("vt-github", "vt-trace") else shown
    assert report.read_bytes().decode("utf-8") == twice


EACH = """
import sys
from flake8.main.cli import main

for form in sys.argv[1].split():
    main(["--isolated", "--select=VT", f"--format={form}", f"--output-file={form}", *sys.argv[2:]])
"""


def written(folder: Path, *options: str, given: str = "") -> dict[str, str]:
    """What flake8 writes in each format, all in one process of their own."""
    command = [sys.executable, "-c", EACH, " ".join(FORMATS), *options]
    shown = subprocess.run(command, input=given.encode(), capture_output=True, check=True, cwd=folder)
    assert (shown.stdout, shown.stderr) == (b"", b"")
    return {form: (folder / form).read_bytes().decode("utf-8") for form in FORMATS}


def test_more_jobs_change_nothing(run: Run, tmp_path: Path) -> None:
    files = {f"{name}.py": text for name, text in {"a": DOUBLE, "b": LOOP, "c": LOST, "d": "x = 1\n"}.items()}
    expected = {form: run(form, files) for form in FORMATS}
    assert written(tmp_path, "--jobs=2", *files) == expected


def test_standard_input_has_the_name_it_is_shown_by(run: Run, tmp_path: Path) -> None:
    expected = {form: run(form, {"shown/here.py": DOUBLE}) for form in FORMATS}
    (tmp_path / "shown" / "here.py").unlink()
    assert written(tmp_path, "--stdin-display-name=shown/here.py", "-", given=DOUBLE) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found(form: str, run: Run) -> None:
    shown = run(form, "x = 1\n")
    if form in ("vt-github", "vt-trace"):
        assert shown == ""
    else:
        empty = {"vt-gitlab": [], "vt-json": {"version": 1, "findings": []}}
        report = json.loads(shown)
        assert report == empty[form] if form in empty else report["runs"][0]["results"] == []


ENCODED = {
    "BOM": ("\N{ZERO WIDTH NO-BREAK SPACE}" + DOUBLE).encode(),
    "CRLF": DOUBLE.replace("\n", "\r\n").encode(),
    "CR": DOUBLE.replace("\n", "\r").encode(),
    "Latin-1": ("# coding: latin-1 \xe4\n" + DOUBLE.removeprefix("\n")).encode("latin-1"),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_encodings_and_ends_of_lines(content: bytes, form: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_bytes(content)
    shown = run(form, None, "sample.py")
    plain = DOUBLE if b"coding" not in content else "# coding: latin-1 \xe4\n" + DOUBLE
    assert shown == run(form, plain.replace("latin-1", "utf-8"))
    assert "\r" not in shown


@pytest.mark.parametrize("form", ["vt-json", "vt-trace"])
def test_statistics_do_not_get_into_a_report(form: str, run: Run, tmp_path: Path) -> None:
    shown = run(form, LOST)
    counted = process(tmp_path, f"--format={form}", "--statistics", "--benchmark", "sample.py")
    assert counted.stdout.decode("utf-8") == shown
    lines = counted.stderr.decode("utf-8").splitlines()
    assert lines[0] == "3     VT401 coroutine `fetch()` is never awaited"
    assert any(line.endswith(" seconds elapsed") for line in lines)


PATHS = {
    "sample.py": "sample.py",
    "./sample.py": "sample.py",
    "./deep/../sample.py": "sample.py",
    "deep/a b#%ä.py": "deep/a b#%ä.py",
    "..hidden/sample.py": "..hidden/sample.py",
}


@pytest.mark.parametrize(("given", "shown"), PATHS.items())
def test_paths_are_relative(given: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reporting.relative(given.replace("/", os.sep)) == shown
    assert reporting.relative(str(tmp_path / given)) == shown


def test_paths_elsewhere_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert reporting.relative(os.path.join("..", "sample.py")) == (tmp_path / "sample.py").as_posix()
    assert reporting.relative(str(tmp_path / "sample.py")) == (tmp_path / "sample.py").as_posix()


# SARIF


def sarif(shown: str) -> dict[str, Any]:
    """The one run of a valid log."""
    log = json.loads(shown)
    assert validation_errors(log) == []
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    found: dict[str, Any] = log["runs"][0]
    rules = found["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in found["results"]] == [one["ruleId"] for one in found["results"]]
    return found


def text_at(region: dict[str, int], text: str) -> str:
    """The text of a region, as SARIF counts."""
    lines = text.split("\n")[region["startLine"] - 1 : region["endLine"]]
    lines[-1] = lines[-1][: region["endColumn"] - 1]
    lines[0] = lines[0][region["startColumn"] - 1 :]
    return "\n".join(lines)


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


# Traces


def test_trace_of_a_loop(run: Run) -> None:
    assert run("vt-trace", LOOP).splitlines() == [
        "VT102 coroutine `page` is awaited again in the next round of the loop; it is",
        "      made once, on line 5",
        "  --> sample.py:12:19",
        "   |",
        " 5 |     page = fetch()",
        "   |            ------- made here",
        "...",
        " 8 |     for url in urls:",
        "...",
        "11 |         try:",
        "12 |             print(await page)",
        "   |                   ^^^^^^^^^^ first awaited here, comes round the loop,",
        "   |                              awaited again here",
        "   |",
        "   = help: The first round awaits the coroutine to its end; the second one",
        "           awaits the same object and raises `RuntimeError: cannot reuse already",
        "           awaited coroutine`.",
        "   = more: python -m flake8_valuetask explain VT102",
        "",
    ]


def test_trace_of_a_handler_and_of_a_call_over_lines(run: Run) -> None:
    text = DOUBLE.replace(
        "    await page\n    await", "    try:\n        await page\n    except OSError:\n        await"
    )
    shown = run("vt-trace", text).splitlines()
    assert " 8 |     except OSError:"[1:] in shown
    assert "7 |     fetch(" in run("vt-trace", LOST)
    assert "  |     ^^^^^^ made here (to line 8)" in run("vt-trace", LOST)


def test_trace_of_others(run: Run) -> None:
    shown = run("vt-trace", "import os\n", select="F")
    assert shown == "F401 'os' imported but unused\n --> sample.py:1:1\n  |\n1 | import os\n  | ^\n  |\n\n"
    assert run("vt-trace", None, "none.py", select="E9").startswith("E902 FileNotFoundError: ")


def width(text: str) -> int:
    """The cells of a text, as terminals have counted them for long: by tables of Unicode, without rich."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.combining(character) > 0 for character in text)
    return len(text) + wide - none


def underlined(shown: str) -> list[tuple[str, str]]:
    """For each underline: what stands above it, by cells, and the phrase beside it or below."""
    found = []
    text = ""
    lines = shown.splitlines()
    for row, below in zip(lines, [*lines[1:], ""], strict=True):
        gutter, _, rest = row.partition("|")
        rest = rest[1:]
        if gutter.strip().isdecimal():
            text = rest
        elif mark := re.fullmatch(r"( *)(\^+|-+)( .*)?", rest):
            start, length = len(mark[1]), len(mark[2])
            above = [
                c for n, c in enumerate(text) if start <= width(text[:n]) and width(text[: n + 1]) <= start + length
            ]
            phrase = mark[3] or below.partition("|")[2]
            found.append(("".join(above), phrase.strip()))
    return found


WIDE = {
    "East Asian": ("頁 = fetch('新聞')", "print('全角文字', await 頁)"),
    "emoji": ("page = fetch('😀')", "print('😀🎉', await page)"),
    "combining": ("page = fetch('e\u0301')", "print('e\u0301a\u0308', await page)"),
    "half width": ("page = fetch('ﾊﾟ')", "print('ﾊﾟ', await page)"),
    "tabs inside": ("page =\tfetch('\t')", "print('\t\t', \tawait page)"),
    "long": (f"page = fetch('{'x' * 200}')", f"print('{'y' * 200}', await page, '{'z' * 200}')"),
    "long and wide": (f"page = fetch('{'頁' * 99}')", f"print('{'頁' * 99}', await page, '{'頁' * 99}')"),
    "long to the left": (f"page = fetch({'x' * 100!r})", f"print('{'頁' * 99}', await page)"),
}


@pytest.mark.parametrize(("made", "used"), WIDE.values(), ids=WIDE)
@pytest.mark.parametrize("indent", ["    ", "\t"], ids=["spaces", "tabs"])
def test_trace_underlines_the_right_cells_in_80(made: str, used: str, indent: str, run: Run) -> None:
    body = f"{made}\nif x:\n{indent}{used}\n{used}\n".replace("\n", f"\n{indent}").rstrip()
    text = f"async def fetch(name): ...\n\n\nasync def sample(x):\n{indent}{body}\n"
    shown = run("vt-trace", text)
    assert max(map(width, shown.splitlines())) <= 80
    assert "\t" not in shown
    name = made.partition(" ")[0]
    (call, first), *rest = underlined(shown)
    assert first == "made here"
    assert call.startswith("fetch('")
    assert rest == [(f"await {name}", "first awaited here"), (f"await {name}", "awaited again here")]


def test_trace_prints_no_control_characters(run: Run) -> None:
    text = DOUBLE.replace("    await page\n", "    await page; print('\x1b[31m\x07\x9b\u202e')\n")
    shown = run("vt-trace", text)
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in shown.replace("\n", ""))
    assert "print('␛[31m␇��')" in shown


def test_trace_has_colours_only_where_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.setenv(name, "1")
    assert "\x1b" not in run("vt-trace", DOUBLE)
    assert "\x1b" not in run("vt-trace", DOUBLE, "--color=never")
    coloured = run("vt-trace", DOUBLE, "--color=always")
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == run("vt-trace", DOUBLE)
    assert "\x1b[" in coloured


def on_terminal(folder: Path, *command: str, **environment: str) -> str:
    """What a command of Python prints on a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    settings = {**kept, "TERM": "xterm", **environment}
    with subprocess.Popen([sys.executable, "-m", *command], stdout=theirs, stderr=theirs, cwd=folder, env=settings):
        os.close(theirs)
        return b"".join(_read(ours)).decode("utf-8").replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    with io.FileIO(terminal) as file:
        while True:
            try:
                part = file.read(65536)
            except OSError:  # Linux: the other side is closed
                return
            if not part:
                return
            yield part


def test_trace_on_a_terminal(run: Run, tmp_path: Path) -> None:
    plain = run("vt-trace", DOUBLE)
    command = ("flake8", "--isolated", "--select=VT", "--format=vt-trace", "sample.py")
    shown = on_terminal(tmp_path, *command)
    assert "\x1b[" in shown
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == plain
    assert on_terminal(tmp_path, *command, NO_COLOR="1") == plain
    assert on_terminal(tmp_path, *command, TERM="dumb") == plain
    narrow = on_terminal(tmp_path, *command, COLUMNS="50", NO_COLOR="1")
    assert max(map(len, narrow.splitlines())) <= 50


WITHOUT_RICH = "import sys; sys.modules['rich'] = None; from flake8.main.cli import main; sys.exit(main(sys.argv[1:]))"


def test_trace_without_rich_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    command = [sys.executable, "-c", WITHOUT_RICH, "--isolated", "--select=VT", "sample.py", "--format"]
    shown = subprocess.run([*command, "vt-trace"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == 'vt-trace needs the package rich: pip install "flake8-valuetask[trace]"\n'
    others = subprocess.run([*command, "vt-json"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (others.stderr, len(json.loads(others.stdout)["findings"])) == ("", 1)


# The other ways to look at rules


def test_sub_commands_are_the_flags(capsys: pytest.CaptureFixture[str]) -> None:
    for new, old in ((["explain", "vt102"], ["--explain", "VT102"]), (["list"], ["--list"])):
        assert main(new) == 0
        shown = capsys.readouterr().out
        assert main(old) == 0
        assert capsys.readouterr().out == shown
    assert main(["explain", "VT999"]) == 1
    assert "no such rule" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["explain"], ["list", "VT101"], ["--list", "list"], ["lists"], ["explain", "a", "b"]]
)
def test_sub_commands_are_used_alone(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m flake8_valuetask" in capsys.readouterr().err


def test_rules_on_a_terminal(tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "flake8_valuetask", "explain", "VT102", COLUMNS="80")
    assert "\x1b[" in shown
    words = " ".join(re.sub(r"\x1b\[[\d;]*m", "", shown).split())
    assert words.startswith("VT102 consumed-in-loop since 0.1.0 A one-shot value made outside")
    assert "async def wait_until_ready() -> int:" in words
    listed = on_terminal(tmp_path, "flake8_valuetask", "list", COLUMNS="80", NO_COLOR="1")
    assert all(re.search(rf"^.{{,4}}{rule.code}\b.* {rule.name} ", listed, re.MULTILINE) for rule in samples.loaded())


# What reads flake8's own formats


@cache
def known() -> list[Violation]:
    """What flake8 makes of the findings of a module of each rule."""
    modules = [samples.fixture(samples.lasting(rule.stem)[0]) for rule in samples.loaded()]
    return [
        Violation(one.code, sample.name, one.span.line, one.span.column + 1, one.message, sample.line(one.span.line))
        for sample in modules
        for one in sample.findings
    ]


READERS = {
    "problem matcher": ("default", r"^(.+?):(\d+):(\d+):\s+(VT\d{3})\s+(.*)$"),
    "pylsp": ("default", r"(.*):(\d*):(\d*): (\w*) (.*)"),
    "ALE": ("default", r"\v^([a-zA-Z]?:?[^:]+):(\d+):?(\d+)?: ([[:alnum:]]+):? (.*)$"),
    "flycheck": ("default", r"^(.*?):(\d+):(\d+): ([A-Z]+[0-9]+) (.*)$"),
    "VS Code": (
        "%(row)d,%(col)d,%(code).1s,%(code)s:%(text)s",
        r"^()(?P<line>\d+),(?P<column>-?\d+),\w+,(?P<code>\w+\d+):(?P<message>[^\r\n]*)$",
    ),
}


@pytest.mark.parametrize(("form", "pattern"), READERS.values(), ids=READERS)
def test_readers_of_flake8_find_the_place(form: str, pattern: str) -> None:
    python = pattern.replace("[[:alnum:]]", "[a-zA-Z0-9]").removeprefix(r"\v")
    formatter = Default(argparse.Namespace(format=form, color="never", output_file=None))
    assert len(known()) > 200
    for one in known():
        line = formatter.format(one)
        found = re.fullmatch(python, line or "")
        assert found is not None, line
        assert found.group(1) in (one.filename, "")
        assert found.groups()[1:] == (str(one.line_number), str(one.column_number), one.code, one.text)


def test_the_problem_matcher_is_the_one_that_was_tried() -> None:
    [matcher] = json.loads((ROOT / "docs" / "problem-matcher.json").read_text(encoding="utf-8"))["problemMatcher"]
    [pattern] = matcher["pattern"]
    assert pattern.pop("regexp") == READERS["problem matcher"][1]
    assert pattern == {"file": 1, "line": 2, "column": 3, "code": 4, "message": 5}


# The documentation


def documentation() -> str:
    return (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[Any]:
    """The examples in a language, parsed."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", documentation(), re.MULTILINE | re.DOTALL)
    return [{"yaml": yaml.safe_load, "json": json.loads}.get(language, str)(one) for one in found]


def test_examples_in_the_documentation_are_valid() -> None:
    assert len(blocks("json")) == 2
    assert len(blocks("yaml")) == 4
    commands = [step["run"] for one in blocks("yaml")[:2] for step in one["jobs"]["flake8"]["steps"] if "run" in step]
    assert [re.findall(r"vt-\w+", one) for one in commands] == [[], ["vt-sarif"], [], ["vt-github"]]
    assert set(FORMATS) <= set(re.findall(r"vt-\w+", documentation()))


def test_the_documentation_shows_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    [trace] = blocks("console")
    printed = run("vt-trace", None, "docs/example.py")
    assert printed.startswith(trace.partition("\n")[2].removesuffix("[...]\n"))
    [line] = blocks("text")
    assert run("vt-github", None, "docs/example.py").startswith(line)


def test_the_picture_shows_what_is_printed() -> None:
    drawn = (ROOT / "docs" / "trace.svg").read_text(encoding="utf-8")
    rows: dict[float, dict[float, str]] = {}
    for x, y, text in re.findall(r'<text class="trace-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', drawn):
        rows.setdefault(float(y), {})[float(x)] = unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    shown = ["".join(parts[x] for x in sorted(parts)) for _, parts in sorted(rows.items())]
    printed = traces.render(draw_trace.entries(), 80, False).splitlines()
    assert ["".join(row.split()) for row in shown] == ["".join(row.split()) for row in printed if row]


def test_ranges_in_fixtures_are_expressions() -> None:
    checked = 0
    for rule in ("vt101_consumed_twice", "vt401_never_consumed", "vt104_duplicated"):
        sample = samples.fixture(samples.lasting(rule)[0])
        for finding in sample.findings:
            for span in (finding.span, *(place.span for place in finding.places)):
                region = dict(zip(("startLine", "startColumn", "endLine", "endColumn"), span, strict=True))
                region["startColumn"] += 1
                region["endColumn"] += 1
                ast.parse(f"async def f():\n (\n{text_at(region, sample.text)}\n )")
                checked += 1
    assert checked > 50


def test_places_follow_the_path() -> None:
    spans = [Span(n, 0, n, 1) for n in range(5)]
    places = [Place(span, f"{n}") for n, span in enumerate(spans[:4])] + [Place(spans[4], "or made here")]
    ordered = reporting.path_of(Finding(spans[3], "VT101", "", tuple(places)))
    assert [place.phrase for place in ordered] == ["0", "or made here", "1", "2", "3"]
    assert all(above != below for above, below in pairwise(ordered))
