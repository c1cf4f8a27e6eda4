"""Functions and classes of another module, of which nothing has been read yet but where they stand.

In: the names and places of definitions; the outline that they are in. Out: scopes. Of a function the head is read when
something of it is asked for, and all of it when more is; of a class a statement when a name in it is. Never: kinds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flake8_valuetask.survey import definitions, parsing, reading, remains
from flake8_valuetask.survey.asked import Asked
from flake8_valuetask.survey.definitions import Span
from flake8_valuetask.survey.lines import Lines
from flake8_valuetask.survey.owners import Owners
from flake8_valuetask.survey.scopes import Binding, Scope
from flake8_valuetask.survey.walk import Walk

# The head of a class without bases and decorators.
_BARE = re.compile(r"\s*class\s+\w+\s*: \.\.\.")


class Margin(Scope):
    """A module or class whose statements are surveyed when a name in them is asked for."""

    _definitions: dict[str, tuple[tuple[str, Span], ...]]
    _others: list[tuple[int, str, str]]
    """All other statements: where, what, and where in it names are looked for."""
    _whole: bool
    """Whether the text did not tell where the statements are, so that all of it has been surveyed."""

    def bind_all(self, name: str) -> None:
        """Survey what binds a name."""
        for kind, span in self._definitions.pop(name, ()):
            scope = asleep("class" if kind == "class" else "function", name, self, span)
            self.children.append(scope)
            self.bind(name, Binding(scope.kind, span[0], scope=scope))
        self._survey(name)

    def bind_everything(self) -> None:
        """Survey what is left."""
        for name in list(self._definitions):
            self.bind_all(name)
        self._survey("")

    def outline(self) -> Whole:
        """The module that this stands in."""
        raise NotImplementedError

    def _survey(self, word: str) -> None:
        """Survey the statements that may bind a word, or say it in some other way than before a dot."""
        chosen = [each for each in self._others if word in each[2] and _says(each[2], word)]
        if chosen:
            self._read(chosen)

    def _read(self, chosen: list[tuple[int, str, str]]) -> None:
        self._others = [each for each in self._others if each not in chosen]
        for line, text, _ in chosen:
            if self._whole:
                break
            tree, spans = parsing.without_definitions(text, line)
            if tree is None:
                self._deceived()
            else:
                self._walk(tree, spans, text)

    def _walk(self, tree: ast.Module, spans: dict[int, Span], text: str) -> None:
        """Survey a statement."""
        raise NotImplementedError

    def _deceived(self) -> None:
        """Survey everything anew, as the text does not tell where statements are."""
        raise NotImplementedError

    def _open(self, walk: Callable[[], None], spans: dict[int, Span]) -> None:
        """Let a walk survey a part; what it opens sleeps."""
        known = len(self.children)
        self.outline().aside(walk)
        put_to_sleep(self, known, spans)

    def _forget(self) -> None:
        """Forget what has been found out."""
        self._definitions, self._others = {}, []
        self.children.clear()
        self.bindings.clear()


class Whole(Margin):
    """A module: what all that stands in it has in common."""

    lines: Lines
    package: bool

    def outline(self) -> Whole:
        """This module."""
        return self

    def aside(self, walk: Callable[[], None]) -> None:
        """Survey a part, which tells less of the module than its text does."""
        own = vars(self)
        kept: dict[str, Any] = {name: own.pop(name) for name in ("exports", "patched") if name in own}
        self.exports, self.patched = None, set()
        try:
            walk()
        finally:
            del self.exports, self.patched
            own.update(kept)


def _says(text: str, word: str) -> bool:
    """Whether a text says a word somewhere else than before a dot, where only `import` binds it; any text says ""."""
    at = text.find(word) if word else len(text)
    while at >= 0:
        end = at + len(word)
        after = text[end : end + 1]
        alone = not (text[at - 1 : at].isidentifier() or after.isidentifier() or after.isdecimal())
        if alone and (after != "." or text.find("import", 0, at) >= 0):
            return True
        at = text.find(word, end)
    return not word


class Names(Asked[Binding]):
    """The names that a module or a class binds."""

    def __init__(self, home: Margin) -> None:
        super().__init__(self._bind)
        self._home = home
        self._done: set[str] = set()

    def _bind(self, name: str) -> None:
        if name not in self._done:
            self._done.add(name)
            self._home.bind_all(name)
            super().get(name, []).sort(key=_line)

    def items(self) -> Any:
        """All names."""
        self._home.bind_everything()
        return super().items()


def _line(binding: Binding) -> int:
    return binding.line


def asleep(kind: str, name: str, parent: Scope, span: Span) -> Sleeping:
    """A function or class that nobody has asked anything of."""
    return (SleepingClass if kind == "class" else Sleeping)(kind, name, parent, span)


def put_to_sleep(home: Scope, known: int, spans: dict[int, Span]) -> None:
    """Let what the walk has opened in a scope, beyond the children that are known, be surveyed later."""
    opened = {
        id(each): (each, asleep(each.kind, each.name, home, spans.get(each.line) or _span(each, spans)))
        for each in home.children[known:]
    }
    for bindings in dict.values(home.bindings) if opened else ():
        for binding in bindings:
            if binding.scope is not None and not isinstance(binding.scope, Sleeping):
                _, binding.scope = opened.get(id(binding.scope), (None, None))
                if binding.scope is None:  # of a function elsewhere: a `global` statement brings one
                    binding.how = "unknown"
    home.children[known:] = [asleep for _, asleep in opened.values()]
    for each, _ in opened.values():
        each.release()


def _span(scope: Scope, spans: dict[int, Span]) -> Span:
    """Where a scope stands; the definitions in it that have been left out may end below its tree."""
    inner = [last for first, last in spans.values() if scope.line <= first <= scope.end]
    return scope.line, max([scope.end, *inner])


_OF_HEADS = ("decorators", "is_async", "result")  # parameters are seldom asked for, and hold trees


class _OfHead:
    """What the head of a function or class says."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, scope: Sleeping, owner: type) -> Any:
        scope.read_head(self.name)
        return vars(scope)[self.name]


