"""What other modules need to know of a module: what its top level binds, and where its functions and classes stand.

In: the tree of a module, or data that JSON has kept, and its lines. Out: lists, dicts and strings; or a `Survey`.
A function or class of it is surveyed when something of it is first asked for, from its lines alone: most of them never
are. Left out are calls, awaits and uses. Never: files, kinds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from flake8_valuetask.survey import Survey
from flake8_valuetask.survey.scopes import Binding, Scope
from flake8_valuetask.survey.walk import Walk

Data: TypeAlias = Any
"""What JSON can hold."""

_LONGEST = 4000
"""Characters of a value beyond which it is not kept: nobody makes a one-shot value by a table of that size."""
_GLOBAL = re.compile(r"^[ \t]+global[ \t]", re.M)
# `other.name = ...`, but not through `self`; the names of the walk's `patched`, as far as lines tell.
_PATCHED = re.compile(r"^[ \t]+(?!self\.\w+[ \t]*[:=]|cls\.\w+[ \t]*[:=])[\w.()\[\]\"']+\.(\w+)[ \t]*=(?!=)", re.M)


def write(tree: ast.Module, lines: Sequence[str], name: str, package: bool) -> Data:
    """The outline of the module `name`."""
    text = "".join(lines)
    # Functions that say `global` bind names of the module, too.
    scope = Walk(tree, name, package, outline="deep" if _GLOBAL.search(text) else "flat").module
    bindings = {key: [_binding(each, scope, lines) for each in found] for key, found in scope.bindings.items()}
    data = {
        "package": package,
        "stars": [scope.stars, scope.starred],
        "exports": scope.exports,
        "patched": sorted(scope.patched | set(_PATCHED.findall(text))),
        "bindings": bindings,
        "children": [[each.kind, each.name, each.line, each.end] for each in scope.children],
    }
    scope.release()
    return data


def _binding(binding: Binding, scope: Scope, lines: Sequence[str]) -> Data:
    if binding.scope is not None:
        inside = binding.scope in scope.children  # a `global` statement may bring one from elsewhere
        return [binding.how, binding.line, scope.children.index(binding.scope)] if inside else ["unknown", 0, ""]
    if binding.how in ("import", "unknown"):
        return [binding.how, binding.line, binding.target]
    text = _segment(binding.node, lines)
    if text is None:
        return ["unknown", binding.line, ""]
    return [binding.how, binding.line, text, binding.index, _segment(binding.value, lines)]


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


def read(data: Data, lines: Sequence[str], name: str) -> Survey:
    """The survey of the module `name` from its outline and its lines (with their ends).

    Raises KeyError, TypeError, ValueError or IndexError if the data is no outline.
    """
    stars, starred = data["stars"]
    module = Scope("module", "", None, ast.Module([], []), name, stars=[*stars], starred=int(starred))
    module.exports, module.patched = data["exports"], {*data["patched"]}
    for kind, of, first, last in data["children"]:
        span = int(first), int(last)
        module.children.append(Sleeping(str(kind), str(of), module, span, lines, bool(data["package"])))
    for key, found in data["bindings"].items():
        module.bindings[key] = [_kept(each, module) for each in found]
    return Survey(name, module, [], {}, bool(data["package"]))


def _kept(data: Data, module: Scope) -> Binding:
    how, line, *rest = data
    if how in ("function", "class"):
        return Binding(how, line, scope=module.children[rest[0]])
    if how in ("import", "unknown"):
        return Binding(how, line, target=rest[0] if rest else "")
    return Kept(how, line, *rest)


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
        self.node = _definition(lines, self) or _blank(self)
        self._awake(lines)
        return getattr(self, name)

    def _awake(self, lines: Sequence[str]) -> None:
        span, parent = (self.line, self.end), self.parent
        assert parent is not None
        patched = set(parent.patched)
        Scope.__init__(self, self.kind, self.name, parent, self.node, self.module)
        yields = [number for number in range(span[0], span[1] + 1) if "yield" in lines[number - 1]]
        Walk.into(self, self._package, yields)
        _trim(self)
        parent.patched = patched  # as the whole module says: not more where more is awake


_ANSWERS = ("decorators", "docstring", "ending", "forgives", "is_stub", "may_return_true", "returned")


def _trim(scope: Scope) -> None:
    """Leave of the tree what can still be asked for: a process keeps this for all files that it judges, and each
    collection of garbage passes over it."""
    for child in scope.children:
        _trim(child)
    if not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for name in _ANSWERS:
        getattr(scope, name)  # kept by the scope from here on
    scope.node.body, scope.returns = [], []
    if not _needs_locals(scope):
        parameters = {parameter.name for parameter in scope.parameters}
        scope.bindings = {name: found for name, found in scope.bindings.items() if name in parameters}
        scope.children, scope.comprehensions = [], {}


def _needs_locals(scope: Scope) -> bool:
    """Whether a result or an attribute may follow from the names of a function."""
    home = scope.parent
    if scope.result is None or scope.generator:
        return True
    kept = home.attributes.values() if home is not None and home.kind == "class" else ()
    return any(scope.line <= binding.line <= scope.end for bindings in kept for binding in bindings)


def _definition(lines: Sequence[str], scope: Scope) -> ast.AST | None:
    """The definition that stands where a scope says, its line numbers true; None if there is none."""
    first, last = scope.line, scope.end
    indented = lines[first - 1 : first] and lines[first - 1][:1] in " \t\f"
    head = "\n" * (first - 1) if not indented else "\n" * (first - 2) + "if 1:\n"
    try:
        tree = ast.parse(head + "".join(lines[first - 1 : last]))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return next((node for node in _below(tree.body) if getattr(node, "name", None) == scope.name), None)


def _below(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield from node.body if isinstance(node, ast.If) else [node]


def _blank(scope: Scope) -> ast.AST:
    """In the place of a definition that is not where it was: one of which nothing is known."""
    text = f"class {scope.name}(*_): ..." if scope.kind == "class" else f"def {scope.name}(*_, **__): ..."
    return ast.parse(text).body[0]
