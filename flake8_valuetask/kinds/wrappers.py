"""What the body of a decorator makes of the function that it gets.

In: the scopes of decorators. Out: words for their effects: "same" (the function, or a plain wrapper that gives back
what it makes), "async" (an async wrapper), "either" (one or the other), "task" (a wrapper that is declared to start a
task), "unknown". Never: what the signature of a decorator says, what the function makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flake8_valuetask import catalog, refs
from flake8_valuetask.kinds import names, types
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import UNKNOWN
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Parameter, Scope


def effect(look: Look, decorator: Scope, called: bool) -> str:
    """What a decorator makes of a function; what gives the decorator, if it is `called` first.

    One that may be used in both ways asks for its first parameter: if there is none it gives a function inside it, or
    itself with its other arguments (`functools.partial`), else it calls that function.
    """
    alternatives = list(_alternatives(decorator))
    if not called or any(_itself(look, ref, decorator) for ref in alternatives):
        return _made(look, decorator)
    found: set[str] = set()
    for ref in alternatives:
        if _applied(ref, decorator) is None:
            found |= {_made(look, each) for each in _functions(ref, decorator)} or {"unknown"}
    return _one(found)


def gives_back(decorator: Scope, called: bool) -> bool:
    """Whether a decorator gives back what it gets; or what it gives does, if it is `called` first."""
    found = list(_alternatives(decorator))
    if called:
        inner = [_functions(ref, decorator) for ref in found]
        return bool(inner) and all(each and all(gives_back(scope, False) for scope in each) for each in inner)
    first = decorated(decorator)
    if first is None or len(decorator.bindings[first.name]) > 1:
        return False
    return bool(found) and all(ref == refs.Name(first.name) for ref in found)


def decorated(decorator: Scope) -> Parameter | None:
    """The parameter that gets the function: the first one, but for what a method was got from."""
    method = decorator.parent is not None and decorator.parent.kind == "class"
    got = int(method and refs.Name("staticmethod") not in decorator.decorators)
    return next(iter(decorator.parameters[got:]), None)


def is_callable(annotation: Ref | None) -> bool:
    """Whether an annotation is `Callable`, with or without what it takes and gives."""
    base = annotation.base if isinstance(annotation, refs.Generic) else annotation
    return base is not None and (refs.dotted(base) or "").endswith("Callable")


def _made(look: Look, decorator: Scope) -> str:
    """What a decorator makes of a function that it gets as its argument."""
    alternatives = list(_alternatives(decorator))
    applied = {ref.func for ref in alternatives if isinstance(ref, refs.Call) and _applied(ref, decorator)}
    found: set[str] = set()
    for ref in alternatives:
        inner = _applied(ref, decorator)
        if inner:
            found |= {_made(look, each) for each in inner}
        elif ref not in applied and not _itself(look, ref, decorator):  # or there is no function yet
            found |= set(_ways(look, _unwrapped(look, ref, decorator), decorator))
    return _one(found)


def _one(found: set[str]) -> str:
    """One word for what the alternatives are."""
    if len(found) == 1:
        return found.pop()
    return "either" if found and found <= {"same", "async", "either"} else "unknown"


def _alternatives(scope: Scope) -> Iterator[Ref]:
    """What a function may give back."""
    stack = list(scope.returned)
    while stack:
        ref = stack.pop()
        if isinstance(ref, refs.Either):
            stack += ref.parts
        else:
            yield ref


def _functions(ref: Ref, home: Scope) -> list[Scope]:
    """The functions in `home` that a name means there; none if it may mean something else."""
    bindings = home.bindings.get(ref.id, []) if isinstance(ref, refs.Name) else []
    found = [binding.scope for binding in bindings if binding.how == "function" and binding.scope is not None]
    return found if len(found) == len(bindings) else []


def _applied(ref: Ref, decorator: Scope) -> list[Scope] | None:
    """The functions inside a decorator that a call puts around what it gets; None for anything else."""
    first = decorated(decorator)
    if not isinstance(ref, refs.Call) or first is None or ref.args != (refs.Name(first.name),):
        return None
    return _functions(ref.func, decorator) or None


def _itself(look: Look, ref: Ref, decorator: Scope) -> bool:
    """Whether a decorator gives itself, with some of its arguments."""
    if not isinstance(ref, refs.Call) or ref.args != (refs.Name(decorator.name),):
        return False
    return types.path(look.evaluate(ref.func, decorator)) == "functools.partial"


def _unwrapped(look: Look, ref: Ref, decorator: Scope) -> Ref:
    """The wrapper that is made to look like the function on its way out."""
    if isinstance(ref, refs.Call) and ref.args:
        if isinstance(ref.func, refs.Call):
            path = types.path(look.evaluate(ref.func.func, decorator))
        else:
            path = types.path(look.evaluate(ref.func, decorator))
        wanted = "functools.wraps" if isinstance(ref.func, refs.Call) else "functools.update_wrapper"
        return ref.args[0] if path == wanted else ref
    return ref


def _ways(look: Look, ref: Ref, decorator: Scope) -> Iterable[str]:
    """What one thing that a decorator gives back makes of the function."""
    first = decorated(decorator)
    if first is None:
        return ["unknown"]
    bound_once = len(decorator.bindings[first.name]) == 1
    if ref == refs.Name(first.name):
        plain = decorator.result is None or is_callable(decorator.result)
        return ["same" if bound_once and plain else "unknown"]
    return [
        way if way != "same" or bound_once else "unknown"
        for wrapper in _functions(ref, decorator)
        for way in _wrapping(look, wrapper, first.name, decorator)
    ] or ["unknown"]


def _wrapping(look: Look, wrapper: Scope, function: str, decorator: Scope) -> Iterable[str]:
    """What calling a wrapper gives, compared with calling the function, which has a name in the decorator."""
    if wrapper.generator or not all(_only_names(look, each, decorator) for each in wrapper.decorators):
        return ["unknown"]
    if wrapper.is_async:
        return ["async"]
    declared = UNKNOWN if wrapper.result is None else names.annotation(look, wrapper.result, decorator)
    if isinstance(declared, types.ManyShot):
        return ["task"]
    if function in wrapper.bindings:
        return ["unknown"]
    return [_given_back(ref, wrapper, refs.Name(function)) for ref in _alternatives(wrapper)] or ["unknown"]


def _only_names(look: Look, ref: Ref, home: Scope) -> bool:
    """Whether a decorator of a wrapper leaves it what it is: `@functools.wraps(function)`."""
    path = types.path(look.evaluate(ref.func if isinstance(ref, refs.Call) else ref, home))
    return path.rpartition(".")[2] == "wraps" or catalog.DECORATORS.get(path) == "same"


def _given_back(ref: Ref, wrapper: Scope, function: Ref) -> str:
    """What a plain wrapper gives back: what the function makes, at once or by a name; or what an async function inside
    it makes."""
    if isinstance(ref, refs.Name):
        bindings = wrapper.bindings.get(ref.id, [])
        calls = [b.how == "value" and isinstance(b.ref, refs.Call) and b.ref.func == function for b in bindings]
        return "same" if calls and all(calls) else "unknown"
    if not isinstance(ref, refs.Call):
        return "unknown"
    if ref.func == function:
        return "same"
    inner = _functions(ref.func, wrapper)
    lazy = inner and all(each.is_async and not each.generator and not each.decorators for each in inner)
    return "async" if lazy else "unknown"
