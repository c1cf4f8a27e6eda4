"""Records: constructors, defaults, equality, matching, copies."""

from __future__ import annotations

import copy
import pickle

import pytest

from flake8_valuetask.records import comparable, lazy, made, mutable, mutable_with_more, record, replaced


@comparable
class Page:
    """A record with a default."""

    number: int
    text: str = "none"

    @property
    def next(self) -> int:
        """The number after its own."""
        return self.number + 1


@comparable
class Titled(Page):
    """A record with more fields than its base."""

    title: str = ""


@comparable
class Empty:
    """A record without fields."""


@record
class Event:
    """A record that is equal to itself only."""

    at: int


def test_fields_are_given_in_order_or_by_name() -> None:
    assert (Page(1).text, Page(1, "a").text, Page(text="a", number=2).next) == ("none", "a", 3)
    titled = Titled(1, title="b")
    assert (titled.number, titled.text, titled.title) == (1, "none", "b")


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, "a", 2), {}), ((1,), {"more": 1}), ((1,), {"number": 1})])
def test_other_arguments_are_errors(given: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Page(*given, **named)  # type: ignore[arg-type]


def test_comparable_is_equal_to_the_same() -> None:
    assert Page(1) == Page(1, "none") != Page(2)
    assert Titled(1) != Page(1)
    assert {Page(1): 1}[Page(1)] == {Empty(): 1}[Empty()] == 1
    assert repr(Titled(1)) == "Titled(number=1, text='none', title='')"


def test_record_is_equal_to_itself_only() -> None:
    event = Event(1)
    assert event != Event(1)
    assert len({event, Event(1)}) == 2


def test_record_matches_by_position() -> None:
    match Titled(1, "a", "b"):
        case Titled(number, _, title):
            assert (number, title) == (1, "b")


def test_record_has_no_other_attributes() -> None:
    assert not hasattr(Titled(1), "__dict__")
    assert (Page.__doc__, Page.__qualname__, Page.__module__) == ("A record with a default.", "Page", __name__)


def test_copies() -> None:
    titled = Titled(1, "a")
    assert replaced(titled, title="b") == Titled(1, "a", "b")
    with pytest.raises(TypeError, match="heading"):
        replaced(titled, heading="b")
    assert copy.copy(titled) == pickle.loads(pickle.dumps(titled)) == titled


@mutable
class Box:
    """Something whose fields may change."""

    name: str
    pages: list[int] = made(factory=list)
    last: int | None = None


@mutable_with_more
class Open:
    """Something that may get other attributes."""

    name: str
    pages: list[int] = made(factory=list)

    @lazy
    def first(self) -> int:
        """What is computed once."""
        self.pages.append(1)
        return self.pages[0]


@pytest.mark.parametrize("kind", [Box, Open])
def test_defaults_are_made_anew(kind: type[Box] | type[Open]) -> None:
    one, other = kind("a"), kind("b")
    one.pages.append(2)
    one.name = "c"
    assert (one.pages, other.pages, one.name, kind("d", [3]).pages) == ([2], [], "c", [3])
    assert (one == kind("c", [2])) is (kind is Box)


def test_slots_only_where_nothing_is_added() -> None:
    assert not hasattr(Box("a"), "__dict__")
    opened = Open("a")
    assert (opened.first, opened.first, opened.pages) == (1, 1, [1])
    assert not hasattr(Open, "pages")
