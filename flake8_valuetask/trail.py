"""The trail: what the judgement of a body depends on.

In: which body is lowered or judged, and which ones are asked for meanwhile. Out: all that is behind a body. Never: what
any of them says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_valuetask.survey import Scope


class Trail:
    """Which outermost bodies were asked for while others were lowered and judged; and which were looked into, so that
    what these say matters, too."""

    def __init__(self) -> None:
        self._asked: dict[Scope, set[Scope]] = {}
        self._into: dict[Scope, set[Scope]] = {}
        self._now: list[Scope] = []

    @contextmanager
    def of(self, scope: Scope) -> Iterator[None]:
        """Meanwhile an outermost body is lowered or judged."""
        self._now.append(scope)
        try:
            yield
        finally:
            self._now.pop()

    def note(self, scope: Scope, into: bool = False) -> None:
        """An outermost body is asked for, or looked into."""
        if self._now:
            (self._into if into else self._asked).setdefault(self._now[-1], set()).add(scope)

    def behind(self, scope: Scope) -> tuple[set[Scope], set[Scope]]:
        """All that a body has looked into, also by way of others; and what it and these have asked for."""
        found, stack = {scope}, [scope]
        while stack:
            more = self._into.get(stack.pop(), set()) - found
            found |= more
            stack += more
        asked = {each for one in found for each in self._asked.get(one, ())}
        return found - {scope}, asked - {scope}
