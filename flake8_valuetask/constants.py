"""Constants: what a name may stand for, where that is known, and what it says of a test.

In: texts. A constant is a literal as Python writes it (`'fast'`, `0`), a member of an enumeration (`Color.RED`), a name
that always stands for one and the same object (`_MISSING`), or one of the objects below, of which less is known.
Out: outcomes, None where they are unknown. Never: names, paths.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeAlias

Constant: TypeAlias = str

RESULT: Constant = "<result>"
"""What a call or an await gave that is not None. It is nothing that has a name in the module, either."""
SOMETHING: Constant = "<something>"
"""An object that is true: a full container, a task."""
EMPTY: Constant = "()"
"""A container without elements."""

_UNNAMED = frozenset({RESULT, SOMETHING})
_LITERALS = 1024


@lru_cache(_LITERALS)
def _literal(constant: Constant) -> tuple[object, ...]:
    """The value of a literal; nothing for other constants."""
    if constant in _UNNAMED or constant[0].isalpha() or constant[0] == "_":
        named = {"None": (None,), "True": (True,), "False": (False,)}
        return (ast.literal_eval(constant),) if constant[1:2] in ("'", '"') else named.get(constant, ())
    return (ast.literal_eval(constant),)


def truth(constant: Constant) -> bool | None:
    """Whether a constant is true."""
    if constant == SOMETHING:
        return True
    value = _literal(constant)
    return bool(value[0]) if value else None


def number(constant: Constant) -> float | None:
    """The value of a number."""
    value = _literal(constant)
    return value[0] if value and isinstance(value[0], int | float) else None


def same(constant: Constant, named: Constant) -> bool | None:
    """Whether a constant is, or is equal to, another one that a test names."""
    one, other = _literal(constant), _literal(named)
    if one and other:
        return one == other
    if constant == named:
        return True
    if "None" in (constant, named):
        return False
    if other or constant in _UNNAMED:
        return None if other or "." in named else False
    owner, _, member = constant.rpartition(".")
    if one:
        return None if "." in named else False
    return False if member and owner and owner == named.rpartition(".")[0] else None
