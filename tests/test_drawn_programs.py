"""The analyzer against CPython, on drawn programs.

What the runtime rejects or loses on any path must be reported, and what is reported must fail on some path.
`python -m tests.test_drawn_programs 50000 --jobs 2` draws other programs than the tests, and more.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from flake8_valuetask.finding import Finding
from flake8_valuetask.source import Span
from tests.agreement import Budget, Execution, Incident, Kind, module_from_source
from tests.agreement.execution import execute
from tests.analyses import findings, flow
from tests.drawing import PRODUCERS, programs

BUDGET = Budget(paths=60, varied=25, questions=30, lines=300)
PROGRAMS = 2000  # some three minutes of one core
SHARDS = 8
SHARD = 500  # programs of a shard of a longer run
SECOND = frozenset({"VT101", "VT102", "VT103", "VT104", "VT306"})
LOST = frozenset({"VT401", "VT402", "VT403"})
PROMISED = {**dict.fromkeys(("VT101", "VT102", "VT103"), Kind.REJECTED), **dict.fromkeys(sorted(LOST), Kind.LOST)}


@dataclass(frozen=True)
class Outcome:
    """What the analyzer says of a program, and what happens when it runs."""

    lines: Sequence[str]
    findings: Sequence[Finding]
    execution: Execution

    @property
    def exhaustive(self) -> bool:
        """Whether all paths were run, as far as loops go."""
        return self.execution.paths < BUDGET.paths

    def disagreements(self) -> Iterator[str]:
        """Where the two differ, as sentences; beyond the analyzer's cap of paths it may miss something."""
        for incident in self.execution.incidents:
            if not (
                self._said(incident)
                or self._follows_another(incident)
                or self._has_second_finding(incident)
                or self.joined
            ):
                yield f"line {incident.line}: {incident.kind.value}, but not reported: {incident.text}"
        for finding in self.findings:
            if finding.code in PROMISED and self.exhaustive and not self.kept(finding):
                yield f"line {finding.span.line}: {finding.code} is reported, but it never fails"
            if finding.code == "VT000":
                yield finding.message

    @cached_property
    def joined(self) -> bool:
        """Whether the program has more paths than the analyzer tells apart."""
        return flow("".join(f"{line}\n" for line in self.lines), "drawn").joined

    def _said(self, incident: Incident) -> bool:
        wanted = {Kind.REJECTED: SECOND, Kind.LOST: LOST}.get(incident.kind, frozenset())
        return any(one.code in wanted and one.span.line in incident.lines for one in self.findings)

    def _follows_another(self, incident: Incident) -> bool:
        """A third consumption says nothing new; it is one only if each run came by a reported second one."""
        seconds = {one.span.line for one in self.findings if one.code in SECOND}
        return incident.kind is Kind.REJECTED and all(seconds & run - incident.lines for run in incident.runs)

    def _has_second_finding(self, incident: Incident) -> bool:
        """A value that is lost here and consumed twice elsewhere has one finding, which names it or where it was made.

        A nested function's finding stands where the function uses the name.
        """
        seconds = [one for one in self.findings if one.code in SECOND]
        places = {place.span.line for one in seconds for place in one.places}
        names = {self.lines[line - 1].partition(" = ")[0].strip() for line in incident.lines}
        said = [f"{one.message} {self.lines[one.span.line - 1]}" for one in seconds]
        named = any(re.search(rf"\b{re.escape(name)}\b", text) for text in said for name in names)
        return incident.kind is Kind.LOST and (named or bool(places & incident.lines))

    def kept(self, finding: Finding) -> bool:
        """The finding fails on some path, or its line never runs; or paths beyond another rejection are cut off by it."""
        incidents = self.execution.incidents
        if finding.span.line not in self.execution.executed:
            return True
        if any(one.kind is PROMISED[finding.code] and finding.span.line in one.lines for one in incidents):
            return True
        return any(one.kind is Kind.REJECTED and finding.span.line not in one.lines for one in incidents)


def outcome_of(text: str) -> Outcome:
    """Analyze and run a program."""
    module = module_from_source(text, "drawn")
    execution = execute(module, module.scenarios[-1], BUDGET)
    assert execution.obstacle is None, execution.obstacle
    return Outcome(text.splitlines(), findings(text), execution)


def check(text: str, totals: Counter[str]) -> None:
    """Fail if analyzer and runtime disagree on a program."""
    outcome = outcome_of(text)
    totals.update(programs=1, paths=outcome.execution.paths, clean=not outcome.findings)
    totals.update(finding.code for finding in outcome.findings)
    problems = list(outcome.disagreements())
    totals["joined"] += vars(outcome).get("joined", False)
    said = [f"{one.span.line}: {one.code} {one.message}" for one in outcome.findings]
    numbered = [f"{number:3} {line}" for number, line in enumerate(text.splitlines(), 1)]
    assert not problems, "\n".join([*numbered, *problems, *said, *map(repr, outcome.execution.incidents)])


def run(count: int, shard: int | None = None) -> Counter[str]:
    """Draw so many programs, always the same ones for a shard; the numbers of what was seen."""
    totals = Counter[str]()

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(programs())
    def held_together(text: str) -> None:
        check(text, totals)

    (held_together if shard is None else seed(shard)(held_together))()
    return totals


@pytest.mark.parametrize("shard", range(SHARDS))
def test_analyzer_and_runtime_agree(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    totals = run(PROGRAMS // SHARDS, shard)
    with capsys.disabled():
        print(f"\n{totals['programs']} drawn programs, {totals['clean']} without a finding, {totals['paths']} paths")
    assert totals["clean"] > totals["programs"] / 10
    assert all(totals[code] for code in PROMISED if code not in ("VT102", "VT103")), totals


@pytest.mark.parametrize(
    "body",
    [
        "a = fetch(1)\n    await a\n    await a",
        "a = fetch(1)\n    if p:\n        await a",
        "a = fetch(1)\n    for _ in range(2):\n        await a",
        "a = fetch(1)\n    await a",
    ],
)
def test_comparison_notices(body: str) -> None:
    """The comparison itself notices a finding that is missing, and one that is wrong."""
    outcome = outcome_of(f"{PRODUCERS}async def drawn(p: bool) -> None:\n    {body}\n")
    assert not list(outcome.disagreements())
    silent = replace(outcome, findings=[])
    assert len(list(silent.disagreements())) == len(outcome.findings)
    invented = Finding(Span(outcome.execution.scenario.line, 0, 1, 0), "VT402", "never on this line")
    assert list(replace(outcome, findings=[invented]).disagreements())


def _timed(count: int, shard: int) -> Counter[str]:
    started = time.monotonic()
    counted = run(count, shard)
    print(f"shard {shard}: {dict(counted)} in {time.monotonic() - started:.0f} s", flush=True)
    return counted


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw more programs than a test run has time for; a disagreement ends the run with its program."""
    parser = argparse.ArgumentParser(prog="python -m tests.test_drawn_programs", description=main.__doc__)
    parser.add_argument("programs", type=int, nargs="?", default=PROGRAMS, help="how many")
    parser.add_argument("--jobs", type=int, default=1, help="in so many processes")
    parser.add_argument("--first", type=int, default=SHARDS, help="the first shard; those below belong to the tests")
    asked = parser.parse_args(arguments)
    shards = range(asked.first, asked.first + -(-asked.programs // SHARD))
    total = Counter[str]()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for counted in pool.map(_timed, [SHARD] * len(shards), shards):
            total.update(counted)
    print(f"all {len(shards)} shards: {dict(total)}")


if __name__ == "__main__":
    main()
