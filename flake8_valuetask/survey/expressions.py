"""Expressions, by a flat loop: calls, awaits, attributes, and the names that they and targets bind.

In: expressions and assignment targets. Out: what they add to scopes, bodies and callers. Never: statements, kinds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from flake8_valuetask.survey import Body, CallSite
from flake8_valuetask.survey.scopes import AttributeUse, Binding, Scope

_PATCHERS = frozenset({"setattr", "patch", "object", "delattr", "spy", "stub"})


class Scan:
    """The state of the pass: the scope and body that it is in; `looking` if it looks into expressions there."""

    def __init__(self, module: Scope, looking: bool) -> None:
        self.looking = looking
        self.module = module
        self.scope = module
        self.body = Body(module)
        self.callers: dict[str, list[CallSite]] = {}
        self.loops = 0

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


def _push(node: ast.AST, stack: list[ast.AST]) -> None:
    for name in node._fields:
        part = getattr(node, name, None)
        if isinstance(part, ast.AST):
            stack.append(part)
        elif isinstance(part, list):
            stack.extend(p for p in part if isinstance(p, ast.AST))


def _look_await(walk: Scan, node: ast.Await, stack: list[ast.AST]) -> None:
    if isinstance(node.value, ast.Call):
        walk.called(node.value, awaited=True)
        _push(node.value, stack)
        return
    walk.body.awaits.append((node.value, walk.scope))
    _note_attribute(walk, node.value, "await")
    if isinstance(node.value, ast.Attribute):
        walk.body.reads.setdefault(node.value.attr, (node.value, walk.scope))
    stack.append(node.value.value if isinstance(node.value, ast.Attribute) else node.value)


def _look_call(walk: Scan, node: ast.Call, stack: list[ast.AST]) -> None:
    walk.called(node, awaited=False)
    _push(node, stack)


def _look_attribute(walk: Scan, node: ast.Attribute, stack: list[ast.AST]) -> None:
    _note_attribute(walk, node, "read")
    walk.body.reads.setdefault(node.attr, (node, walk.scope))
    stack.append(node.value)


def _note_attribute(walk: Scan, node: ast.expr, how: str) -> None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        method, cls = walk.method(node.value.id)
        if method is not None and cls is not None:
            walk.use(node.attr, how, node.lineno, method, cls)


def _look_yield(walk: Scan, node: ast.Yield | ast.YieldFrom, stack: list[ast.AST]) -> None:
    walk.scope.generator = True
    _push(node, stack)


def _look_walrus(walk: Scan, node: ast.NamedExpr, stack: list[ast.AST]) -> None:
    walk.target(node.target, "value", node.value)
    stack.append(node.value)


def _look_comprehension(walk: Scan, node: ast.comprehension, stack: list[ast.AST]) -> None:
    how = "aiter" if node.is_async else "iter"
    for target in ast.walk(node.target):
        if isinstance(target, ast.Name):
            plain = target is node.target
            binding = Binding(how if plain else "unknown", target.lineno, node.iter if plain else None)
            walk.scope.comprehensions.setdefault(target.id, []).append(binding)
    _push(node, stack)


def _look_lambda(walk: Scan, node: ast.Lambda, stack: list[ast.AST]) -> None:
    generator = walk.scope.generator
    walk.scan(node.body)
    walk.scope.generator = generator  # a yield in a lambda is the lambda's own
    _push(node.args, stack)


def _ignore(walk: Scan, node: ast.AST, stack: list[ast.AST]) -> None:
    """Leaves have nothing inside."""


def _mocks(value: ast.expr | None) -> bool:
    """Whether a value stands in for something: `Mock()`, `MagicMock()`, `AsyncMock()`, `create_autospec()`."""
    func = value.func if isinstance(value, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name.endswith("Mock") or name == "create_autospec"


_LOOKS: dict[type[ast.AST], Callable[[Scan, Any, list[ast.AST]], None]] = {
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
