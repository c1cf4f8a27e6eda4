"""What other modules need to know of a module: what its top level binds, and where its functions and classes stand.

In: the text of a module. Out: its `Survey`, without calls, awaits and uses. A function or class in it is parsed and
surveyed when something of it is first asked for, from its lines alone, and a class without its methods: most of them
never are. Never: files, kinds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from flake8_valuetask.survey import Survey, definitions
from flake8_valuetask.survey.definitions import Spans
from flake8_valuetask.survey.scopes import Binding, Scope
from flake8_valuetask.survey.walk import Walk

T = TypeVar("T")

_LONGEST = 4000
"""Characters of a value beyond which it is not kept: nobody makes a one-shot value by a table of that size."""
# `other.name = ...`, but not through `self`; the names of the walk's `patched`, as far as lines tell.
_PATCHED = re.compile(r"\n[ \t]+(?!self\.\w+[ \t]*[:=]|cls\.\w+[ \t]*[:=])[\w.()\[\]\"']+\.(\w+)[ \t]*=(?!=)")
# An attribute in a place where it could be bound.
_TARGET = re.compile(r"\.\s*(\w+)(?=\s*(?:=(?!=)|[:,)\];#\\]|in\b|$))", re.M)


def outline(text: str, lines: Sequence[str], name: str, package: bool) -> Survey:
    """The survey of the module `name`, whose text has these lines (with their ends).

    Raises what `ast.parse` raises for what is no Python.
    """
    tree, spans = _parsed_without(text, definitions.of_module)
    # Functions that say `global` bind names of the module, too.
    module = Walk(tree, name, package, outline="deep" if definitions.says_global(text) else "flat").module
    module.patched.update(_PATCHED.findall(text))
    module.node = ast.Module([], [])
    _put_to_sleep(module, spans, lines, package)
    for key, found in module.bindings.items():
        module.bindings[key] = [_kept(each, lines) for each in found]
    return Survey(name, module, [], {}, package)


def _parsed_without(text: str, emptied: Callable[[str], tuple[str, Spans]], head: str = "") -> tuple[ast.Module, Spans]:
    """The tree of a text without its definitions, and where these are; that of all of it where only that is Python."""
    bare, spans = emptied(text)
    try:
        return ast.parse(head + bare), spans
    except SyntaxError:
        return ast.parse(head + text), {}


def _put_to_sleep(home: Scope, spans: Spans, lines: Sequence[str], package: bool) -> None:
    """Replace what the walk has opened in a scope by what is yet to be surveyed."""
    asleep = {
        id(each): Sleeping(each.kind, each.name, home, spans.get(each.line, (each.line, each.end)), lines, package)
        for each in home.children
    }
    for bindings in home.bindings.values():
        for binding in bindings:
            if binding.scope is not None:  # of a function elsewhere: a `global` statement brings one
                binding.scope = asleep.get(id(binding.scope))
    for each in home.children:
        each.release()
    home.children = list(asleep.values())


def _kept(binding: Binding, lines: Sequence[str]) -> Binding:
    """A binding of the module without trees."""
    if binding.how in ("function", "class"):
        return binding if binding.scope is not None else Binding("unknown", 0)
    if binding.how in ("import", "unknown"):
        return binding
    text = _segment(binding.node, lines)
    if text is None:
        return Binding("unknown", binding.line)
    return Kept(binding.how, binding.line, text, binding.index, _segment(binding.value, lines))


def _segment(node: ast.expr | None, lines: Sequence[str]) -> str | None:
    """The text of an expression; None if there is none, or it is very long."""
    if node is None:
        return None
    last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    taken = [line.encode("utf-8", "surrogatepass") for line in lines[node.lineno - 1 : last]]
    taken[-1] = taken[-1][:end]
    taken[0] = taken[0][node.col_offset :]
    found = b"".join(taken)
    return found.decode("utf-8", "surrogatepass") if len(found) <= _LONGEST else None


class Kept(Binding):
    """A binding of an outline; its texts are parsed when they are asked for."""

    __slots__ = ("_node", "_texts", "_value")

    def __init__(self, how: str, line: int, node: str, index: int | None, value: str | None) -> None:
        self.how, self.line, self.index = how, line, index
        self.scope, self.target = None, ""
        self._texts = node, value

    @property
    def node(self) -> ast.expr | None:  # type: ignore[override]
        """The bound value, or the annotation."""
        return _parsed(self._texts[0])

    @property
    def value(self) -> ast.expr | None:  # type: ignore[override]
        """The value of an annotated name."""
        return _parsed(self._texts[1])


def _parsed(text: str | None) -> ast.expr | None:
    """An expression; unknown where it is none, in an outline that is not ours."""
    try:
        return None if text is None else ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Sleeping(Scope):
    """A function or class of an outline, awake when something of it was asked for."""

    def __init__(
        self, kind: str, name: str, parent: Scope, span: tuple[int, int], lines: Sequence[str], package: bool
    ) -> None:
        self.kind, self.name, self.parent, self.module = kind, name, parent, parent.module
        self.line, self.end = span
        self._lines: Sequence[str] | None = lines
        self._package = package

    def __getattr__(self, name: str) -> Any:
        """What the survey tells; asked for only where it is not there yet."""
        if name.startswith("_") or self._lines is None:
            raise AttributeError(name)
        lines, self._lines = self._lines, None
        found = _definition(lines, self)
        self.node, spans = (_blank(self), {}) if found is None else found
        self._awake(lines, spans)
        return getattr(self, name)

    def _awake(self, lines: Sequence[str], spans: Spans) -> None:
        Scope.__init__(self, self.kind, self.name, self.parent, self.node, self.module)
        self.end = getattr(self.node, "end_lineno", self.end)  # what comments follow is known now
        numbers = range(self.line, self.end + 1)
        looked = [n for n in numbers if "yield" in lines[n - 1] or ":=" in lines[n - 1]]  # what matters in expressions
        Walk.into(self, self._package, looked)
        if self.kind == "class":
            _put_to_sleep(self, spans, lines, self._package)
            owners = _Owners(self.children, lines)
            self.attributes, self.uses = _Members(owners), _Members(owners)
        _trim(self)

    def text(self, lines: Sequence[str]) -> str:
        """Its text in the module that has these lines."""
        return "".join(lines[self.line - 1 : self.end])


class _Owners:
    """The methods of a class by the attributes that they may set."""

    def __init__(self, methods: Sequence[Scope], lines: Sequence[str]) -> None:
        self._methods, self._lines = methods, lines
        self._setting: dict[str, list[Scope]] | None = None

    def wake(self, name: str) -> None:
        """Survey the methods that may set an attribute, if that is still to be done."""
        if self._setting is None:
            self._setting = {}
            for method in self._methods:
                if isinstance(method, Sleeping) and method.kind == "function":
                    for attribute in set(_TARGET.findall(method.text(self._lines))):
                        self._setting.setdefault(attribute, []).append(method)
        for method in self._setting.pop(name, ()):
            method.bindings  # noqa: B018 - asking wakes it


class _Members(dict[str, list[T]]):
    """What methods do to attributes of `self`; those that may set one are awake when it is asked for."""

    def __init__(self, owners: _Owners) -> None:
        super().__init__()
        self._owners = owners

    def __contains__(self, name: object) -> bool:
        self._owners.wake(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> list[T]:
        self._owners.wake(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """What is known of an attribute."""
        self._owners.wake(name)
        return super().get(name, default)


_OF_CLASSES = ("bases", "decorators", "docstring")
_OF_FUNCTIONS = (
    *("decorators", "docstring", "ending", "forgives", "is_async", "is_stub"),
    *("may_return_true", "parameters", "result", "returned"),
)
_GONE = ast.Pass()
_NOTHING = Scope("function", "", None, _GONE)
"""A scope whose empty parts stand for those of others."""


def _trim(scope: Scope) -> None:
    """Leave what can still be asked for, and no tree: a process keeps this for all files that it judges, and each
    collection of garbage passes over it."""
    for name in _OF_CLASSES if scope.kind == "class" else _OF_FUNCTIONS:
        getattr(scope, name)  # kept by the scope from here on
    scope.node = _GONE
    for name in ("elsewhere", "patched", "returns", "stars"):
        setattr(scope, name, getattr(_NOTHING, name))
    if scope.kind == "class":
        return
    for child in scope.children:
        _trim(child)
    if not _needs_locals(scope):
        parameters = {parameter.name for parameter in scope.parameters}
        scope.bindings = {name: found for name, found in scope.bindings.items() if name in parameters}
        scope.children, scope.comprehensions = _NOTHING.children, _NOTHING.comprehensions
    scope.attributes, scope.uses = _NOTHING.attributes, _NOTHING.uses


def _needs_locals(scope: Scope) -> bool:
    """Whether a result or an attribute may follow from the names of a function."""
    home = scope.parent
    if scope.result is None or scope.generator:
        return True
    kept = home.attributes.values() if home is not None and home.kind == "class" else ()
    return any(scope.line <= binding.line <= scope.end for bindings in kept for binding in bindings)


def _definition(lines: Sequence[str], scope: Sleeping) -> tuple[ast.AST, Spans] | None:
    """The definition that stands where a scope says, its line numbers true, and where those in it are, which are left
    out of a class; None if there is none."""
    first, text = scope.line, scope.text(lines)
    head = "\n" * (first - 1) if text[:1] not in (" ", "\t", "\f") else "\n" * (first - 2) + "if 1:\n"
    try:
        tree, spans = _parsed_without(text, definitions.of_class if scope.kind == "class" else _whole, head)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = next((node for node in _below(tree.body) if getattr(node, "name", None) == scope.name), None)
    above = first - 1
    return None if node is None else (node, {n + above: (a + above, b + above) for n, (a, b) in spans.items()})


def _whole(text: str) -> tuple[str, Spans]:
    return text, {}


def _below(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield from node.body if isinstance(node, ast.If) else [node]


def _blank(scope: Scope) -> ast.AST:
    """In the place of a definition that is not where it was: one of which nothing is known."""
    text = f"class {scope.name}(*_): ..." if scope.kind == "class" else f"def {scope.name}(*_, **__): ..."
    return ast.parse(text).body[0]
