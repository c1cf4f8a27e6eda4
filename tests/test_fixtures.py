"""The fixtures and the examples of the rules: every marked line is found, and nothing else is."""

from __future__ import annotations

import ast

import pytest

from tests import samples
from tests.samples import Sample

FIXTURES = [samples.fixture(path) for path in samples.paths()]
EXAMPLES = [example for rule in samples.loaded() for example in samples.examples(rule)]
ALL = [*FIXTURES, *EXAMPLES]


def complaints(sample: Sample) -> list[str]:
    """What differs between the markers and the findings of a sample, a line each."""
    messages = {(f.span.line, f.code): f.message for f in sample.findings}
    marked = {word: {(m.line, m.code) for m in sample.markers if m.word == word} for word in ("want", "miss", "false")}
    expected = marked["want"] | marked["false"]
    told = [
        ("missed", expected - messages.keys()),
        ("false alarm", messages.keys() - expected - marked["miss"]),
        ("found, though marked as a miss", marked["miss"] & messages.keys()),
    ]
    return [
        f"{what}: {sample.name}:{line} {code}: {sample.line(line)}  {messages.get((line, code), '')}".rstrip()
        for what, places in told
        for line, code in sorted(places)
    ]


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_findings_are_the_marked_ones(sample: Sample) -> None:
    differences = complaints(sample)
    assert not differences, "\n" + "\n".join(differences)


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_markers_are_well_formed(sample: Sample) -> None:
    assert not sample.malformed, "\n".join(sample.malformed)


@pytest.mark.parametrize("sample", EXAMPLES, ids=lambda sample: sample.name)
def test_examples_are_modules(sample: Sample) -> None:
    assert len(ast.parse(sample.text).body) > 1


@pytest.mark.parametrize("sample", EXAMPLES, ids=lambda sample: sample.name)
def test_wrong_examples_are_marked_with_their_code_and_right_ones_are_not(sample: Sample) -> None:
    code, _, title = sample.name.partition(" ")
    assert {m.code for m in sample.markers} == ({code} if title == "Wrong" else set())


@pytest.mark.parametrize("sample", [s for s in FIXTURES if "/clean/" in s.name], ids=lambda sample: sample.name)
def test_clean_modules_want_nothing(sample: Sample) -> None:
    assert [m for m in sample.markers if m.word == "want"] == []


def test_folders_are_not_empty() -> None:
    empty = [
        f.name for f in samples.FIXTURES.iterdir() if f.is_dir() and f.name[0] not in "_." and not [*f.rglob("*.py")]
    ]
    assert empty == []


def sample(text: str) -> Sample:
    """A sample of a value that is awaited twice, on line 8, with a comment."""
    return Sample(
        "sample.py",
        f"async def fetch():\n    return 1\n\n\nasync def twice():\n    page = fetch()\n    await page\n    await page{text}\n",
    )


@pytest.mark.parametrize(
    ("comment", "complaint"),
    [
        ("", "false alarm: sample.py:8 VT101: await page"),
        ("  # want: VT102", "missed: sample.py:8 VT102"),
        ("  # want: VT101, VT102", "missed: sample.py:8 VT102"),
        ("  # miss: VT101 (hard)", "found, though marked as a miss: sample.py:8 VT101"),
        ("  # false: VT102 (hard)", "missed: sample.py:8 VT102"),
    ],
)
def test_what_differs_is_told(comment: str, complaint: str) -> None:
    assert any(told.startswith(complaint) for told in complaints(sample(comment)))


@pytest.mark.parametrize(
    "comment", ["  # want: VT101", "  # false: VT101 (hard)", "  # want: VT101  # miss: VT102 (hard)"]
)
def test_what_agrees_is_not_told(comment: str) -> None:
    assert complaints(sample(comment)) == []


@pytest.mark.parametrize(
    "comment", ["# want VT101", "# want: VT1O1", "# miss: VT101", "# want: VT101,", "# false: VT101 ()"]
)
def test_malformed_markers_are_told(comment: str) -> None:
    assert len(Sample("sample.py", f"await page  {comment}\n").malformed) == 1
