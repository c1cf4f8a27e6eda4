"""What is known of the function in a call: what it makes, what it does with its arguments, whether it returns.

In: calls in scopes. Out: `Callee` descriptions. What is not known is left out. Never: the calls that a function gets.
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.catalog import Contract
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import attributes, decorators, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.evaluate import Evaluator
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.records import record, replaced
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import RAISE, Scope, Survey


@record
class Callee:
    """What is known of the function in a call.

    `kind` is what the call makes (None: nothing one-shot); `contract` what a well-known API does
    with its arguments; `body` the function of this project whose body says it, with `skip` leading
    parameters bound already; `never` if the call does not return; `swallows` if it makes a context
    manager that can swallow an exception; `path` the dotted name, or ""; `known` that it is a
    function whose definition was found, `lazy` that a call runs none of its body, `harmless` that it does not raise;
    `optional` that it may give None instead; `stub` that others define what it does.
    """

    kind: Kind | None = None
    contract: Contract | None = None
    body: Scope | None = None
    skip: int = 0
    never: bool = False
    swallows: bool = False
    path: str = ""
    known: bool = False
    lazy: bool = False
    harmless: bool = False
    optional: bool = False
    stub: bool = False


class Callees:
    """The functions that are called in one module."""

    def __init__(self, survey: Survey, evaluator: Evaluator) -> None:
        self.survey = survey
        self.evaluator = evaluator
        self._known: dict[tuple[int, Scope], Callee] = {}  # by the digests of calls
        self._functions: dict[tuple[int, Scope], Callee] = {}  # by those of what is called
        self._ending: dict[Scope, bool] = {}

    def callee(self, call: refs.Call, scope: Scope) -> Callee:
        """What is known of the function that `call` calls."""
        key = (call.digest, scope)
        if key not in self._known:
            function = self.function(call.func, scope)
            made = self.evaluator.evaluate(call, scope)
            kind, optional = kind_of(made), types.NONE in types.members(made)
            same = kind is function.kind and optional is function.optional
            self._known[key] = function if same else replaced(function, kind=kind, optional=optional)
        return self._known[key]

    def function(self, ref: Ref, scope: Scope) -> Callee:
        """What is known of a function, whatever it is called with."""
        key = (ref.digest, scope)
        if key not in self._functions:
            self._functions[key] = self._callee(ref, scope)
        return self._functions[key]

    def _callee(self, ref: Ref, scope: Scope) -> Callee:
        func = self.evaluator.evaluate(ref, scope)
        path = types.path(func)
        target = self.evaluator.resolve(func)
        paths = {path, types.path(target)}
        body, skip = self.body(target)
        return Callee(
            kind=None,
            contract=self.contract(func, ref),
            body=body,
            skip=skip,
            never=not paths.isdisjoint(self.evaluator.tables.no_return) or self.never(target),
            swallows=not paths.isdisjoint(self.evaluator.tables.swallowing) or self._forgives(target),
            path=path,
            known=isinstance(func, types.Function),
            lazy=self._lazy(target),
            harmless=not paths.isdisjoint(catalog.HARMLESS),
            stub=isinstance(target, types.Function) and target.scope.is_stub,
        )

    def _lazy(self, func: Type) -> bool:
        """Whether a call of a function runs nothing yet."""
        if not isinstance(func, types.Function) or not func.scope.is_async:
            return False
        return decorators.only_marked(self.evaluator, func.scope)

    def _forgives(self, func: Type) -> bool:
        """Whether a generator under `@contextmanager` swallows an exception of the body."""
        if not isinstance(func, types.Function) or not self.written_here(func.scope):
            return False
        return func.scope.forgives and "manager" in decorators.effects(self.evaluator, func.scope)

    def contract(self, func: Type, ref: Ref) -> Contract | None:
        """What a well-known API does with its arguments; None if it is not known."""
        func = types.overloaded(func)
        if isinstance(func, types.Callable) and isinstance(func.result, types.Guard):
            return catalog.LOOK
        path, target = types.path(func), self.evaluator.resolve(func)
        if not path:
            return self._receiver(func, ref)
        for name in (path, types.path(target)):
            if name in self.evaluator.tables.contracts:
                return self.evaluator.tables.contracts[name]
        elsewhere = isinstance(func, types.Function) and func.scope.module != self.survey.name
        if elsewhere and path in catalog.METHODS:
            return catalog.METHODS[path]
        if isinstance(target, types.Function) and self.written_here(target.scope):
            return None
        if elsewhere:
            return self._receiver(func, ref)
        unknown = not isinstance(func, types.Function | types.ClassType | types.Symbol)
        return self._receiver(func, ref) if unknown or path.partition(".")[2] else None

    def _receiver(self, func: Type, ref: Ref) -> Contract | None:
        if isinstance(func, types.Function) and func.scope.module == self.survey.name:
            return None
        if not isinstance(ref, refs.Attr):
            return None
        of = catalog.OF_PACKAGES.get(ref.name)
        mine = of is None or not of.isdisjoint(self.survey.scope.packages)
        return catalog.RECEIVERS.get(ref.name) if mine else None

    def body(self, func: Type) -> tuple[Scope | None, int]:
        """The function of this project that a call runs, and how many parameters are bound."""
        if isinstance(func, types.ClassType):
            member = attributes.class_member(self.evaluator, func.cls, "__init__", types.Instance(func.cls))
            func = member if isinstance(member, types.Function) else func
        func = types.implementation(func)
        if not isinstance(func, types.Function) or not self.written_here(func.scope):
            return None, 0
        effects = decorators.effects(self.evaluator, func.scope)
        if any(effect not in ("same", "valuetask") for effect in effects):
            return None, 0
        if func.scope.is_stub:
            return None, 0
        static = refs.Name("staticmethod") in func.scope.decorators
        return func.scope, int(func.owner is not None and not static)

    def written_here(self, scope: Scope) -> bool:
        """Whether a scope is in this module, or in another one of the project that can be read."""
        return scope.top is self.survey.scope or self.evaluator.project.source(scope.module) is not None

    def never(self, func: Type) -> bool:
        """Whether the signature, or the last statement in another module, says that a function does not return."""
        if not isinstance(func, types.Function):
            return False
        if func.scope.result is None:
            return func.scope.top is not self.survey.scope and self._ends_raising(func.scope)
        found = self.evaluator.evaluate(func.scope.result, func.scope.parent or func.scope)
        return types.path(found).rpartition(".")[2] in ("NoReturn", "Never")

    def _ends_raising(self, scope: Scope) -> bool:
        """Whether the last statement of a function raises, or calls one that does."""
        if scope not in self._ending:
            self._ending[scope] = False
            end = None if scope.decorators else scope.ending
            self._ending[scope] = end == RAISE or (end is not None and self.function(end, scope).never)
        return self._ending[scope]
