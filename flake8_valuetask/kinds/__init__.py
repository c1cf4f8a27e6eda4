"""What is one-shot: the kind of value that a call makes, and what a callee does with arguments.

In: references in the scopes of a survey. Out: kinds and `Callee` descriptions. Unknown or
ambiguous means silence. Never: `ast` nodes, control flow, verdicts.
"""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable

from flake8_valuetask import catalog, refs
from flake8_valuetask.catalog import Contract, tables
from flake8_valuetask.constants import Constant
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import (
    calls,
    decorators,
    errors,
    fields,
    managers,
    names,
    objects,
    parameters,
    results,
    types,
)
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.callees import Callee, Callees
from flake8_valuetask.kinds.evaluate import Evaluator
from flake8_valuetask.kinds.fields import Fields
from flake8_valuetask.kinds.parameters import Parameters
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.options import Additions
from flake8_valuetask.project import Project
from flake8_valuetask.records import lazy
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import CallSite, Parameter, Scope, Survey, patterns

__all__ = ["Callee", "Kind", "Kinds"]

_ASKING = ("iscoroutinefunction", "isasyncgenfunction")
_BUILTINS = frozenset(dir(builtins))


class Kinds:
    """The knowledge of kinds in one module."""

    def __init__(self, survey: Survey, project: Project, additions: Additions) -> None:
        self.survey = survey
        self.project = project
        project.add(survey)
        self.evaluator = Evaluator(project, tables(additions))
        self.tables = self.evaluator.tables = tables(self._defined(additions))
        self.callees = Callees(survey, self.evaluator)
        self.parameters = Parameters(survey, self.callees)
        self.fields = Fields(survey.scope, self.evaluator)

    def _defined(self, additions: Additions) -> Additions:
        """The added names, and the paths where what they name is defined."""
        found = {name: getattr(additions, name) for name in additions.__match_args__}
        return Additions(**{key: paths | {self._definition(path) for path in paths} for key, paths in found.items()})

    def _definition(self, path: str) -> str:
        return types.path(self.evaluator.resolve(types.Symbol(path))) or path

    def mine(self, scope: Scope) -> bool:
        """Whether a scope is in this module."""
        return scope.top is self.survey.scope

    def type(self, ref: Ref, scope: Scope) -> Type:
        """The type of `ref` in `scope`."""
        return self.evaluator.evaluate(ref, scope)

    def kind(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind of one-shot value that `ref` gives, or None."""
        return self.evaluator.kind(ref, scope)

    def made(self, site: CallSite) -> Kind | None:
        """The kind of one-shot value that a call makes, or None."""
        return calls.made(self.evaluator, site)

    def made_if_asked(self, name: str, method: str, scope: Scope) -> bool:
        """Whether a method of something of which a body asks the class makes a one-shot value, if the answer is yes or,
        where it may be of several classes, if it is no."""
        asked = self._classes.get((scope, name))
        if asked is None:
            return False
        several = isinstance(self.type(refs.Name(name), scope), types.Union)
        answers = (True, False) if several else (True,)
        objects = [refs.Narrowed(refs.Name(name), classes, said) for classes in asked for said in answers]
        return any(self.kind(refs.Call(refs.Attr(each, method)), scope) is not None for each in objects)

    @lazy
    def _classes(self) -> dict[tuple[Scope, str], list[Ref]]:
        """The classes for which each body asks of each name, by `isinstance()` or by patterns."""
        found: dict[tuple[Scope, str], list[Ref]] = {}
        for site in self.survey.callers.get("isinstance", ()):
            if site.asked is not None:
                name, classes = site.asked
                found.setdefault((site.scope, name), []).append(classes)
        for node, scope in (each for body in self.survey.bodies for each in body.matches):
            for name, classes in patterns.of_names(node):
                found.setdefault((scope, name), []).append(classes)
        return found

    def inert(self, name: str, scope: Scope) -> bool:
        """Whether a name is a built-in function that makes nothing, whatever it is given, and calls nothing."""
        return name in _BUILTINS and name not in self.tables.active and names.unbound(name, scope)

    def annotated(self, annotation: Ref, scope: Scope) -> Kind | None:
        """The kind that an annotation promises, or None."""
        return kind_of(names.annotation(self.evaluator, annotation, scope))

    def gives(self, ref: Ref, scope: Scope, awaited: bool) -> tuple[Constant, ...]:
        """The constants that a call may give, or what was `awaited`; none if they are not known."""
        return objects.given(self.evaluator, self.type(ref, scope), awaited)

    def constant(self, ref: Ref, scope: Scope) -> Constant | None:
        """The one object that `ref` always names, or None."""
        return objects.constant(self.evaluator, ref, scope)

    def guarded(self, call: refs.Call, scope: Scope) -> Kind | None:
        """The kind for which a function asks of its argument, by its signature; None for any other call."""
        answer = self.type(call, scope)
        return kind_of(answer.of) if isinstance(answer, types.Guard) else None

    def container(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is known to be a built-in container."""
        found = types.without_none(self.type(ref, scope))
        return isinstance(found, types.Container) and found.name in ("list", "set", "deque", "dict")

    def mapping(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is known to be a dictionary."""
        found = types.without_none(self.type(ref, scope))
        return isinstance(found, types.Container) and found.name == "dict"

    def built_in(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is a built-in container, so that to iterate raises nothing; a view may be of anything."""
        found = types.members(self.type(ref, scope))
        return all(isinstance(each, types.Container) and each.name != "view" for each in found)

    def has_item(self, ref: Ref, index: int | None, scope: Scope) -> bool:
        """Whether `ref` is a tuple that is known to have an element of this number."""
        length = self.length(ref, scope) if index is not None else None
        return index is not None and length is not None and -length <= index < length

    def length(self, ref: Ref, scope: Scope) -> int | None:
        """How many elements `ref` has, if it is a tuple of which that is known."""
        found = self.type(ref, scope)
        parts = found.parts if isinstance(found, types.Container) and found.name == "tuple" else None
        return None if parts is None else len(parts)

    def alternatives(self, ref: Ref, scope: Scope) -> frozenset[Constant]:
        """All objects that `ref` can be: members of an enumeration, True and False; none if unknown."""
        return objects.alternatives(self.evaluator, self.type(ref, scope))

    def sequence(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is known to be a sequence of any length."""
        found = self.type(ref, scope)
        return isinstance(found, types.Container) and found.name in ("list", "deque", "tuple") and found.parts is None

    def callee(self, call: refs.Call, scope: Scope) -> Callee:
        """What is known of the function that `call` calls."""
        return self.callees.callee(call, scope)

    def function(self, ref: Ref, scope: Scope) -> Callee:
        """What is known of the function that `ref` names, whatever it is called with: all but what a call makes."""
        return self.callees.function(ref, scope)

    def contract(self, func: Type, ref: Ref) -> Contract | None:
        """What a well-known API does with its arguments; None if it is not known."""
        return self.callees.contract(func, ref)

    def made_async(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is a function whose call makes a coroutine or a ValueTask."""
        func = self.type(ref, scope)
        if not isinstance(func, types.Function | types.Callable | types.Symbol):
            return False
        made = self.kind(refs.Call(ref), scope)
        return made in (Kind.COROUTINE, Kind.VALUETASK)

    def doubted(self, func: Ref, scope: Scope, certain: Collection[Ref] = ()) -> bool:
        """Whether a body asks of a function if it is async, or of its object, which is not `certain`, of which class it
        is: then it may be another one than its definition says."""
        if self._asked(_ASKING, (func, refs.Attr(func, "__call__")), scope):
            return True
        owner = func.base if isinstance(func, refs.Attr) else refs.UNKNOWN
        if isinstance(owner, refs.Narrowed):
            return False
        matched = isinstance(owner, refs.Name) and (scope, owner.id) in self._classes
        return owner not in certain and (matched or self._asked(("isinstance",), (owner,), scope))

    def _asked(self, names: Iterable[str], of: Collection[Ref], scope: Scope) -> bool:
        """Whether a body calls a function of one of these names for one of some objects."""
        sites = (site for name in names for site in self.survey.callers.get(name, ()) if site.scope is scope)
        return any(argument in of for site in sites for argument in site.ref.args[:1])

    def calls_back(self, site: CallSite) -> bool:
        """Whether a call is one of an API that calls, without await, a function that it is given; or of `map()`, which
        takes async functions, and makes values of them."""
        func = self.type(site.func, site.scope)
        contract = self.contract(func, site.func)
        return contract is not None and (bool(contract.plain) or types.path(func) == "builtins.map")

    def function_kind(self, ref: Ref, scope: Scope) -> Kind | None:
        """What calling the function that `ref` names makes, or None."""
        func = self.evaluator.resolve(self.type(ref, scope))
        return self.kind(refs.Call(ref), scope) if isinstance(func, types.Function) else None

    def producer(self, function: Scope, applied: int = 0) -> Kind | None:
        """What calling `function` makes, with so many of its decorators applied, the innermost ones."""
        made = results.plain_result(self.evaluator, types.Function(function))
        for effect in decorators.effects(self.evaluator, function)[:applied]:
            made = decorators.decorated(made, effect)
        return kind_of(made)

    def kind_of_result(self, scope: Scope) -> Kind | None:
        """What calling the function `scope` makes, its decorators applied."""
        return kind_of(results.function_result(self.evaluator, types.Function(scope)))

    def passes_on(self, scope: Scope) -> str | None:
        """The parameter that a plain function gives back as it is, whatever else it does."""
        return parameters.passes_on(scope)

    def undocumented(self, scope: Scope) -> str | None:
        """What a public producer of ValueTasks fails to say: annotation or once; None if nothing."""
        if self.kind_of_result(scope) is not Kind.VALUETASK or not self._public(scope):
            return None
        if scope.result is None:
            return "annotation"
        return None if "once" in scope.docstring.lower() else "once"

    @staticmethod
    def _public(scope: Scope) -> bool:
        start: Scope | None = scope
        while start is not None and start.parent is not None:
            if start.name.startswith("_") or (start is not scope and start.kind == "function"):
                return False
            start = start.parent
        return True

    def cache(self, decorator: Ref, scope: Scope) -> str | None:
        """The name of the cache that a decorator (or the function in a call) is, or None."""
        found = self.type(decorator, scope)
        path = types.path(found)
        if not path:
            return None
        if path in catalog.ASYNC_CACHES:
            return None
        if path in self.tables.caches or self._cache_by_name(path):
            return path
        if not isinstance(found, types.Symbol):
            return None
        return path if types.path(self.evaluator.resolve(found)) in self.tables.caches else None

    @staticmethod
    def _cache_by_name(path: str) -> bool:
        """Properties that cache are called alike in every framework."""
        if not path.endswith(("cached_property", "reify")):
            return False
        home, _, name = path.rpartition(".")
        return name in ("cached_property", "reify") and not home.startswith("async")

    def own_error(self, error: Ref, scope: Scope) -> bool:
        """Whether `error` is a class of exceptions that the language and its library do not know."""
        return errors.own(self.evaluator, error, scope)

    def library_error(self, error: Ref, scope: Scope) -> str:
        """The name of a built-in class of exceptions, the path of one of the library; "" for anything else."""
        return errors.of_library(self.evaluator, error, scope)

    def source(self, ref: Ref, scope: Scope) -> str:
        """Where an error of calling or using `ref` comes from: waiting, library; "" if it can be anything."""
        return errors.source(self.evaluator, ref, scope)

    def literal(self, ref: Ref, scope: Scope) -> bool:
        """Whether `ref` is a word, a number, None or the like."""
        return errors.literal(self.evaluator, ref, scope)

    def expects(self, ref: Ref, scope: Scope) -> bool:
        """Whether the context manager `ref` demands that its body raises."""
        return managers.expects(self.callees, ref, scope)

    def wants_misuse(self, ref: Ref, scope: Scope) -> bool:
        """Whether the context manager `ref` demands an error, or a warning, that misuse of a one-shot value gives."""
        return managers.wants_misuse(self.callees, ref, scope)

    def swallows(self, ref: Ref, scope: Scope) -> bool:
        """Whether the context manager `ref` can swallow an exception of its body."""
        return managers.swallows(self.callees, ref, scope)

    def parameter(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of value that `parameter` of the function `scope` receives: what its
        annotation says, else what its callers in this module give it."""
        return self.parameters.kind(scope, parameter)

    def receives(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether a parameter holds a one-shot value, or a container of such."""
        return self.parameters.receives(scope, parameter)

    def elements(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of the elements of a parameter that is annotated as a container."""
        return self.parameters.elements(scope, parameter)

    def optional(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether a parameter may be None."""
        return self.parameters.optional(scope, parameter)

    def unknown(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether nothing is known of a parameter that could be awaited."""
        return self.parameters.unknown(scope, parameter)

    def class_of(self, ref: Ref, scope: Scope) -> Scope | None:
        """The class of this module that `ref` is an instance of, or None."""
        return self.fields.class_of(ref, scope)

    @lazy
    def properties(self) -> frozenset[str]:
        """The names of the properties of this module that make one-shot values, of those that it reads."""
        read = set().union(*(body.reads for body in self.survey.bodies))
        methods = [f for body in self.survey.bodies for f in body.functions if f.name in read and f.decorators]
        marked = [m for m in methods if m.parent is not None and m.parent.kind == "class"]
        found = [m for m in marked if "property" in decorators.effects(self.evaluator, m)]
        return frozenset(m.name for m in found if self.kind_of_result(m) is not None)

    def property(self, ref: Ref, scope: Scope) -> Kind | None:
        """The kind that a property makes anew at each read; None for plain attributes."""
        return self.fields.property(ref, scope)

    def doubtful_field(self, owner: Ref, name: str, scope: Scope) -> int | None:
        """The line where the attribute `name` is set from a bare call of unknown kind, if it is
        awaited elsewhere than in the method that sets it, or in a loop."""
        return self.fields.doubtful(owner, name, scope)

    def well_kept(self, cls: Scope, name: str, kind: Kind) -> bool:
        """Whether a declared field of coroutines belongs to an owner that consumes it once."""
        return self.fields.well_kept(cls, name, kind)

    def clears(self, cls: Scope, attribute: str) -> bool:
        """Whether the class empties `attribute` again where it takes the value out, or is a coroutine itself."""
        return self.fields.clears(cls, attribute) or fields.is_coroutine(cls)

    def owns(self, cls: Scope, attribute: str) -> bool:
        """Whether the class consumes `attribute` as its own await only, if at all."""
        return self.fields.owns(cls, attribute)
