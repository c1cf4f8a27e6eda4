"""Functions that call what they are given, once at most.

In: a function and one of its parameters. Out: whether that is all it does with it. Never: who calls the function.
"""

from __future__ import annotations

import ast

from flake8_valuetask.survey.scopes import Scope

_ROUNDS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOKS = frozenset({"callable", "isinstance", "iscoroutinefunction", "isfunction"})
_KEEPS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Return, ast.Yield, ast.Starred, ast.keyword)


def called_once(function: Scope, parameter: str) -> bool:
    """Whether a function calls a parameter in one place, outside of loops, and neither keeps it nor passes it on."""
    calls = 0
    stack: list[tuple[ast.AST, ast.AST, bool]] = [(child, function.node, False) for child in _suite(function)]
    while stack:
        node, around, looped = stack.pop()
        if isinstance(node, ast.Name) and node.id == parameter:
            if isinstance(around, ast.Call) and around.func is node:
                calls += 1
                if looped:
                    return False
            elif _kept(node, around):
                return False
        inner = looped or isinstance(node, _ROUNDS)
        stack += [(child, node, inner) for child in ast.iter_child_nodes(node)]
    return calls == 1


def _suite(function: Scope) -> list[ast.AST]:
    return list(getattr(function.node, "body", []))


def _kept(node: ast.Name, around: ast.AST) -> bool:
    """Whether a name that is not called stands where somebody else gets what it stands for."""
    if isinstance(around, ast.Call):
        return (getattr(around.func, "attr", None) or getattr(around.func, "id", "")) not in _LOOKS
    if isinstance(around, ast.Assign):
        return any(not isinstance(target, ast.Name) for target in around.targets)
    return isinstance(node.ctx, ast.Store) or isinstance(around, _KEEPS)
