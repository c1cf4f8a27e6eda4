"""The analyzer against CPython, on drawn programs that keep values in containers.

Which element an index or a method takes is not always known, so that not all that goes wrong is found; but what is
reported must fail on some path. A few false alarms are left, where a loop seems to have more or fewer rounds than its
container has elements. `python -m tests.test_collected_programs 5000` draws other programs, and shows
the shortest ones with a false alarm.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.agreement import Kind
from tests.collecting import program
from tests.test_drawn_programs import PROMISED, Outcome, outcome_of

PROGRAMS = 300  # about a minute of one core
SHARDS = 4
ALLOWED = 0.03  # of the programs
# An element that is not there, and the like.
BREAKS_OFF = (LookupError, ValueError, TypeError, AttributeError, NameError)


def broken_off(outcome: Outcome) -> bool:
    """Whether a path ended before its time: what is reported behind that cannot fail."""
    slips = any(one.kind is Kind.MISTYPED for one in outcome.execution.incidents)
    return slips or any(issubclass(each, BREAKS_OFF) for each in outcome.execution.raised)


def false_alarms(outcome: Outcome) -> list[str]:
    """The findings that fail on no path."""
    doubted = [one for one in outcome.findings if one.code in PROMISED and outcome.exhaustive]
    return [f"line {one.span.line}: {one.code} {one.message}" for one in doubted if not outcome.kept(one)]


def judged(seeds: Iterable[int]) -> tuple[Counter[str], list[tuple[str, list[str]]]]:
    """The numbers of what was seen, and the programs with a false alarm."""
    totals = Counter[str]()
    wrong: list[tuple[str, list[str]]] = []
    for seed in seeds:
        text = program(seed)
        outcome = outcome_of(text)
        assert not [one for one in outcome.findings if one.code == "VT000"], text
        if broken_off(outcome):
            continue
        totals.update(programs=1, findings=len(outcome.findings))
        totals.update(incident.kind.value for incident in outcome.execution.incidents)
        if alarms := false_alarms(outcome):
            wrong.append((text, alarms))
    return totals, wrong


@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_is_reported_fails(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    totals, wrong = judged(range(shard, PROGRAMS, SHARDS))
    with capsys.disabled():
        print(f"\n{dict(totals)}, {len(wrong)} programs with a false alarm")
    assert totals["findings"] > totals["programs"]
    assert len(wrong) <= ALLOWED * totals["programs"], "\n".join([text for text, _ in wrong])


def main(count: int) -> None:
    """Draw so many programs, others than the tests do."""
    totals, wrong = judged(range(PROGRAMS, PROGRAMS + count))
    for text, alarms in sorted(wrong, key=lambda each: len(each[0]))[:5]:
        print(*(f"{number:3} {line}" for number, line in enumerate(text.splitlines(), 1)), *alarms, "", sep="\n")
    print(f"{dict(totals)}, {len(wrong)} programs with a false alarm")


if __name__ == "__main__":
    main(int(sys.argv[1]))
