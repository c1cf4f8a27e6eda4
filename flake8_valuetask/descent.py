"""Answers that need other answers: each is found once, and however long a chain of them is, it is followed to its end.

In: questions, and how to answer them. Out: answers. Never: what they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_DEEPEST = 32  # questions within questions; each takes a dozen calls or two, of the thousand that Python allows


class Question(Generic[K, V]):
    """A key of `known`, how to `answer` it, and what to say to those who ask `meanwhile`; `circular` if it has led to
    such an answer. `likely` gives questions that it may well ask: where the descent is deep, it begins with them."""

    def __init__(
        self,
        known: dict[K, V],
        key: K,
        meanwhile: V,
        answer: Callable[[], V],
        likely: Callable[[], Iterable[Question[Any, Any]]] = tuple,
    ) -> None:
        self.known = known
        self.key = key
        self.meanwhile = meanwhile
        self.answer = answer
        self.likely = likely
        self.name = (id(known), key)
        self.circular = False


class _TooDeep(Exception):
    """A question that has to be answered first, and those that were begun on the way to it."""

    def __init__(self, question: Question[Any, Any]) -> None:
        self.question = question
        self.begun: list[Question[Any, Any]] = []


class Descent:
    """Answers questions that ask others. Where they are too many within one another, the innermost is answered first,
    and those around it are asked anew."""

    def __init__(self) -> None:
        self.open: list[Question[Any, Any]] = []
        self.unsettled: dict[Hashable, Question[Any, Any]] = {}  # those that are open, or were answered in a circle

    def ask(self, question: Question[K, V]) -> V:
        """The answer to a question."""
        if question.key in question.known:
            if question.name in self.unsettled:
                for each in self.open:
                    each.circular = True
        elif not self.open:
            self._from_here(question)
        elif len(self.open) < _DEEPEST:
            self._answer(question)
        else:
            raise _TooDeep(question)
        return question.known[question.key]

    def forget(self) -> None:
        """Forget the answers that were found in a circle: they depend on where it was entered."""
        for each in self.unsettled.values():
            each.known.pop(each.key, None)
        self.unsettled.clear()

    def _answer(self, question: Question[Any, Any]) -> None:
        question.known[question.key] = question.meanwhile
        self.open.append(question)
        self.unsettled[question.name] = question
        try:
            question.known[question.key] = question.answer()
        except _TooDeep as deep:
            deep.begun.append(question)
            raise
        finally:
            self.open.pop()
        if not question.circular:
            del self.unsettled[question.name]

    def _from_here(self, question: Question[Any, Any]) -> None:
        """Answer a question, and before it what is too deep within it."""
        waiting: list[tuple[Question[Any, Any], list[Question[Any, Any]]]] = [(question, [])]
        while waiting:
            innermost, begun = waiting[-1]
            for each in begun:  # the question that they led to has its answer now
                each.known.pop(each.key, None)
            begun.clear()
            if innermost.key in innermost.known:  # it was foreseen, and asked by another one before its turn
                waiting.pop()
                continue
            try:
                self._answer(innermost)
                waiting.pop()
            except _TooDeep as deep:
                begun += deep.begun
                waiting += [(each, []) for each in _foreseen(deep.question)]


def _foreseen(question: Question[Any, Any]) -> list[Question[Any, Any]]:
    """A question, and behind it those that it is likely to lead to, the ones that are asked behind those that ask
    them; without those in circles, since it matters where one is entered."""
    from graphlib import CycleError, TopologicalSorter

    found = {question.name: question}
    sorter: TopologicalSorter[tuple[int, Any]] = TopologicalSorter()
    stack = [question]
    while stack:
        asking = stack.pop()
        asked = {each.name: each for each in asking.likely() if each.key not in each.known}
        sorter.add(asking.name, *asked)
        stack += [each for name, each in asked.items() if name not in found]
        found |= asked
    with suppress(CycleError):
        sorter.prepare()
    ordered: list[Question[Any, Any]] = []
    while ready := sorter.get_ready():
        ordered += [found[name] for name in ready]
        sorter.done(*ready)
    return [question, *ordered[::-1]]
