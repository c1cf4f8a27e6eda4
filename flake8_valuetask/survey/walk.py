"""The pass itself: statements in source order.

In: an `ast.Module`. Out: the scopes, bodies and callers of a `Survey`. Never: kinds, control flow.
"""

from __future__ import annotations

import ast
import bisect
import sys
from collections.abc import Callable, Iterable
from typing import Any

from flake8_valuetask import refs
from flake8_valuetask.survey import Body, static
from flake8_valuetask.survey.expressions import Scan
from flake8_valuetask.survey.scopes import Binding, Scope

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Walk(Scan):
    """A pass over the statements of a module, or of a part of it."""

    def __init__(self, tree: ast.Module, name: str, package: bool) -> None:
        self._start(Scope("module", "", None, tree, name), package, None)
        self.statements(tree.body)

    @classmethod
    def part(cls, module: Scope, home: Scope, node: ast.stmt, package: bool, flat: bool) -> Walk:
        """The pass over one statement, expressions included, in a module (a `package`, if that is an `__init__`) or in
        a class of it, its `home`; if it is to be `flat`, over functions and classes only where they stand."""
        walk = cls.__new__(cls)
        walk._start(module, package, None)
        walk.scope, walk.flat = home, flat
        walk.statements([node])
        return walk

    @classmethod
    def over(cls, home: Scope, nodes: Iterable[ast.stmt], package: bool, deep: bool = False) -> None:
        """Visit statements of a module (a `package`, if that is an `__init__`) or of a class of it, but no expressions;
        functions and classes only where they stand, unless it is to be `deep`."""
        walk = cls.__new__(cls)
        walk._start(home.top, package, [])
        walk.scope, walk.flat = home, not deep
        walk.statements(nodes)

    @classmethod
    def into(cls, scope: Scope, package: bool, looked: list[int]) -> None:
        """Visit what stands in a function; expressions only in functions with one of the lines `looked`."""
        walk = cls.__new__(cls)
        walk._start(scope.top, package, looked)
        assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
        _enter_function(walk, scope, scope.node)

    def _start(self, module: Scope, package: bool, looked: list[int] | None) -> None:
        super().__init__(module, looked is None)
        self.flat = False  # of functions and classes only where they stand
        self.looked = looked  # lines; if they are given, only functions with one of them are looked into
        name = module.module
        self.package = name if package else name.rpartition(".")[0]
        self.bodies = [self.body]

    def statements(self, nodes: Iterable[ast.stmt]) -> None:
        """Visit each statement; what has no visitor of its own is scanned for expressions."""
        for node in nodes:
            visit = _VISITORS.get(type(node))
            if visit is not None:
                visit(self, node)
            else:
                self.parts(node)

    def parts(self, node: ast.AST) -> None:
        """Visit the fields of a statement: suites as statements, the rest as expressions."""
        looped = isinstance(node, _LOOPS)
        self.loops += looped
        for name in node._fields:
            part = getattr(node, name, None)
            if isinstance(part, ast.expr):
                self.scan(part)
            elif isinstance(part, list) and part:
                self.many(part)
        self.loops -= looped

    def many(self, nodes: list[ast.AST]) -> None:
        """Visit a list of statements, expressions, handlers, cases or with-items."""
        if isinstance(nodes[0], ast.stmt):
            self.statements(nodes)  # type: ignore[arg-type]
            return
        for node in nodes:
            if isinstance(node, ast.expr):
                self.scan(node)
            elif isinstance(node, ast.excepthandler | ast.match_case | ast.withitem):
                self.clause(node)

    def clause(self, node: ast.AST) -> None:
        """Visit a handler, a case or a with-item, and bind what it names."""
        if isinstance(node, ast.ExceptHandler) and node.name:
            self.bind(node.name, Binding("unknown", node.lineno))
        if isinstance(node, ast.match_case):
            self.captures(node.pattern)
        self.parts(node)

    def captures(self, pattern: ast.pattern) -> None:
        """Bind the captures of a pattern to the unknown."""
        for node in ast.walk(pattern):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                self.bind(name, Binding("unknown", pattern.lineno))

    def open(self, kind: str, name: str, node: ast.AST) -> Scope:
        """A new scope inside the one that the walk is in."""
        scope = Scope(kind, name, self.scope, node, self.module.module)
        self.scope.children.append(scope)
        return scope

    def looks_into(self, scope: Scope) -> bool:
        """Whether a function has one of the lines that matter."""
        if self.looked is None:
            return True
        first = bisect.bisect_left(self.looked, scope.line)
        return first < len(self.looked) and self.looked[first] <= scope.end

    def outer(self, body: Body, scope: Scope, visit: Callable[[], None]) -> None:
        """Run `visit` inside `scope` and `body`, outside of any loop."""
        kept = self.scope, self.body, self.loops, self.receiver
        self.scope, self.body, self.loops = scope, body, 0
        if scope.kind == "function" and scope.parent is not None and scope.parent.kind == "class":
            first = next(iter(scope.parameters), None)
            self.receiver = None if first is None else (first.name, scope, scope.parent)
        visit()
        self.scope, self.body, self.loops, self.receiver = kept


