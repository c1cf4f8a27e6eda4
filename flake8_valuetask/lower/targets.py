"""Assignment targets: names, attributes, subscripts, unpacking.

In: a target and the place of the value. Out: binding and storing events. Never: statements.
"""

from __future__ import annotations

import libcst as cst

from flake8_valuetask import refs
from flake8_valuetask.events import Bind, Copy, Drop, HandOver, Insert, Pick, Place, Store, Use
from flake8_valuetask.lower import reading
from flake8_valuetask.lower.context import Lowering


def assign(low: Lowering, target: cst.CSTNode, place: Place | None, value: cst.CSTNode | None) -> None:
    """Assign what `place` holds (None: the unknown) to `target`; `value` is the expression."""
    match target:
        case cst.Name(value=name):
            bind(low, target, name, place, value)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack(low, elements, place)
        case cst.StarredElement(value=inner):
            assign(low, inner, place, None)
        case cst.Attribute():
            _attribute(low, target, place)
        case cst.Subscript():
            _subscript(low, target, place)
        case _:
            low.expression(target)


def bind(low: Lowering, node: cst.CSTNode, name: str, place: Place | None, value: cst.CSTNode | None = None) -> None:
    """Bind a name; a name of another body keeps the value beyond this one."""
    if name == "_" and place is not None and place.startswith("%"):
        low.emit(Drop(low.at(node), place))
        return
    local = low.place(name)
    if local is not None:
        constant = None if value is None else reading.key(value)
        of = low.place(value.value) if isinstance(value, cst.Name) else None
        low.emit(Bind(low.at(node), local, place, constant, _solid(low, value), of))
    if place is not None and low.scope.kind == "class":
        low.emit(Store(low.at(node), place, "field", name))
    elif place is not None and name in low.loose:
        low.emit(HandOver(low.at(node), place, "a nested function"))
    elif place is not None and (local is None or name in low.shared):
        where = "nonlocal" if low.scope.kind == "function" and low.is_nonlocal(name) else "global"
        low.emit(Store(low.at(node), place, where, name))


def _solid(low: Lowering, value: cst.CSTNode | None) -> bool:
    """Whether a value is not None: by its type, or as what an await gives (a result that is kept
    beside the await says that there was one)."""
    if isinstance(value, cst.AsName | cst.AugAssign):
        return True
    if not isinstance(value, cst.Await | cst.Call):
        return False
    return low.kinds.solid(low.ref(value), low.scope, isinstance(value, cst.Await))


def _unpack(low: Lowering, elements: object, place: Place | None) -> None:
    assert isinstance(elements, list | tuple)
    starred = any(isinstance(e, cst.StarredElement) for e in elements)
    for number, element in enumerate(elements):
        item = None
        if place is not None:
            item = low.temporary()
            low.emit(Pick(low.at(element), item, place, None if starred else number))
        assign(low, element.value, None if isinstance(element, cst.StarredElement) else item, None)


def _attribute(low: Lowering, target: cst.Attribute, place: Place | None) -> None:
    low.expression(target.value)
    if place is None:
        return
    at, text = low.at(target), refs.text(low.ref(target))
    low.emit(Store(at, place, "attribute", text, exempt=_exemption(low, target)))


def _exemption(low: Lowering, target: cst.Attribute) -> str:
    """Why keeping a coroutine in this attribute is right: its class clears it, or owns it."""
    cls = low.kinds.class_of(low.ref(target.value), low.scope)
    if cls is None:
        return ""
    if low.kinds.clears(cls, target.attr.value):
        return "cleared"
    return "owned" if low.kinds.owns(cls, target.attr.value) else ""


def _subscript(low: Lowering, target: cst.Subscript, place: Place | None) -> None:
    base = low.expression(target.value)
    parts(low, target, base_done=True)
    if place is not None and isinstance(target.value, cst.Attribute) and target.value.attr.value == "__dict__":
        low.emit(Store(low.at(target), place, "attribute", refs.text(low.ref(target.value))))
    elif place is not None:
        keep(low, target, target.value, base, place)


def keep(low: Lowering, node: cst.CSTNode, container: cst.BaseExpression, base: Place | None, place: Place) -> None:
    """Put `place` into a container: a local one, or one that outlives the body."""
    at = low.at(node)
    if base is not None:
        low.emit(Insert(at, base, place))
    elif outlives(low, container):
        low.emit(Store(at, place, "container", refs.text(low.ref(container))))
    else:
        low.emit(HandOver(at, place, refs.text(low.ref(container))))


def outlives(low: Lowering, container: cst.BaseExpression) -> bool:
    """Whether a container is an attribute or a global of the module."""
    root = container
    while isinstance(root, cst.Subscript):
        root = root.value
    if isinstance(root, cst.Attribute):
        return True
    return isinstance(root, cst.Name) and low.place(root.value) is None


def parts(low: Lowering, target: cst.BaseExpression, base_done: bool = False) -> None:
    """Lower the expressions inside a subscript or attribute target."""
    if isinstance(target, cst.Subscript):
        if not base_done:
            low.expression(target.value)
        for element in target.slice:
            low.expression(element.slice)
    elif isinstance(target, cst.Attribute):
        low.expression(target.value)


def parallel(low: Lowering, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    """Assign displays element by element, all read before the first is bound; False if it is
    another kind of assignment."""
    displays = cst.Tuple | cst.List
    if not isinstance(target, displays) or not isinstance(value, displays):
        return False
    goals, sources = target.elements, value.elements
    if len(goals) != len(sources) or any(isinstance(e, cst.StarredElement) for e in (*goals, *sources)):
        return False
    places = [_held(low, element.value) for element in sources]
    for goal, place, source in zip(goals, places, sources, strict=True):
        assign(low, goal.value, place, source.value)
    return True


def _held(low: Lowering, node: cst.BaseExpression) -> Place | None:
    """The value of `node` in a temporary, so that a later binding does not change it."""
    place = low.expression(node)
    if place is None or place.startswith("%"):
        return place
    held = low.temporary()
    low.emit(Copy(low.at(node), held, place))
    return held


def augment(low: Lowering, node: cst.AugAssign) -> None:
    """`target op= value`: a list grows, anything else is computed anew."""
    target = node.target
    base = low.expression(target)
    place = low.expression(node.value)
    if isinstance(node.operator, cst.AddAssign | cst.BitOrAssign) and place is not None:
        if base is not None:
            low.emit(Insert(low.at(node), base, place, many=True))
        elif outlives(low, target):
            low.emit(Store(low.at(node), place, "container", refs.text(low.ref(target)), many=True))
        else:
            low.emit(HandOver(low.at(node), place, refs.text(low.ref(target))))
        return
    if place is not None:
        low.emit(Use(low.at(node.value), place, "computed with"))
    if isinstance(target, cst.Name):
        bind(low, target, target.value, None, node)
