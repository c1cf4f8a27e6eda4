"""Calls: the function, the arguments in order, what the callee does with them, what it makes.

In: a call. Out: events, and the place of what it makes. Never: other expressions.
"""

from __future__ import annotations

import ast

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import (
    Among,
    Blur,
    Cached,
    Capture,
    Combine,
    Consume,
    Disturb,
    Duplicate,
    Given,
    HandOver,
    Kind,
    Make,
    Misplaced,
    Pass,
    Place,
    Read,
    Store,
    Suspend,
    Test,
    Use,
    Wants,
)
from flake8_valuetask.kinds import Callee
from flake8_valuetask.lower import containers, dynamic, errors, known, targets
from flake8_valuetask.lower.arguments import Argument, given
from flake8_valuetask.lower.context import Lowering

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp)


def call(low: Lowering, node: ast.Call, awaited: bool) -> Place | None:
    """Lower a call; `awaited` if the result is awaited on the spot."""
    ref = low.ref(node)
    assert isinstance(ref, refs.Call)
    callee = low.kinds.callee(ref, low.scope)
    receiver = _receiver(low, node)
    arguments = _arguments(low, node, callee)
    _captured(low, node, awaited)
    _misplaced(low, node, callee, arguments)
    known.changed(low, node, callee)
    dynamic.all_named(low, node, callee)
    if receiver is not None and isinstance(node.func, ast.Attribute) and not callee.known:
        done, place = containers.method(low, node, node.func.attr, receiver, arguments)
        if done:
            return place
    if callee.path == "builtins.next" and arguments and not arguments[0].star:
        return containers.taken(low, node, arguments)
    passed = _passed_on(low, callee, arguments)
    if passed is not None:
        if callee.body is not None:  # a cast does nothing
            low.may_raise(node)
        return passed
    _give(low, node, callee, arguments, awaited)
    low.emit(Disturb(low.at(node), _root(node.func)))
    if _can_raise(low, callee, node, receiver):
        low.may_raise(node, comes=errors.of_calls(low, [node]) or errors.of_plain_call(low, node))
    return _made(low, node, callee, arguments)


def _can_raise(low: Lowering, callee: Callee, node: ast.Call, receiver: Place | None) -> bool:
    """Whether the call itself may raise: not one that only makes a coroutine, looks, or counts."""
    if callee.lazy or callee.harmless or _of_container(low, node.func):
        return False
    if receiver is not None and isinstance(node.func, ast.Attribute):
        return node.func.attr not in catalog.HARMLESS_METHODS
    if callee.contract is None:
        return True
    return callee.contract.effect != "read" and callee.contract.wants is not Wants.COROUTINE


def _of_container(low: Lowering, func: ast.expr) -> bool:
    """Whether a method of a built-in container is called that does not look for anything."""
    if not isinstance(func, ast.Attribute) or func.attr not in catalog.HARMLESS_OF_CONTAINERS:
        return False
    return low.kinds.built_in(low.ref(func.value), low.scope)


def _passed_on(low: Lowering, callee: Callee, arguments: list[Argument]) -> Place | None:
    """The argument that a plain function of the module gives back as it is."""
    if callee.path == "typing.cast" and len(arguments) == 2:
        return arguments[1].place
    if callee.body is None or len(arguments) != 1 or arguments[0].place is None:
        return None
    given = low.kinds.passes_on(callee.body)
    return arguments[0].place if given is not None and _parameter(callee, arguments[0]) == given else None


def _root(func: ast.expr) -> str:
    while isinstance(func, ast.Attribute):
        func = func.value
    return func.id if isinstance(func, ast.Name) else "?"


def _receiver(low: Lowering, node: ast.Call) -> Place | None:
    """Evaluate the function; the place of the object if it is a method of a local value."""
    func = node.func
    if isinstance(func, ast.Attribute):
        return low.expression(func.value) if func.attr.startswith("__") else low.look(func.value)
    if isinstance(func, ast.Name):
        return None
    place = low.expression(func)
    if place is not None:
        low.emit(Use(low.at(func), place, "called"))
    return None


