"""From one body in libcst to its graph of events. libcst stops here.

In: a slice of source, the survey's scope for it, and kinds. Out: a `Body`: its graph and the
bodies nested in it. Never: verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from flake8_valuetask.graph import Graph, Stop
from flake8_valuetask.kinds import Kinds
from flake8_valuetask.lower import calls, comprehensions, definitions, expressions, nested, statements
from flake8_valuetask.lower.context import Body, Closure, Lowering
from flake8_valuetask.source import Slice
from flake8_valuetask.survey import Scope

__all__ = ["Body", "Closure", "lower", "lower_module"]

# Imported for the cases that they register.
_CASES = (calls, comprehensions, definitions, expressions, statements)


def lower(part: Slice, scope: Scope, kinds: Kinds, never: Callable[[Scope], bool]) -> Body | None:
    """The body of the outermost function `scope`, the last one in the slice; None if the slice
    does not hold it. `never` says whether a function of the module cannot return."""
    found = [node for node in _functions(part.module) if node.name.value == scope.name]
    if not found:
        return None
    around = Lowering(kinds, scope.parent or scope, "", [part.module])
    around.never = never
    around.scopes = _scopes(found[0], scope)
    return nested.function(around, found[0], scope)


def lower_module(
    part: Slice, scope: Scope, kinds: Kinds, never: Callable[[Scope], bool], shared: frozenset[str]
) -> Body:
    """The code of the module outside of functions; `shared` are the names its functions use."""
    low = Lowering(kinds, scope, "<module>", [part.module])
    low.never, low.shared = never, shared
    low.loose = frozenset(nested.rebound(scope))
    low.scopes = _children(part.module, scope)
    low.statements(part.module.body)
    nested.finish(low)
    return low.body


def _functions(node: cst.CSTNode) -> list[cst.FunctionDef]:
    """The outermost functions below `node`."""
    if isinstance(node, cst.FunctionDef):
        return [node]
    return [f for child in _parts(node) for f in _functions(child)]


def _scopes(node: cst.FunctionDef, scope: Scope) -> dict[int, Scope]:
    """The scope of each definition in a function, the function itself included."""
    return {id(node): scope} | _children(node, scope)


def _children(node: cst.CSTNode, scope: Scope) -> dict[int, Scope]:
    """The scopes of the definitions in `node`: both trees have them in the order of the text."""
    found: dict[int, Scope] = {}
    definitions_in_order = [d for d in _definitions(node) if d is not node]
    for definition, child in zip(definitions_in_order, scope.children, strict=False):
        if definition.name.value == child.name:
            found[id(definition)] = child
            found |= _children(definition, child)
    return found


def _definitions(node: cst.CSTNode) -> list[cst.FunctionDef | cst.ClassDef]:
    """The definitions directly in a body, in the order of the text."""
    found: list[cst.FunctionDef | cst.ClassDef] = []
    for child in _parts(node):
        if isinstance(child, cst.FunctionDef | cst.ClassDef):
            found.append(child)
        else:
            found += _definitions(child)
    return found


def _parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements and suites of a node, in the order of the text; its expressions hold no
    definitions (`children` would build every expression's list of them)."""
    for name in ("body", "cases", "handlers", "orelse", "finalbody"):
        part = getattr(node, name, None)
        if isinstance(part, cst.CSTNode):
            yield part
        elif part is not None:
            yield from part


def never_returns(graph: Graph) -> bool:
    """Whether no path through `graph` reaches its return exit."""
    reachable = graph.postorder()
    return not any(isinstance(e := graph.blocks[b].exit, Stop) and e.normal for b in reachable)
