"""What other modules need to know of a module, surveyed bit by bit.

In: the text of a module. Out: its `Survey`, without calls, awaits and uses. A statement is parsed and surveyed when a
name in it is first asked for; a function, a class without its methods, or a method when something of it is: most of a
module never is. Never: files, kinds.
"""

from __future__ import annotations

import ast
import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from flake8_valuetask.survey import Survey, definitions, parsing, reading, remains
from flake8_valuetask.survey.definitions import Span
from flake8_valuetask.survey.scopes import AttributeUse, Binding, Scope
from flake8_valuetask.survey.walk import Walk

T = TypeVar("T")

_LINE_END = re.compile("\n")
_LONGEST = 4000
"""Characters of a value beyond which it is not kept: nobody makes a one-shot value by a table of that size."""
# `other.name = ...`, but not through `self`, and whether that is a mock: the walk's `patched`, as far as lines tell.
_PATCHED = re.compile(
    r"\n[ \t]*(?!self\.\w+[ \t]*[:=]|cls\.\w+[ \t]*[:=])[\w.()\[\]\"']+\.(\w+)[ \t]*=(?!=)"
    r"([ \t]*(?:\w+\.)*\w*Mock\()?"
)
# A list of names to export, which may stand beside what matters in an `if`.
_LIST = re.compile(r"__all__[ \t]*(?::[^=\n]*)?\+?=[ \t]*[\[(][^\[\]()]*")
# An attribute in a place where it could be bound, and whether it could be declared there.
_TARGET = re.compile(r"\.\s*(\w+)(?=\s*(?:=(?!=)|(:)|[,)\];#\\]|in\b|$))", re.M)


def outline(text: str, name: str, package: bool, words: Iterable[str] = ()) -> Survey:
    """The survey of the module `name` with this text; if `words` are given, of what says
    one of them, and of its imports."""
    return Survey(name, Outline(text, name, package, words), [], {}, package)


class Outline(Scope):
    """A module whose statements are surveyed when a name in them is asked for."""

    def __init__(self, text: str, name: str, package: bool, words: Iterable[str]) -> None:
        super().__init__("module", "", None, remains.GONE, name)
        self.text, self.package = text, package
        self._definitions, others = definitions.of_module(text, words)
        self._listing = [each for each in others if "__all__" in each[1]]
        self._others = [(line, text, _LIST.sub("__all__", text)) for line, text in others]
        self._whole = False
        self.bindings = _Names(self)
        del self.exports, self.patched  # told when asked for
        self._survey("import *")

    def __getattr__(self, name: str) -> Any:
        """What is seldom asked for."""
        if name == "_starts":
            self._starts = _line_starts(self.text)
        elif name == "exports":
            self.exports = self._listed()
        elif name == "patched":
            found = _PATCHED.findall("\n" + self.text)
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

    def bind_all(self, name: str) -> None:
        """Survey what binds a name."""
        for kind, span in self._definitions.pop(name, ()):
            scope = Sleeping("class" if kind == "class" else "function", name, self, span)
            self.children.append(scope)
            self.bind(name, Binding(scope.kind, span[0], scope=scope))
        self._survey(name)

    def bind_everything(self) -> None:
        """Survey what is left."""
        for name in list(self._definitions):
            self.bind_all(name)
        self._survey("")

    def _survey(self, word: str) -> None:
        """Survey the statements that may bind a word, or say it in some other way than before a dot."""
        chosen = [each for each in self._others if word in each[2] and _says(each[2], word)]
        if chosen:
            self._others = [each for each in self._others if each not in chosen]
        for line, text, _ in chosen:
            if self._whole:
                break
            tree, spans = parsing.without_definitions(text, line)
            if tree is None:
                self._survey_whole()
            else:
                self._walk(tree, spans, text)

    def _walk(self, tree: ast.Module, spans: dict[int, Span], text: str) -> None:
        known = len(self.children)
        # Functions that say `global` bind names of the module, too.
        self.aside(Walk.over, self, tree.body, self.package, definitions.says_global(text))
        _put_to_sleep(self, known, spans)
        if len(text) > _LONGEST:
            self._forget_long()

    def _survey_whole(self) -> None:
        """Survey the module anew, whose text does not tell where its statements are; nothing, if it is no Python."""
        self._definitions, self._others, self._listing, self._whole = {}, [], [], True
        self.children.clear()
        self.bindings.clear()
        tree, spans = parsing.without_definitions(self.text, 1)
        if tree is not None:
            self._walk(tree, spans, self.text)

    def _forget_long(self) -> None:
        """Forget what is too long to matter."""
        for binding in (binding for found in dict.values(self.bindings) for binding in found):
            if binding.node is not None and self._length(binding.node) > _LONGEST:
                binding.how, binding.node = "unknown", None

    def _length(self, node: ast.expr) -> int:
        return len(self.between(node.lineno, node.end_lineno or 0)) if node.end_lineno != node.lineno else 0

    def between(self, first: int, last: int) -> str:
        """The lines of the text from one to another, both included, with their ends."""
        found = self.text[self._starts[first - 1] : self._starts[min(last, len(self._starts) - 1)]]
        return found if found.endswith("\n") else found + "\n"

    def aside(self, walk: Callable[..., None], *given: object) -> None:
        """Survey a part, which tells less of the module than its text does."""
        own = vars(self)
        kept: dict[str, Any] = {name: own.pop(name) for name in ("exports", "patched") if name in own}
        self.exports, self.patched = None, set()
        try:
            walk(*given)
        finally:
            del self.exports, self.patched
            own.update(kept)


