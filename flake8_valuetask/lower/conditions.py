"""Tests: short circuits as branches, and what an outcome says.

In: a test and where its outcomes lead. Out: branches with conditions. Never: statements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import takewhile

from flake8_valuetask import catalog, refs
from flake8_valuetask.events import Kind, Test
from flake8_valuetask.graph import Assume, Block, Condition, Jump
from flake8_valuetask.lower import comparisons, objects
from flake8_valuetask.lower.context import Lowering
from flake8_valuetask.survey import static

_GUARDS = {"done": "done", "is_completed_successfully": "succeeded", "cancelled": "cancelled"}
_OF_NAMES = frozenset({"none", "equal", "among", "above", "below", "done"})  # what only rebinding a name can change
_MANY = 6  # operands beyond which nobody keeps the whole in mind


def branch(low: Lowering, test: ast.expr, yes: Block, no: Block, loop: bool = False) -> None:
    """Lower `test` and go to `yes` or `no`; in a `loop` an outcome must be able to change."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            branch(low, inner, no, yes, loop)
        case ast.BoolOp():
            test = _parted(low, test)
            if not loop:
                yes, no = _assumed(low, test, yes, no)
            _short_circuit(low, test, yes, no, loop)
        case _ if (settled := _settled(low, test)) is not None:
            low.end(Jump(yes.id if settled else no.id))
        case ast.Compare(ops=[_]):
            _comparison(low, test, yes, no, loop)
        case ast.Compare() if links := _links(test):
            branch(low, links, yes, no, loop)
        case _:
            _plain(low, test, yes, no, loop)


def _short_circuit(low: Lowering, test: ast.BoolOp, yes: Block, no: Block, loop: bool) -> None:
    """The operands one after another; to ask `page and isawaitable(page)` is no test of the truth of `page`."""
    kept, low.validated = low.validated, low.validated | {*_validated(low, test)}
    both = isinstance(test.op, ast.And)
    *others, last = test.values
    with objects.aside(low):
        for other in others:
            following = low.open()
            branch(low, other, following if both else yes, no if both else following, loop)
            low.block = following
            objects.learn(low, other, both, [test])
        branch(low, last, yes, no, loop)
    low.validated = kept


def _parted(low: Lowering, test: ast.BoolOp) -> ast.BoolOp:
    """`a and b and await c` as `(a and b) and await c`: what can be known again is one whole."""
    known = list(takewhile(lambda operand: said(low, operand) is not None, test.values))
    if len(known) < 2 or len(known) == len(test.values):
        return test
    first = ast.copy_location(ast.BoolOp(test.op, known), test)
    return ast.copy_location(ast.BoolOp(test.op, [first, *test.values[len(known) :]]), test)


def _validated(low: Lowering, test: ast.BoolOp) -> Iterator[str]:
    """The names of which an operand asks what they hold."""
    for value in test.values:
        asked = value.operand if isinstance(value, ast.UnaryOp) else value
        condition = _call(low, asked) if isinstance(asked, ast.Call) else None
        if condition is not None and condition.form == "isinstance":
            yield condition.place


def _assumed(low: Lowering, test: ast.BoolOp, yes: Block, no: Block) -> tuple[Block, Block]:
    """Ways to `yes` and `no` that keep in mind the outcome of the whole, where each operand is known again."""
    whole = said(low, test)
    if whole is None or len(list(whole[0].leaves())) > _MANY:
        return yes, no
    condition, wanted = whole
    return low.close(Assume(condition, wanted, yes.id)), low.close(Assume(condition, not wanted, no.id))


def any_of(low: Lowering, tests: list[ast.expr], after: Block) -> Block:
    """A way to `after` that keeps in mind that one of the tests has been true, if nothing can have changed them."""
    whole = said(low, ast.BoolOp(ast.Or(), tests))
    if whole is None or len(list(whole[0].leaves())) > _MANY:
        return after
    condition, wanted = whole
    lasting = all(len(low.scope.bindings.get(name, ())) <= 1 for name in condition.names)
    return low.close(Assume(condition, wanted, after.id)) if lasting and not condition.frail else after


