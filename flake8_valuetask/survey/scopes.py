"""Scopes of a module and what their names are bound to.

In: nodes, as the walk finds them. Out: `Scope` objects whose bindings are references, made when
first asked for. Never: kinds, control flow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_valuetask import refs
from flake8_valuetask.records import comparable, lazy, made, mutable, mutable_with_more, record
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import ends, reading

_TRIES = (ast.Try, getattr(ast, "TryStar", ast.Try))  # the latter from Python 3.11 on
_NO_ERRORS = frozenset({"CancelledError", "GeneratorExit", "KeyboardInterrupt", "SystemExit"})
RAISE = refs.Const("raise")
"""The end of a function that raises."""


@mutable
class Binding:
    """One binding of a name.

    `how`: value, annotation, import, function, class, parameter, iter, aiter, enter, aenter,
    item (an element of an unpacked value) or unknown. `scope` is what a function or class opens,
    `target` the dotted name of an import, `index` the position of an item.
    """

    how: str
    line: int
    node: ast.expr | None = None
    scope: Scope | None = None
    target: str = ""
    index: int | None = None
    value: ast.expr | None = None  # of an annotated name
    _ref: Ref | None = None  # set when it is first asked for

    @property
    def is_alias(self) -> bool:
        """Whether the name can stand for a type: `Page = ...` or `Page: TypeAlias = ...`."""
        declared = ast.unparse(self.node) if self.how == "annotation" and self.node is not None else ""
        return self.how == "value" or declared.rpartition(".")[2] == "TypeAlias"

    @property
    def literal(self) -> int | None:
        """True, False or the integer that the name is bound to; None for anything else."""
        value = self.value if self.how == "annotation" else self.node if self.how == "value" else None
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else None

    @property
    def ref(self) -> Ref:
        """The bound value as a reference."""
        if self._ref is None:
            self._ref = self._read()
        return self._ref

    def _read(self) -> Ref:
        match self.how:
            case "annotation" | "parameter":
                return refs.Annotated(reading.annotation(self.node))
            case "iter" | "aiter":
                element = refs.Iter(reading.value(self.node), self.how == "aiter")
                return element if self.index is None else refs.Item(element, self.index)
            case "enter" | "aenter":
                return refs.Enter(reading.value(self.node), self.how == "aenter")
            case "item":
                return refs.Item(reading.value(self.node), self.index)
            case _:
                return reading.value(self.node)

    def settle(self) -> None:
        """Read what a parameter is bound to, and keep no tree of it."""
        self._ref, self.node = self.ref, None

    @property
    def as_type(self) -> Ref:
        """The bound value read as a type: the right side of an alias."""
        return reading.annotation(self.node if self.how == "value" else self.value)


@comparable
class Parameter:
    """A parameter: `variety` is one of positional, keyword, star, starstar; `annotation` is a tree, or a reference
    where no trees are kept; `default` if it has one."""

    name: str
    variety: str
    annotation: object | None
    default: object | None = None

    @property
    def type(self) -> Ref:
        """What it is annotated with; unknown if it is not."""
        if isinstance(self.annotation, Ref):
            return self.annotation
        return reading.annotation(self.annotation) if isinstance(self.annotation, ast.expr) else refs.UNKNOWN

    @property
    def word(self) -> str:
        """The name that it is annotated with, if the annotation is no more than that; ""."""
        return self.annotation.id if isinstance(self.annotation, ast.Name | refs.Name) else ""

    def without_trees(self) -> Parameter:
        """The same, with a reference for its annotation, and without the tree of its default."""
        annotation = None if self.annotation is None else self.type
        return Parameter(self.name, self.variety, annotation, None if self.default is None else True)


@mutable_with_more
class Scope:
    """A module, class or function: its names and, for functions, its signature."""

    kind: str
    name: str
    parent: Scope | None
    node: ast.AST
    module: str = ""
    bindings: dict[str, list[Binding]] = made(factory=dict)
    children: list[Scope] = made(factory=list)
    elsewhere: dict[str, str] = made(factory=dict)  # names declared global or nonlocal, with which of these
    stars: list[str] = made(factory=list)  # modules of star imports
    starred: int = 0  # the line of the last one
    exports: list[str] | None = None  # of a module: its `__all__`, as far as it is plain
    patched: set[str] = made(factory=set)  # of a module: attributes that it sets on other objects
    attributes: dict[str, list[Binding]] = made(factory=dict)  # of a class, through self
    uses: dict[str, list[AttributeUse]] = made(factory=dict)  # of a class, through self
    comprehensions: dict[str, list[Binding]] = made(factory=dict)  # their variables
    generator: bool = False
    returns: list[ast.expr | None] = made(factory=list)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.module}:{self.qualname}>"

    @lazy
    def qualname(self) -> str:
        """The dotted name within the module; "" for the module itself."""
        if self.parent is None:
            return ""
        outer = self.parent.qualname
        return f"{outer}.{self.name}" if outer else self.name

    @lazy
    def path(self) -> str:
        """The dotted name, with that of the module."""
        return f"{self.module}.{self.qualname}"

    @lazy
    def is_async(self) -> bool:
        """Whether this is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @lazy
    def line(self) -> int:
        """The first line, decorators included."""
        marks: list[int] = [d.lineno for d in getattr(self.node, "decorator_list", [])]
        own: int = getattr(self.node, "lineno", 1)
        return min([*marks, own])

    @lazy
    def end(self) -> int:
        """The last line."""
        return getattr(self.node, "end_lineno", None) or 0

    @lazy
    def decorators(self) -> list[Ref]:
        """The decorators, top down."""
        return [reading.value(d) for d in getattr(self.node, "decorator_list", [])]

    @lazy
    def bases(self) -> list[Ref]:
        """The base classes of a class, as types."""
        return [reading.annotation(b) for b in getattr(self.node, "bases", [])]

    @lazy
    def result(self) -> Ref | None:
        """The return annotation of a function, or None."""
        node = getattr(self.node, "returns", None)
        return None if node is None else reading.annotation(node)

    @lazy
    def parameters(self) -> list[Parameter]:
        """The parameters of a function, in order."""
        if not isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return []
        return list(_parameters(self.node.args))

    @lazy
    def numbers(self) -> dict[str, int]:
        """The numbers of the parameters, by their names."""
        return {parameter.name: number for number, parameter in enumerate(self.parameters)}

    @lazy
    def receiver(self) -> str:
        """The name of the first parameter of a method, if that is what the method was got from (`self`, `cls`); ""."""
        first = next(iter(self.parameters), None)
        method = self.parent is not None and self.parent.kind == "class"
        if first is None or not method or first.annotation is not None or refs.Name("staticmethod") in self.decorators:
            return ""
        return first.name

    @lazy
    def returned(self) -> list[Ref]:
        """What the return statements give back, and None if one that gives something is not on every way out."""
        found = [refs.NONE if e is None else reading.value(e) for e in self.returns]
        body = getattr(self.node, "body", []) if found and not self.generator else []
        return found if not body or ends.leaves(body) else [*found, refs.NONE]

    @lazy
    def may_return_true(self) -> bool:
        """Whether a return statement can give back something true."""
        return any(not (e is None or (isinstance(e, ast.Constant) and not e.value)) for e in self.returns)

    @lazy
    def forgives(self) -> bool:
        """Whether a generator catches an exception at one of its yields, and does not raise one again."""
        tries = [n for n in ast.walk(self.node) if isinstance(n, _TRIES)] if self.generator else []
        return any(
            isinstance(inner, ast.Yield) and any(_forgiving(handler) for handler in each.handlers)
            for each in tries
            for statement in each.body
            for inner in ast.walk(statement)
        )

    @lazy
    def ending(self) -> Ref | None:
        """How a function that returns nowhere ends: the function that its last statement calls, `RAISE` if no way
        leads past it; None for any other end."""
        body = getattr(self.node, "body", [])
        if self.returns or self.generator or not body:
            return None
        match body[-1]:
            case ast.Expr(value=ast.Call(func=func)) | ast.Expr(value=ast.Await(value=ast.Call(func=func))):
                return reading.value(func)
            case last:
                return RAISE if ends.diverges(last) else None

    @lazy
    def is_stub(self) -> bool:
        """Whether a function has no body to speak of: others define what it does."""
        statements = getattr(self.node, "body", [])
        rest = [s for s in statements if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        if any("abstract" in (refs.dotted(d) or "") for d in self.decorators):
            return True
        if not rest:
            return True
        if len(rest) != 1 or not isinstance(rest[0], ast.Raise) or rest[0].exc is None:
            return False
        return "NotImplemented" in ast.unparse(rest[0].exc)

    @lazy
    def docstring(self) -> str:
        """The docstring, or "" """
        node = self.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            return ast.get_docstring(node, clean=False) or ""
        return ""

    @lazy
    def said(self) -> frozenset[str]:
        """The names that are said in it, and in what it defines."""
        return frozenset(node.id for node in ast.walk(self.node) if isinstance(node, ast.Name))

    @lazy
    def read(self) -> frozenset[str]:
        """Those of them whose values somebody asks for."""
        names = (node for node in ast.walk(self.node) if isinstance(node, ast.Name))
        return frozenset(node.id for node in names if isinstance(node.ctx, ast.Load))

    @lazy
    def sets_attributes(self) -> bool:
        """Whether it calls `setattr()` with a name that it computes: it may set any attribute."""
        nodes = list(ast.walk(self.node)) if "setattr" in self.said else []
        own = {node.arg for node in nodes if isinstance(node, ast.arg)}
        own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        return any(_sets_any(node, own) for node in nodes if isinstance(node, ast.Call))

    @lazy
    def packages(self) -> frozenset[str]:
        """The outermost packages from which a module imports."""
        imports = [each for bindings in self.bindings.values() for each in bindings if each.how == "import"]
        return frozenset(each.target.partition(".")[0] for each in imports)

    @property
    def top(self) -> Scope:
        """The scope of the module that this one stands in."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def enclosing(self, kind: str) -> Scope | None:
        """The nearest scope of `kind` around this one, itself excluded."""
        scope = self.parent
        while scope is not None and scope.kind != kind:
            scope = scope.parent
        return scope

    def declared(self, name: str) -> Scope:
        """The scope in which `name` is bound here: what a `global` statement names is bound in the module, what a
        `nonlocal` statement names in the nearest function that binds it, as far as that is known yet."""
        how, around = self.elsewhere.get(name), self.enclosing("function")
        if how != "nonlocal" or around is None:
            return self if how is None else self.top
        nearest = around
        while around is not None and name not in around.bindings:
            around = around.enclosing("function")
        return around or nearest

    def method_at(self, line: int) -> Scope | None:
        """The function in this class that a line stands in."""
        return next((each for each in self.children if each.kind == "function" and each.line <= line <= each.end), None)

    def release(self) -> None:
        """Undo the circles among the scopes in this one when nobody asks any more, so that they and their trees end at
        once: a collection of garbage that has to look for them takes long."""
        stack = [self]
        while stack:
            scope = stack.pop()
            stack += scope.children
            vars(scope).clear()

    def bind(self, name: str, binding: Binding) -> None:
        """Add a binding."""
        self.bindings.setdefault(name, []).append(binding)


@record
class AttributeUse:
    """`self.name` in the method `method`: `how` is set, await or read; `looped` if in a loop."""

    how: str
    method: Scope
    looped: bool


def _sets_any(call: ast.Call, own: set[str]) -> bool:
    """Whether a call sets an attribute whose name neither stands there nor is a name of the module."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(), *_]):
            return False
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Name(id=name), *_]):
            return name in own
        case ast.Call(func=ast.Name(id="setattr")):
            return True
        case _:
            return False


def _forgiving(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends errors of the body; to be cancelled or left is no error. One that may raise again knows
    which ones to end."""
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {getattr(each, "attr", None) or getattr(each, "id", "") for each in types}
    return not names <= _NO_ERRORS and not any(isinstance(inner, ast.Raise) for inner in ast.walk(handler))


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    for arg, default in zip(plain, [*defaults, *arguments.defaults], strict=True):
        yield Parameter(arg.arg, "positional", arg.annotation, default)
    if arguments.vararg:
        yield Parameter(arguments.vararg.arg, "star", arguments.vararg.annotation)
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(arg.arg, "keyword", arg.annotation, default)
    if arguments.kwarg:
        yield Parameter(arguments.kwarg.arg, "starstar", arguments.kwarg.annotation)
