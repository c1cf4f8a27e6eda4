"""What a reader gets: a range, a code, one line of text, and the places on the way.

In: nothing. Out: `Finding`. Never: how it was found.
"""

from __future__ import annotations

from typing import NamedTuple

from flake8_valuetask.source import Span


class Place(NamedTuple):
    """A place on the path to a finding, and a phrase that says what happened there."""

    span: Span
    phrase: str


class Finding(NamedTuple):
    """A finding; sorted by place, then by code. `places` are in the order of the path."""

    span: Span
    code: str
    message: str
    places: tuple[Place, ...] = ()
