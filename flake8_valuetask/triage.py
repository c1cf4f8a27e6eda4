"""Triage: which bodies need a closer look.

In: a survey, and kinds. Out: the outermost scopes in which a one-shot value is made, received or
kept in a way that could be wrong. It may suspect too much, never too little. Never: libcst.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_valuetask import refs
from flake8_valuetask.kinds import Kind, Kinds
from flake8_valuetask.survey import Body, CallSite, Scope, Survey


def suspects(survey: Survey, kinds: Kinds, everything: bool = False) -> list[Scope]:
    """The outermost bodies to analyse; all of them if `everything`."""
    return [body.scope for body in survey.bodies if everything or _suspect(body, survey, kinds)]


def _suspect(body: Body, survey: Survey, kinds: Kinds) -> bool:
    return any(reason for reason in _reasons(body, survey, kinds))


def _reasons(body: Body, survey: Survey, kinds: Kinds) -> Iterator[bool]:
    for site in body.calls:
        yield _call(site, kinds)
    for scope in body.functions:
        yield any(_parameter(scope, p, kinds) for p in scope.parameters)
    for node, scope in body.awaits:
        yield _await(refs.Await(_value(node)).value, scope, kinds)
    made = kinds.properties
    yield any(name in made for name in body.reads)
    if body.scope.kind == "module":
        yield from _definitions(survey.scope, kinds)
    elif kinds.kind_of_result(body.scope) is Kind.VALUETASK:
        yield True


def _value(node: object) -> refs.Ref:
    from flake8_valuetask.survey import reading

    return reading.value(node)  # type: ignore[arg-type]


def _call(site: CallSite, kinds: Kinds) -> bool:
    """A call that makes a value which is not awaited on the spot, or takes an async function."""
    ref = site.ref
    if not site.awaited and kinds.kind(ref, site.scope) is not None:
        return True
    if kinds.callee(ref, site.scope).path in ("builtins.map",):
        return True
    func = ref.func.func if isinstance(ref.func, refs.Call) else ref.func
    if kinds.cache(func, site.scope) is not None and ref.args:
        return True
    contract = kinds.callee(ref, site.scope).contract
    return contract is not None and bool(contract.plain)


def _parameter(scope: Scope, parameter: object, kinds: Kinds) -> bool:
    from flake8_valuetask.survey import Parameter

    assert isinstance(parameter, Parameter)
    return kinds.parameter(scope, parameter) is not None or kinds.elements(scope, parameter) is not None


def _await(ref: refs.Ref, scope: Scope, kinds: Kinds) -> bool:
    """An await of something that is not a call: a parameter of unknown kind, a property, a field."""
    if isinstance(ref, refs.Attr):
        return kinds.property(ref, scope) is not None or kinds.doubtful_field(ref.base, ref.name, scope) is not None
    return isinstance(ref, refs.Name)


def _definitions(module: Scope, kinds: Kinds) -> Iterator[bool]:
    """Module-level code is suspect for its caches, fields and producers of ValueTasks."""
    stack = [module]
    while stack:
        scope = stack.pop()
        for child in scope.children:
            if child.kind == "class":
                stack.append(child)
                yield any(
                    b.how == "annotation" and kinds.kind(b.ref, child) for bs in child.bindings.values() for b in bs
                )
            else:
                calls = (d.func if isinstance(d, refs.Call) else d for d in child.decorators)
                yield any(kinds.cache(call, scope) is not None for call in calls)
                yield kinds.undocumented(child) is not None
