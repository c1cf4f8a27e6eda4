"""Bodies: functions, lambdas and the module, each with a graph of its own.

In: a definition, and the lowering around it. Out: a `Body`. Never: statements, expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from flake8_valuetask import refs
from flake8_valuetask.events import Capture, Define, Finish, HandOver, Kind, Learn, Make, Origin, Pack
from flake8_valuetask.graph import Jump
from flake8_valuetask.lower import known
from flake8_valuetask.lower.context import Body, Lowering
from flake8_valuetask.source import Named
from flake8_valuetask.survey import Parameter, Scope

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def function(around: Lowering, node: Function, scope: Scope) -> Body:
    """The body of a function that stands inside the body `around`."""
    low = Lowering(around.kinds, scope, scope.qualname, around.origins, around.purse)
    low.scopes, low.others, low.copied = around.scopes, around.others, around.copied
    low.body.asynchronous = scope.is_async
    low.outer = _visible(around) - set(scope.bindings)
    low.foreign = frozenset(scope.elsewhere)
    low.loose = frozenset(rebound(scope))
    if low.kinds.kind_of_result(scope) is Kind.VALUETASK:
        low.emit(Define(low.at(Named(node)), scope.name, "producer"))
    _parameters(low, node, scope)
    low.statements(node.body)
    finish(low)
    around.used |= {n for n in low.used if n not in around.body.scope.bindings}
    return _done(low)


def lambda_(around: Lowering, node: ast.Lambda) -> Body:
    """The body of a lambda; its parameters hide the names around it."""
    low = Lowering(around.kinds, around.scope, "<lambda>", around.origins, around.purse)
    low.scopes, low.others = around.scopes, around.others
    own = {parameter.arg for parameter in _params(node.args)}
    low.outer = _visible(around)
    low.loose = around.loose | own
    low.renamed, low.known = dict(around.renamed), around.known
    low.names = around.names
    low.used |= {name for name in _names(node.body, low.names) if around.place(name) is not None and name not in own}
    place = low.expression(node.body)
    if place is not None:
        low.emit(HandOver(low.at(node.body), place, "return"))
    low.leave("return")
    finish(low)
    return _done(low)


def _names(node: ast.expr, known: dict[ast.expr, frozenset[str]]) -> frozenset[str]:
    """The names in the body of a lambda; those of lambdas in it are looked for once."""
    if node not in known:
        found: set[str] = set()
        stack: list[ast.AST] = [node]
        while stack:
            each = stack.pop()
            if isinstance(each, ast.Lambda):
                found |= _names(each.body, known)
                stack.append(each.args)
            elif isinstance(each, ast.Name):
                found.add(each.id)
            else:
                stack += ast.iter_child_nodes(each)
        known[node] = frozenset(found)
    return known[node]


def _visible(around: Lowering) -> frozenset[str]:
    home = around.body.scope  # a class hides its names
    own = home.bindings if home.kind == "function" else ()
    return (frozenset(own) | around.outer) - {name for name, how in home.elsewhere.items() if how == "global"}


def rebound(scope: Scope) -> Iterator[str]:
    """The names that functions inside `scope` rebind by `nonlocal` or `global`."""
    for child in scope.children:
        yield from child.elsewhere
        yield from rebound(child)


def _done(low: Lowering) -> Body:
    kept: set[str] = set()
    for block in low.graph.blocks:
        for event in block.events:
            if isinstance(event, Capture) and event.mode == "again":
                kept |= low.body.closures[event.closure].body.free
                kept.update(low.body.closures[event.closure].body.scope.elsewhere)
    inner = frozenset().union(*(closure.body.free for closure in low.body.closures))
    if inner:
        known.shared(low.body, inner)
    for closure in low.body.closures:
        closure.body.outliving = frozenset(kept)
    low.body.free = frozenset(low.used)
    return low.body


def finish(low: Lowering) -> None:
    """The end of the body: what is left over is seen in the return exit."""
    low.body.leaving[low.block.id] = ("end", 0)
    low.leave("return")
    low.graph.blocks[low.stops[0].id].events.append(Finish(0, "return"))
    for block in low.graph.blocks:
        # What follows a jump can be empty and unreachable; every block ends all the same.
        block.exit = block.exit or Jump(low.stops[1].id)


def _parameters(low: Lowering, node: Function, scope: Scope) -> None:
    """What the parameters hold when the body starts."""
    nodes = {p.arg: p for p in _params(node.args)}
    for parameter in scope.parameters:
        if parameter.name in nodes and low.place(parameter.name) is not None:
            _parameter(low, nodes[parameter.name], scope, parameter)
    low.body.parameters = tuple(p.name for p in scope.parameters)


def _params(parameters: ast.arguments) -> Iterator[ast.arg]:
    yield from parameters.posonlyargs
    yield from parameters.args
    yield from parameters.kwonlyargs
    yield from filter(None, (parameters.vararg, parameters.kwarg))


def _parameter(low: Lowering, node: ast.arg, scope: Scope, parameter: Parameter) -> None:
    kind = low.kinds.parameter(scope, parameter)
    at, name = low.at(node), parameter.name
    element = low.kinds.elements(scope, parameter)
    if parameter.variety == "star" or element is not None:
        element = kind if parameter.variety == "star" else element
        if element is not None and element is not Kind.AWAITABLE:
            item = low.temporary()
            low.emit(Make(at, item, element, name, "element"))
            low.emit(Pack(at, name, (item,), "parameter"))
    elif parameter.variety != "starstar":
        optional = low.kinds.optional(scope, parameter)
        promised = kind or (Kind.AWAITABLE if low.kinds.unknown(scope, parameter) else None)
        if promised is None and parameter.annotation is not None and parameter.default != refs.NONE:
            _alternatives(low, at, name)
        if promised is not None:
            how = "parameter" if parameter.annotation is not None or kind is None else "argument"
            low.emit(Make(at, name, promised, name, how, optional))


def _alternatives(low: Lowering, at: Origin, name: str) -> None:
    """A parameter that can be a few objects only, by its type."""
    found = low.kinds.alternatives(refs.Name(name), low.scope)
    if found:
        low.emit(Learn(at, name, tuple(sorted(found))))
