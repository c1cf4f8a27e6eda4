"""Where markers and runs disagree.

In: the markers of a module and the executions of its scenarios. Out: sentences, none if all is well; and what was
not executed, with the reason. Never: running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.agreement.choices import Budget
from tests.agreement.execution import Execution, execute
from tests.agreement.incidents import Incident, Kind
from tests.agreement.markers import Markers, markers_of
from tests.agreement.modules import FixtureModule

SECOND = frozenset({"VT101", "VT102", "VT103"})
LOST = frozenset({"VT401", "VT402", "VT403"})
SHARED = frozenset({"VT104", "VT105", "VT301", "VT302", "VT303", "VT304", "VT305", "VT306", "VT307", "VT308"})
MISUSED = frozenset({"VT201", "VT202", "VT203", "VT204", "VT404", "VT405", "VT406"})
AT_IMPORT = frozenset({"VT302", "VT303", "VT305", "VT307"})

# What must stand on a line that took part in the incident, and what may stand on any line that ran before it.
ON_THE_LINE = {
    Kind.REJECTED: SECOND | SHARED,
    Kind.LOST: LOST | MISUSED,
    Kind.EARLY: frozenset({"VT501"}),
    Kind.MISTYPED: MISUSED,
}
ON_THE_WAY = {
    Kind.REJECTED: SHARED,
    Kind.LOST: MISUSED | SHARED,
    Kind.EARLY: frozenset[str](),
    Kind.MISTYPED: MISUSED,
}
# What a marker promises: an incident of this kind, on its line, on some path.
PROMISED = {
    **dict.fromkeys(SECOND, Kind.REJECTED),
    **dict.fromkeys(LOST, Kind.LOST),
    "VT501": Kind.EARLY,
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The outcome for a module."""

    module: FixtureModule
    executions: tuple[Execution, ...]
    disagreements: tuple[str, ...]
    unproved: tuple[str, ...]

    @property
    def executed(self) -> int:
        """How many functions ran."""
        return sum(execution.obstacle is None for execution in self.executions)

    @property
    def paths(self) -> int:
        """How many runs there were."""
        return sum(execution.paths for execution in self.executions)


def agreement_of(module: FixtureModule, budget: Budget | None = None) -> Agreement:
    """Run a module and compare it with its markers."""
    if module.obstacle is not None:
        return Agreement(module, (), (), (f"{module.filename}: not executed: {module.obstacle}",))
    executions = tuple(execute(module, scenario, budget) for scenario in module.scenarios)
    markers = markers_of(module.source)
    unproved = tuple(
        f"{module.filename}:{one.scenario.line}: {one.scenario.label} not executed: {one.obstacle}"
        for one in executions
        if one.obstacle is not None
    )
    return Agreement(module, executions, tuple(compare(module, markers, executions)), unproved)


def compare(module: FixtureModule, markers: Markers, executions: Sequence[Execution]) -> Iterator[str]:
    """Each incident without a marker, each marker without its incident, each slip of the fixture."""
    for one in executions:
        where = f"{module.filename}:{{line}}: in {one.scenario.label}:"
        for incident in one.incidents:
            if not _explained(incident, markers, module):
                yield f"{where.format(line=incident.line)} {incident.kind.value}, but not marked: {incident.text}"
        for slip in sorted(one.escaped):
            yield f"{where.format(line=one.scenario.line)} the scenario itself fails: {slip}"
    yield from _broken_promises(module, markers, executions)


def _explained(incident: Incident, markers: Markers, module: FixtureModule) -> bool:
    if _codes(incident.lines, markers) & ON_THE_LINE[incident.kind]:
        return True
    on_the_way = _codes(incident.executed, markers) | (_codes(markers, markers) & AT_IMPORT)
    return bool(on_the_way & ON_THE_WAY[incident.kind])


def _codes(lines: Iterable[int], markers: Markers) -> frozenset[str]:
    return frozenset(code for line in lines for code in markers.get(line, ()))


def _broken_promises(module: FixtureModule, markers: Markers, executions: Sequence[Execution]) -> Iterator[str]:
    happened = {(one.kind, line) for execution in executions for one in execution.incidents for line in one.lines}
    for line, codes in sorted(markers.items()):
        for code in sorted(codes & PROMISED.keys()):
            if (PROMISED[code], line) not in happened and _was_executed(line, executions):
                yield f"{module.filename}:{line}: {code} is marked, but there it never fails"


def _was_executed(line: int, executions: Sequence[Execution]) -> bool:
    around = [one for one in executions if one.scenario.line <= line <= one.scenario.end]
    return all(one.obstacle is None for one in around)
