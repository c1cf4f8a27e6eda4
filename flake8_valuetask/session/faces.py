"""What is seen of a function, and of the code around functions, by those who say a name.

In: the surveys of two versions. Out: the names that may mean something else in the second one. Never: which functions
say them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from flake8_valuetask import catalog, refs
from flake8_valuetask.kinds import parameters
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import reading

if TYPE_CHECKING:
    from flake8_valuetask.survey import AttributeUse, Binding, Body, Parameter, Scope, Survey

ALL = "*"
"""In the place of a name: anything may mean something else."""
_LEAVING = ("__exit__", "__aexit__")


class Seen(NamedTuple):
    """What is seen by a name: `told` is another one if the name may mean something else; so it may if one of the names
    that this `says` does."""

    told: Any
    says: frozenset[str]


Face: TypeAlias = dict[str, Seen]
"""What is seen by each name; attributes have a dot before them."""


def differing(now: Face, before: Face) -> set[str]:
    """The names by which something else is seen."""
    names = now.keys() | before.keys()
    return {name for name in names if name not in now or name not in before or now[name].told != before[name].told}


def reached(names: Iterable[str], faces: Iterable[Face]) -> set[str]:
    """Names that may mean something else, and those that may because of them."""
    found = set(names)
    others = [(name, seen.says) for face in faces for name, seen in face.items()] if found else []
    while more := {name for name, says in others if name not in found and not says.isdisjoint(found)}:
        found |= more
    return found


# Functions


def of_function(body: Body, loose: frozenset[str]) -> Face:
    """The face of an outermost function, beside its signature: what it gives back; the attributes that it sets, and how
    it uses those of its object; what it passes to those whose parameters are what their callers give them, who are
    called by the names `loose`."""
    inner = [each for each in body.functions if each is not body.scope]
    told: dict[str, list[Any]] = defaultdict(list)
    told_by: dict[str, list[Ref]] = defaultdict(list)
    for name, what, behind in _parts(body, loose):
        told[name].append(what)
        told_by[name] += behind
    more = [(_signature(function), function.returned, _given(function)) for function in inner]
    also = [ref for function in inner for ref in [*function.returned, *filter(None, [function.result])]]
    found: Face = {}
    for name, whats in told.items():
        bound, says = _behind([*told_by[name], *also], body)
        found[name] = Seen((whats, more, bound), says)
    return found


def _parts(body: Body, loose: frozenset[str]) -> Iterator[tuple[str, Any, list[Ref]]]:
    """What is seen by a name, and the references behind that; a name may come several times."""
    scope, home = body.scope, body.scope.parent
    signature = [*scope.decorators, *filter(None, [scope.result])]
    signature += [binding.ref for parameter in scope.parameters for binding in scope.bindings[parameter.name]]
    yield _said(scope.name, home), _given(scope), [*_inferred(scope), *signature]
    if home is not None and home.kind == "class":
        for name, found in home.attributes.items():
            for each in found:
                if scope.line <= each.line <= scope.end:
                    yield f".{name}", _declaration(each), [each.ref]
        for name, uses in home.uses.items():
            if mine := [use for use in uses if use.method is scope]:
                yield f".{name}", _used(mine), []
    yield from _passed(body, loose)


def _passed(body: Body, loose: frozenset[str]) -> Iterator[tuple[str, Any, list[Ref]]]:
    """The same for what is passed in calls by one of these names."""
    for site in body.calls:
        if (tail := site.tail) in loose:
            named = {keyword.arg: reading.value(keyword.value) for keyword in site.node.keywords}
            yield from ((name, (site.ref, named), [site.ref, *named.values()]) for name in (tail, f".{tail}"))


def _used(uses: list[AttributeUse]) -> Any:
    """How a method uses an attribute: whether it sets it, whether it takes it, and each await."""
    ways = {use.how == "set" for use in uses}
    return True in ways, False in ways, sorted(use.looped for use in uses if use.how == "await")


def _given(function: Scope) -> Any:
    """What a function gives back: where that is declared only what it passes on, and how it leaves as a manager."""
    told = parameters.passes_on(function) if _is_told(function) else function.returned
    leaves = function.forgives if function.decorators else _leaves(function) and function.may_return_true
    return told, leaves, function.generator, function.is_stub, set(function.returned) <= {refs.NONE}


def _leaves(function: Scope) -> bool:
    """Whether a method is, or may stand for, what a manager is left by."""
    home = function.parent
    found = [b for name in _LEAVING if home is not None for b in home.bindings.get(name, ())]
    return any(binding.scope is None or binding.scope is function for binding in found)


def _inferred(function: Scope) -> list[Ref]:
    return [] if _is_told(function) else function.returned


def _is_told(function: Scope) -> bool:
    """Whether the signature settles what a function gives back; that of a plain one may be wrong (`kinds.results`)."""
    return function.result is not None and (function.is_async or not isinstance(function.result, refs.Generic))


def _behind(found: list[Ref], body: Body) -> tuple[Any, frozenset[str]]:
    """What the local names in references are bound to, and those that these bindings name; and all names said."""
    bound: dict[str, Any] = {}
    said: set[str] = set()
    for ref in found:
        said |= set(refs.words(ref))
    waiting = list(said)
    while waiting:
        name = waiting.pop()
        for binding in [b for function in body.functions for b in function.bindings.get(name, ())]:
            bound.setdefault(name, []).append(_declaration(binding))
            more = {word for ref in _bound(binding) for word in refs.words(ref)} - said
            said |= more
            waiting += more
    return bound, frozenset(said)


def _said(name: str, home: Scope | None) -> str:
    """How others say a name in its home; what Python calls by itself nobody has to say."""
    if home is None or home.kind != "class":
        return name
    if name in ("__init__", "__new__"):
        return _said(home.name, home.parent)
    return ALL if name.startswith("__") and name.endswith("__") else f".{name}"


def around(scope: Scope) -> Iterator[str]:
    """What a function says of the classes around it, though it says `self`, or `super`."""
    home = scope.parent
    while home is not None and home.kind == "class":
        yield _inside(home.name)
        home = home.parent


def _inside(name: str) -> str:
    """By what a class is seen from its methods, and from those of the classes that are based on it: the rest that is
    seen by its name they do not say."""
    return f"class {name.lstrip('.')}"


def loose(survey: Survey) -> frozenset[str]:
    """The names by which functions are called whose parameters are what their callers give them; of a class, too."""
    found = (f for body in survey.bodies for f in body.functions if any(_is_open(f, p) for p in f.parameters))
    return frozenset(f.parent.name if f.name == "__init__" and f.parent is not None else f.name for f in found)


def _is_open(function: Scope, parameter: Parameter) -> bool:
    return parameter.annotation is None and parameter.name != function.receiver


# The code around functions


def of_module(survey: Survey, loose: frozenset[str]) -> Face:
    """What a module and its classes declare, without the lines where they do and what their functions do inside; and
    what they pass to those who are called by the names `loose`."""
    told: dict[str, dict[str, Any]] = defaultdict(dict)
    says: dict[str, set[str]] = defaultdict(set)
    for name, home, what, words in _declared(survey.scope):
        told[name][home] = what
        says[name] |= words
    for name, what, behind in _passed(survey.bodies[0], loose):
        told[name].setdefault("passed", []).append(what)
        says[name].update(*map(refs.words, behind))
    return {name: Seen(found, frozenset(says[name])) for name, found in told.items()}


def _declared(scope: Scope) -> Iterator[tuple[str, str, Any, set[str]]]:
    """What is declared by a name, where, and the names that this says."""
    if scope.kind == "module":
        yield ALL, "", scope.stars, set()
        yield from ((f".{name}", "imported", of & scope.packages, set()) for name, of in catalog.OF_PACKAGES.items())
        yield from ((f".{name.partition(' ')[0]}", f"{name} patched", True, set()) for name in scope.patched)
    inside = scope.kind == "class"
    for name, bindings in scope.bindings.items():
        words = {word for binding in bindings for word in _words(binding)}
        words |= {f".{word}" for word in words if inside}
        hidden = max(binding.line for binding in bindings) < scope.starred
        what = hidden, [_declaration(binding) for binding in bindings]
        yield _said(name, scope), f"{scope.qualname}.{name}", what, words
        for binding in bindings:
            if binding.scope is not None and binding.scope.kind == "class":
                yield _inside(name), f"{scope.qualname}.{name}", what, words | {_inside(word) for word in words}
                yield from _declared(binding.scope)


def _words(binding: Binding) -> Iterator[str]:
    """The names in what a name is bound to; the face of a function has its own."""
    found = _bound(binding)
    if binding.scope is not None and binding.scope.kind == "class":
        found = [*binding.scope.bases, *binding.scope.decorators]
    for ref in found:
        yield from refs.words(ref)


def _bound(binding: Binding) -> list[Ref]:
    """What a name is bound to, and the type that it can stand for."""
    if binding.scope is not None or binding.how in ("import", "unknown"):
        return []
    alias = binding.how == "value" or (binding.value is not None and binding.is_alias)
    return [binding.ref, binding.as_type] if alias else [binding.ref]


def _declaration(binding: Binding) -> Any:
    if binding.scope is None:
        return binding.how, binding.target, _bound(binding), binding.literal
    if binding.scope.kind == "class":
        return binding.scope.bases, binding.scope.decorators
    return _signature(binding.scope)


def _signature(function: Scope) -> Any:
    named = {p.name: function.bindings[p.name][0].ref for p in function.parameters if p.annotation is not None}
    shape = [(p.name, p.variety, p.default is None) for p in function.parameters]
    return function.is_async, function.generator, function.decorators, function.result, shape, named