class Sleeping(Scope):
    """A function of an outline, awake when something of it was asked for."""

    def __init__(self, kind: str, name: str, parent: Scope, span: Span) -> None:
        self.kind, self.name, self.parent, self.module = kind, name, parent, parent.module
        self.line, self.end = span
        self._asleep = True

    if not TYPE_CHECKING:
        decorators, is_async, parameters, result = _OfHead(), _OfHead(), _OfHead(), _OfHead()

    def __getattr__(self, name: str) -> Any:
        """What the survey tells; asked for only where it is not there yet."""
        if name.startswith("_") or not self._asleep:
            raise AttributeError(name)
        if name == "generator" and self.kind == "function" and "yield" not in self.text():
            return False
        self._asleep = False
        self._awake()
        return getattr(self, name)

    def _awake(self) -> None:
        node = self._definition(parsing.tree)
        Scope.__init__(self, self.kind, self.name, self.parent, node, self.module)
        self.end = getattr(node, "end_lineno", self.end)  # what comments follow is known now
        text, outline = self.text(), self.outline()
        if "setattr" not in text:
            self.sets_attributes = False
        looked: list[int] = []
        if "yield" in text or ":=" in text:  # what matters in expressions
            lines = enumerate(text.split("\n"), self.line)
            looked = [number for number, line in lines if "yield" in line or ":=" in line]
        outline.aside(lambda: Walk.into(self, outline.package, looked))
        remains.trim(self)

    def _definition(self, parse: Callable[[str, int], ast.Module | None]) -> ast.AST:
        """The definition that stands where the span says, its line numbers true; one of which nothing is known, if
        there is none."""
        for text, line in ((self.text(), self.line), (self.outline().lines.text, 1)):  # of all, where the text deceives
            tree = parse(text, line)
            node = None if tree is None else parsing.definition(tree, self.name, self.line)
            if node is not None:
                return node
        return _blank(self)

    def read_head(self, asked: str) -> None:
        """Read what the head says, for which the body need not be parsed; `asked` among it."""
        own = vars(self)
        head = definitions.head(self.text()) if self._asleep else None
        if head is not None and head.decorators is not None and asked != "parameters" and "\\" not in head.text:
            result = None if head.result is None else reading.quoted(head.result)
            decorators = [reading.quoted(name) for name in head.decorators]
            own.update({"decorators": decorators, "is_async": head.is_async, "result": result} | own)
            return
        tree = None if head is None else parsing.tree(head.text, 2)
        node = None if tree is None else parsing.definition(tree, self.name, 2)
        whole = self if node is None else Scope(self.kind, self.name, self.parent, node, self.module)
        for name in {*_OF_HEADS, asked}:
            own.setdefault(name, getattr(Scope, name).function(whole))
        if asked == "parameters":
            self.parameters = [parameter.without_trees() for parameter in self.parameters]

    def text(self) -> str:
        """Its text in the module."""
        return self.outline().lines.between(self.line, self.end)

    def outline(self) -> Whole:
        """The module that it stands in."""
        top = self.top
        assert isinstance(top, Margin)
        return top.outline()