def _links(test: ast.Compare) -> ast.BoolOp | None:
    """`a < b < c` as `a < b and b < c`; None if it is a single comparison, or what it compares does something."""
    operands = [test.left, *test.comparators]
    if len(operands) == 2 or any(not isinstance(each, ast.Name | ast.Constant) for each in operands):
        return None
    pairs = zip(operands, test.ops, operands[1:], strict=False)
    links: list[ast.expr] = [ast.copy_location(ast.Compare(a, [operator], [b]), a) for a, operator, b in pairs]
    return ast.copy_location(ast.BoolOp(ast.And(), links), test)


def said(low: Lowering, test: ast.expr) -> tuple[Condition, bool] | None:
    """A condition, and the outcome that it has where `test` is true; a test within another one is read once."""
    if test not in low.wholes:
        low.wholes[test] = _read(low, test)
    return low.wholes[test]


def _read(low: Lowering, test: ast.expr) -> tuple[Condition, bool] | None:
    """What a test says; `a or b` is `not (not a and not b)`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            found = said(low, inner)
            return None if found is None else (found[0], not found[1])
        case ast.BoolOp(op=operator, values=values):
            both = isinstance(operator, ast.And)
            operands = [said(low, value) for value in values]
            parts = tuple((part, wanted is both) for part, wanted in filter(None, operands))
            if len(parts) < len(operands):
                return None
            names = frozenset().union(*(part.names for part, _ in parts))
            return Condition("all", "", "", names, any(part.frail for part, _ in parts), parts), both
        case ast.Compare() if links := _links(test):
            return said(low, links)
        case ast.Compare(ops=[operator]):
            condition = comparisons.compared(low, test)
            return None if condition is None else (condition, not isinstance(operator, comparisons.NEGATED))
        case ast.Call():
            condition = outcome(low, test)
        case _ if _settled(low, test) is not None:
            return None
        case _:
            condition = truth(low, test, comparisons.local(low, test))
    return None if condition is None else (condition, True)


def answer(low: Lowering, test: ast.expr) -> Condition | None:
    """What an expression says that a name can stand for: a call, a comparison, `not`, `and`, `or`."""
    if not isinstance(test, ast.Call | ast.Compare | ast.BoolOp | ast.UnaryOp):
        return None
    found = None if isinstance(test, ast.UnaryOp) and not isinstance(test.op, ast.Not) else said(low, test)
    if found is None or found[1]:
        return None if found is None else found[0]
    return Condition("all", "", "", found[0].names, found[0].frail, ((found[0], False),))


def _settled(low: Lowering, test: ast.expr) -> bool | None:
    """The outcome of a test that is always the same: a literal, an empty display, `TYPE_CHECKING`, a flag."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return False
        case ast.Name(id="TYPE_CHECKING" as name) if low.place(name) is None:
            return False
        case ast.Attribute(value=ast.Name(id="typing"), attr="TYPE_CHECKING"):
            return False
        case ast.Name(id=name) if low.place(name) is None and name not in low.foreign:
            number = literal(low, name)
            return None if number is None else bool(number)
        case _:
            return static.of_interpreter(test)


def _plain(low: Lowering, test: ast.expr, yes: Block, no: Block, loop: bool) -> None:
    place = low.look(test)
    if place is not None and place not in low.validated:
        low.emit(Test(low.at(test), place))
    condition = outcome(low, test) if isinstance(test, ast.Call) else truth(low, test, place)
    low.branch(_lasting(low, condition, loop), yes, no)


def outcome(low: Lowering, test: ast.expr) -> Condition | None:
    """What a plain call or comparison says when it is true, to be known again by a name."""
    if isinstance(test, ast.Call):
        return _call(low, test)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return None if isinstance(test.ops[0], comparisons.NEGATED) else comparisons.compared(low, test)
    return None


