"""What a name stands for: constants that an expression gives, and what is done to names that have them.

In: expressions and statements. Out: constants, and the events `Add` and `Learn`. Never: values of interest.
"""

from __future__ import annotations

import ast
from collections.abc import Set

from flake8_valuetask import catalog, refs
from flake8_valuetask.constants import EMPTY, RESULT, SOMETHING, Constant
from flake8_valuetask.events import Add, Bind, Learn
from flake8_valuetask.kinds import Callee
from flake8_valuetask.lower.cases import key
from flake8_valuetask.lower.context import Body, Lowering
from flake8_valuetask.records import replaced
from flake8_valuetask.survey import reading

_CONTAINERS = frozenset({EMPTY, SOMETHING})
_MAKERS = frozenset({"list", "set", "dict"})


def named(low: Lowering, node: ast.AST | None) -> Constant | None:
    """The constant that an expression names: a literal, a member of an enumeration, one object of the module."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return repr(-number)
        case ast.Constant(value=float() as number):
            return repr(number)
        case ast.Name(id=name) if low.place(name) is not None or name in low.foreign or name in low.loose:
            return None
        case ast.Name() | ast.Attribute():
            return low.kinds.constant(low.ref(node), low.scope)
        case _:
            return key(node)


def constants(low: Lowering, value: ast.AST | None, name: str = "") -> tuple[Constant, ...]:
    """What an expression gives, as far as it is known; `name` is what it is bound to, if it is a container."""
    match value:
        case ast.Tuple():
            return _filling(value)
        case ast.List() | ast.Set() | ast.Dict():
            return _filling(value) if _private(low, name) else ()
        case ast.Call(func=ast.Name(id=maker), args=[], keywords=[]) if maker in _MAKERS and low.place(maker) is None:
            return (EMPTY,) if _private(low, name) else ()
        case ast.Await() | ast.Call():
            return low.kinds.gives(low.ref(value), low.scope, isinstance(value, ast.Await))
        case ast.ExceptHandler():
            return (SOMETHING,)
        case ast.AugAssign():
            return (RESULT,)
        case _:
            found = named(low, value)
            return () if found is None else (found,)


def _filling(display: ast.Tuple | ast.List | ast.Set | ast.Dict) -> tuple[Constant, ...]:
    """Whether a display is full or empty; none if it has only what is spread in it."""
    parts = display.keys if isinstance(display, ast.Dict) else display.elts
    if any(each is not None and not isinstance(each, ast.Starred) for each in parts):
        return (SOMETHING,)
    return () if parts else (EMPTY,)


def _private(low: Lowering, name: str) -> bool:
    """Whether a container stays with its name, as far as it is known here."""
    return low.place(name) is not None and name not in low.renamed and name not in low.shared


def shared(body: Body, names: Set[str]) -> None:
    """Nested functions have these names, too: how full a container is that one of them stands for, is not followed."""
    for block in body.graph.blocks:
        for number, event in enumerate(block.events):
            if isinstance(event, Bind | Learn) and event.name in names and not _CONTAINERS.isdisjoint(event.constants):
                block.events[number] = replaced(event, constants=())


def changed(low: Lowering, node: ast.Call, callee: Callee) -> None:
    """A method is called that changes how many elements there are in a container; or another one gets it."""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        place = low.place(node.func.value.id)
        if place is not None and node.func.attr in catalog.CHANGES:
            found = catalog.CHANGES[node.func.attr]
            known = found or (found is False and low.kinds.container(low.ref(node.func.value), low.scope))
            _learn(low, node, place, (SOMETHING if found else EMPTY,) if known else ())
    given = (*node.args, *(keyword.value for keyword in node.keywords))
    for argument in given if callee.path != "builtins.len" else ():
        if isinstance(argument, ast.Name) and _holds(low, argument.id):
            low.emit(Learn(low.at(node), argument.id))


def _learn(low: Lowering, node: ast.expr, place: str, constants: tuple[Constant, ...]) -> None:
    """How full a container is; if others have it, too, that is not known."""
    low.emit(Learn(low.at(node), place, () if place in low.lent else constants))


def kept(low: Lowering, node: ast.expr) -> None:
    """A container gets another name or owner, as does one of its methods: what they do to it is not followed."""
    if isinstance(node, ast.Name) and _holds(low, node.id):
        low.emit(Learn(low.at(node), node.id))
        low.lent.add(node.id)


def _holds(low: Lowering, name: str) -> bool:
    """Whether a name of this body is bound to a container that it makes and that can change."""
    if name not in low.holding:
        bindings = () if name in low.outer else low.scope.bindings.get(name, ())
        low.holding[name] = any(_changeable(b.ref if b.value is None else reading.value(b.value)) for b in bindings)
    return low.holding[name] and low.place(name) == name


def _changeable(ref: refs.Ref) -> bool:
    match ref:
        case refs.Display(container=container):
            return container != "tuple"
        case refs.Call(refs.Name(maker)):
            return maker in _MAKERS
        case _:
            return False


def _numeral(low: Lowering, name: str) -> bool:
    """Whether a name is bound to a literal, at least in one place; each name is looked up once."""
    if name not in low.numerals:
        low.numerals[name] = any(isinstance(binding.ref, refs.Const) for binding in low.scope.bindings.get(name, ()))
    return low.numerals[name]


def filled(low: Lowering, target: ast.Subscript) -> None:
    """An element of a container is set, or a slice, which may be the whole."""
    place = low.place(target.value.id) if isinstance(target.value, ast.Name) else None
    if place is not None:
        _learn(low, target, place, () if isinstance(target.slice, ast.Slice) else (SOMETHING,))


def counted(low: Lowering, target: ast.expr, value: ast.expr) -> bool:
    """`tries = tries + 1`; false if it is another assignment."""
    match target, value:
        case ast.Name(id=name), ast.BinOp(left=ast.Name(id=other), right=ast.Constant(), op=operator) if name == other:
            return added(low, target, operator, value.right)
        case _:
            return False


def added(low: Lowering, target: ast.expr, operator: ast.operator, value: ast.expr) -> bool:
    """A number is added to a name that stands for one, or taken from it; false if it is something else."""
    if not isinstance(target, ast.Name) or not isinstance(operator, ast.Add | ast.Sub):
        return False
    place = low.place(target.id)
    number = value.value if isinstance(value, ast.Constant) else None
    if place is None or not isinstance(number, int) or not _numeral(low, target.id):
        return False
    low.emit(Add(low.at(target), place, number if isinstance(operator, ast.Add) else -number))
    return True
