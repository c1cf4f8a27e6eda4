"""How suites end: whether a way leads past their last statement.

In: statements. Out: whether control can come behind them, as far as they show it. Never: names, other modules.
"""

from __future__ import annotations

import ast
import re

# Managers that may end an exception of their suite, by the words in the last name of the call that makes one.
_FORGIVING = re.compile("suppress|swallow|ignor|silen[ct]|catch|raises|warns|exit_?stack|move_?on|cancel_?scope", re.I)


def diverges(node: ast.stmt) -> bool:
    """Whether no way leads past a statement."""
    match node:
        case ast.Raise():
            return True
        case ast.If(body=body, orelse=[_, *_] as orelse):
            return diverges(body[-1]) and diverges(orelse[-1])
        case ast.While(test=ast.Constant(value=value)) if value:
            return not any(isinstance(each, ast.Break) for each in ast.walk(node))
        case ast.Try(body=body, handlers=handlers, orelse=[]):
            return diverges(body[-1]) and all(diverges(handler.body[-1]) for handler in handlers)
        case _:
            return False


def leaves(suite: list[ast.stmt]) -> bool:
    """Whether the end of a suite is not reached: each way through it returns or raises."""
    match suite[-1]:
        case ast.Return():
            return True
        case ast.If(body=body, orelse=[_, *_] as orelse):
            return leaves(body) and leaves(orelse)
        case ast.With(body=body, items=items) | ast.AsyncWith(body=body, items=items):
            return leaves(body) and not any(_forgives(item.context_expr) for item in items)
        case ast.Try(finalbody=[_, *_] as finalbody) if leaves(finalbody):
            return True
        case ast.Try(body=body, handlers=handlers, orelse=orelse):
            return leaves(orelse or body) and all(leaves(handler.body) for handler in handlers)
        case ast.Match(cases=cases):
            return _takes_all(cases[-1]) and all(leaves(case.body) for case in cases)
        case last:
            return diverges(last)


def _forgives(manager: ast.expr) -> bool:
    """Whether a manager may end an exception of its suite, by its name; one that was made elsewhere does not."""
    func = manager.func if isinstance(manager, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return _FORGIVING.search(name) is not None


def _takes_all(case: ast.match_case) -> bool:
    """Whether a case takes whatever the cases above it leave."""
    return case.guard is None and irrefutable(case.pattern)


def irrefutable(pattern: ast.pattern) -> bool:
    """Whether a pattern matches whatever it is asked about."""
    match pattern:
        case ast.MatchAs(pattern=inner):
            return inner is None or irrefutable(inner)
        case ast.MatchOr(patterns=patterns):
            return irrefutable(patterns[-1])
        case _:
            return False