def _arguments(low: Lowering, node: ast.Call, callee: Callee) -> list[Argument]:
    found = []
    combinator = callee.contract is not None and callee.contract.wants is not None
    for position, (value, keyword, star) in enumerate(given(node)):
        low.passing = combinator and isinstance(value, _DISPLAYS)
        low.asking = callee.path in catalog.ASKING and isinstance(value, _COMPREHENSIONS)
        plain = isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in low.closures)
        low.escaping = _escaping(low, callee, Argument(value, keyword, star, position, None)) if plain else "again"
        found.append(Argument(value, keyword, star, position, low.look(value)))
    low.escaping = "again"
    return found


def _escaping(low: Lowering, callee: Callee, argument: Argument) -> str:
    """How often a nested function runs that is an argument: the mode of its `Capture`."""
    contract, name = callee.contract, None
    if contract is not None and (contract.once or contract.later):
        return "start" if contract.once else "later"
    if callee.body is not None and low.kinds.mine(callee.body):
        name = _parameter(callee, argument)
    return "start" if callee.body is not None and name is not None and low.others.once(callee.body, name) else "again"


def _captured(low: Lowering, node: ast.Call, awaited: bool) -> None:
    """A call of a nested function runs its body here, or hands its names to the coroutine."""
    if not isinstance(node.func, ast.Name) or node.func.id in low.renamed:
        return
    low.place(node.func.id)  # noted as used, for the closures of enclosing bodies
    number = low.closures.get(node.func.id)
    if number is not None:
        capture(low, node, number, escapes=False, awaited=awaited)


def capture(low: Lowering, node: ast.expr, number: int, escapes: bool, awaited: bool = True) -> None:
    """A nested function is called, or (when it `escapes`) will be, once or who knows how often."""
    closure = low.body.closures[number]
    runs = awaited or not closure.body.asynchronous
    mode = low.escaping if escapes else "run" if runs else "start"
    low.emit(Capture(low.at(node), number, mode))
    for name in sorted(closure.body.free & low.closures.keys()):
        # A nested function that uses another one takes that one's names along.
        if low.closures[name] < number:
            capture(low, node, low.closures[name], escapes, awaited)


def _misplaced(low: Lowering, node: ast.Call, callee: Callee, arguments: list[Argument]) -> None:
    """An async function where a plain one is called."""
    contract = callee.contract or catalog.Contract()
    failing = contract.unless and any(refs.text(low.ref(each.node)) == contract.unless for each in arguments)
    plain = () if failing else contract.plain
    for argument in arguments:
        if (argument.keyword or argument.position) in plain and not argument.star:
            label = _async_function(low, argument.node)
            if label is not None:
                low.emit(Misplaced(low.at(argument.node), label, refs.text(low.ref(node.func))))
    cache = _cache(low, node)
    if cache is not None and arguments:
        kind = low.kinds.function_kind(low.ref(arguments[0].node), low.scope)
        if kind in (Kind.COROUTINE, Kind.VALUETASK):
            low.emit(Cached(low.at(node), kind, refs.text(low.ref(arguments[0].node)), cache))


def _async_function(low: Lowering, node: ast.expr) -> str | None:
    """The name of an async function, or of the one that a lambda only calls."""
    if isinstance(node, ast.Lambda):
        made = low.kinds.kind(low.ref(node.body), low.scope) if isinstance(node.body, ast.Call) else None
        return refs.text(low.ref(node.body)) if made in (Kind.COROUTINE, Kind.VALUETASK) else None
    ref = low.ref(node)
    return refs.text(ref) if low.kinds.made_async(ref, low.scope) else None


def _cache(low: Lowering, node: ast.Call) -> str | None:
    """The cache in `cache(f)` and `lru_cache(maxsize=1)(f)`."""
    func = node.func.func if isinstance(node.func, ast.Call) else node.func
    return low.kinds.cache(low.ref(func), low.scope)


def _give(low: Lowering, node: ast.Call, callee: Callee, arguments: list[Argument], awaited: bool) -> None:
    """What the callee does with each argument."""
    contract = callee.contract
    combined: list[Argument] = []
    others: list[Argument] = []
    for each in arguments:
        taken = contract is not None and contract.wants is not None and _given(contract, each)
        (combined if taken else others).append(each)
    places = tuple(each.place for each in others if each.place is not None and not each.star)
    if len(places) > 1 and contract is None:
        low.emit(Among(low.at(node), places, refs.text(low.ref(node.func))))
    for argument in others:
        if argument.place is not None and not _stays(callee):
            _argument(low, node, callee, argument, awaited)
    if combined and contract is not None and contract.wants is not None:
        given = tuple(
            Given(a.place, low.at(a.node), bool(a.star) or contract.elements) for a in combined if a.place is not None
        )
        if given and low.refusing:
            for one in given:
                low.emit(Blur(low.at(node), one.place))
        elif given:
            low.emit(Combine(low.at(node), given, refs.text(low.ref(node.func)), contract.wants))


