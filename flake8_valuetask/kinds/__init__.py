"""What is one-shot: the kind of value that a call makes, and what a callee does with arguments.

In: references in the scopes of a survey. Out: kinds and `Callee` descriptions. Unknown or
ambiguous means silence. Never: `ast` nodes, control flow, verdicts.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property

from flake8_valuetask import catalog, refs
from flake8_valuetask.catalog import Contract, tables
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import attributes, decorators, names, results, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.evaluate import Evaluator
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.options import Additions
from flake8_valuetask.project import Project
from flake8_valuetask.records import record
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import RAISE, CallSite, Parameter, Scope, Survey

__all__ = ["Callee", "Kind", "Kinds"]

# Methods in which an object that was given a coroutine runs it, once, as its own await.
_OWN_AWAIT = frozenset(
    {"__await__", "__aenter__", "__aexit__", "__iter__", "__init__", "__del__", "send", "throw", "close"}
)


@record
class Callee:
    """What is known of the function in a call.

    `kind` is what the call makes (None: nothing one-shot); `contract` what a well-known API does
    with its arguments; `body` the function of this project whose body says it, with `skip` leading
    parameters bound already; `never` if the call does not return; `swallows` if it makes a context
    manager that can swallow an exception; `path` the dotted name, or ""; `known` that it is a
    function whose definition was found, `lazy` that a call runs none of its body; `optional` that
    it may give None instead.
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
    optional: bool = False


_NOTHING = Callee()


