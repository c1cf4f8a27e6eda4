"""Layouts: how the elements of a container look, and what is in hand when one of them is taken.

In: worlds. Out: layouts, and new values and containers. Never: what happens to these.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TypeAlias

from flake8_valuetask.typestate import boxes
from flake8_valuetask.typestate.actions import Actions
from flake8_valuetask.typestate.machine import State
from flake8_valuetask.typestate.worlds import OTHER, Box, Columns, Value, ValueId, World

Layout: TypeAlias = "bool | tuple[Layout, ...] | None"
"""An element is a one-shot value (True), nothing of interest (False), a row of such, a list of one-shot values (LIST),
or what cannot be told (None)."""
LIST: Layout = ()

_DEPTH = 3  # rows in rows in rows


def layout(world: World, members: frozenset[ValueId], columns: Columns = (), depth: int = 0) -> Layout:
    """How each of some elements looks, which are rows if there are `columns`."""
    if columns:
        return tuple(_column(world, members, each, depth) for each in columns)
    rows = [world.boxes[member] for member in members & world.boxes.keys()]
    if not rows:
        return any(member >= 0 for member in members)
    if depth == _DEPTH or any(member >= 0 and member not in world.boxes for member in members):
        return None
    exact = [row.exact for row in rows if row.exact is not None and not row.keys and not row.columns]
    if len(exact) == len(rows) and len({len(parts) for parts in exact}) == 1:
        joined = (frozenset().union(*parts) for parts in zip(*exact, strict=True))
        return tuple(layout(world, each, (), depth + 1) for each in joined)
    plain = all(row.members.isdisjoint(world.boxes) and not row.columns for row in rows)
    return LIST if plain else None


def _column(world: World, members: frozenset[ValueId], column: bool | Columns, depth: int) -> Layout:
    if isinstance(column, tuple):
        return layout(world, members, column, depth + 1)
    return layout(world, members, (), depth + 1) if column else False


def hand(run: Actions, world: World, shape: Layout, item: Callable[[int], ValueId]) -> ValueId:
    """What is in hand, of the values that `item` makes; it is given a number for each."""
    numbers = count(1)

    def build(shape: Layout) -> ValueId:
        if shape is True:
            return item(next(numbers))
        if not isinstance(shape, tuple):
            return OTHER
        if not shape:
            return run.box(world, Box(frozenset({item(next(numbers))}), any=True), next(numbers))
        parts = tuple(frozenset({build(each)}) for each in shape)
        return run.box(world, Box(frozenset().union(*parts), parts, any=True), next(numbers))

    return build(shape)


def elements(run: Actions, world: World, shape: Layout, like: Value, states: frozenset[State]) -> ValueId:
    """What is in hand, of new values that stand for any elements of their container."""
    return hand(run, world, shape, lambda part: run.make(world, boxes.item(like), states, part))
