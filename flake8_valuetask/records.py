"""Immutable records that are cheap to define.

In: classes with annotated fields. Out: the same as records with slots. A type checker sees a frozen dataclass; at run
time nothing enforces that, because the code that would is most of what importing such a class takes: a run of flake8
that finds nothing spends as long on defining hundreds of methods as on analysing. Never: anything but definitions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        """Only type checkers need to know."""
        return lambda function: function


C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: C) -> C:
    """A record that is equal to itself only."""
    return dataclass(slots=True, eq=False, repr=False)(cls)  # type: ignore[return-value]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def comparable(cls: C) -> C:
    """A record that is equal to others with the same fields, and can be hashed."""
    return dataclass(slots=True, unsafe_hash=True)(cls)  # type: ignore[return-value]
