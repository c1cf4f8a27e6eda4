"""Assignment targets: names, attributes, subscripts, unpacking.

In: a target and the place of the value. Out: binding and storing events. Never: statements.
"""

from __future__ import annotations

import ast

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import (
    Bind,
    Copy,
    Drop,
    HandOver,
    Insert,
    Learn,
    Pack,
    Part,
    Pick,
    Place,
    Put,
    Read,
    Store,
    Use,
)
from flake8_valuetask.lower import known
from flake8_valuetask.lower.cases import key
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.source import Origin
from flake8_valuetask.survey import reading


def assign(low: Lowering, target: ast.expr, place: Place | None, value: ast.expr | None) -> None:
    """Assign what `place` holds (None: the unknown) to `target`; `value` is the expression."""
    match target:
        case ast.Name(id=name):
            bind(low, target, name, place, value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            _unpack(low, elements, place)
        case ast.Starred(value=inner):
            assign(low, inner, place, None)
        case ast.Attribute():
            _attribute(low, target, place)
        case ast.Subscript():
            _subscript(low, target, place)
        case _:
            low.expression(target)


def bind(low: Lowering, node: Origin, name: str, place: Place | None, value: ast.AST | None = None) -> None:
    """Bind a name; a name of another body keeps the value beyond this one."""
    if name == "_" and place is not None and place.startswith("%") and name not in low.scope.read:
        low.emit(Drop(low.at(node), place))
        return
    local = low.place(name)
    if local is not None:
        found = known.constants(low, value, name)
        low.lent.discard(name)
        of = low.place(value.id) if isinstance(value, ast.Name) else place if isinstance(value, ast.IfExp) else None
        low.emit(Bind(low.at(node), local, place, found, of))
    if place is not None and low.scope.kind == "class":
        low.emit(Store(low.at(node), place, "field", name))
    elif place is not None and name in low.loose:
        low.emit(HandOver(low.at(node), place, "a nested function"))
    elif place is not None and (local is None or name in low.shared):
        low.emit(Store(low.at(node), place, low.scope.elsewhere.get(name, "global"), name))


def _unpack(low: Lowering, elements: list[ast.expr], place: Place | None) -> None:
    star = next((number for number, each in enumerate(elements) if isinstance(each, ast.Starred)), len(elements))
    for number, element in enumerate(elements):
        item = None
        if place is not None:
            item = low.temporary()
            index = number if number < star else None if number == star else number - len(elements)
            low.emit(Pick(low.at(element), item, place, index, how="unpacked"))
        assign(low, element, None if isinstance(element, ast.Starred) else item, None)


def _attribute(low: Lowering, target: ast.Attribute, place: Place | None) -> None:
    low.expression(target.value)
    if place is None:
        return
    at, text = low.at(target), refs.text(low.ref(target))
    if target.attr in catalog.GIVEN_ON:
        low.emit(HandOver(at, place, text))
        return
    low.emit(Store(at, place, "attribute", text, exempt=_exemption(low, target)))


def _exemption(low: Lowering, target: ast.Attribute) -> str:
    """Why keeping a coroutine in this attribute is right: its class clears it, or owns it."""
    cls = low.kinds.class_of(low.ref(target.value), low.scope)
    if cls is None:
        return ""
    if low.kinds.clears(cls, target.attr):
        return "cleared"
    return "owned" if low.kinds.owns(cls, target.attr) else ""


def _subscript(low: Lowering, target: ast.Subscript, place: Place | None) -> None:
    base = low.look(target.value)
    parts(low, target, base_done=True)
    known.filled(low, target)
    if base is not None:
        index, name = place_in(target)
        low.emit(Put(low.at(target), base, place, index, name, _whole(target)))
    elif place is not None and isinstance(target.value, ast.Attribute) and target.value.attr == "__dict__":
        low.emit(Store(low.at(target), place, "attribute", refs.text(low.ref(target.value))))
    elif place is not None:
        keep(low, target, target.value, place)


def _whole(node: ast.Subscript) -> bool:
    """Whether a slice has all elements: `[:]`."""
    bounds = node.slice
    if not isinstance(bounds, ast.Slice) or bounds.upper is not None or bounds.step is not None:
        return False
    return bounds.lower is None or reading.index(bounds.lower) == 0


def place_in(node: ast.Subscript) -> tuple[int | None, str | None]:
    """The constant index or the literal key that a subscript names."""
    index = reading.index(node.slice)
    return index, key(node.slice) if index is None else None


def keep(low: Lowering, node: ast.expr, container: ast.expr, place: Place) -> None:
    """Put `place` into a container that is not local: perhaps one that outlives the body."""
    at = low.at(node)
    if outlives(low, container):
        low.emit(Store(at, place, "container", refs.text(low.ref(container))))
    else:
        low.emit(HandOver(at, place, refs.text(low.ref(container))))


def outlives(low: Lowering, container: ast.expr) -> bool:
    """Whether a container is an attribute or a global of the module."""
    root = container
    while isinstance(root, ast.Subscript):
        root = root.value
    if isinstance(root, ast.Attribute):
        return True
    return isinstance(root, ast.Name) and low.place(root.id) is None


def parts(low: Lowering, target: ast.expr, base_done: bool = False) -> None:
    """Lower the expressions inside a subscript or attribute target."""
    if isinstance(target, ast.Subscript):
        if not base_done:
            low.expression(target.value)
        for element in subscripts(target):
            place = low.expression(element)
            if place is not None:
                low.emit(Read(low.at(element), place, "index"))
    elif isinstance(target, ast.Attribute):
        low.expression(target.value)


def part(node: ast.Subscript) -> Part | None:
    """The constant bounds and step of a slice; None if they are no constants."""
    bounds = node.slice
    if not isinstance(bounds, ast.Slice):
        return None
    given = (bounds.lower, bounds.upper, bounds.step)
    first, last, step = (None if each is None else reading.index(each) for each in given)
    known = all(each is None or reading.index(each) is not None for each in given)
    return (first, last, step) if known and step != 0 else None


def subscripts(node: ast.Subscript) -> list[ast.expr]:
    """What stands between the brackets, by commas."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def parallel(low: Lowering, target: ast.expr, value: ast.expr) -> bool:
    """Assign displays element by element, all read before the first is bound; False if it is
    another kind of assignment."""
    displays = ast.Tuple | ast.List
    if not isinstance(target, displays) or not isinstance(value, displays):
        return False
    goals, sources = target.elts, value.elts
    starred = [number for number, goal in enumerate(goals) if isinstance(goal, ast.Starred)]
    fits = len(goals) <= len(sources) + 1 if starred else len(goals) == len(sources)
    if not fits or any(isinstance(source, ast.Starred) for source in sources):
        return False
    places = [_held(low, source) for source in sources]
    for number in starred:
        end = number + 1 + len(sources) - len(goals)
        rest = low.temporary()
        low.emit(Pack(low.at(goals[number]), rest, tuple(places[number:end]), "list", exact=True))
        places[number:end], sources = [rest], [*sources[:number], goals[number], *sources[end:]]
    for goal, place, source in zip(goals, places, sources, strict=True):
        assign(low, goal, place, source)
    return True


def _held(low: Lowering, node: ast.expr) -> Place | None:
    """The value of `node` in a temporary, so that a later binding does not change it."""
    place = low.expression(node)
    if place is None or place.startswith("%"):
        return place
    held = low.temporary()
    low.emit(Copy(low.at(node), held, place))
    return held


def augment(low: Lowering, node: ast.AugAssign) -> None:
    """`target op= value`: a list grows, anything else is computed anew."""
    target = node.target
    if known.added(low, target, node.op, node.value):
        return
    base = low.look(target)
    place = low.look(node.value)
    if isinstance(node.op, ast.Add | ast.BitOr) and place is not None:
        if base is not None:
            low.emit(Insert(low.at(node), base, place, many=True))
        elif outlives(low, target):
            low.emit(Store(low.at(node), place, "container", refs.text(low.ref(target)), many=True))
        else:
            low.emit(HandOver(low.at(node), place, refs.text(low.ref(target))))
        if base is not None:
            low.emit(Learn(low.at(node), base))
        return
    if place is not None:
        low.emit(Use(low.at(node.value), place, "computed with"))
    if isinstance(target, ast.Name):
        bind(low, target, target.id, None, node)