def _visit_function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    for decorator in node.decorator_list:
        walk.scan(decorator)
    for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
        walk.scan(default)
    scope = walk.open("function", node.name, node)
    walk.bind(node.name, Binding("function", node.lineno, scope=scope))
    if not walk.flat:
        _enter_function(walk, scope, node)


def _enter_function(walk: Walk, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    for parameter in scope.parameters:
        how = (
            "parameter"
            if parameter.annotation is not None and parameter.variety in ("positional", "keyword")
            else "unknown"
        )
        annotation = parameter.annotation if isinstance(parameter.annotation, ast.expr) else None
        known = refs.Annotated(parameter.annotation) if isinstance(parameter.annotation, refs.Ref) else None
        scope.bind(parameter.name, Binding(how, node.lineno, annotation, _ref=known))
    body = walk.body
    if body.scope.kind == "module":
        body = Body(scope)
        walk.bodies.append(body)
    body.functions.append(scope)
    looking = walk.looking
    walk.looking = looking or walk.looks_into(scope)
    walk.outer(body, scope, lambda: walk.statements(node.body))
    walk.looking = looking


def _visit_class(walk: Walk, node: ast.ClassDef) -> None:
    for part in [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]:
        walk.scan(part)
    scope = walk.open("class", node.name, node)
    walk.bind(node.name, Binding("class", node.lineno, scope=scope))
    if not walk.flat:
        _enter_class(walk, scope, node)


def _enter_class(walk: Walk, scope: Scope, node: ast.ClassDef) -> None:
    walk.outer(walk.body, scope, lambda: walk.statements(node.body))


def _visit_assign(walk: Walk, node: ast.Assign) -> None:
    for target in node.targets:
        walk.target(target, "value", node.value)
        if isinstance(target, ast.Name) and target.id == "__all__":
            walk.scope.exports = _strings(node.value)
    walk.scan(node.value)


def _visit_annotated(walk: Walk, node: ast.AnnAssign) -> None:
    if isinstance(node.target, ast.Name):
        walk.bind(node.target.id, Binding("annotation", node.target.lineno, node.annotation, value=node.value))
    else:
        walk.target(node.target, "annotation", node.annotation)
    if node.value is not None:
        walk.scan(node.value)


def _visit_augmented(walk: Walk, node: ast.AugAssign) -> None:
    if isinstance(node.target, ast.Name) and node.target.id == "__all__" and walk.scope.exports is not None:
        more = _strings(node.value)
        walk.scope.exports = None if more is None else [*walk.scope.exports, *more]
    if isinstance(node.target, ast.Name):
        walk.bind(node.target.id, Binding("unknown", node.lineno))
    walk.scan(node.target)
    walk.scan(node.value)


def _visit_for(walk: Walk, node: ast.For | ast.AsyncFor) -> None:
    walk.target(node.target, "aiter" if isinstance(node, ast.AsyncFor) else "iter", node.iter)
    walk.scan(node.iter)
    walk.loops += 1
    walk.statements(node.body)
    walk.loops -= 1
    walk.statements(node.orelse)


def _visit_with(walk: Walk, node: ast.With | ast.AsyncWith) -> None:
    how = "aenter" if isinstance(node, ast.AsyncWith) else "enter"
    for item in node.items:
        walk.scan(item.context_expr)
        if item.optional_vars is not None:
            walk.target(item.optional_vars, how, item.context_expr)
    walk.statements(node.body)


def _visit_return(walk: Walk, node: ast.Return) -> None:
    walk.scope.returns.append(node.value)
    if node.value is not None:
        walk.leaving(node.value)


def _visit_raise(walk: Walk, node: ast.Raise) -> None:
    for part in filter(None, (node.exc, node.cause)):
        walk.leaving(part)


def _visit_import(walk: Walk, node: ast.Import) -> None:
    for alias in node.names:
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        walk.bind(alias.asname or target, Binding("import", node.lineno, target=target))


def _visit_from(walk: Walk, node: ast.ImportFrom) -> None:
    origin = node.module or ""
    if node.level:
        base = walk.package
        for _ in range(node.level - 1):
            base = base.rpartition(".")[0]
        beside = node.level == 1 and walk.module.module  # a module in no package, next to the others of its folder
        origin = f"{base}.{origin}".strip(".") if base else origin if beside else ("." + origin)
    for alias in node.names:
        if alias.name == "*":
            walk.scope.stars.append(origin)
            walk.scope.starred = node.lineno
        else:
            target = f"{origin}.{alias.name}" if origin else alias.name
            walk.bind(alias.asname or alias.name, Binding("import", node.lineno, target=target))


def _visit_elsewhere(walk: Walk, node: ast.Global | ast.Nonlocal) -> None:
    walk.scope.elsewhere.update(dict.fromkeys(node.names, "global" if isinstance(node, ast.Global) else "nonlocal"))


def _visit_if(walk: Walk, node: ast.If) -> None:
    known = static.known(node.test)
    walk.scan(node.test)
    for suite, dead in ((node.body, known is False), (node.orelse, known is True)):
        if not dead:
            walk.statements(suite)
        elif walk.scope.kind == "function":
            walk.scope.generator |= _yields(suite)


def _yields(suite: list[ast.stmt]) -> bool:
    """Whether a suite makes the function that it is in a generator, which it does though it never runs."""
    stack: list[ast.AST] = [*suite]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, _SCOPES):
            stack += ast.iter_child_nodes(node)
    return False


