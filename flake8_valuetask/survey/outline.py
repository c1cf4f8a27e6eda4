"""What other modules need to know of a module, surveyed bit by bit.

In: the text of a module. Out: its `Survey`, without calls, awaits and uses. A statement is parsed and surveyed when a
name in it is first asked for; a function, or a statement of a class, when something of it is: most of a module never
is. Never: files, kinds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from flake8_valuetask.survey import Survey, definitions, parsing, remains
from flake8_valuetask.survey.definitions import Span
from flake8_valuetask.survey.lines import Lines
from flake8_valuetask.survey.scopes import Scope
from flake8_valuetask.survey.sleeping import Names, Whole
from flake8_valuetask.survey.walk import Walk

_LONGEST = 4000
"""Characters of a value beyond which it is not kept: nobody makes a one-shot value by a table of that size."""
# `other.name = ...`, but not through `self`, and whether that is a mock: the walk's `patched`, as far as lines tell.
_PATCHED = re.compile(
    r"\n[ \t]*(?!self\.\w+[ \t]*[:=]|cls\.\w+[ \t]*[:=])[\w.()\[\]\"']+\.(\w+)[ \t]*=(?!=)"
    r"([ \t]*(?:\w+\.)*\w*Mock\()?"
)
# A list of names to export, which may stand beside what matters in an `if`.
_LIST = re.compile(r"__all__[ \t]*(?::[^=\n]*)?\+?=[ \t]*[\[(][^\[\]()]*")


def outline(text: str, name: str, package: bool, words: Iterable[str] = ()) -> Survey:
    """The survey of the module `name` with this text; if `words` are given, of what says
    one of them, and of its imports."""
    return Survey(name, Outline(text, name, package, words), [], {}, package)


class Outline(Whole):
    """A module whose statements are surveyed when a name in them is asked for."""

    def __init__(self, text: str, name: str, package: bool, words: Iterable[str]) -> None:
        super().__init__("module", "", None, remains.GONE, name)
        self.lines, self.package = Lines(text), package
        self._definitions, others = definitions.of_module(text, words)
        self._listing = [each for each in others if "__all__" in each[1]]
        self._others = [(line, text, _LIST.sub("__all__", text)) for line, text in others]
        self._whole = False
        self.bindings = Names(self)
        del self.exports, self.patched  # told when asked for
        self._survey("import *")

    def __getattr__(self, name: str) -> Any:
        """What is seldom asked for."""
        if name == "exports":
            self.exports = self._listed()
        elif name == "patched":
            found = _PATCHED.findall("\n" + self.lines.text)
            self.patched = {attribute for attribute, _ in found} | {f"{each} = Mock" for each, mock in found if mock}
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def _listed(self) -> list[str] | None:
        """The names in `__all__`, as far as that is plain."""
        alone = Scope("module", "", None, remains.GONE, self.module)
        for line, text in self._listing:
            tree, _ = parsing.without_definitions(text, line)
            Walk.over(alone, [] if tree is None else tree.body, self.package)
        return alone.exports

    def _walk(self, tree: ast.Module, spans: dict[int, Span], text: str) -> None:
        # Functions that say `global` bind names of the module, too.
        self._open(lambda: Walk.over(self, tree.body, self.package, definitions.says_global(text)), spans)
        if len(text) > _LONGEST:
            self._forget_long()

    def _deceived(self) -> None:
        """Survey the module anew, whose text does not tell where its statements are; nothing, if it is no Python."""
        self._forget()
        self._listing, self._whole = [], True
        tree, spans = parsing.without_definitions(self.lines.text, 1)
        if tree is not None:
            self._walk(tree, spans, self.lines.text)

    def _forget_long(self) -> None:
        """Forget what is too long to matter."""
        for binding in (binding for found in dict.values(self.bindings) for binding in found):
            if binding.node is not None and self._length(binding.node) > _LONGEST:
                binding.how, binding.node = "unknown", None

    def _length(self, node: ast.expr) -> int:
        return len(self.lines.between(node.lineno, node.end_lineno or 0)) if node.end_lineno != node.lineno else 0
