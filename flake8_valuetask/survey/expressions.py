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
        self.receiver: tuple[str, Scope, Scope] | None = None  # what is `self` here, its method, its class

    def bind(self, name: str, binding: Binding) -> None:
        """Bind `name` where the scope's `global` and `nonlocal` statements say."""
        scope = self.scope
        (scope.declared(name) if name in scope.elsewhere else scope).bind(name, binding)

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
        if self.receiver is not None and self.receiver[0] == owner:
            cls = self.receiver[2]
            cls.attributes.setdefault(attr, []).append(binding)
            self.use(attr, "set")
        else:
            self.module.patched.add(attr)

    def use(self, attr: str, how: str) -> None:
        """Note a use of `self.attr`."""
        assert self.receiver is not None
        _, method, cls = self.receiver
        cls.uses.setdefault(attr, []).append(AttributeUse(how, method, self.loops > 0))

    def scan(self, expression: ast.expr) -> None:
        """Note the calls, awaits and bindings in an expression."""
        if self.looking:
            self.scanned([expression])

    def leaving(self, expression: ast.expr) -> None:
        """Note the same in one that is returned or raised."""
        if self.looking and isinstance(expression, ast.Call):
            self.called(expression, settled=True)
            stack: list[ast.AST] = []
            _push(expression, stack)
            self.scanned(stack)
        else:
            self.scan(expression)

    def scanned(self, stack: list[ast.AST]) -> None:
        """Note the same in all that is on a stack, which is used up; for one that looks into expressions."""
        while stack:
            node = stack.pop()
            look = _LOOKS.get(type(node), _push_of)
            if look is not None:
                look(self, node, stack)

    def called(self, node: ast.Call, settled: bool) -> None:
        """Note a call."""
        site = CallSite(node, self.scope, settled)
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


# Fields of expressions that hold no expressions.
_PLAIN = frozenset({"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "op", "ops", "str", "type_comment"})


class _Inner(dict[type, tuple[str, ...]]):
    """The fields of each kind of node in which there may be expressions."""

    def __missing__(self, kind: Any) -> tuple[str, ...]:
        found = self[kind] = tuple(name for name in kind._fields if name not in _PLAIN)
        return found


_INNER = _Inner()


def _push(node: ast.AST, stack: list[ast.AST]) -> None:
    for name in _INNER[type(node)]:
        part = getattr(node, name, None)
        if type(part) is list:
            stack += part
        elif part is not None:
            stack.append(part)


def _push_of(walk: Scan, node: ast.AST, stack: list[ast.AST]) -> None:
    _push(node, stack)


def _look_await(walk: Scan, node: ast.Await, stack: list[ast.AST]) -> None:
    value = node.value
    if isinstance(value, ast.Call):
        walk.called(value, settled=True)
        _push(value, stack)
        return
    walk.body.awaits.append((value, walk.scope))
    if isinstance(value, ast.Attribute):
        _note_attribute(walk, value, "await", stack)
    else:
        stack.append(value)


def _look_call(walk: Scan, node: ast.Call, stack: list[ast.AST]) -> None:
    walk.called(node, settled=False)
    _push(node, stack)


def _look_attribute(walk: Scan, node: ast.Attribute, stack: list[ast.AST]) -> None:
    _note_attribute(walk, node, "read", stack)


def _note_attribute(walk: Scan, node: ast.Attribute, how: str, stack: list[ast.AST]) -> None:
    walk.body.reads.add(node.attr)
    owner = node.value
    if not isinstance(owner, ast.Name):
        stack.append(owner)
    elif walk.receiver is not None and walk.receiver[0] == owner.id:
        walk.use(node.attr, how)


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
    walk.scanned([node.body])
    walk.scope.generator = generator  # a yield in a lambda is the lambda's own
    _push(node.args, stack)


def _mocks(value: ast.expr | None) -> bool:
    """Whether a value stands in for something: `Mock()`, `MagicMock()`, `AsyncMock()`, `create_autospec()`."""
    func = value.func if isinstance(value, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name.endswith("Mock") or name == "create_autospec"


_LOOKS: dict[type, Callable[[Scan, Any, list[ast.AST]], None] | None] = {
    ast.Await: _look_await,
    ast.Call: _look_call,
    ast.Attribute: _look_attribute,
    ast.Yield: _look_yield,
    ast.YieldFrom: _look_yield,
    ast.NamedExpr: _look_walrus,
    ast.comprehension: _look_comprehension,
    ast.Lambda: _look_lambda,
    **dict.fromkeys((ast.Name, ast.Constant, type(None)), None),  # leaves; None stands for a key of `{**more}`
}
