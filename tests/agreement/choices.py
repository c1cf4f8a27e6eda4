"""All the ways a program can be answered, the least unusual first.

In: questions with so many options, asked by the program while it runs. Out: one script of answers after the other,
until all were given or the budget is spent. Never: knowledge of what is asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field


class Exhausted(BaseException):
    """The run has asked, or looped, more often than the budget allows; what it left behind tells nothing."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How far to look: runs in all, questions of a run that are varied, questions and lines of a run."""

    paths: int = 150
    varied: int = 12
    questions: int = 60
    lines: int = 3000


@dataclass(slots=True)
class Script:
    """The answers of one run: those prescribed, then the first option each time."""

    prescribed: tuple[int, ...]
    limit: int
    given: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def __call__(self, count: int) -> int:
        if count == 1:
            return 0
        position = len(self.given)
        if position >= self.limit:
            raise Exhausted
        answer = self.prescribed[position] if position < len(self.prescribed) else 0
        self.given.append(answer)
        self.counts.append(count)
        return answer

    def variations(self, varied: int) -> Iterator[tuple[int, ...]]:
        """The scripts that differ from this one at one later answer."""
        for position in range(len(self.prescribed), min(len(self.given), varied)):
            for other in range(1, self.counts[position]):
                yield (*self.given[:position], other)


def scripts(budget: Budget) -> Iterator[Script]:
    """Every script, breadth first; each must have been run before the next is asked for."""
    waiting: deque[tuple[int, ...]] = deque([()])
    for _ in range(budget.paths):
        if not waiting:
            return
        script = Script(waiting.popleft(), budget.questions)
        yield script
        waiting.extend(script.variations(budget.varied))
