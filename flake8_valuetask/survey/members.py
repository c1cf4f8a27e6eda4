"""The members of an enumeration, by the bindings of its body.

In: the scope of a class. Out: names, and the member that each of them stands for. Never: whether it is an enumeration.
"""

from __future__ import annotations

import ast

from flake8_valuetask.survey.scopes import Binding, Scope

_NO_MEMBERS = frozenset({"property", "staticmethod", "classmethod", "nonmember"})


def members(cls: Scope) -> dict[str, str]:
    """The member that each public name in the body of an enumeration stands for: of several with one value the first,
    for another name what that stands for. Methods and properties are none."""
    found: dict[str, str] = {}
    first: dict[str, str] = {}  # by value
    for name, bindings in cls.bindings.items():
        value = next(filter(None, map(_value, bindings)), None)
        if value is None or name.startswith("_") or _is_function(value):
            continue
        alias = found.get(value.id) if isinstance(value, ast.Name) else None
        text = repr(value.value) if isinstance(value, ast.Constant) else name
        found[name] = alias or first.setdefault(text, name)
    return found


def _value(binding: Binding) -> ast.expr | None:
    """What an assignment gives a name, with or without a type."""
    return binding.node if binding.how == "value" else binding.value


def _is_function(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    name = getattr(called, "attr", None) or getattr(called, "id", "")
    return isinstance(value, ast.Lambda) or name in _NO_MEMBERS
