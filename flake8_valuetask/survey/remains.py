"""What is kept of a function or class of another module, once it has been surveyed.

In: a scope. Out: the same scope, with what can still be asked for, and without trees. Never: surveying.
"""

from __future__ import annotations

import ast

from flake8_valuetask.survey.scopes import Scope

_OF_CLASSES = ("bases", "decorators")
_OF_FUNCTIONS = (
    *("decorators", "docstring", "ending", "forgives", "is_async", "is_stub"),
    *("may_return_true", "parameters", "result", "returned", "sets_attributes"),
)
GONE = ast.Pass()
"""In the place of the tree of a scope."""
_NOTHING = Scope("function", "", None, GONE)
"""A scope whose empty parts stand for those of others."""


def trim(scope: Scope) -> None:
    """Leave what can still be asked for, and no tree: a process keeps this for all files that it judges, and each
    collection of garbage passes over it."""
    for name in _OF_CLASSES if scope.kind == "class" else _OF_FUNCTIONS:
        getattr(scope, name)  # kept by the scope from here on
    scope.node = GONE
    share(scope)
    scope.elsewhere = _NOTHING.elsewhere
    if scope.kind == "class":
        return
    for child in scope.children:
        trim(child)
    scope.parameters = [parameter.without_trees() for parameter in scope.parameters]
    for parameter in scope.parameters:
        scope.bindings[parameter.name][0].settle()
    if not _needs_locals(scope):
        parameters = {parameter.name for parameter in scope.parameters}
        scope.bindings = {name: found for name, found in scope.bindings.items() if name in parameters}
        scope.children, scope.comprehensions = _NOTHING.children, _NOTHING.comprehensions
    scope.attributes, scope.uses = _NOTHING.attributes, _NOTHING.uses


def share(scope: Scope) -> None:
    """Let a scope have nothing, as others do, in the places that only modules and functions fill."""
    for name in ("patched", "returns", "stars"):
        setattr(scope, name, getattr(_NOTHING, name))


def _needs_locals(scope: Scope) -> bool:
    """Whether a result or an attribute may follow from the names of a function; of one that gives a function inside it,
    and of that one, whatever they are declared to give."""
    home = scope.parent
    if scope.result is None or scope.generator or (home is not None and home.kind == "function"):
        return True
    if any(child.kind == "function" for child in scope.children):
        return True
    kept = home.attributes.values() if home is not None and home.kind == "class" else ()
    return any(scope.line <= binding.line <= scope.end for bindings in kept for binding in bindings)
