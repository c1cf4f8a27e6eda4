"""What a name stands for: a local, an enclosing, a module's or a built-in one, and members of other modules.

In: names, their bindings and scopes, paths of imports. Out: types; a name has the one on which all its bindings
agree. Ambiguity gives the unknown. Never: attributes of values, calls.
"""

from __future__ import annotations

import builtins

from flake8_valuetask import refs
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.annotations import Reader, kind_of
from flake8_valuetask.kinds.look import Look
from flake8_valuetask.kinds.types import UNKNOWN, Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Binding, Scope

# Modules whose stubs are large, and whose names that matter stand in the tables.
_IN_TABLES = ("builtins.", "typing.", "typing_extensions.", "collections.abc.", "_typeshed.")


def named(look: Look, name: str, scope: Scope) -> Type:
    """The type of a name: a local, an enclosing, a module's or a built-in one."""
    found = _seen(name, scope)
    if found is not None:
        bindings, home = found
        later = home.starred and home.parent is None and max(b.line for b in bindings) < home.starred
        brought = _starred(look, home, name) if later else UNKNOWN
        return bound(look, name, bindings, home) if brought is UNKNOWN else brought
    brought = _starred(look, scope.top, name)
    return brought if brought is not UNKNOWN else types.Symbol(f"builtins.{name}")


def unbound(name: str, scope: Scope) -> bool:
    """Whether a name can only be a built-in one, seen from `scope`."""
    return _seen(name, scope) is None and not scope.top.stars


def widest(name: str, scope: Scope) -> Scope:
    """The module, if a name means there what it means in `scope`; else that scope. What is looked up in the module is
    looked up once for all its functions."""
    start = scope
    while start.parent is not None:
        if name in start.bindings:
            return scope
        start = start.parent
    return scope if name in scope.comprehensions else start


def single(name: str, scope: Scope) -> bool:
    """Whether a name is bound once, by an import or to what a call makes, outside of all functions."""
    found = _seen(name, scope)
    if found is None or len(found[0]) > 1 or found[1].parent is not None:
        return False
    (binding,) = found[0]
    return binding.how == "import" or (binding.how == "value" and isinstance(binding.ref, refs.Call))


def variable(look: Look, annotation: Ref, scope: Scope) -> bool:
    """Whether an annotation of the function `scope` is a type variable: one that is made, or a type parameter."""
    if not isinstance(annotation, refs.Name):
        return False
    found = _seen(annotation.id, scope)
    if found is None:
        return not (hasattr(builtins, annotation.id) or scope.top.stars)
    bindings, home = found
    if bindings[0].how == "import":
        module, _, name = bindings[0].target.rpartition(".")
        survey = look.project.module(module) if module else None
        bindings, home = (survey.scope.bindings.get(name, []), survey.scope) if survey is not None else ([], home)
    made = bindings[0].ref if len(bindings) == 1 and bindings[0].how == "value" else refs.UNKNOWN
    maker = look.evaluate(made.func, home) if isinstance(made, refs.Call) else UNKNOWN
    return types.path(maker).rpartition(".")[2] == "TypeVar"


def plain_object(look: Look, name: str, scope: Scope) -> bool:
    """Whether a name is bound to `object()`, which is there to be different from all else."""
    found = _seen(name, scope)
    made = found[0][0].ref if found is not None else refs.UNKNOWN
    maker = look.evaluate(made.func, scope.top) if isinstance(made, refs.Call) else UNKNOWN
    return maker == types.Symbol("builtins.object")


def _seen(name: str, scope: Scope) -> tuple[list[Binding], Scope] | None:
    """The bindings of `name` seen from `scope`, with the scope that holds them; those of a comprehension come last."""
    start: Scope | None = scope
    while start is not None:
        hidden = start.kind == "class" and (start is not scope or _of_method(name, scope))
        if not hidden and name in start.bindings:
            return start.bindings[name], start
        start = start.top if start.elsewhere.get(name) == "global" else start.parent
    variable = scope.comprehensions.get(name)
    return None if variable is None else (variable, scope)