def truth(low: Lowering, test: ast.expr, place: str | None) -> Condition | None:
    """What the truth of a test says, whose value is in `place`."""
    if isinstance(test, ast.Name) and test.id in low.answers:
        return low.answers[test.id]
    if place is not None and not place.startswith("%"):
        return Condition("truth", place, names=frozenset({place}))
    return comparisons.text(low, test)


def literal(low: Lowering, name: str) -> int | None:
    """What a name of the module is, which binds it once, to True, False or an integer; None if it is something else."""
    module = low.scope.top
    bindings = module.bindings.get(name, ()) if low.scope is not module and not module.stars else ()
    return bindings[0].literal if len(bindings) == 1 else None


def _call(low: Lowering, test: ast.Call) -> Condition | None:
    """`isinstance(x, T)` and `v.done()` say something of their subject."""
    plain = test.args if not test.keywords else ()
    asked = test.func.attr if isinstance(test.func, ast.Attribute) and not (test.args or test.keywords) else ""
    if isinstance(test.func, ast.Attribute) and asked in _GUARDS:
        place = comparisons.subject(low, test.func.value)
        return Condition(_GUARDS[asked], place, names=frozenset({place}), frail=True) if place else None
    called = getattr(test.func, "attr", None) or getattr(test.func, "id", "")
    place = comparisons.local(low, plain[0]) if plain else None
    if place is None or called in catalog.LOOKS:
        return comparisons.text(low, test)
    if called in ("iscoroutine", "isawaitable") and len(plain) == 1:
        detail = "Coroutine" if called == "iscoroutine" else "Awaitable"
        return Condition("isinstance", place, detail, frozenset({place}))
    if isinstance(test.func, ast.Name) and called == "isinstance" and len(plain) == 2:
        return Condition("isinstance", place, ast.unparse(plain[1]), frozenset({place}))
    return _guard(low, test, place) or comparisons.text(low, test)


def _guard(low: Lowering, test: ast.Call, place: str) -> Condition | None:
    """A function that is declared to tell awaitables or coroutines from others, asked about `place`."""
    ref = low.ref(test)
    kind = low.kinds.guarded(ref, low.scope) if isinstance(ref, refs.Call) and len(test.args) == 1 else None
    detail = {Kind.COROUTINE: "Coroutine", Kind.AWAITABLE: "Awaitable"}.get(kind) if kind is not None else None
    return None if detail is None else Condition("isinstance", place, detail, frozenset({place}))


def _comparison(low: Lowering, test: ast.Compare, yes: Block, no: Block, loop: bool) -> None:
    low.expression(test)
    if isinstance(test.ops[0], comparisons.NEGATED):
        yes, no = no, yes
    low.branch(_lasting(low, comparisons.compared(low, test), loop), yes, no)


def _lasting(low: Lowering, condition: Condition | None, loop: bool) -> Condition | None:
    """In the test of a loop, only what rebinding alone can change: flags, None, done()."""
    if not loop or condition is None or condition.form in _OF_NAMES:
        return condition
    if condition.form == "truth":
        bindings = low.scope.bindings.get(condition.place, ())
        if bindings and all(isinstance(b.ref, refs.Const) for b in bindings):
            return condition
        return Condition("filled", condition.place, names=condition.names)
    return None


def never(low: Lowering, call: ast.Call, awaited: bool) -> bool:
    """Whether a call does not return: by its signature, a table, or its body."""
    ref = low.ref(call)
    assert isinstance(ref, refs.Call)
    callee = low.kinds.callee(ref, low.scope)
    if callee.never:
        return awaited or callee.kind is None
    if callee.body is None or (callee.body.is_async and not awaited):
        return False
    return low.others.never(callee.body)


def harmless(low: Lowering, ref: refs.Ref) -> bool:
    """Whether what a built-in call makes can be iterated over, entered and left without harm."""
    return isinstance(ref, refs.Call) and low.kinds.callee(ref, low.scope).harmless