class SleepingClass(Sleeping, Margin):
    """A class of an outline, whose statements are surveyed when a name in them is asked for."""

    if not TYPE_CHECKING:
        bases = _OfHead()

    def _awake(self) -> None:
        Scope.__init__(self, self.kind, self.name, self.parent, remains.GONE, self.module)
        remains.share(self)
        owners = Owners(self, self.outline().lines)
        self.bindings = Names(self)
        self.attributes = Asked(lambda name: owners.wake(name, self.attributes))
        self.uses = Asked(owners.wake)
        self._definitions, self._others, self._whole = {}, [], False
        found = definitions.class_body(self.text())
        if found is None:
            self._deceived()
            return
        body, above = found
        self._definitions, others = definitions.of_module(body, (), self.line - 1 + above)
        self._others = [(line, text, text) for line, text in others]

    def _walk(self, tree: ast.Module, spans: dict[int, Span], text: str) -> None:
        self._open(lambda: Walk.over(self, tree.body, self.outline().package), spans)

    def _deceived(self) -> None:
        self._forget()
        self._whole, spans = True, dict[int, Span]()

        def parse(text: str, line: int) -> ast.Module | None:
            tree, found = parsing.without_definitions(text, line)
            spans.update(found)
            return tree

        node = self._definition(parse)
        self._open(lambda: Walk.over(self, getattr(node, "body", []), self.outline().package), spans)

    def bind_everything(self) -> None:
        """Survey what is left."""
        self.bindings  # noqa: B018 - asking wakes it
        super().bind_everything()

    def read_head(self, asked: str) -> None:
        """Read what the head says; `asked` among it."""
        head = definitions.class_head(self.text())
        if asked in ("bases", "decorators") and head is not None and _BARE.fullmatch(head):
            self.bases, self.decorators = [], []
            return
        tree = None if head is None else parsing.tree(head, self.line)
        node = None if tree is None else parsing.definition(tree, self.name, self.line)
        node = self._definition(parsing.tree) if node is None else node
        whole = Scope(self.kind, self.name, self.parent, node, self.module)
        for name in {"bases", "decorators", asked}:
            vars(self).setdefault(name, getattr(Scope, name).function(whole))

    def method_at(self, line: int) -> Scope | None:
        """The method that a line stands in."""
        around = [name for name, found in self._definitions.items() if any(_within(line, span) for _, span in found)]
        for name in around:
            self.bindings.get(name)
        if not around:
            self._read([each for each in self._others if _within(line, (each[0], each[0] + each[1].count("\n")))])
        return super().method_at(line)


def _within(line: int, span: Span) -> bool:
    return span[0] <= line <= span[1]


def _blank(scope: Scope) -> ast.AST:
    """In the place of a definition that is not where it was: one of which nothing is known."""
    text = f"class {scope.name}(*_): ..." if scope.kind == "class" else f"def {scope.name}(*_, **__): ..."
    return ast.parse(text).body[0]
