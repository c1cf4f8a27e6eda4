"""What parameters receive: what their annotations say, else what the callers in the module give them.

In: parameters of functions. Out: kinds, and what else is known of them. Never: what a function does with them.
"""

from __future__ import annotations

from flake8_valuetask import refs
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import names, types
from flake8_valuetask.kinds.annotations import kind_of
from flake8_valuetask.kinds.callees import Callees
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import CallSite, Parameter, Scope, Survey


class Parameters:
    """The parameters of the functions of one module."""

    def __init__(self, survey: Survey, callees: Callees) -> None:
        self.survey = survey
        self.callees = callees
        self.evaluator = callees.evaluator
        self._kinds: dict[tuple[Scope, str], Kind | None] = {}
        self._sites: dict[str, dict[Scope, list[tuple[CallSite, int]]]] = {}
        """The calls by a name, by the functions that they run."""
        self._words: dict[str, bool] = {}
        """Whether parameters that a name of the module annotates receive one-shot values."""

    def kind(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of value that `parameter` of the function `scope` receives: what its
        annotation says, else what its callers in this module give it."""
        key = (scope, parameter.name)
        if key not in self._kinds:
            self._kinds[key] = None
            self._kinds[key] = self._kind(scope, parameter)
        return self._kinds[key]

    def _kind(self, scope: Scope, parameter: Parameter) -> Kind | None:
        if parameter.annotation is not None and parameter.variety != "starstar":
            return None if parameter.variety == "star" else kind_of(self._declared(scope, parameter))
        if parameter.name == scope.receiver:
            return None
        found = {self.evaluator.kind(ref, site.scope) for site, ref in self.given(scope, parameter)}
        found -= {None, Kind.AWAITABLE}
        return found.pop() if len(found) == 1 else None

    def _declared(self, scope: Scope, parameter: Parameter) -> Type:
        """The type that the annotation of a parameter says, where it is not None."""
        ref = scope.bindings[parameter.name][0].ref
        if isinstance(ref, refs.Annotated):  # read once for all that have it, so that it need not be remembered here
            return types.without_none(names.annotation(self.evaluator, ref.annotation, scope))
        return types.without_none(self.evaluator.evaluate(ref, scope))

    def receives(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether a parameter holds a one-shot value, or a container of such."""
        if parameter.annotation is None or parameter.variety not in ("positional", "keyword"):
            return self.kind(scope, parameter) is not None
        word = parameter.word
        if not word or names.widest(word, scope) is scope:
            return _received(self._declared(scope, parameter))
        if word not in self._words:
            self._words[word] = _received(self._declared(scope, parameter))
        return self._words[word]

    def given(self, scope: Scope, parameter: Parameter) -> list[tuple[CallSite, Ref]]:
        """The arguments that calls in this module pass for `parameter` of the function `scope`."""
        sites = self._calls(scope)
        if not sites:
            return []
        position = scope.numbers[parameter.name] if parameter.variety in ("positional", "star") else None
        found = []
        for site, skip in sites:
            place = None if position is None else position - skip
            found += [(site, ref) for ref in site.argument(parameter, place)]
        return found

    def _calls(self, scope: Scope) -> list[tuple[CallSite, int]]:
        """The calls in this module that run the function `scope`, and how many parameters each of them has bound."""
        caller = scope.parent.name if scope.name == "__init__" and scope.parent is not None else scope.name
        if caller not in self._sites:
            found = self._sites[caller] = {}
            for site in self.survey.callers.get(caller, ()):
                body, skip = self.callees.body(self.evaluator.evaluate(site.func, site.scope))
                if body is not None:
                    found.setdefault(body, []).append((site, skip))
        return self._sites[caller].get(scope, [])

    def elements(self, scope: Scope, parameter: Parameter) -> Kind | None:
        """The kind of the elements of a parameter that is annotated as a container."""
        if parameter.annotation is None or parameter.variety not in ("positional", "keyword"):
            return None
        return _element(self._declared(scope, parameter))

    def optional(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether a parameter may be None."""
        if parameter.default is not None:
            return True
        if parameter.annotation is None:
            return False
        return types.NONE in types.members(self.evaluator.evaluate(scope.bindings[parameter.name][0].ref, scope))

    def unknown(self, scope: Scope, parameter: Parameter) -> bool:
        """Whether nothing is known of a parameter that could be awaited."""
        first = next(iter(scope.parameters), None)
        method = scope.parent is not None and scope.parent.kind == "class"
        if parameter.annotation is not None or (method and parameter is first):
            return False
        given = [self.evaluator.evaluate(ref, site.scope) for site, ref in self.given(scope, parameter)]
        return not given or any(kind_of(found) is not None or found is types.UNKNOWN for found in given)


def _received(found: Type) -> bool:
    """Whether a type is that of a one-shot value, or of a container of such."""
    return kind_of(found) is not None or _element(found) is not None


def _element(found: Type) -> Kind | None:
    """The kind of the elements of a container that keeps any number of them."""
    kept = isinstance(found, types.Container) and found.parts is None and found.name != "view"
    return kind_of(found.element) if kept and isinstance(found, types.Container) else None


def passes_on(scope: Scope) -> str | None:
    """The parameter that a plain function gives back as it is, whatever else it does."""
    names = {ref.id if isinstance(ref, refs.Name) else "" for ref in scope.returned}
    if len(names) != 1 or scope.is_async or scope.generator or scope.decorators:
        return None
    name = names.pop()
    once = len(scope.bindings.get(name, ())) == 1
    return name if once and any(p.name == name for p in scope.parameters) else None
