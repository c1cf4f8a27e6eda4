"""The pass itself: statements in source order, expressions by a flat loop.

In: an `ast.Module`. Out: the scopes, bodies and callers of a `Survey`. Never: kinds, control flow.
"""

from __future__ import annotations

import ast
import bisect
import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any

from flake8_valuetask.survey import Body, CallSite
from flake8_valuetask.survey.scopes import AttributeUse, Binding, Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PATCHERS = frozenset({"setattr", "patch", "object", "delattr", "spy", "stub"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Walk:
    """The state of the pass: the scope and body that the walk is in."""

    def __init__(self, tree: ast.Module, name: str, package: bool, *, outline: str = "") -> None:
        self._start(Scope("module", "", None, tree, name), package, [] if outline else None)
        self.flat = outline == "flat"
        self.statements(tree.body)

    @classmethod
    def into(cls, scope: Scope, package: bool, yields: list[int]) -> None:
        """Visit what stands in a function or class at the top of a module (a `package`, if that is an `__init__`);
        expressions only in functions with one of the lines `yields`."""
        walk = cls.__new__(cls)
        assert scope.parent is not None
        walk._start(scope.parent, package, yields)
        enter: Callable[[Walk, Scope, Any], None] = _enter_class if scope.kind == "class" else _enter_function
        enter(walk, scope, scope.node)

    def _start(self, module: Scope, package: bool, yields: list[int] | None) -> None:
        self.flat = False  # of functions and classes only where they stand
        self.yields = yields  # lines; if they are given, only functions with one of them are looked into
        self.looking = yields is None
        self.module = module
        name = module.module
        self.package = name if package else name.rpartition(".")[0]
        self.scope = self.module
        self.body = Body(self.module)
        self.bodies = [self.body]
        self.callers: dict[str, list[CallSite]] = {}
        self.loops = 0

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

    def bind(self, name: str, binding: Binding) -> None:
        """Bind `name` where the scope's `global` and `nonlocal` statements say."""
        scope = self.scope
        while name in scope.elsewhere and scope.parent is not None:
            scope = scope.parent
        scope.bind(name, binding)

    def target(self, node: ast.expr, how: str, value: ast.expr | None, index: int | None = None) -> None:
        """Bind an assignment target: names, attributes of self, unpacked elements."""
        match node:
            case ast.Name(id=name):
                self.bind(name, Binding(how, node.lineno, value, index=index))
            case ast.Attribute(attr=attr) if _mocks(value):
                self.module.patched |= {attr, f"{attr} = Mock"}
            case ast.Attribute(value=ast.Name(id=owner), attr=attr):
                self.attribute(owner, attr, Binding(how, node.lineno, value, index=index))
            case ast.Attribute(value=base, attr=attr):
                self.module.patched.add(attr)
                self.scan(base)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for number, element in enumerate(elements):
                    self.element(element, number, how, value)
            case ast.Starred(value=inner):
                self.target(inner, "unknown", None)
            case _:
                self.scan(node)

    def element(self, node: ast.expr, number: int, how: str, value: ast.expr | None) -> None:
        """Bind one element of an unpacked value."""
        if how == "value" and isinstance(value, ast.Tuple | ast.List):
            plain = number < len(value.elts) and not any(isinstance(e, ast.Starred) for e in value.elts)
            self.target(node, "value" if plain else "unknown", value.elts[number] if plain else None)
        elif how == "value":
            self.target(node, "item", value, number)
        elif how in ("iter", "aiter") and isinstance(node, ast.Name | ast.Attribute):
            self.target(node, how, value, number)
        else:
            self.target(node, "unknown", None)

    def attribute(self, owner: str, attr: str, binding: Binding) -> None:
        """Bind `self.attr` in the class of the method that the walk is in."""
        method, cls = self.method(owner)
        if method is not None and cls is not None:
            cls.attributes.setdefault(attr, []).append(binding)
            self.use(attr, "set", binding.line, method, cls)
        else:
            self.module.patched.add(attr)

    def method(self, owner: str) -> tuple[Scope | None, Scope | None]:
        """The method whose first parameter is `owner`, and its class, if the walk is in one."""
        scope: Scope | None = self.scope
        while scope is not None and scope.parent is not None:
            if scope.kind == "function" and scope.parent.kind == "class":
                first = next(iter(scope.parameters), None)
                return (scope, scope.parent) if first and first.name == owner else (None, None)
            scope = scope.parent
        return None, None

    def use(self, attr: str, how: str, line: int, method: Scope, cls: Scope) -> None:
        """Note a use of `self.attr`."""
        cls.uses.setdefault(attr, []).append(AttributeUse(how, method, line, self.loops > 0))

    def open(self, kind: str, name: str, node: ast.AST) -> Scope:
        """A new scope inside the one that the walk is in."""
        scope = Scope(kind, name, self.scope, node, self.module.module)
        self.scope.children.append(scope)
        return scope

    def scan(self, expression: ast.expr) -> None:
        """Note the calls, awaits and bindings in an expression."""
        stack: list[ast.AST] = [expression] if self.looking else []
        while stack:
            node = stack.pop()
            look = _LOOKS.get(type(node))
            if look is not None:
                look(self, node, stack)
            else:
                _push(node, stack)

    def called(self, node: ast.Call, awaited: bool) -> None:
        """Note a call."""
        site = CallSite(node, self.scope, awaited)
        self.body.calls.append(site)
        func = node.func
        tail = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if tail:
            self.callers.setdefault(tail, []).append(site)
        if tail in _PATCHERS:
            self.replaced(node)

    def replaced(self, node: ast.Call) -> None:
        """Note what `setattr(owner, "name", ...)` or `patch("module.name")` puts something else in the place of."""
        for argument in node.args[:2]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                self.module.patched.add(argument.value.rpartition(".")[2])

    def yields_in(self, scope: Scope) -> bool:
        """Whether a function has one of the lines that say `yield`."""
        if self.yields is None:
            return True
        first = bisect.bisect_left(self.yields, scope.line)
        return first < len(self.yields) and self.yields[first] <= scope.end

    def outer(self, body: Body, scope: Scope, visit: Callable[[], None]) -> None:
        """Run `visit` inside `scope` and `body`, outside of any loop."""
        kept = self.scope, self.body, self.loops
        self.scope, self.body, self.loops = scope, body, 0
        visit()
        self.scope, self.body, self.loops = kept


def _push(node: ast.AST, stack: list[ast.AST]) -> None:
    for name in node._fields:
        part = getattr(node, name, None)
        if isinstance(part, ast.AST):
            stack.append(part)
        elif isinstance(part, list):
            stack.extend(p for p in part if isinstance(p, ast.AST))


def _look_await(walk: Walk, node: ast.Await, stack: list[ast.AST]) -> None:
    if isinstance(node.value, ast.Call):
        walk.called(node.value, awaited=True)
        _push(node.value, stack)
        return
    walk.body.awaits.append((node.value, walk.scope))
    _note_attribute(walk, node.value, "await")
    if isinstance(node.value, ast.Attribute):
        walk.body.reads.setdefault(node.value.attr, (node.value, walk.scope))
    stack.append(node.value.value if isinstance(node.value, ast.Attribute) else node.value)


def _look_call(walk: Walk, node: ast.Call, stack: list[ast.AST]) -> None:
    walk.called(node, awaited=False)
    _push(node, stack)


def _look_attribute(walk: Walk, node: ast.Attribute, stack: list[ast.AST]) -> None:
    _note_attribute(walk, node, "read")
    walk.body.reads.setdefault(node.attr, (node, walk.scope))
    stack.append(node.value)


def _note_attribute(walk: Walk, node: ast.expr, how: str) -> None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        method, cls = walk.method(node.value.id)
        if method is not None and cls is not None:
            walk.use(node.attr, how, node.lineno, method, cls)


def _look_yield(walk: Walk, node: ast.Yield | ast.YieldFrom, stack: list[ast.AST]) -> None:
    walk.scope.generator = True
    _push(node, stack)


def _look_walrus(walk: Walk, node: ast.NamedExpr, stack: list[ast.AST]) -> None:
    walk.target(node.target, "value", node.value)
    stack.append(node.value)


def _look_comprehension(walk: Walk, node: ast.comprehension, stack: list[ast.AST]) -> None:
    how = "aiter" if node.is_async else "iter"
    for target in ast.walk(node.target):
        if isinstance(target, ast.Name):
            plain = target is node.target
            binding = Binding(how if plain else "unknown", target.lineno, node.iter if plain else None)
            walk.scope.comprehensions.setdefault(target.id, []).append(binding)
    _push(node, stack)


def _look_lambda(walk: Walk, node: ast.Lambda, stack: list[ast.AST]) -> None:
    generator = walk.scope.generator
    walk.scan(node.body)
    walk.scope.generator = generator  # a yield in a lambda is the lambda's own
    _push(node.args, stack)


def _ignore(walk: Walk, node: ast.AST, stack: list[ast.AST]) -> None:
    """Leaves have nothing inside."""


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
        scope.bind(parameter.name, Binding(how, node.lineno, annotation))
    body = walk.body
    if body.scope.kind == "module":
        body = Body(scope)
        walk.bodies.append(body)
    body.functions.append(scope)
    looking = walk.looking
    walk.looking = looking or walk.yields_in(scope)
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
    walk.target(node.target, "annotation", node.annotation)
    if isinstance(node.target, ast.Name) and node.value is not None:
        walk.scope.bindings.get(node.target.id, [Binding("unknown", 0)])[-1].value = node.value
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
        walk.scan(node.value)


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
            walk.bind(alias.asname or alias.name, Binding("import", node.lineno, target=f"{origin}.{alias.name}"))


def _visit_elsewhere(walk: Walk, node: ast.Global | ast.Nonlocal) -> None:
    walk.scope.elsewhere.update(node.names)


def _visit_if(walk: Walk, node: ast.If) -> None:
    known = _for_checkers(node.test)
    known = _static(node.test) if known is None else known
    walk.scan(node.test)
    if known is not False:
        walk.statements(node.body)
    if known is not True:
        walk.statements(node.orelse)


def _strings(value: ast.expr) -> list[str] | None:
    """The strings of a list or tuple display; None for anything else."""
    elements = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    found = [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return found if len(found) == len(elements) else None


def _mocks(value: ast.expr | None) -> bool:
    """Whether a value stands in for something: `Mock()`, `MagicMock()`, `AsyncMock()`, `create_autospec()`."""
    func = value.func if isinstance(value, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name.endswith("Mock") or name == "create_autospec"


def _for_checkers(test: ast.expr) -> bool | None:
    """Whether a branch is the one that type checkers should read: `if TYPE_CHECKING:`; None for other tests."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _for_checkers(test.operand)
        return None if inner is None else not inner
    return True if "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", "")) else None


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _static(test: ast.expr) -> bool | None:
    """What a test on the interpreter's version or platform says here; None for other tests."""
    match test:
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info" | "platform" as asked),
            ops=[op],
            comparators=[ast.Tuple() | ast.Constant() as bound],
        ) if type(op) in _COMPARE:
            here: object = sys.platform if asked == "platform" else tuple(sys.version_info)
            try:
                return bool(_COMPARE[type(op)](here, ast.literal_eval(bound)))
            except (TypeError, ValueError):
                return None
        case _:
            return None


def _visit_type_alias(walk: Walk, node: ast.stmt) -> None:
    walk.target(node.name, "value", node.value)  # type: ignore[attr-defined]


_LOOKS: dict[type[ast.AST], Callable[[Walk, Any, list[ast.AST]], None]] = {
    ast.Await: _look_await,
    ast.Call: _look_call,
    ast.Attribute: _look_attribute,
    ast.Yield: _look_yield,
    ast.YieldFrom: _look_yield,
    ast.NamedExpr: _look_walrus,
    ast.comprehension: _look_comprehension,
    ast.Lambda: _look_lambda,
    ast.Name: _ignore,
    ast.Constant: _ignore,
}

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
    ast.Import: _visit_import,
    ast.ImportFrom: _visit_from,
    ast.Global: _visit_elsewhere,
    ast.Nonlocal: _visit_elsewhere,
    ast.If: _visit_if,
}
if sys.version_info >= (3, 12):
    _VISITORS[ast.TypeAlias] = _visit_type_alias  # type: ignore[index]
