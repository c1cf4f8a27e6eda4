"""Definitions inside a body: nested functions, lambdas, classes, annotated names.

In: a definition. Out: the events of its decorators and defaults, and a nested body of its own.
Never: what a nested body does (it has a graph of its own).
"""

from __future__ import annotations

import ast

from flake8_valuetask.events import Blur, Cached, Capture, Declare, Define, HandOver, Kind, Store
from flake8_valuetask.lower import calls, cases, nested, targets
from flake8_valuetask.lower.context import Closure, Lowering
from flake8_valuetask.lower.nested import Function
from flake8_valuetask.source import Decorator, Named
from flake8_valuetask.survey import Scope, reading

_ONCE = (Kind.COROUTINE, Kind.VALUETASK, Kind.STEP)


def function(low: Lowering, node: Function) -> None:
    """A `def`: decorators, defaults, then the name is bound."""
    scope = low.scopes.get(node)
    for decorator in node.decorator_list:
        low.expression(decorator)
        if scope is not None:
            _cached(low, node, decorator, scope)
    _defaults(low, node.args)
    if scope is not None:
        _documented(low, node, scope)
    targets.bind(low, node, node.name, None)
    if scope is None or low.body.scope.kind != "function":
        return
    if low.scope.kind == "class":
        _method(low, node, scope)
    else:
        _nest(low, node, scope)


def _nest(low: Lowering, node: Function, scope: Scope) -> None:
    """Lower the body of a nested function; decorators may keep it or call it at any time."""
    number = len(low.body.closures)
    low.body.closures.append(Closure(node.name, nested.function(low, node, scope)))
    if node.decorator_list or low.scope.bindings.get(node.name, [None])[1:]:
        low.emit(Capture(low.at(node), number, "again"))
    else:
        low.closures[node.name] = number


def _method(low: Lowering, node: Function, scope: Scope) -> None:
    """Lower a method of a class inside a function; who calls it, and how often, is not followed."""
    body = nested.function(low, node, scope)
    low.body.closures.append(Closure(node.name, body))
    places = {low.place(name) for name in body.free | body.scope.elsewhere.keys()}
    for place in sorted(filter(None, places)):
        low.emit(Blur(low.at(node), place))


def _cached(low: Lowering, node: Function, decorator: ast.expr, scope: Scope) -> None:
    """A cache around a producer."""
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    cache = low.kinds.cache(low.ref(name), low.scope)
    inside = len(node.decorator_list) - node.decorator_list.index(decorator) - 1
    kind = low.kinds.producer(scope, inside) if cache is not None else None
    if cache is not None and kind in _ONCE:
        low.emit(Cached(low.at(Decorator(node, decorator)), kind, f"{scope.name}()", cache))


def _defaults(low: Lowering, parameters: ast.arguments) -> None:
    positional = [*parameters.posonlyargs, *parameters.args]
    named = positional[len(positional) - len(parameters.defaults) :] + parameters.kwonlyargs
    for parameter, default in zip(named, [*parameters.defaults, *parameters.kw_defaults], strict=True):
        place = None if default is None else low.expression(default)
        if default is None or place is None:
            continue
        if isinstance(default, ast.Name) and low.scope.kind == "function":
            low.emit(Blur(low.at(default), place))  # binds it early; who knows how often the function runs
        else:
            low.emit(Store(low.at(default), place, "default", parameter.arg))


def _documented(low: Lowering, node: Function, scope: Scope) -> None:
    """A public producer of ValueTasks should say what it makes, and that it may be awaited once."""
    fault = low.kinds.undocumented(scope)
    if fault is not None:
        low.emit(Define(low.at(Named(node)), scope.name, fault))


@cases.expression(ast.Lambda)
def _lambda(low: Lowering, node: ast.Lambda) -> None:
    _defaults(low, node.args)
    number = len(low.body.closures)
    low.body.closures.append(Closure("<lambda>", nested.lambda_(low, node)))
    calls.capture(low, node, number, escapes=True)


def named_lambda(low: Lowering, target: ast.expr, node: ast.Lambda) -> bool:
    """`name = lambda: ...` is like a nested function; False if the name is bound elsewhere, too."""
    if not isinstance(target, ast.Name) or len(low.scope.bindings.get(target.id, ())) != 1:
        return False
    if low.scope.kind != "function" or target.id in low.loose:
        return False
    _defaults(low, node.args)
    number = len(low.body.closures)
    low.body.closures.append(Closure(target.id, nested.lambda_(low, node)))
    low.closures[target.id] = number
    targets.bind(low, target, target.id, None)
    return True


def klass(low: Lowering, node: ast.ClassDef) -> None:
    """A class: its body runs at once, in a scope of its own."""
    for decorator in node.decorator_list:
        low.expression(decorator)
    for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
        place = low.expression(base)
        if place is not None:
            low.emit(HandOver(low.at(base), place, "a class"))
    scope = low.scopes.get(node)
    if scope is not None:
        kept = low.scope, low.renamed
        outer = {name for name in scope.bindings if name not in scope.elsewhere and low.place(name) is not None}
        low.renamed = low.renamed | {name: f"{name}'{low.at(node)}" for name in outer}
        low.scope = scope
        low.statements(node.body)
        if low.body.scope.kind == "function":
            _kept(low, node, scope)
        low.scope, low.renamed = kept
    targets.bind(low, node, node.name, None)


def _kept(low: Lowering, node: ast.ClassDef, scope: Scope) -> None:
    """What a class inside a function keeps under the names of its body: whoever has the class has that."""
    for place in sorted(filter(None, map(low.place, scope.bindings))):
        low.emit(Blur(low.at(node), place))


def declared(low: Lowering, node: ast.AnnAssign) -> Kind | None:
    """`name: type`: the one-shot kind that it declares, or None; a finding if it is a field."""
    annotation = reading.annotation(node.annotation)
    kind = low.kinds.annotated(annotation, low.scope)
    if kind not in _ONCE or not isinstance(node.target, ast.Name):
        return None
    name = node.target.id
    if low.scope.kind == "class" and not low.kinds.well_kept(low.scope, name, kind):
        low.emit(Declare(low.at(node), kind, name))
    return kind