def _of_method(name: str, cls: Scope) -> bool:
    """Whether a class has a method with a name that something around it, or a built-in function, has as well: that is
    what the class body means, at least before the method, and what the author of an annotation means."""
    bindings = cls.bindings.get(name)
    if not bindings or any(binding.how != "function" for binding in bindings):
        return False
    return hasattr(builtins, name) or (cls.parent is not None and _seen(name, cls.parent) is not None)


def bound(look: Look, name: str, bindings: list[Binding], home: Scope) -> Type:
    """The type on which all bindings of a name in `home` agree."""
    key = (name if bindings is home.bindings.get(name) else f"for {name}", home)
    found = look.names.get(key)
    if found is None:
        look.names[key] = UNKNOWN
        found = look.names[key] = _agreed(look, name, bindings, home)
    return found


def _agreed(look: Look, name: str, bindings: list[Binding], home: Scope) -> Type:
    if len(bindings) == 1:
        return _receiver(name, home) or given(look, bindings[0], home)
    return types.union([given(look, b, home) for b in _declarations(look, bindings, home) or bindings])


def _declarations(look: Look, bindings: list[Binding], home: Scope) -> list[Binding]:
    """The annotations among the bindings of a name: they say what the other bindings have to give.

    A parameter whose one-shot value is replaced (`value = await value`) is not declared: its kind changes.
    """
    declared = [b for b in bindings if b.how == "annotation"]
    if declared or bindings[0].how != "parameter":
        return declared
    return [] if len(bindings) > 1 and kind_of(given(look, bindings[0], home)) is not None else bindings[:1]


def _receiver(name: str, home: Scope) -> Type | None:
    """The type of `self` or `cls`, the first parameter of a method."""
    if home.kind != "function" or home.receiver != name or home.parent is None:
        return None
    marks = {d.id for d in home.decorators if isinstance(d, refs.Name)}
    is_class = "classmethod" in marks or home.name in ("__new__", "__init_subclass__", "__class_getitem__")
    return types.ClassType(home.parent) if is_class else types.Instance(home.parent)


def given(look: Look, binding: Binding, home: Scope) -> Type:
    """The type that one binding gives."""
    if binding.how == "import":
        return types.Symbol(binding.target)
    if binding.how == "function" and binding.scope is not None:
        return types.Function(binding.scope)
    if binding.how == "class" and binding.scope is not None:
        kept = not binding.scope.decorators or look.kept(binding.scope)
        return types.ClassType(binding.scope) if kept else UNKNOWN
    if binding.how == "unknown":
        return UNKNOWN
    return look.evaluate(binding.ref, home)


def annotation(look: Look, ref: Ref, scope: Scope) -> Type:
    """The type that the annotation `ref` names in `scope`."""
    return read(look, ref, scope, scope if scope.kind == "class" else scope.enclosing("class"))


def read(look: Look, ref: Ref, scope: Scope, owner: Scope | None) -> Type:
    """The type that the annotation `ref` names in `scope`, where Self is an instance of `owner`."""
    home = _home(look, ref, scope)
    key = (ref.digest, home, owner)
    found = look.annotations.get(key)
    if found is None:
        reader = Reader(look, home, None if owner is None else types.Instance(owner))
        found = look.annotations[key] = reader.read(ref)
    return found


def _home(look: Look, ref: Ref, scope: Scope) -> Scope:
    """The outermost scope from which all names in `ref` mean what they mean in `scope`: the module, for most
    annotations, so that one is read once for all functions that have it."""
    words = look.words.get(ref.digest)
    if words is None:
        words = look.words[ref.digest] = frozenset(refs.words(ref))
    start = scope
    while start.parent is not None:
        if not words.isdisjoint(start.bindings) and (start.kind != "class" or start is scope):
            break
        start = start.parent
    plain = words.isdisjoint(scope.comprehensions) and words.isdisjoint(start.comprehensions)
    return start if plain and "super" not in words else scope


