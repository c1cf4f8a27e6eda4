"""Values that are reached by texts: `locals()["page"]`, `eval("page")`, `itemgetter(0)(pages)`.

In: calls. Out: events for what cannot be followed from there on. Never: what the texts say.
"""

from __future__ import annotations

import ast

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Blur, Place
from flake8_valuetask.kinds import Callee
from flake8_valuetask.lower import known
from flake8_valuetask.lower.context import Lowering


def all_named(low: Lowering, node: ast.Call, callee: Callee) -> None:
    """A call that may take whatever has a name here."""
    most = catalog.NAMESPACES.get(callee.path)
    if most is not None and len(node.args) + len(node.keywords) <= most:
        for name in sorted({*low.scope.bindings, *low.used}):
            if low.place(name) == name:
                low.emit(Blur(low.at(node), name))
                known.kept(low, ast.copy_location(ast.Name(name, ast.Load()), node))


def takes(low: Lowering, node: ast.Call, callee: Callee, given: Place) -> bool:
    """Whether a call takes something from a value that it is given, perhaps the method that spends it. What only the
    call has, and is asked for an attribute of which nobody here says the name, has none like that."""
    if callee.path == "builtins.getattr":
        return not given.startswith("%") or any(isinstance(name, ast.Constant) for name in node.args[1:2])
    return callee.contract is None and _getter(low, node.func)


def _getter(low: Lowering, func: ast.expr) -> bool:
    """Whether what is called was made to take something: `itemgetter(0)`, or a name for it."""
    ref = low.ref(func)
    if isinstance(ref, refs.Name):
        home = low.scope if ref.id in low.scope.bindings else low.scope.top
        bindings = home.bindings.get(ref.id, [])
        ref = bindings[0].ref if len(bindings) == 1 and bindings[0].how == "value" else ref
    return isinstance(ref, refs.Call) and low.kinds.callee(ref, low.scope).path in catalog.GETTERS