def _line_starts(text: str) -> array[int]:
    """Where each line of a text begins, and where one more would: few bytes for lines that nobody may look at."""
    return array("L", [0, *[match.end() for match in _LINE_END.finditer(text)], len(text)])


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


class _Asked(dict[str, list[T]]):
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


class _Names(_Asked[Binding]):
    """The names that a module binds."""

    def __init__(self, module: Outline) -> None:
        super().__init__(self._bind)
        self._module = module
        self._done: set[str] = set()

    def _bind(self, name: str) -> None:
        if name not in self._done:
            self._done.add(name)
            self._module.bind_all(name)
            super().get(name, []).sort(key=_line)


def _line(binding: Binding) -> int:
    return binding.line


def _put_to_sleep(home: Scope, known: int, spans: dict[int, Span]) -> None:
    """Let what the walk has opened in a scope, beyond the children that are known, be surveyed later."""
    opened = {
        id(each): (each, Sleeping(each.kind, each.name, home, spans.get(each.line) or _span(each, spans)))
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
    """What the head of a function says."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, scope: Sleeping, owner: type) -> Any:
        scope.read_head(self.name)
        return vars(scope)[self.name]


class Sleeping(Scope):
    """A function or class of an outline, awake when something of it was asked for."""

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
        self.node, spans = self._definition()
        self._awake(spans)
        return getattr(self, name)

    def _definition(self) -> tuple[ast.AST, dict[int, Span]]:
        """The definition that stands where the span says, its line numbers true, and where those in it are, which are
        left out of a class; one of which nothing is known, if there is none."""
        for text, line in ((self.text(), self.line), (self._outline().text, 1)):  # of all, where the text deceives
            whole = self.kind == "function"
            tree, spans = (parsing.tree(text, line), {}) if whole else parsing.without_definitions(text, line)
            node = None if tree is None else parsing.definition(tree, self.name, self.line)
            if node is not None:
                return node, spans
        return _blank(self), {}

    def _awake(self, spans: dict[int, Span]) -> None:
        Scope.__init__(self, self.kind, self.name, self.parent, self.node, self.module)
        if self.kind == "function":
            self.end = getattr(self.node, "end_lineno", self.end)  # what comments follow is known now
        text, outline = self.text(), self._outline()
        looked: list[int] = []
        if "yield" in text or ":=" in text:  # what matters in expressions
            lines = enumerate(text.split("\n"), self.line)
            looked = [number for number, line in lines if "yield" in line or ":=" in line]
        outline.aside(Walk.into, self, outline.package, looked)
        if self.kind == "class":
            _put_to_sleep(self, 0, spans)
            self.attributes, self.uses = _attributes(self.children)
        remains.trim(self)

    def read_head(self, asked: str) -> None:
        """Read what the head of a function says, for which its body need not be parsed; `asked` among it."""
        own = vars(self)
        head = definitions.head(self.text()) if self._asleep and self.kind == "function" else None
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
        return self._outline().between(self.line, self.end)

    def _outline(self) -> Outline:
        scope: Scope | None = self
        while not isinstance(scope, Outline):
            assert scope is not None
            scope = scope.parent
        return scope


def _attributes(members: Sequence[Scope]) -> tuple[_Asked[Binding], _Asked[AttributeUse]]:
    """What the methods of a class set, and how they use it, by name. Some methods sleep on until it is asked for."""
    owners = _Owners(members)
    attributes: _Asked[Binding] = _Asked(lambda name: owners.wake(name, attributes))
    return attributes, _Asked(owners.wake)


class _Owners:
    """The methods of a class by the attributes that they may set."""

    def __init__(self, methods: Sequence[Scope]) -> None:
        self._methods = methods
        self._setting: dict[str, list[tuple[bool, Sleeping]]] | None = None

    def wake(self, name: str, attributes: dict[str, list[Binding]] | None = None) -> None:
        """Survey the methods that may set an attribute, if that is still to be done. If one of those that may declare
        it has done so in `attributes`, the others cannot add anything."""
        if self._setting is None:
            self._setting = {}
            for method in self._methods:
                if isinstance(method, Sleeping) and method.kind == "function":
                    for attribute, colon in set(_TARGET.findall(method.text())):
                        self._setting.setdefault(attribute, []).append((not colon, method))
        waiting = sorted(self._setting.pop(name, ()), key=itemgetter(0))
        for number, (later, method) in enumerate(waiting):
            known = dict.get(attributes, name, ()) if later and attributes is not None else ()
            if any(binding.how == "annotation" for binding in known):
                self._setting[name] = waiting[number:]
                return
            method.bindings  # noqa: B018 - asking wakes it


def _blank(scope: Scope) -> ast.AST:
    """In the place of a definition that is not where it was: one of which nothing is known."""
    text = f"class {scope.name}(*_): ..." if scope.kind == "class" else f"def {scope.name}(*_, **__): ..."
    return ast.parse(text).body[0]