def type_name(look: Look, ref: Ref, scope: Scope) -> Type:
    """What a name stands for in an annotation; an alias as a `Callable` giving its type."""
    seen = _seen(ref.id, scope) if isinstance(ref, refs.Name) else None
    declared = seen is not None and seen[0][0].how == "annotation"
    found = UNKNOWN if declared else look.evaluate(ref, scope)
    if found is not UNKNOWN:
        return found
    if seen is None or len(seen[0]) != 1 or not seen[0][0].is_alias:
        return UNKNOWN
    return types.Callable(_alias(look, ref.id, *seen)) if isinstance(ref, refs.Name) else UNKNOWN


def _alias(look: Look, name: str, bindings: list[Binding], home: Scope) -> Type:
    """The type that an alias stands for; unknown where it stands for itself."""
    key = (f"type {name}", home)
    if key not in look.names:
        look.names[key] = UNKNOWN
        look.names[key] = annotation(look, bindings[0].as_type, home)
    return look.names[key]


def _starred(look: Look, module: Scope, name: str) -> Type:
    """The type of `name` where a star import may bring it; modules may import from one another in a circle."""
    if not module.stars:
        return UNKNOWN
    key = (f"* {name}", module)
    if key not in look.names:
        look.names[key] = UNKNOWN
        brought = (_exported(look, origin, name) for origin in reversed(module.stars))
        look.names[key] = next((found for found in brought if found is not UNKNOWN), UNKNOWN)
    return look.names[key]


def _exported(look: Look, origin: str, name: str) -> Type:
    """What a star import of the module `origin` brings under `name`."""
    survey = look.project.module(origin)
    if survey is None:
        return UNKNOWN
    listed = survey.scope.exports
    public = not name.startswith("_") if listed is None else name in listed
    return _member(look, origin, name) if public else UNKNOWN


def resolve(look: Look, found: Type) -> Type:
    """What a symbol stands for, where its module can be read; other types are themselves."""
    if not isinstance(found, types.Symbol):
        return found
    if found.path.startswith(_IN_TABLES):
        return UNKNOWN
    if found.path not in look.symbols:
        look.symbols[found.path] = UNKNOWN  # modules may import a name from one another
        home, _, name = found.path.rpartition(".")
        look.symbols[found.path] = _member(look, home, name) if home else UNKNOWN
    return look.symbols[found.path]


def _member(look: Look, module: str, name: str) -> Type:
    """The member `name` of another module; unknown if it cannot be read."""
    survey = look.project.module(module)
    if survey is None:
        return _nested(look, module, name)
    bindings = survey.scope.bindings.get(name)
    if bindings is None:
        return _starred(look, survey.scope, name)
    found = bound(look, name, bindings, survey.scope)
    if not isinstance(found, types.Symbol) or found.path == f"{module}.{name}":
        return found
    resolved = resolve(look, found)
    known = found.path.startswith(_IN_TABLES) or look.project.module(found.path) is not None
    return found if resolved is UNKNOWN and known else resolved


def _nested(look: Look, path: str, name: str) -> Type:
    """A member of a class or an object of another module: `asyncio.Queue.get`."""
    home, _, owner = path.rpartition(".")
    found = _member(look, home, owner) if home else UNKNOWN
    if isinstance(found, types.Symbol):
        return _member(look, found.path, name) if found.path != path else UNKNOWN
    return look.attribute(found, name)


def foreign_alias(look: Look, path: str) -> Type:
    """The type that an alias of another module stands for, by the path of its name."""
    home, _, name = path.rpartition(".")
    survey = look.project.module(home) if home else None
    bindings = survey.scope.bindings.get(name, []) if survey is not None else []
    if survey is None or len(bindings) != 1:
        return UNKNOWN
    if bindings[0].how == "import":
        key = (f"alias {path}", survey.scope)
        if key not in look.names:
            look.names[key] = UNKNOWN
            look.names[key] = foreign_alias(look, bindings[0].target)
        return look.names[key]
    return _alias(look, name, bindings, survey.scope) if bindings[0].is_alias else UNKNOWN
