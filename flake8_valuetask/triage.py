"""Triage: which bodies need a closer look.

In: a survey, kinds, options. Out: the outermost scopes in which a one-shot value is made, received or kept in a way
that could be wrong. It may suspect too much, never too little. Never: control flow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_valuetask import refs
from flake8_valuetask.kinds import Kind, Kinds
from flake8_valuetask.options import Options
from flake8_valuetask.survey import Body, CallSite, Scope, Survey, reading

# What an awaitable of unknown kind can be reported for; the rules are opt-in, and so is the look at plain awaits.
_OF_UNKNOWN = frozenset({"VT105", "VT308"})
_FUNCTIONS = frozenset({ast.Name, ast.Attribute, ast.Lambda})  # what may stand for a function
_OF_PRODUCERS = frozenset({"VT601", "VT602"})


def suspect(body: Body, survey: Survey, kinds: Kinds, options: Options) -> bool:
    """Whether to analyse an outermost body; always, if the options say `everything`."""
    return (
        options.everything
        or any(kinds.receives(scope, parameter) for scope in body.functions for parameter in scope.parameters)
        or not kinds.properties.isdisjoint(body.reads)
        or any(_call(site, kinds) for site in body.calls)
        or any(_await(reading.value(node), scope, kinds, options) for node, scope in body.awaits)
        or any(_definition(f, kinds, options) for f in body.functions if f is not body.scope)
        or _defines(body, survey, kinds, options)
    )


def _defines(body: Body, survey: Survey, kinds: Kinds, options: Options) -> bool:
    """Whether a body is suspect for what it defines, or for what it is."""
    if body.scope.kind == "module":
        return any(_definitions(survey.scope, kinds, options))
    return bool(options.opt_in & _OF_PRODUCERS) and kinds.kind_of_result(body.scope) is Kind.VALUETASK


def _call(site: CallSite, kinds: Kinds) -> bool:
    """A call that makes a value which is not settled on the spot, or takes an async function."""
    node = site.node
    if isinstance(node.func, ast.Name) and kinds.inert(node.func.id, site.scope):
        return False
    if not site.settled and (kinds.made(site) is not None or _made_if_asked(node.func, site.scope, kinds)):
        return True
    given = [*node.args, *[keyword.value for keyword in node.keywords]] if node.keywords else node.args
    return not _FUNCTIONS.isdisjoint(map(type, given)) and _taken(site, given, kinds)


def _made_if_asked(func: ast.expr, scope: Scope, kinds: Kinds) -> bool:
    """Whether what is called may make a value where `isinstance()` has been asked of its object."""
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return False
    return kinds.made_if_asked(func.value.id, func.attr, scope)


def _taken(site: CallSite, given: list[ast.expr], kinds: Kinds) -> bool:
    """Whether an async function is given to a cache, or to something that calls it. What is called is not asked for
    where that takes more than to look at what is given: names."""
    scope = site.scope
    if site.settled and all(isinstance(each, ast.Name) or type(each) not in _FUNCTIONS for each in given):
        return any(_function(each, scope, kinds) for each in given) and _takes(site, kinds)
    return _takes(site, kinds) and any(_function(each, scope, kinds) for each in given)


def _takes(site: CallSite, kinds: Kinds) -> bool:
    """Whether what is called is a cache, or calls functions that it is given."""
    func = site.func.func if isinstance(site.func, refs.Call) else site.func
    return kinds.cache(func, site.scope) is not None or kinds.calls_back(site)


def _function(node: ast.expr, scope: Scope, kinds: Kinds) -> bool:
    """An argument that may be an async function; a lambda may be anything."""
    if isinstance(node, ast.Lambda | ast.Starred):
        return True
    return isinstance(node, ast.Name | ast.Attribute) and kinds.made_async(reading.value(node), scope)


def _await(ref: refs.Ref, scope: Scope, kinds: Kinds, options: Options) -> bool:
    """An await of something that is not a call: a property; a parameter or field of unknown kind, if that is asked."""
    if isinstance(ref, refs.Attr):
        if kinds.property(ref, scope) is not None:
            return True
        return bool(options.opt_in & _OF_UNKNOWN) and kinds.doubtful_field(ref.base, ref.name, scope) is not None
    return isinstance(ref, refs.Name) and bool(options.opt_in & _OF_UNKNOWN)


def _definitions(module: Scope, kinds: Kinds, options: Options) -> Iterator[bool]:
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
                yield _definition(child, kinds, options)


def _definition(function: Scope, kinds: Kinds, options: Options) -> bool:
    """A producer under a cache, or one of ValueTasks whose signature and docstring are asked for."""
    home = function.parent or function
    names = [d.func if isinstance(d, refs.Call) else d for d in function.decorators]
    if any(kinds.cache(name, home) is not None for name in names) and kinds.producer(function) is not None:
        return True
    return bool(options.opt_in & _OF_PRODUCERS) and kinds.undocumented(function) is not None
