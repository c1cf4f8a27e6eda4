"""Runs one scenario over all choices.

In: a module and the name of one of its functions. Out: how often it ran, the incidents, what came out of it, and a
reason if it cannot run. Never: markers, verdicts.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import CoroutineType, ModuleType
from typing import Any

from fixtures import world
from flake8_valuetask.runtime import ValueTask
from tests.agreement.arguments import Receiver, Unfillable, arguments_for, instance_of
from tests.agreement.choices import Budget, Exhausted, Script, scripts
from tests.agreement.clock import SkippingLoop, Stuck
from tests.agreement.incidents import Incident, Kind, kind_of
from tests.agreement.losses import Losses
from tests.agreement.modules import FixtureModule, Scenario, module_from_source
from tests.agreement.release import release
from tests.agreement.watch import Watch

TICKS_TO_FINISH = 50


@dataclass(frozen=True, slots=True)
class Execution:
    """What one scenario did on all its paths.

    `escaped` are the exceptions that came out of it and tell of a mistake in it, `raised` the classes of all that came
    out, `executed` the lines of the module that ran on some path.
    """

    scenario: Scenario
    paths: int = 0
    incidents: tuple[Incident, ...] = ()
    escaped: frozenset[str] = frozenset()
    raised: frozenset[type[BaseException]] = frozenset()
    obstacle: str | None = None
    executed: frozenset[int] = frozenset()


@dataclass
class Findings:
    """The incidents of all runs so far, one for each kind and set of lines."""

    scenario: Scenario
    merged: dict[tuple[Kind, frozenset[int]], Incident] = field(default_factory=dict)
    executed: set[int] = field(default_factory=set)
    raised: set[type[BaseException]] = field(default_factory=set)

    def add(self, kind: Kind, lines: list[int], text: str, executed: frozenset[int]) -> None:
        """Add one; lines that ran are kept if they ran each time."""
        if not lines:
            return
        key = kind, frozenset(lines)
        known = self.merged.get(key)
        if known is None:
            inside = [line for line in lines if self.scenario.line <= line <= self.scenario.end]
            self.merged[key] = Incident(kind, (inside or lines)[0], key[1], text, executed, frozenset({executed}))
        else:
            self.merged[key] = replace(known, executed=known.executed & executed, runs=known.runs | {executed})


@dataclass
class Run:
    """One run of a scenario, on one script."""

    module: FixtureModule
    scenario: Scenario
    script: Script
    watch: Watch
    escaped: BaseException | None = None
    complete: bool = True

    def start(self) -> None:
        """Run it, with what it leaves to others closed and its loop finished."""
        namespace = self.module.loaded()
        if self.scenario.brings_its_loop:
            self._guarded(lambda: self._released(namespace, *self._called(namespace)))
            return
        loop = SkippingLoop()
        loop.set_task_factory(self.watch.task_factory)
        try:
            loop.run_until_complete(self._inside(namespace))
        except Stuck as error:
            loop.run_until_complete(_finished())
            self.escaped = error
        finally:
            loop.close()

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            with world.chosen_by(self.script), self.watch.watching():
                action()
        except (Unfillable, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._ended_by(error)

    async def _inside(self, namespace: ModuleType) -> None:
        loop = asyncio.get_running_loop()
        roots: tuple[object, ...] = ()
        try:
            with world.chosen_by(self.script), self.watch.watching():
                roots = self._called(namespace)
                await self._awaited(roots[0], namespace)
                await _called_back(roots)
                await _finished()
        except (Unfillable, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._ended_by(error)
        self._released(namespace, *roots)
        await _finished()
        await loop.shutdown_asyncgens()
        await loop.shutdown_default_executor()

    def _ended_by(self, error: BaseException) -> None:
        self.complete = not isinstance(error, Exhausted)
        self.watch.note(error, [])
        self.escaped = error if self.complete else None

    def _called(self, module: ModuleType) -> tuple[object, ...]:
        """The result of the call, and its arguments."""
        function, owner = self._function(module)
        if not callable(function):
            return function, owner
        arguments = arguments_for(function, module)
        return function(**arguments), owner, arguments

    def _function(self, module: ModuleType) -> tuple[Any, object]:
        if self.scenario.owner is None:
            return getattr(module, self.scenario.name), None
        owner = instance_of(getattr(module, self.scenario.owner), module)
        return getattr(owner, self.scenario.name), owner

    async def _awaited(self, result: object, module: ModuleType) -> None:
        """Await the result, or iterate over it, and take care of what comes out."""
        if inspect.isasyncgen(result):
            async for element in result:
                release([element], vars(module))
        elif inspect.isgenerator(result):
            for element in result:
                release([element], vars(module))
        elif self.scenario.awaits and isinstance(result, (CoroutineType, ValueTask)):
            release([await result], vars(module))

    def _released(self, module: ModuleType, *roots: object) -> None:
        release([*roots, *vars(module).values()], vars(module))


async def _called_back(roots: tuple[object, ...]) -> None:
    for arguments in roots:
        if isinstance(arguments, dict):
            for receiver in arguments.values():
                if isinstance(receiver, Receiver):
                    await receiver.call_back()


async def _finished() -> None:
    """Let every other task come to its end, or cancel it."""
    for _ in range(TICKS_TO_FINISH):
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def execute(module: FixtureModule, scenario: Scenario, budget: Budget | None = None) -> Execution:
    """Run one scenario over all choices that the budget allows."""
    budget = budget or Budget()
    findings, escaped, paths = Findings(scenario), set[str](), 0
    losses = Losses(module.filename)
    with losses.collecting(), contextlib.redirect_stdout(io.StringIO()):
        for script in scripts(budget):
            try:
                escaped |= _one_run(module, scenario, script, budget, losses, findings)
            except Unfillable as reason:
                return Execution(scenario, obstacle=str(reason))
            paths += 1
    incidents, executed = tuple(findings.merged.values()), frozenset(findings.executed)
    raised = frozenset(findings.raised)
    return Execution(scenario, paths, incidents, frozenset(escaped), raised, executed=executed)


def _one_run(
    module: FixtureModule, scenario: Scenario, script: Script, budget: Budget, losses: Losses, findings: Findings
) -> set[str]:
    watch = Watch(module.filename, budget.lines)
    run = Run(module, scenario, script, watch)
    run.start()
    executed = frozenset(watch.executed)
    findings.executed |= executed
    for kind, lines, text in watch.told():
        findings.add(kind, lines, text, executed)
    escaped = set(_unexpected(run.escaped))
    findings.raised |= set() if run.escaped is None else {type(run.escaped)}
    run.escaped = None  # it holds the frames, and they the values, that are to be lost now
    for lines, text in losses.taken():
        if run.complete and not any(module.owners[line] & watch.left for line in lines):
            findings.add(Kind.LOST, lines, text, executed)
    return escaped


def _unexpected(error: BaseException | None) -> Iterator[str]:
    """Exceptions that tell of a mistake in the fixture itself."""
    slips = (NameError, ImportError, TypeError, AttributeError, Stuck)
    if isinstance(error, slips) and kind_of(error) is None:
        yield f"{type(error).__name__}: {error}"


def execute_source(source: str, name: str = "generated", budget: Budget | None = None) -> tuple[Execution, ...]:
    """Run every function of a module given as text."""
    module = module_from_source(source, name)
    return tuple(execute(module, scenario, budget) for scenario in module.scenarios)