def _visit_match(walk: Walk, node: ast.Match) -> None:
    if walk.looking:
        walk.body.matches.append((node, walk.scope))
    walk.parts(node)


def _visit_expression(walk: Walk, node: ast.Expr) -> None:
    walk.scan(node.value)


def _strings(value: ast.expr) -> list[str] | None:
    """The strings of a list or tuple display; None for anything else."""
    elements = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    found = [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return found if len(found) == len(elements) else None


def _visit_type_alias(walk: Walk, node: ast.stmt) -> None:
    walk.target(node.name, "value", node.value)  # type: ignore[attr-defined]


_VISITORS: dict[type[ast.stmt], Callable[[Walk, Any], None]] = {
    ast.FunctionDef: _visit_function,
    ast.AsyncFunctionDef: _visit_function,
    ast.ClassDef: _visit_class,
    ast.Assign: _visit_assign,
    ast.AnnAssign: _visit_annotated,
    ast.AugAssign: _visit_augmented,
    ast.For: _visit_for,
    ast.AsyncFor: _visit_for,
    ast.With: _visit_with,
    ast.AsyncWith: _visit_with,
    ast.Return: _visit_return,
    ast.Raise: _visit_raise,
    ast.Import: _visit_import,
    ast.ImportFrom: _visit_from,
    ast.Global: _visit_elsewhere,
    ast.Nonlocal: _visit_elsewhere,
    ast.If: _visit_if,
    ast.Match: _visit_match,
    ast.Expr: _visit_expression,
}
if sys.version_info >= (3, 12):
    _VISITORS[ast.TypeAlias] = _visit_type_alias  # type: ignore[index]
