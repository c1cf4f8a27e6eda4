"""Questions that ask others: each is answered once, and no chain of them is too long."""

from __future__ import annotations

import sys

import pytest

from flake8_valuetask.descent import Descent, Question


class Chain:
    """Numbers each of which needs the next ones, as `needs` says; the answers count what they need."""

    def __init__(self, needs: dict[int, list[int]], likely: dict[int, list[int]] | None = None) -> None:
        self.needs = needs
        self.likely = {} if likely is None else likely
        self.known: dict[int, int] = {}
        self.descent = Descent()
        self.begun = 0

    def count(self, number: int) -> int:
        """One more than all that a number needs; 0 to those who ask while that is not known."""
        return self.descent.ask(self._question(number))

    def _question(self, number: int) -> Question[int, int]:
        likely = (self._question(each) for each in self.likely.get(number, ()))
        return Question(self.known, number, 0, lambda: self._answer(number), lambda: likely)

    def _answer(self, number: int) -> int:
        self.begun += 1
        return 1 + sum(self.count(each) for each in self.needs.get(number, ()))


@pytest.mark.parametrize("length", [1, 31, 32, 33, 1000, 20 * sys.getrecursionlimit()])
def test_a_chain_is_followed_to_its_end(length: int) -> None:
    chain = Chain({n: [n + 1] for n in range(1, length)})
    assert chain.count(1) == length
    assert chain.begun <= 2 * length + 1


def test_a_chain_that_is_foreseen_is_followed_once() -> None:
    needs = {n: [n + 1] for n in range(1, 1000)}
    chain = Chain(needs, needs)
    assert chain.count(1) == 1000
    assert chain.begun < 1000 + 40


def test_what_is_foreseen_may_be_wrong() -> None:
    needs = {n: [n + 1, n + 2] for n in range(1, 500)}
    for likely in ({n: [n + 2] for n in needs}, {n: [n + 7, n - 5] for n in needs}, {n: [1, 1] for n in needs}):
        small, foreseen = Chain(needs), Chain(needs, likely)
        assert foreseen.count(1) == small.count(1)


@pytest.mark.parametrize("length", [5, 500])
def test_a_circle_may_be_foreseen(length: int) -> None:
    circle = {n: [n + 1] for n in range(1, length)} | {length: [1, length - 1]}
    chain = Chain(circle, circle)
    assert chain.count(1) == length
    chain.descent.forget()
    assert not chain.known


def test_an_answer_is_found_once() -> None:
    chain = Chain({1: [2, 3], 2: [3], 3: []})
    assert chain.count(1) == 4
    assert chain.count(3) == 1
    assert chain.begun == 3


@pytest.mark.parametrize("length", [5, 500])
def test_who_asks_meanwhile_gets_the_answer_for_that(length: int) -> None:
    chain = Chain({n: [n + 1] for n in range(1, length)} | {length: [1, length - 1]})
    assert chain.count(1) == length
    assert chain.known[length] == 1


def test_an_error_leaves_no_question_open() -> None:
    chain = Chain({1: [2]})
    chain.needs[2] = None  # type: ignore[assignment]
    with pytest.raises(TypeError):
        chain.count(1)
    assert not chain.descent.open


@pytest.mark.parametrize("length", [5, 500])
def test_answers_that_were_found_in_a_circle_can_be_forgotten(length: int) -> None:
    circle = {n: [n + 1] for n in range(1, length)} | {length: [3]}
    chain = Chain({**circle, length + 1: [length + 2]})
    chain.count(1)
    chain.count(length + 1)
    chain.descent.forget()
    assert chain.known.keys() == {length + 1, length + 2}
