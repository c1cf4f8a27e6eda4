"""The methods of a class that sleep on until an attribute is asked for that they may set.

In: a class of an outline, and the text that it stands in. Out: methods that are awake. Never: what they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flake8_valuetask.survey.lines import Lines
from flake8_valuetask.survey.scopes import Binding, Scope

# What may follow an attribute in a place where it could be bound, and whether it could be declared there.
_TARGET = re.compile(r"(?!\w)\s*(?:=(?!=)|(:)|[,)\];#\\]|in\b|$)", re.M)


class Owners:
    """The methods of a class, by the attributes that they may set."""

    def __init__(self, home: Scope, lines: Lines) -> None:
        self._home = home
        self._lines = lines
        self._waiting: dict[str, list[tuple[bool, int]]] = {}

    def wake(self, name: str, attributes: dict[str, list[Binding]] | None = None) -> None:
        """Survey the methods that may set an attribute, if that is still to be done. If one of those that may declare
        it has done so in `attributes`, the others cannot add anything."""
        waiting = self._waiting.get(name)
        waiting = sorted(self._found(name)) if waiting is None else waiting
        self._waiting[name] = []
        for number, (later, line) in enumerate(waiting):
            known = dict.get(attributes, name, ()) if later and attributes is not None else ()
            if any(binding.how == "annotation" for binding in known):
                self._waiting[name] = waiting[number:]
                return
            method = self._home.method_at(line)
            if method is not None:
                method.bindings  # noqa: B018 - asking wakes it

    def _found(self, name: str) -> Iterator[tuple[bool, int]]:
        """The lines where an attribute could be bound, and whether it could not be declared there."""
        text, said = self._lines.text, f".{name}"
        start, stop = self._lines.place(self._home.line, self._home.end)
        at = text.find(said, start, stop)
        while at >= 0:
            end = at + len(said)
            match = _TARGET.match(text, end)
            if match is not None:
                yield match[1] is None, self._home.line + text.count("\n", start, at)
            at = text.find(said, end, stop)
