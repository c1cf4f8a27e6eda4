"""Names of which more is found out when one of them is asked for.

In: what finds out. Out: lists by name. Never: what is in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Asked(dict[str, list[T]]):
    """Lists by name, to which others may be added when a name is asked for."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        super().__init__()
        self._ask = ask

    def __contains__(self, name: object) -> bool:
        self._ask(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> list[T]:
        self._ask(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """What is known of a name."""
        self._ask(name)
        return super().get(name, default)
