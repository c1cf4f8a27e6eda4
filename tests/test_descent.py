"""Questions that ask others: each is answered once, and no chain of them is too long."""

from __future__ import annotations

import sys

import pytest

from flake8_valuetask.descent import Descent, Question


class Chain:
    """Numbers each of which needs the next ones, as `needs` says; the answers count what they need."""

    def __init__(self, needs: dict[int, list[int]]) -> None:
        self.needs = needs
        self.known: dict[int, int] = {}
        self.descent = Descent()
        self.begun = 0

    def count(self, number: int) -> int:
        """One more than all that a number needs; 0 to those who ask while that is not known."""
        return self.descent.ask(Question(self.known, number, 0, lambda: self._answer(number)))

    def _answer(self, number: int) -> int:
        self.begun += 1
        return 1 + sum(self.count(each) for each in self.needs.get(number, ()))


@pytest.mark.parametrize("length", [1, 31, 32, 33, 1000, 20 * sys.getrecursionlimit()])
def test_a_chain_is_followed_to_its_end(length: int) -> None:
    chain = Chain({n: [n + 1] for n in range(1, length)})
    assert chain.count(1) == length
    assert chain.begun <= 2 * length + 1


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
