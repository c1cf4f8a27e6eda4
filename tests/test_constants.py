"""Constants: what literals, members and other objects say of one another."""

from __future__ import annotations

from itertools import product

import pytest

from flake8_valuetask.constants import EMPTY, RESULT, SOMETHING, number, same, truth

LITERALS = [None, True, False, 0, 1, -1, 1.5, "", "fast", b"", b"a", ()]


@pytest.mark.parametrize("value", LITERALS, ids=repr)
def test_literals_are_as_true_as_their_values(value: object) -> None:
    assert truth(repr(value)) is bool(value)


@pytest.mark.parametrize(("one", "other"), [*product(LITERALS, LITERALS)], ids=repr)
def test_literals_are_the_same_as_python_says(one: object, other: object) -> None:
    assert same(repr(one), repr(other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Color.RED", "Color.RED", True),
        ("Color.RED", "Color.BLUE", False),
        ("Color.RED", "Level.LOW", None),
        ("Color.RED", "1", None),
        ("Color.RED", "None", False),
        ("_MISSING", "_MISSING", True),
        ("_MISSING", "_OTHER", None),
        ("'fast'", "_MISSING", False),
        ("'fast'", "Color.RED", None),
        (RESULT, "None", False),
        (RESULT, "_MISSING", False),
        (RESULT, "'fast'", None),
        (RESULT, "Color.RED", None),
        (SOMETHING, "None", False),
        (SOMETHING, "0", None),
        (EMPTY, "None", False),
    ],
)
def test_objects_with_names(one: str, other: str, expected: bool | None) -> None:
    assert same(one, other) is expected


def test_truth_of_objects() -> None:
    assert truth(SOMETHING) is True
    assert truth(EMPTY) is False
    assert truth(RESULT) is None
    assert truth("Color.RED") is None


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("-2", -2), ("1.5", 1.5), ("'1'", None), ("Color.RED", None)])
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value
