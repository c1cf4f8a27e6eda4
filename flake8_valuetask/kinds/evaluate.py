"""What a reference evaluates to in a scope: names, attributes, calls, awaits.

In: references and scopes of a survey. Out: types. Ambiguity gives the unknown. Never: trees,
control flow (a name has the type on which all its bindings agree).
"""

from __future__ import annotations

from flake8_valuetask import catalog, refs
from flake8_valuetask.catalog import Tables
from flake8_valuetask.events import Kind
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.annotations import Reader, kind_of
from flake8_valuetask.kinds.types import NONE, UNKNOWN, Type
from flake8_valuetask.project import Project
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Binding, Scope

# Modules whose stubs are large, and whose names that matter stand in the tables.
_IN_TABLES = ("builtins.", "typing.", "typing_extensions.", "collections.abc.", "_typeshed.")
_DEPTH = 40  # no sensible program nests look-ups deeper; a circle is cut where it closes


class Evaluator:
    """Evaluates references; remembers what it found. `project` knows the other modules, `tables` well-known names."""

    def __init__(self, project: Project, tables: Tables) -> None:
        self.project = project
        self.tables = tables
        self.memo: dict[tuple[Ref, Scope], Type] = {}
        self.names: dict[tuple[str, Scope], Type] = {}
        self.results: dict[tuple[Scope, Type | None], Type] = {}
        self.symbols: dict[str, Type] = {}
        self.depth = 0

    def evaluate(self, ref: Ref, scope: Scope) -> Type:
        """The type of `ref` in `scope`; unknown where it depends on itself."""
        key = (ref, scope)
        found = self.memo.get(key)
        if found is None:
            if self.depth > _DEPTH:
                return UNKNOWN
            self.memo[key] = UNKNOWN
            self.depth += 1
            try:
                found = self.memo[key] = self._evaluate(ref, scope)
            finally:
                self.depth -= 1
        return found

    def _evaluate(self, ref: Ref, scope: Scope) -> Type:
        match ref:
            case refs.Name(name):
                return self.name(name, scope)
            case refs.Attr(base, name):
                return self.unless_patched(self.attribute(self.evaluate(base, scope), name), name, scope)
            case refs.Call():
                return self.call(ref, scope)
            case refs.Const(name):
                return NONE if name == "NoneType" else types.Literal(name)
            case refs.Either(parts):
                return types.union([self.evaluate(part, scope) for part in parts])
            case refs.Display(container, parts):
                found = tuple(self.evaluate(part, scope) for part in parts)
                return types.Container(container, types.union(list(found)), found)
            case refs.Annotated(annotation):
                return self.annotation(annotation, scope)
            case refs.Await() | refs.Iter() | refs.Enter() | refs.Item():
                return self.derived(ref, scope)
            case _:
                return UNKNOWN

    def annotation(self, ref: Ref, scope: Scope) -> Type:
        """The type that the annotation `ref` names in `scope`."""
        owner = scope if scope.kind == "class" else scope.enclosing("class")
        home = types.Instance(owner) if owner is not None else None
        return Reader(self, scope, home).read(ref)

    def type_name(self, ref: Ref, scope: Scope) -> Type:
        """What a name stands for in an annotation; an alias as a `Callable` giving its type."""
        bindings = self.bindings(ref.id, scope) if isinstance(ref, refs.Name) else None
        declared = bindings is not None and bindings[0][0].how == "annotation"
        found = UNKNOWN if declared else self.evaluate(ref, scope)
        if found != UNKNOWN:
            return found
        if bindings is None or len(bindings[0]) != 1 or not bindings[0][0].is_alias:
            return UNKNOWN
        return types.Callable(self.alias(ref.id, *bindings)) if isinstance(ref, refs.Name) else UNKNOWN

    def alias(self, name: str, bindings: list[Binding], home: Scope) -> Type:
        """The type that an alias stands for; unknown where it stands for itself."""
        key = (f"type {name}", home)
        if key not in self.names:
            self.names[key] = UNKNOWN
            self.names[key] = self.annotation(bindings[0].as_type, home)
        return self.names[key]

    def bindings(self, name: str, scope: Scope) -> tuple[list[Binding], Scope] | None:
        """The bindings of `name` seen from `scope`, with the scope that holds them."""
        start: Scope | None = scope
        while start is not None:
            hidden = start.kind == "class" and start is not scope
            if not hidden and name in start.bindings:
                return start.bindings[name], start
            start = start.parent
        return self.comprehension(name, scope)

    @staticmethod
    def comprehension(name: str, scope: Scope) -> tuple[list[Binding], Scope] | None:
        """The bindings of `name` as the variable of a comprehension somewhere in `scope`."""
        found = scope.comprehensions.get(name)
        return None if found is None else (found, scope)

    def name(self, name: str, scope: Scope) -> Type:
        """The type of a name: a local, an enclosing, a module's or a built-in one."""
        found = self.bindings(name, scope)
        if found is not None:
            later = found[1].parent is None and max(b.line for b in found[0]) < found[1].starred
            brought = self.starred(found[1], name) if later else UNKNOWN
            return self.bound(name, *found) if brought == UNKNOWN else brought
        starred = self.starred(self.top(scope), name)
        return starred if starred != UNKNOWN else types.Symbol(f"builtins.{name}")

    def unless_patched(self, found: Type, name: str, scope: Scope) -> Type:
        """An attribute; unknown for a function whose name this module sets on some object, as tests do, and for
        anything that it sets a mock for."""
        top = self.top(scope)
        replaced = isinstance(found, types.Function | types.Symbol) and name in top.patched
        return UNKNOWN if replaced or f"{name} = Mock" in top.patched else found

    @staticmethod
    def top(scope: Scope) -> Scope:
        """The module that a scope stands in."""
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def starred(self, module: Scope, name: str) -> Type:
        """The type of `name` where a star import may bring it; modules may import from one another in a circle."""
        if not module.stars:
            return UNKNOWN
        key = (f"* {name}", module)
        if key not in self.names:
            self.names[key] = UNKNOWN
            brought = (self.exported(origin, name) for origin in reversed(module.stars))
            self.names[key] = next((found for found in brought if found != UNKNOWN), UNKNOWN)
        return self.names[key]

    def exported(self, origin: str, name: str) -> Type:
        """What a star import of the module `origin` brings under `name`."""
        survey = self.project.module(origin)
        if survey is None:
            return UNKNOWN
        listed = survey.scope.exports
        public = not name.startswith("_") if listed is None else name in listed
        return self.member(origin, name) if public else UNKNOWN

    def bound(self, name: str, bindings: list[Binding], home: Scope) -> Type:
        """The type on which all bindings of a name in `home` agree."""
        key = (name if bindings is home.bindings.get(name) else f"for {name}", home)
        if key not in self.names:
            self.names[key] = UNKNOWN
            declared = self.declarations(bindings, home)
            parameter = self.receiver(name, bindings, home)
            found = [parameter] if parameter else [self.binding(b, home) for b in declared or bindings]
            self.names[key] = types.union(found)
        return self.names[key]

    def declarations(self, bindings: list[Binding], home: Scope) -> list[Binding]:
        """The annotations among the bindings of a name: they say what the other bindings have to give.

        A parameter whose one-shot value is replaced (`value = await value`) is not declared: its kind changes.
        """
        declared = [b for b in bindings if b.how == "annotation"]
        if declared or bindings[0].how != "parameter":
            return declared
        return [] if len(bindings) > 1 and kind_of(self.binding(bindings[0], home)) is not None else bindings[:1]

    def receiver(self, name: str, bindings: list[Binding], home: Scope) -> Type | None:
        """The type of `self` or `cls`, the first parameter of a method."""
        if home.kind != "function" or home.parent is None or home.parent.kind != "class":
            return None
        first = next(iter(home.parameters), None)
        if first is None or first.name != name or len(bindings) > 1 or first.annotation is not None:
            return None
        marks = {d.id for d in home.decorators if isinstance(d, refs.Name)}
        if "staticmethod" in marks:
            return None
        is_class = "classmethod" in marks or home.name in ("__new__", "__init_subclass__", "__class_getitem__")
        return types.ClassType(home.parent) if is_class else types.Instance(home.parent)

    def binding(self, binding: Binding, home: Scope) -> Type:
        """The type that one binding gives."""
        if binding.how == "import":
            return self.imported(binding.target)
        if binding.how == "function" and binding.scope is not None:
            return types.Function(binding.scope)
        if binding.how == "class" and binding.scope is not None:
            return types.ClassType(binding.scope)
        if binding.how == "unknown":
            return UNKNOWN
        return self.evaluate(binding.ref, home)

    def imported(self, path: str) -> Type:
        """An imported module or member, by path; looked into only when something asks."""
        return types.Symbol(path)

    def resolve(self, found: Type) -> Type:
        """What a symbol stands for, where its module can be read; other types are themselves."""
        if not isinstance(found, types.Symbol):
            return found
        if found.path.startswith(_IN_TABLES):
            return UNKNOWN
        if found.path not in self.symbols:
            self.symbols[found.path] = UNKNOWN  # modules may import a name from one another
            home, _, name = found.path.rpartition(".")
            self.symbols[found.path] = self.member(home, name) if home else UNKNOWN
        return self.symbols[found.path]

    def member(self, module: str, name: str) -> Type:
        """The member `name` of another module; unknown if it cannot be read."""
        survey = self.project.module(module)
        if survey is None:
            return self.nested(module, name)
        bindings = survey.scope.bindings.get(name)
        if bindings is None:
            return self.starred(survey.scope, name)
        found = self.bound(name, bindings, survey.scope)
        if not isinstance(found, types.Symbol) or found.path == f"{module}.{name}":
            return found
        resolved = self.resolve(found)
        return found if resolved == UNKNOWN and self.project.module(found.path) is not None else resolved

    def nested(self, path: str, name: str) -> Type:
        """A member of a class or an object of another module: `asyncio.Queue.get`."""
        home, _, owner = path.rpartition(".")
        found = self.member(home, owner) if home else UNKNOWN
        if isinstance(found, types.Symbol):
            return self.member(found.path, name) if found.path != path else UNKNOWN
        return self.attribute(found, name)

    def foreign_alias(self, path: str) -> Type:
        """The type that an alias of another module stands for, by the path of its name."""
        home, _, name = path.rpartition(".")
        survey = self.project.module(home) if home else None
        bindings = survey.scope.bindings.get(name, []) if survey is not None else []
        if survey is None or len(bindings) != 1:
            return UNKNOWN
        if bindings[0].how == "import":
            key = (f"alias {path}", survey.scope)
            if key not in self.names:
                self.names[key] = UNKNOWN
                self.names[key] = self.foreign_alias(bindings[0].target)
            return self.names[key]
        return self.alias(name, bindings, survey.scope) if bindings[0].is_alias else UNKNOWN

    def attribute(self, owner: Type, name: str) -> Type:
        """`owner.name`."""
        match owner:
            case types.Union():
                return types.union([self.attribute(p, name) for p in types.members(owner) if p != NONE])
            case types.Symbol(path):
                return types.Symbol(f"{path}.{name}")
            case types.Instance(cls) | types.ClassType(cls):
                return self.class_member(cls, name, owner, [])
            case types.Super(cls):
                return self.inherited(cls, name, types.Instance(cls), [])
            case _:
                return UNKNOWN

    def class_member(self, cls: Scope, name: str, owner: Type, seen: list[Scope]) -> Type:
        """The member `name` of `cls` or of its bases, bound to `owner`."""
        if cls in seen:
            return UNKNOWN
        bindings = cls.bindings.get(name)
        if bindings and not self.only_declared(bindings, cls, name):
            found = self.bind_method(self.bound(name, bindings, cls), owner)
            return self.unless_replaced(found, name, cls)
        kept = [*(bindings or ()), *cls.attributes.get(name, ())]
        if kept:
            return self.kept(kept, cls, name)
        return self.inherited(cls, name, owner, [*seen, cls])

    def unless_replaced(self, found: Type, name: str, cls: Scope) -> Type:
        """A method, unless instances get something else under its name."""
        if not isinstance(found, types.Function) or name not in cls.attributes:
            return found
        made = self.function_result(found)
        others = [self.kept_value(b, cls) for b in cls.attributes[name]]
        same = all(self.called(other, refs.Call(refs.Attr(refs.UNKNOWN, name)), cls) == made for other in others)
        return found if same else UNKNOWN

    def only_declared(self, bindings: list[Binding], cls: Scope, name: str) -> bool:
        """Whether a class-level binding is a field, whose instances may hold something else."""
        return name in cls.attributes and all(b.how in ("value", "annotation") for b in bindings)

    def kept(self, bindings: list[Binding], cls: Scope, name: str) -> Type:
        """The type of an attribute from all its assignments; an annotation settles it."""
        key = (f"self.{name}", cls)
        if key not in self.names:
            self.names[key] = UNKNOWN
            declared = [b for b in bindings if b.how == "annotation"]
            found = [self.kept_value(b, cls) for b in declared or bindings]
            self.names[key] = types.union(found)
        return self.names[key]

    def kept_value(self, binding: Binding, cls: Scope) -> Type:
        """The value of one assignment to an attribute, read in the method where it stands."""
        home = next((m for m in cls.children if m.kind == "function" and m.line <= binding.line <= m.end), cls)
        return self.binding(binding, home)

    def inherited(self, cls: Scope, name: str, owner: Type, seen: list[Scope]) -> Type:
        """The member `name` of the bases of `cls`, in order; unknown past an unknown base."""
        for base in cls.bases:
            inner = base.base if isinstance(base, refs.Generic) else base
            found = self.evaluate(inner, cls.parent or cls)
            found = self.resolve(found)
            if not isinstance(found, types.ClassType):
                if isinstance(inner, refs.Name) and inner.id in ("object", "Generic", "Protocol", "ABC"):
                    continue
                return UNKNOWN
            member = self.class_member(found.cls, name, owner, seen)
            if member != UNKNOWN:
                return member
        return UNKNOWN

    def bind_method(self, member: Type, owner: Type) -> Type:
        """A member as got from `owner`: functions are bound, properties give their value."""
        match member:
            case types.Union():
                return types.union([self.bind_method(p, owner) for p in types.members(member)])
            case types.Function(scope, None) if "property" in self.effects(scope):
                return (
                    self.function_result(types.Function(scope, owner)) if isinstance(owner, types.Instance) else UNKNOWN
                )
            case types.Function(scope, None):
                return types.Function(scope, owner)
            case _:
                return member

    def effects(self, scope: Scope) -> list[str]:
        """What the decorators of a function make of it, innermost first; "unknown" among them."""
        return [self.decorator(d, scope) for d in reversed(scope.decorators)]

    def decorator(self, ref: Ref, scope: Scope) -> str:
        """What one decorator makes of a function."""
        home = scope.parent or scope
        if isinstance(ref, refs.Attr) and ref.name in ("setter", "getter", "deleter"):
            return "property"
        found = self.evaluate(ref.func if isinstance(ref, refs.Call) else ref, home)
        path = self.path(found)
        if path in catalog.DECORATORS:
            return catalog.DECORATORS[path]
        target = self.resolve(found)
        if path in self.tables.caches or self.path(target) in self.tables.caches:
            return "property" if "property" in path or "reify" in path else "same"
        return self.own_decorator(target, isinstance(ref, refs.Call))

    def own_decorator(self, found: Type, called: bool) -> str:
        """What a decorator of this project does: "same" if it gives its argument back or a wrapper
        that makes what the function makes."""
        signatures = _overloads(found, called)
        if signatures and all(_gives_back(signature, called) for signature in signatures):
            return "same"
        if not isinstance(found, types.Function) or found.scope.result is not None or called:
            return "unknown"
        scope = found.scope
        first = next(iter(scope.parameters), None)
        returned = {r.id if isinstance(r, refs.Name) else "" for r in scope.returned}
        if first is None or len(returned) != 1:
            return "unknown"
        name = returned.pop()
        inner = next((c for c in scope.children if c.kind == "function" and c.name == name), None)
        if name == first.name and len(scope.bindings[name]) == 1:
            return "same"
        return (
            "async"
            if inner is not None and inner.is_async and not inner.generator and not inner.decorators[1:]
            else "unknown"
        )

    def path(self, found: Type) -> str:
        """The dotted path of a symbol, function or class; "" for anything else."""
        match found:
            case types.Symbol(path):
                return path
            case types.Function(scope, _) | types.ClassType(scope):
                return f"{scope.module}.{scope.qualname}"
            case _:
                return ""

    def call(self, ref: refs.Call, scope: Scope) -> Type:
        """The result of a call."""
        if ref.func == refs.Name("super"):
            owner = scope.enclosing("class") if scope.kind != "class" else scope
            return types.Super(owner) if owner is not None else UNKNOWN
        return self.called(self.evaluate(ref.func, scope), ref, scope)

    def called(self, func: Type, ref: refs.Call, scope: Scope) -> Type:
        """What calling `func` gives."""
        match func:
            case types.Union():
                made = [self.called(p, ref, scope) for p in types.members(func) if p != NONE]
                return types.union(made) if len({kind_of(each) for each in made}) == 1 else UNKNOWN
            case types.Symbol(path):
                return self.known(path, ref, scope)
            case types.ClassType(cls):
                return self.constructed(cls)
            case types.Function():
                result = self.function_result(func)
                return self.given_back(func, ref, scope) if _open(result) else result
            case types.Callable(result):
                return result
            case types.Instance(cls):
                member = self.class_member(cls, "__call__", func, [])
                return self.function_result(member) if isinstance(member, types.Function) else UNKNOWN
            case _:
                return self.method_of_value(ref, scope)

    def given_back(self, func: types.Function, ref: refs.Call, scope: Scope) -> Type:
        """The result of `def f(x: T) -> T`: what `x` is in this call; `self` is what the method was got from."""
        annotated = func.scope.result
        plain = [p for p in func.scope.parameters if p.variety == "positional"]
        found = UNKNOWN
        for position, parameter in enumerate(plain):
            bindings = func.scope.bindings.get(parameter.name) if parameter.annotation is not None else None
            if not bindings or annotated is None or bindings[0].ref != refs.Annotated(annotated):
                continue
            given = position - (func.owner is not None)
            if given < 0:
                found = func.owner if isinstance(func.owner, types.Instance) else UNKNOWN
            elif given < len(ref.args):
                found = self.evaluate(ref.args[given], scope)
            break
        if found == UNKNOWN or any(effect not in ("same", "property") for effect in self.effects(func.scope)):
            return self.function_result(func)
        return types.Shot(Kind.COROUTINE, found) if func.scope.is_async else found

    def constructed(self, cls: Scope) -> Type:
        """An instance of `cls`, unless its path is a known type."""
        path = f"{cls.module}.{cls.qualname}"
        if path in self.tables.one_shot:
            return types.Shot(self.tables.one_shot[path], UNKNOWN)
        if path in catalog.MANY_SHOT:
            return types.ManyShot(UNKNOWN)
        return types.Instance(cls)

    def known(self, path: str, ref: refs.Call, scope: Scope) -> Type:
        """What calling the imported or built-in `path` gives."""
        if path in self.tables.producers:
            return types.Shot(self.tables.producers[path], UNKNOWN)
        if path in catalog.CONTAINERS:
            inner = self.evaluate(ref.args[0], scope) if ref.args else UNKNOWN
            element = inner.element if isinstance(inner, types.Container) else UNKNOWN
            return types.Container(catalog.CONTAINERS[path], element)
        if path == "typing.cast" and ref.args:
            return self.evaluate(ref.args[0], scope)
        if path == "functools.partial" and ref.args:
            return types.Callable(self.called(self.evaluate(ref.args[0], scope), refs.Call(ref.args[0]), scope))
        if path == "builtins.anext" and ref.args:
            return self.step(self.evaluate(ref.args[0], scope))
        if path in catalog.MANY_SHOT or path in self.tables.one_shot:
            return types.ManyShot(UNKNOWN) if path in catalog.MANY_SHOT else UNKNOWN
        resolved = self.resolve(types.Symbol(path))
        if any(isinstance(part, types.Symbol) for part in types.members(resolved)):
            return UNKNOWN  # one of several things, or nothing that can be read
        return self.called(resolved, ref, scope)

    def step(self, stream: Type) -> Type:
        """`anext(stream)`: a step of an async generator; unknown for other iterators."""
        return types.Shot(Kind.STEP, stream.element) if isinstance(stream, types.Stream) else UNKNOWN

    def method_of_value(self, ref: refs.Call, scope: Scope) -> Type:
        """Calls of methods of streams, tasks and one-shot values."""
        if not isinstance(ref.func, refs.Attr):
            return UNKNOWN
        owner = self.evaluate(ref.func.base, scope)
        name = ref.func.name
        if isinstance(owner, types.Stream) and name in ("__anext__", "asend", "athrow", "aclose"):
            return types.Shot(Kind.STEP, owner.element)
        if isinstance(owner, types.Shot) and owner.kind is Kind.VALUETASK and name in ("as_task", "preserve"):
            return types.ManyShot(owner.result)
        if isinstance(owner, types.Shot | types.ManyShot) and name == "result":
            return owner.result
        if isinstance(owner, types.Container) and name in ("pop", "popleft", "get", "copy"):
            return owner if name == "copy" else owner.element
        if isinstance(owner, types.Container) and name in ("values", "items"):
            pair = types.Container("tuple", UNKNOWN, (UNKNOWN, owner.element))
            return types.Container("view", owner.element if name == "values" else pair)
        return UNKNOWN

    def function_result(self, found: Type) -> Type:
        """What calling a function gives, its decorators applied."""
        if not isinstance(found, types.Function):
            return UNKNOWN
        kind = self.tables.producers.get(self.path(found))
        if kind is not None:
            return types.Shot(kind, UNKNOWN)
        result = self.plain_result(found)
        for effect in self.effects(found.scope):
            result = self.decorated(result, effect)
        return result

    def decorated(self, result: Type, effect: str) -> Type:
        """The result of a call after one decorator."""
        match effect:
            case "same" | "property":
                return result
            case "valuetask":
                return types.Shot(Kind.VALUETASK, result.result if isinstance(result, types.Shot) else UNKNOWN)
            case "async":
                return types.Shot(Kind.COROUTINE, result.result if isinstance(result, types.Shot) else result)
            case "manager":
                inner = result.element if isinstance(result, types.Stream | types.Container) else UNKNOWN
                return types.Manager(inner)
            case _:
                return UNKNOWN

    def plain_result(self, found: types.Function) -> Type:
        """What the undecorated function gives when called."""
        scope = found.scope
        key = (scope, found.owner)
        if key not in self.results:
            self.results[key] = UNKNOWN
            declared = self.declared(scope, found.owner)
            self.results[key] = self.undeclared(scope) if declared is None else declared
        return self.results[key]

    def declared(self, scope: Scope, owner: Type | None) -> Type | None:
        """The result as the signature declares it; None where it declares nothing."""
        annotated = scope.result
        home = owner.cls if isinstance(owner, types.Instance | types.ClassType) else scope.enclosing("class")
        result: Type | None = None
        if annotated is not None:
            instance = types.Instance(home) if home else None
            reader = Reader(self, scope.parent or scope, instance)
            result = reader.read(annotated)
        if scope.is_async and scope.generator:
            return result if isinstance(result, types.Stream) else types.Stream(UNKNOWN)
        if scope.is_async:
            return types.Shot(Kind.COROUTINE, self.inferred(scope) if result is None else result)
        return UNKNOWN if scope.generator and result is None else result

    def undeclared(self, scope: Scope) -> Type:
        """The result of a plain function without annotation: what its returns agree on."""
        return self.inferred(scope)

    def inferred(self, scope: Scope) -> Type:
        """What the return statements of a function agree on."""
        if not scope.returned:
            return UNKNOWN if scope.generator or scope.is_stub else NONE
        return types.union([self.evaluate(ref, scope) for ref in scope.returned])

    def derived(self, ref: Ref, scope: Scope) -> Type:
        """Awaited, iterated, entered and subscripted values."""
        match ref:
            case refs.Await(value):
                inner = self.evaluate(value, scope)
                return inner.result if isinstance(inner, types.Shot | types.ManyShot) else UNKNOWN
            case refs.Iter(value, _):
                inner = types.without_none(self.evaluate(value, scope))
                return inner.element if isinstance(inner, types.Container | types.Stream) else UNKNOWN
            case refs.Item(value, index):
                return self.item(types.without_none(self.evaluate(value, scope)), index)
            case refs.Enter(value, asynchronous):
                return self.entered(self.evaluate(value, scope), asynchronous)
            case _:
                return UNKNOWN

    def item(self, container: Type, index: int | None) -> Type:
        """`container[index]`."""
        if not isinstance(container, types.Container):
            return UNKNOWN
        if container.parts is not None and index is not None and container.name in ("tuple", "list"):
            return container.parts[index] if -len(container.parts) <= index < len(container.parts) else UNKNOWN
        return container.element

    def entered(self, manager: Type, asynchronous: bool) -> Type:
        """What `with manager as ...` binds."""
        if isinstance(manager, types.Manager):
            return manager.element
        manager = self.resolve(manager)
        if not isinstance(manager, types.Instance):
            return UNKNOWN
        member = self.class_member(manager.cls, "__aenter__" if asynchronous else "__enter__", manager, [])
        result = self.called(member, refs.Call(refs.UNKNOWN), manager.cls) if member != UNKNOWN else UNKNOWN
        if asynchronous:
            return result.result if isinstance(result, types.Shot | types.ManyShot) else UNKNOWN
        return result