def _given(contract: catalog.Contract, argument: Argument) -> bool:
    """Whether an argument holds the awaitables of a combinator."""
    if not contract.given:
        return argument.keyword is None
    return (argument.keyword or argument.position) in contract.given


def _stays(callee: Callee) -> bool:
    """`list(tasks)`, `len(tasks)`: calls whose arguments stay what they were; what a container is made of is seen to
    where it is made."""
    return callee.path in catalog.CONTAINERS or callee.path == "builtins.len"


def _argument(low: Lowering, node: ast.Call, callee: Callee, argument: Argument, awaited: bool) -> None:
    assert argument.place is not None
    at, label = low.at(argument.node), refs.text(low.ref(node.func))
    effect = callee.contract.effect if callee.contract is not None else ""
    if effect == "consume":
        low.emit(Consume(at, argument.place, label))
    elif dynamic.takes(low, node, callee, argument.place):
        low.emit(Blur(at, argument.place))
    elif effect == "read" or _formats(node.func):
        low.emit(Read(at, argument.place, label))
    elif effect == "blur" or low.refusing:
        low.emit(Blur(at, argument.place))
    elif effect == "duplicate":
        low.emit(Duplicate(at, argument.place))
    elif effect == "test" or callee.path == "builtins.bool":
        low.emit(Test(at, argument.place))
    elif callee.body is not None and (name := _parameter(callee, argument)) is not None:
        runs = awaited or not callee.body.is_async
        low.emit(Pass(at, argument.place, callee.body, name, label, runs))
    elif _kept(low, node, argument):
        return
    else:
        low.emit(HandOver(at, argument.place, label))


def _formats(func: ast.expr) -> bool:
    """`"...".format`, which may well show a coroutine as what it is."""
    return isinstance(func, ast.Attribute) and func.attr == "format" and isinstance(func.value, ast.Constant)


def _parameter(callee: Callee, argument: Argument) -> str | None:
    """The name of the parameter of a known body that an argument becomes; None if it is unclear."""
    assert callee.body is not None
    if argument.star:
        return None
    parameters, ways = callee.body.parameters, {"positional"}
    number: int | None = argument.position + callee.skip
    if argument.keyword is not None:
        number, ways = callee.body.numbers.get(argument.keyword), {"positional", "keyword"}
    if number is None or number >= len(parameters):
        return None
    return parameters[number].name if parameters[number].variety in ways else None


def _kept(low: Lowering, node: ast.Call, argument: Argument) -> bool:
    """`self.jobs.append(v)`: the container outlives the body."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in catalog.INSERTS or argument.place is None:
        setter = _root(func) == "setattr" and isinstance(func, ast.Name)
        if isinstance(func, ast.Attribute) and func.attr == "__setattr__":
            setter = argument.position == len(node.args) + len(node.keywords) - 1
        if setter and argument.position and argument.place is not None:
            low.emit(Store(low.at(node), argument.place, "attribute", "setattr()"))
            return True
        return False
    if not targets.outlives(low, func.value) or not low.kinds.container(low.ref(func.value), low.scope):
        return False
    targets.keep(low, node, func.value, argument.place)
    return True


def _made(low: Lowering, node: ast.Call, callee: Callee, arguments: list[Argument]) -> Place | None:
    """What the call makes: a one-shot value, a container of what it is given, or nothing."""
    at = low.at(node)
    if callee.path in catalog.SUSPENDS:
        low.emit(Suspend(at))
    if callee.path in catalog.CONTAINERS:
        return containers.made(low, node, callee, arguments)
    if callee.path == "builtins.map" and arguments:
        return containers.mapped(low, node, arguments)
    made = low.temporary()
    kind = callee.kind
    if kind is None or kind is Kind.AWAITABLE or low.kinds.doubted(low.ref(node.func), low.scope, low.certain):
        return None
    done = callee.path in catalog.AT_HAND
    low.emit(Make(at, made, kind, refs.text(low.ref(node)), "call", callee.optional, done))
    return made