class Kinds:
    """The knowledge of kinds in one module."""

    def __init__(self, survey: Survey, project: Project, additions: Additions) -> None:
        self.survey = survey
        self.project = project
        project.add(survey)
        self.evaluator = Evaluator(project, tables(additions))
        self.tables = self.evaluator.tables = tables(self._defined(additions))
        self._callees: dict[tuple[Ref, Scope], Callee] = {}
        self._ending: dict[Scope, bool] = {}
        self._parameters: dict[tuple[Scope, str], Kind | None] = {}

    @cached_property
    def properties(self) -> frozenset[str]:
        """The names of the properties of this module that make one-shot values."""
        methods = [f for body in self.survey.bodies for f in body.functions if f.decorators and f.parent is not None]
        marked = [m for m in methods if m.parent is not None and m.parent.kind == "class"]
        found = [m for m in marked if "property" in decorators.effects(self.evaluator, m)]
        return frozenset(m.name for m in found if self.kind_of_result(m) is not None)

    def type(self, ref: Ref, scope: Scope) -> Type:
        """The type of `ref` in `scope`."""
        return self.evaluator.evaluate(ref, scope)

    def kind(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind of one-shot value that `ref` gives, or None."""
        return kind_of(self.type(ref, scope))

    def annotated(self, annotation: Ref, scope: Scope) -> Kind | None:
        """The kind that an annotation promises, or None."""
        return kind_of(names.annotation(self.evaluator, annotation, scope))

    def callee(self, call: refs.Call, scope: Scope) -> Callee:
        """What is known of the function that `call` calls."""
        key = (call, scope)
        if key not in self._callees:
            self._callees[key] = self._callee(call, scope)
        return self._callees[key]

    def _callee(self, call: refs.Call, scope: Scope) -> Callee:
        func = self.type(call.func, scope)
        path = types.path(func)
        target = self.evaluator.resolve(func)
        paths = {path, types.path(target)}
        body, skip = self._body(target)
        return Callee(
            kind=self.kind(call, scope),
            contract=self.contract(func, call.func),
            body=body,
            skip=skip,
            never=not paths.isdisjoint(self.tables.no_return) or self._never(target),
            swallows=not paths.isdisjoint(self.tables.swallowing),
            path=path,
            known=isinstance(func, types.Function),
            lazy=isinstance(target, types.Function) and target.scope.is_async and not target.scope.decorators,
            optional=types.NONE in types.members(self.type(call, scope)),
        )

    def contract(self, func: Type, ref: Ref) -> Contract | None:
        """What a well-known API does with its arguments; None if it is not known."""
        path, target = types.path(func), self.evaluator.resolve(func)
        for name in (path, types.path(target)):
            if name in self.tables.contracts:
                return self.tables.contracts[name]
        if isinstance(target, types.Function) and self._written_here(target.scope):
            return None
        if isinstance(func, types.Function) and func.scope.module != self.survey.name:
            found = catalog.METHODS.get(path)
            return found if found is not None else self._receiver(func, ref)
        unknown = not isinstance(func, types.Function | types.ClassType | types.Symbol)
        return self._receiver(func, ref) if unknown or path.partition(".")[2] else None

    def _receiver(self, func: Type, ref: Ref) -> Contract | None:
        if isinstance(func, types.Function) and func.scope.module == self.survey.name:
            return None
        return catalog.RECEIVERS.get(ref.name) if isinstance(ref, refs.Attr) else None

    def _body(self, func: Type) -> tuple[Scope | None, int]:
        """The function of this project that a call runs, and how many parameters are bound."""
        if isinstance(func, types.ClassType):
            member = attributes.class_member(self.evaluator, func.cls, "__init__", types.Instance(func.cls), [])
            func = member if isinstance(member, types.Function) else func
        if not isinstance(func, types.Function) or not self._written_here(func.scope):
            return None, 0
        effects = decorators.effects(self.evaluator, func.scope)
        if any(effect not in ("same", "valuetask") for effect in effects):
            return None, 0
        if func.scope.is_stub:
            return None, 0
        static = refs.Name("staticmethod") in func.scope.decorators
        return func.scope, int(func.owner is not None and not static)

    def _defined(self, additions: Additions) -> Additions:
        """The added names, and the paths where what they name is defined."""
        found = {each.name: getattr(additions, each.name) for each in fields(additions)}
        return Additions(**{key: names | {self._definition(name) for name in names} for key, names in found.items()})

    def _definition(self, path: str) -> str:
        return types.path(self.evaluator.resolve(types.Symbol(path))) or path

    def mine(self, scope: Scope) -> bool:
        """Whether a scope is in this module."""
        return names.top(scope) is self.survey.scope

    def _written_here(self, scope: Scope) -> bool:
        """Whether a scope is in this module, or in another one of the project that can be read."""
        return self.mine(scope) or self.project.source(scope.module) is not None

    def _never(self, func: Type) -> bool:
        """Whether the signature, or the last statement in another module, says that a function does not return."""
        if not isinstance(func, types.Function):
            return False
        if func.scope.result is None:
            return not self.mine(func.scope) and self._ends_raising(func.scope)
        found = self.type(func.scope.result, func.scope.parent or func.scope)
        return types.path(found).rpartition(".")[2] in ("NoReturn", "Never")

    def _ends_raising(self, scope: Scope) -> bool:
        """Whether the last statement of a function raises, or calls one that does."""
        if scope not in self._ending:
            self._ending[scope] = False
            end = None if scope.decorators else scope.ending
            self._ending[scope] = end == RAISE or (end is not None and self.callee(refs.Call(end), scope).never)
        return self._ending[scope]

    def parameter(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of value that `parameter` of the function `scope` receives: what its
        annotation says, else what its callers in this module give it."""
        key = (scope, parameter.name)
        if key not in self._parameters:
            self._parameters[key] = None
            self._parameters[key] = self._parameter(scope, parameter)
        return self._parameters[key]

    def _parameter(self, scope: Scope, parameter: Parameter) -> Kind | None:
        if parameter.annotation is not None and parameter.variety != "starstar":
            binding = scope.bindings[parameter.name][0]
            if parameter.variety == "star":
                return None
            return kind_of(types.without_none(self.type(binding.ref, scope)))
        found = {self.kind(ref, site.scope) for site, ref in self.given(scope, parameter)}
        found -= {None, Kind.AWAITABLE}
        return found.pop() if len(found) == 1 else None

    def given(self, scope: Scope, parameter: Parameter) -> list[tuple[CallSite, Ref]]:
        """The arguments that calls in this module pass for `parameter` of the function `scope`."""
        names = [p.name for p in scope.parameters if p.variety in ("positional", "star")]
        position = names.index(parameter.name) if parameter.name in names else None
        found = []
        caller = "__init__" if scope.name != "__init__" or scope.parent is None else scope.parent.name
        for site in self.survey.callers.get(scope.name if caller == "__init__" else caller, ()):
            body, skip = self._body(self.type(site.ref.func, site.scope))
            if body is scope:
                place = None if position is None else position - skip
                found += [(site, ref) for ref in site.argument(parameter, place)]
        return found

    def made_async(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is a function whose call makes a coroutine or a ValueTask."""
        func = self.type(ref, scope)
        if not isinstance(func, types.Function | types.Callable | types.Symbol):
            return False
        made = self.kind(refs.Call(ref), scope)
        return made in (Kind.COROUTINE, Kind.VALUETASK)

    def maps(self, call: refs.Call, scope: Scope) -> bool:
        """Whether a call is one of `map()`, which takes async functions, and makes values of them."""
        return types.path(self.type(call.func, scope)) == "builtins.map"

    def cache(self, decorator: Ref, scope: Scope) -> str | None:
        """The name of the cache that a decorator (or the function in a call) is, or None."""
        found = self.type(decorator, scope)
        path = types.path(found)
        if path in catalog.ASYNC_CACHES:
            return None
        if path in self.tables.caches or self._cache_by_name(path):
            return path
        return path if types.path(self.evaluator.resolve(found)) in self.tables.caches else None

    @staticmethod
    def _cache_by_name(path: str) -> bool:
        """Properties that cache are called alike in every framework."""
        home, _, name = path.rpartition(".")
        return name in ("cached_property", "reify") and not home.startswith("async")

    def producer(self, function: Scope) -> Kind | None:
        """What calling the undecorated `function` makes."""
        return kind_of(results.plain_result(self.evaluator, types.Function(function)))

    def function_kind(self, ref: Ref, scope: Scope) -> Kind | None:
        """What calling the function that `ref` names makes, or None."""
        func = self.evaluator.resolve(self.type(ref, scope))
        return self.kind(refs.Call(ref), scope) if isinstance(func, types.Function) else None

    def container(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is known to be a built-in container."""
        found = types.without_none(self.type(ref, scope))
        return isinstance(found, types.Container) and found.name in ("list", "set", "deque", "dict")

    def clears(self, cls: Scope, attribute: str) -> bool:
        """Whether the class empties `attribute` again where it takes the value out."""
        emptied = [b.line for b in cls.attributes.get(attribute, ()) if b.ref == refs.NONE]
        taken = {use.method for use in cls.uses.get(attribute, ()) if use.how != "set"}
        return any(m.line <= line <= m.end for line in emptied for m in taken)

    def owns(self, cls: Scope, attribute: str) -> bool:
        """Whether the class consumes `attribute` as its own await only, if at all."""
        awaits = [use for use in cls.uses.get(attribute, ()) if use.how == "await"]
        if len(awaits) == 1 and not awaits[0].looped and awaits[0].method.name.startswith("_"):
            return True  # one private method runs it, as a task does
        return {use.method.name for use in awaits} <= _OWN_AWAIT

    def expects(self, ref: Ref, scope: Scope) -> bool:
        """Whether the context manager `ref` demands that its body raises."""
        if not isinstance(ref, refs.Call):
            return False
        method = ref.func.name if isinstance(ref.func, refs.Attr) else ""
        return bool({method, self.callee(ref, scope).path} & catalog.EXPECTING)

    def swallows(self, ref: Ref, scope: Scope) -> bool:
        """Whether the context manager `ref` can swallow an exception of its body."""
        if isinstance(ref, refs.Call) and self.callee(ref, scope).swallows:
            return True
        manager = self.type(ref, scope)
        if not isinstance(manager, types.Instance):
            return False
        leaving = ("__exit__", "__aexit__")
        members = [attributes.class_member(self.evaluator, manager.cls, name, manager, []) for name in leaving]
        return any(isinstance(m, types.Function) and self._swallows(m.scope) for m in members)

    def _swallows(self, leave: Scope) -> bool:
        """Whether an `__exit__` can give back something true; a stub says so by `-> bool` (as mypy reads it)."""
        if self._written_here(leave):
            return leave.may_return_true
        return leave.result == refs.Name("bool")

    def class_of(self, ref: Ref, scope: Scope) -> Scope | None:
        """The class of this module that `ref` is an instance of, or None."""
        found = types.without_none(self.type(ref, scope))
        return found.cls if isinstance(found, types.Instance) and self.mine(found.cls) else None

    def property(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind that a property makes anew at each read; None for plain attributes."""
        if not isinstance(ref, refs.Attr):
            return None
        cls = self.class_of(ref.base, scope)
        while cls is not None and ref.name not in cls.bindings and ref.name not in cls.attributes:
            cls = next((c for base in cls.bases if (c := self._base(base, cls)) is not None), None)
        if cls is None or any(b.how != "function" for b in cls.bindings.get(ref.name, ())):
            return None
        return self.kind(ref, scope) if ref.name in cls.bindings else None

    def _base(self, base: Ref, cls: Scope) -> Scope | None:
        """A base class that this module defines."""
        found = self.type(base, cls.parent or cls)
        return found.cls if isinstance(found, types.ClassType) and self.mine(found.cls) else None

    def elements(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of the elements of a parameter that is annotated as a container."""
        if parameter.annotation is None or parameter.variety not in ("positional", "keyword"):
            return None
        found = types.without_none(self.type(scope.bindings[parameter.name][0].ref, scope))
        kept = isinstance(found, types.Container) and found.parts is None and found.name != "view"
        return kind_of(found.element) if kept and isinstance(found, types.Container) else None

    def optional(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether a parameter may be None."""
        if parameter.default is not None:
            return True
        if parameter.annotation is None:
            return False
        return types.NONE in types.members(self.type(scope.bindings[parameter.name][0].ref, scope))

    def unknown(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether nothing is known of a parameter that could be awaited."""
        first = next(iter(scope.parameters), None)
        method = scope.parent is not None and scope.parent.kind == "class"
        if parameter.annotation is not None or (method and parameter is first):
            return False
        given = [self.type(ref, site.scope) for site, ref in self.given(scope, parameter)]
        return not given or any(kind_of(found) is not None or found == types.UNKNOWN for found in given)

    def doubtful_field(self, owner: Ref, name: str, scope: Scope) -> int | None:
        """The line where the attribute `name` is set from a bare call of unknown kind, if it is
        awaited elsewhere than in the method that sets it, or in a loop."""
        cls = self.class_of(owner, scope)
        if cls is None or self.clears(cls, name) or name in cls.bindings:
            return None
        made = [b for b in cls.attributes.get(name, ()) if isinstance(b.ref, refs.Call) and self._doubtful(b.ref, cls)]
        awaits = [use for use in cls.uses.get(name, ()) if use.how == "await"]
        setters = {use.method for use in cls.uses.get(name, ()) if use.how == "set"}
        often = any(use.looped or use.method not in setters for use in awaits)
        return made[0].line if made and often else None

    def _doubtful(self, call: refs.Call, cls: Scope) -> bool:
        """Whether a call may make a one-shot value, by all that is known."""
        tail = call.func.name if isinstance(call.func, refs.Attr) else ""
        name = tail or (call.func.id if isinstance(call.func, refs.Name) else "")
        if name in ("create_task", "ensure_future", "create_future", "Future", "Task"):
            return False
        home = next((m for m in cls.children if m.kind == "function"), cls)
        return self.type(call, home) == types.UNKNOWN

    def well_kept(self, cls: Scope, name: str, kind: Kind) -> bool:
        """Whether a declared field of coroutines belongs to an owner that consumes it once."""
        used = bool(cls.uses.get(name))
        return not kind.strict and used and (self.clears(cls, name) or self.owns(cls, name))

    def undocumented(self, scope: Scope) -> str | None:
        """What a public producer of ValueTasks fails to say: annotation or once; None if nothing."""
        if self.kind_of_result(scope) is not Kind.VALUETASK or not self._public(scope):
            return None
        if scope.result is None:
            return "annotation"
        return None if "once" in scope.docstring.lower() else "once"

    def kind_of_result(self, scope: Scope) -> Kind | None:
        """What calling the function `scope` makes, its decorators applied."""
        return kind_of(results.function_result(self.evaluator, types.Function(scope)))

    @staticmethod
    def _public(scope: Scope) -> bool:
        start: Scope | None = scope
        while start is not None and start.parent is not None:
            if start.name.startswith("_") or (start is not scope and start.kind == "function"):
                return False
            start = start.parent
        return True

    def solid(self, ref: Ref, scope: Scope, awaited: bool) -> bool:
        """Whether `ref` is not None: by its type, and for what was `awaited` unless that says None."""
        found = self.type(ref, scope)
        if found == types.UNKNOWN:
            return awaited
        return types.NONE not in types.members(found)

    def passes_on(self, scope: Scope) -> str | None:
        """The parameter that a plain function gives back as it is, whatever else it does."""
        names = {ref.id if isinstance(ref, refs.Name) else "" for ref in scope.returned}
        if len(names) != 1 or scope.is_async or scope.generator or scope.decorators:
            return None
        name = names.pop()
        once = len(scope.bindings.get(name, ())) == 1
        return name if once and any(p.name == name for p in scope.parameters) else None
