"""From one body to its graph of events. Syntax stops here.

In: the survey's scope of a body, with its node, and kinds. Out: a `Body`: its graph and the bodies nested in it.
Never: verdicts.
"""

from __future__ import annotations

import ast

from flake8_valuetask.budget import Purse
from flake8_valuetask.graph import Graph, Stop
from flake8_valuetask.kinds import Kinds
from flake8_valuetask.lower import (
    calls,
    comprehensions,
    definitions,
    exceptions,
    expressions,
    loops,
    nested,
    statements,
)
from flake8_valuetask.lower.context import Body, Closure, Lowering, Others
from flake8_valuetask.survey import Scope

__all__ = ["Body", "Closure", "lower", "lower_module"]

# Imported for the cases that they register.
_CASES = (calls, comprehensions, definitions, exceptions, expressions, loops, statements)


def lower(scope: Scope, kinds: Kinds, others: Others, purse: Purse) -> Body:
    """The body of the outermost function `scope`; `others` answers for other functions of the module, `purse` pays for
    copies."""
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    around = Lowering(kinds, scope.parent or scope, "", [scope.node], purse)
    around.others = others
    around.scopes = {scope.node: scope} | _definitions(scope)
    return nested.function(around, scope.node, scope)


def lower_module(
    tree: ast.Module, scope: Scope, kinds: Kinds, others: Others, purse: Purse, shared: frozenset[str]
) -> Body:
    """The code of the module outside of functions; `shared` are the names its functions use."""
    low = Lowering(kinds, scope, "<module>", [tree], purse)
    low.others, low.shared = others, shared
    low.loose = frozenset(nested.rebound(scope))
    low.scopes = _definitions(scope)
    low.statements(tree.body)
    nested.finish(low)
    return low.body


def _definitions(scope: Scope) -> dict[ast.AST, Scope]:
    """The scopes of the definitions inside `scope`, by their nodes."""
    found: dict[ast.AST, Scope] = {}
    stack = [scope]
    while stack:
        for child in stack.pop().children:
            found[child.node] = child
            stack.append(child)
    return found


def never_returns(graph: Graph) -> bool:
    """Whether no path through `graph` reaches its return exit."""
    reachable = graph.postorder()
    return not any(isinstance(e := graph.blocks[b].exit, Stop) and e.normal for b in reachable)
