"""Definitions inside a body: nested functions, lambdas, classes, annotated names.

In: a definition. Out: the events of its decorators and defaults, and a nested body of its own.
Never: what a nested body does (it has a graph of its own).
"""

from __future__ import annotations

import libcst as cst

from flake8_valuetask.events import Cached, Capture, Declare, Define, HandOver, Kind, Store
from flake8_valuetask.lower import calls, cases, nested, reading, targets
from flake8_valuetask.lower.context import Closure, Lowering
from flake8_valuetask.survey import Scope

_KEPT = (Kind.COROUTINE, Kind.VALUETASK, Kind.STEP)


def function(low: Lowering, node: cst.FunctionDef) -> None:
    """A `def`: decorators, defaults, then the name is bound."""
    scope = low.scopes.get(id(node))
    decorated = False
    for decorator in node.decorators:
        low.expression(decorator.decorator)
        decorated = True
        if scope is not None:
            _cached(low, decorator, scope)
    _defaults(low, node.params)
    if scope is not None:
        _documented(low, node, scope)
    targets.bind(low, node, node.name.value, None)
    if scope is not None and low.scope.kind == "function":
        _nest(low, node, scope, decorated)


def _nest(low: Lowering, node: cst.FunctionDef, scope: Scope, decorated: bool) -> None:
    """Lower the body of a nested function; decorators may keep it or call it at any time."""
    number = len(low.body.closures)
    low.body.closures.append(Closure(node.name.value, nested.function(low, node, scope)))
    if decorated or low.scope.bindings.get(node.name.value, [None])[1:]:
        low.emit(Capture(low.at(node), number, "again"))
    else:
        low.closures[node.name.value] = number


def _cached(low: Lowering, decorator: cst.Decorator, scope: Scope) -> None:
    """A cache around a producer."""
    expression = decorator.decorator
    name = expression.func if isinstance(expression, cst.Call) else expression
    cache = low.kinds.cache(low.ref(name), low.scope)
    kind = low.kinds.producer(scope) if cache is not None else None
    if cache is not None and kind in _KEPT:
        low.emit(Cached(low.at(decorator), kind, f"{scope.name}()", cache))


def _defaults(low: Lowering, parameters: cst.Parameters) -> None:
    for param in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if param.default is None:
            continue
        place = low.expression(param.default)
        if place is not None:
            low.emit(Store(low.at(param.default), place, "default", param.name.value))


def _documented(low: Lowering, node: cst.FunctionDef, scope: Scope) -> None:
    """A public producer of ValueTasks should say what it makes, and that it may be awaited once."""
    fault = low.kinds.undocumented(scope)
    if fault is not None:
        low.emit(Define(low.at(node.name), scope.name, fault))


@cases.expression(cst.Lambda)
def _lambda(low: Lowering, node: cst.Lambda) -> None:
    _defaults(low, node.params)
    number = len(low.body.closures)
    low.body.closures.append(Closure("<lambda>", nested.lambda_(low, node)))
    calls.capture(low, node, number, escapes=True)


def named_lambda(low: Lowering, target: cst.BaseAssignTargetExpression, node: cst.Lambda) -> bool:
    """`name = lambda: ...` is like a nested function; False if the name is bound elsewhere, too."""
    if not isinstance(target, cst.Name) or len(low.scope.bindings.get(target.value, ())) != 1:
        return False
    if low.scope.kind != "function" or target.value in low.loose:
        return False
    _defaults(low, node.params)
    number = len(low.body.closures)
    low.body.closures.append(Closure(target.value, nested.lambda_(low, node)))
    low.closures[target.value] = number
    targets.bind(low, target, target.value, None)
    return True


def klass(low: Lowering, node: cst.ClassDef) -> None:
    """A class: its body runs at once, in a scope of its own."""
    for decorator in node.decorators:
        low.expression(decorator.decorator)
    for arg in (*node.bases, *node.keywords):
        place = low.expression(arg.value)
        if place is not None:
            low.emit(HandOver(low.at(arg.value), place, "a class"))
    scope = low.scopes.get(id(node))
    if scope is not None:
        kept = low.scope
        low.scope = scope
        low.suite(node.body)
        low.scope = kept
    targets.bind(low, node, node.name.value, None)


def declared(low: Lowering, node: cst.AnnAssign) -> Kind | None:
    """`name: type`: the one-shot kind that it declares, or None; a finding if it is a field."""
    annotation = reading.annotation(node.annotation.annotation)
    kind = low.kinds.annotated(annotation, low.scope)
    if kind not in _KEPT or not isinstance(node.target, cst.Name):
        return None
    name = node.target.value
    if low.scope.kind == "class" and not low.kinds.well_kept(low.scope, name, kind):
        low.emit(Declare(low.at(node), kind, name))
    return kind
