"""Local containers: the calls that make them, and their methods.

In: calls, their arguments and receivers. Out: events, and the place of what comes out. Never: other calls.
"""

from __future__ import annotations

import ast

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Asked, Blur, Copy, Find, Insert, Kind, Make, Method, Pack, Pick, Place, Put
from flake8_valuetask.kinds import Callee
from flake8_valuetask.lower import cases, errors
from flake8_valuetask.lower.arguments import Argument
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.records import replaced
from flake8_valuetask.survey import reading


def method(
    low: Lowering, node: ast.Call, name: str, receiver: Place, arguments: list[Argument]
) -> tuple[bool, Place | None]:
    """A method of a local value: one that takes elements in or out of a container, or any other."""
    at = low.at(node)
    asked = Asked(name, at)
    if name in catalog.INSERTS and any(a.place is not None for a in arguments):
        given = _default(low, node, receiver, arguments) if name == "setdefault" else None
        for argument in arguments if given is None else ():
            if argument.place is not None and name == "update" and argument.keyword is not None:
                low.emit(Put(low.at(argument.node), receiver, argument.place, key=repr(argument.keyword)))
            elif argument.place is not None:
                many = name in ("extend", "extendleft", "update")
                where = _where(node, name)
                low.emit(Insert(low.at(argument.node), receiver, argument.place, many, where, asked=asked))
        return True, given
    if name in catalog.TAKES:
        taken = low.temporary()
        _may_raise(low, node)
        first = node.args[0] if name in ("pop", "get") and node.args else None
        index = _end(low, node, name)
        key = cases.key(first) if index is None else None
        optional = name == "pop" and len(node.args) > 1
        pick = Pick(at, taken, receiver, index, catalog.TAKES[name], key, optional, "", asked)
        _or_else(low, pick, arguments[1].place if name in ("pop", "get") and len(arguments) == 2 else None)
        return True, _pair(low, node, taken) if name == "popitem" else taken
    if name in catalog.FINDS and len(arguments) == 1 and arguments[0].place is not None:
        _may_raise(low, node)
        low.emit(Find(at, receiver, arguments[0].place, catalog.FINDS[name]))
        return True, None
    if name in ("values", "items", "keys", "copy"):
        view = low.temporary()
        low.emit(Method(at, receiver, name, view))
        return True, view
    made = low.temporary()
    low.emit(Method(at, receiver, name, made))
    return False, None


def _may_raise(low: Lowering, node: ast.Call) -> None:
    """A method may raise that looks for an element; those that are given what to do without one do not."""
    assert isinstance(node.func, ast.Attribute)
    comes = errors.of_container(low, node.func.value)
    if not comes or (len(node.args) < 2 and node.func.attr not in catalog.HARMLESS_OF_CONTAINERS):
        low.may_raise(node, comes)


def taken(low: Lowering, node: ast.Call, arguments: list[Argument]) -> Place | None:
    """`next(...)`: what an iterator gives, or the second argument."""
    source = arguments[0].place
    if source is None:
        return None
    found = low.temporary()
    low.may_raise(node)
    low.emit(Pick(low.at(node), found, source, None, take=True, optional=len(arguments) > 1))
    return found


def _where(node: ast.Call, name: str) -> str:
    """Where a method puts a single element; "" for the end."""
    if name == "insert":
        return "front" if node.args and reading.index(node.args[0]) == 0 else "somewhere"
    return "front" if name == "appendleft" else ""


def _default(low: Lowering, node: ast.Call, receiver: Place, arguments: list[Argument]) -> Place | None:
    """What `setdefault` gives: a one-shot value that it puts there, or what was there, of which nothing is known."""
    given = arguments[1].place if len(arguments) == 2 else None
    if given is None or low.kinds.kind(low.ref(arguments[1].node), low.scope) is None:
        return None
    there, missing, after, result = low.open(), low.open(), low.open(), low.temporary()
    low.branch(None, there, missing)
    low.block = there
    low.emit(Blur(low.at(arguments[1].node), given))
    low.goto(after)
    low.block = missing
    low.emit(Insert(low.at(arguments[1].node), receiver, given, shared=True))
    low.emit(Copy(low.at(node), result, given))
    low.goto(after)
    return result


def _or_else(low: Lowering, pick: Pick, default: Place | None) -> None:
    """Take an element, or in its place what is given for the case that there is none."""
    if default is None:
        low.emit(pick)
        return
    there, missing, after = low.open(), low.open(), low.open()
    low.branch(None, there, missing)
    low.block = there
    low.emit(pick)
    low.goto(after)
    low.block = missing
    low.emit(Copy(pick.at, pick.dst, default))
    low.goto(after)


def _pair(low: Lowering, node: ast.Call, value: Place) -> Place:
    """What `popitem()` gives: a key, and the value."""
    pair = low.temporary()
    low.emit(Pack(low.at(node), pair, (None, value), "tuple", exact=True))
    return pair


def _end(low: Lowering, node: ast.Call, name: str) -> int | None:
    """Which element `pop` and its like take, where that is plain."""
    if name in ("pop", "popleft") and not node.args:
        return -1 if name == "pop" else 0
    first = node.args[0] if len(node.args) == 1 else None
    return reading.index(first) if name == "pop" and first is not None else None


def made(low: Lowering, node: ast.Call, callee: Callee, arguments: list[Argument]) -> Place:
    """What a call makes that is known to make a container."""
    result = low.temporary()
    name = callee.path.rpartition(".")[2]
    if any(a.star or (name == "dict" and a.keyword is None) for a in arguments):  # rows that are turned around
        for argument in arguments:
            if argument.place is not None:
                low.emit(Blur(low.at(argument.node), argument.place))
        return result
    arguments = [a if a.keyword is not None else replaced(a, place=elements(low, a.node, a.place)) for a in arguments]
    if name in ("zip", "enumerate"):
        low.emit(Pack(low.at(node), result, tuple(a.place for a in arguments if a.keyword is None), name))
        return result
    if arguments and all(a.keyword is not None for a in arguments):  # `dict(one=fetch())`
        keys = tuple(repr(a.keyword) for a in arguments)
        low.emit(Pack(low.at(node), result, tuple(a.place for a in arguments), "dict", keys=keys))
        return result
    low.emit(Pack(low.at(node), result, (), catalog.CONTAINERS[callee.path], lazy=callee.path == "builtins.iter"))
    for argument in arguments:
        if argument.place is not None:
            low.emit(Insert(low.at(argument.node), result, argument.place, many=argument.keyword is None))
    return result


def elements(low: Lowering, node: ast.expr, place: Place | None) -> Place | None:
    """The place of what an iteration over `node` gives the elements of: of a dictionary it gives the keys."""
    return None if place is not None and low.kinds.mapping(low.ref(node), low.scope) else place


def mapped(low: Lowering, node: ast.Call, arguments: list[Argument]) -> Place | None:
    """`map(f, xs)` of an async function is a lazy container of what it makes."""
    function = low.ref(arguments[0].node)
    kind = low.kinds.kind(refs.Call(function), low.scope)
    if kind is None or kind is Kind.AWAITABLE:
        return None
    at, item, made = low.at(arguments[0].node), low.temporary(), low.temporary()
    low.emit(Make(at, item, kind, refs.text(function) + "()", "map"))
    low.emit(Pack(low.at(node), made, (item,), "view", lazy=True))
    return made