def _open(result: Type) -> bool:
    """Whether nothing is known of a result, or of what awaiting it gives."""
    return (result.result if isinstance(result, types.Shot) else result) == UNKNOWN


def _overloads(found: Type, called: bool) -> list[Type]:
    """The signatures of a decorator that its use can mean: used bare, it gets a function as its first argument."""
    functions = [part for part in types.members(found) if isinstance(part, types.Function)]
    declared = [f for f in functions if f.scope.result is not None]
    if len(functions) == len(types.members(found)) == 1:
        return [*functions]
    bare = [f for f in declared if f.scope.parameters and f.scope.parameters[0].variety == "positional"]
    return [f for f in declared if f not in bare] if called else [*bare]


def _gives_back(found: Type, called: bool) -> bool:
    """Whether the signature of a decorator says that it gives back what it gets: `(F) -> F`, or, when it is `called`
    first, `-> Callable[[F], F]`."""
    if not isinstance(found, types.Function) or found.scope.result is None:
        return False
    result = found.scope.result
    if called:
        match result:
            case refs.Generic(args=(refs.Display(parts=(given,)), made)):
                return given == made
        return False
    first = next(iter(found.scope.parameters), None)
    if first is None or first.annotation is None or first.name not in found.scope.bindings:
        return False
    return found.scope.bindings[first.name][0].ref == refs.Annotated(result)
