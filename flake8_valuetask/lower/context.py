"""The state of lowering one body: its blocks, frames, places and nested bodies.

In: nodes, through the cases. Out: blocks and events. Never: verdicts, or what a node means
(that is the cases' job).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Protocol

from flake8_valuetask import refs, source
from flake8_valuetask.budget import Purse
from flake8_valuetask.events import Event, Forget, MayRaise, Origin, Place
from flake8_valuetask.graph import Block, BlockId, Branch, Condition, Exit, Graph, Jump, Stop
from flake8_valuetask.kinds import Kinds
from flake8_valuetask.lower import cases
from flake8_valuetask.records import made, mutable
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope, reading

# The temporaries of these live on, for a condition may name them; what is nested in them ends its own.
_LASTING = (ast.If, ast.While, ast.Try, *cases.since("TryStar"))


@mutable
class Loop:
    """A loop around the current place: where `break` and `continue` go."""

    after: BlockId
    again: BlockId


@mutable
class Final:
    """A `finally` around the current place: the entry of its copy for each way in."""

    suite: list[ast.stmt]
    outer: BlockId | None
    copies: dict[str, BlockId] = made(factory=dict)


@mutable
class Closure:
    """A nested function or lambda."""

    name: str
    body: Body


@mutable
class Body:
    """A lowered body: its graph, the survey's scope, and the bodies nested in it."""

    graph: Graph
    scope: Scope
    parameters: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()
    closures: list[Closure] = made(factory=list)
    origins: list[source.Origin] = made(factory=list)
    asynchronous: bool = False  # calling it makes a coroutine, and runs nothing yet
    outliving: frozenset[str] = frozenset()  # names that a nested function keeps alive elsewhere
    wanted: list[tuple[int, int]] = made(factory=list)  # lines of suites where a test wants misuse to fail
    leaving: dict[BlockId, tuple[str, Origin]] = made(factory=dict)  # by which statement a block ends, or the body


class Others(Protocol):
    """What is asked of other functions of the module."""

    def never(self, scope: Scope) -> bool:
        """Whether a function cannot return."""

    def once(self, scope: Scope, parameter: str) -> bool:
        """Whether all that a function does with a parameter is to call it, once at most."""


class _Nobody:
    """No other function is known."""

    def never(self, scope: Scope) -> bool:
        return False

    def once(self, scope: Scope, parameter: str) -> bool:
        return False


class Lowering:
    """Builds the graph of one body; `origins` and the `purse` for copies are shared by all bodies of a slice."""

    def __init__(self, kinds: Kinds, scope: Scope, name: str, origins: list[source.Origin], purse: Purse) -> None:
        self.kinds = kinds
        self.scope = scope
        self.origins = origins
        self.purse = purse
        self.graph = Graph(name)
        self.body = Body(self.graph, scope, origins=origins)
        self.frames: list[Loop | Final] = []
        self.copied = False  # this is in a `finally`, or in a function that is defined there
        self.handler: BlockId | None = None
        self.translated = False  # a manager around may turn one exception into another
        self.choosy = False  # a handler around takes only some exceptions
        self.doomed: set[ast.stmt] = set()  # statements that a test wants to raise
        self.refusing = False  # this statement is one of these: what is called may not take what it is given
        self.temporaries = 0
        self.renamed: dict[str, Place] = {}  # comprehension variables
        self.known: Mapping[str, Ref] = {}  # what they stand for, and names of which isinstance() has been asked
        self.foreign: frozenset[str] = frozenset()  # names declared global or nonlocal here
        self.outer: frozenset[str] = frozenset()  # names of enclosing functions that are used here
        self.scopes: dict[ast.AST, Scope] = {}
        self.read: dict[ast.expr, Ref] = {}  # what expressions say, while names stand for what is known
        self.read_for: Mapping[str, Ref] = self.known
        self.names: dict[ast.expr, frozenset[str]] = {}  # that the bodies of lambdas say; shared with nested ones
        self.closures: dict[str, int] = {}
        self.loose: frozenset[str] = frozenset()  # names that nested bodies rebind
        self.shared: frozenset[str] = frozenset()  # names of the module that its functions use
        self.used: set[str] = set()
        self.looking = False  # the next expression is a name, and nobody keeps what it stands for
        self.lent: set[str] = set()  # names of containers that have other names or owners, too
        self.passing = False  # the next display is given to a combinator
        self.telling = False  # what is formatted tells of an error
        self.escaping = "again"  # the mode of a capture by a nested function that stands where an argument does
        self.validated: frozenset[str] = frozenset()  # names of which another operand asks what they hold
        self.certain: frozenset[Ref] = frozenset()  # what is an object of the class that was asked for, here
        self.emptied: frozenset[str] | None = None  # of what emptiness is asked, once it is known (`emptiness`)
        self.asking = False  # the elements of the next comprehension are tested: it is given to `any` or `all`
        self.holding: dict[str, bool] = {}  # whether names are bound to containers
        self.numerals: dict[str, bool] = {}  # and to literals
        self.wholes: dict[ast.expr, tuple[Condition, bool] | None] = {}  # what the tests of this statement say
        self.answers: dict[str, Condition] = {}  # names bound once, to the outcome of a test
        self.others: Others = _Nobody()
        self.block = self.open()
        self.stops = (self.close(Stop(True)), self.close(Stop(False)))

    # Blocks

    def open(self) -> Block:
        """A new block, under the current handler."""
        block = Block(len(self.graph.blocks), self.handler)
        self.graph.blocks.append(block)
        return block

    def close(self, end: Exit) -> Block:
        """A new block that ends at once."""
        block = self.open()
        block.exit = end
        return block

    def end(self, end: Exit, following: Block | None = None) -> None:
        """End the current block and go on in `following` (a new one, unreachable, if None)."""
        if self.block.exit is None:
            self.block.exit = end
        self.block = self.open() if following is None else following

    def goto(self, following: Block, back: bool = False) -> None:
        """End the current block with a jump to `following`, and go on there."""
        self.end(Jump(following.id, back), following)

    def branch(self, condition: Condition | None, yes: Block, no: Block) -> None:
        """End the current block with a branch; the caller says where it goes on."""
        self.end(Branch(condition, yes.id, no.id), yes)

    # Events

    def at(self, node: source.Origin) -> Origin:
        """The number of the origin `node`."""
        self.origins.append(node)
        return len(self.origins) - 1

    def emit(self, event: Event) -> None:
        """Add an event to the current block."""
        self.block.events.append(event)

    def may_raise(self, node: source.Origin, comes: str = "") -> None:
        """Here an exception may leave, if something catches it; `comes` says where from, as `MayRaise.source`."""
        if self.block.handler is not None:
            self.emit(MayRaise(self.at(node), source="" if self.translated else comes))

    def temporary(self) -> Place:
        """A new temporary place."""
        self.temporaries += 1
        return f"%{self.temporaries}"

    # Cases

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """Lower statements in order; what is learned of objects on the way ends with them."""
        kept = self.certain, self.known
        for node in nodes:
            self.statement(node)
        self.certain, self.known = kept

    def statement(self, node: ast.stmt) -> None:
        """Lower one statement."""
        first = self.temporaries + 1
        self.wholes.clear()
        cases.STATEMENTS[type(node)](self, node)
        if self.temporaries >= first and not isinstance(node, _LASTING):
            self.emit(Forget(self.at(node), first, self.temporaries))

    def expression(self, node: ast.expr) -> Place | None:
        """Lower an expression; the place of its value, or None if it holds nothing of interest."""
        return cases.EXPRESSIONS[type(node)](self, node)

    def look(self, node: ast.expr) -> Place | None:
        """Lower an expression of which nobody keeps the value: a test, what a loop goes over, a receiver."""
        self.looking = isinstance(node, ast.Name)
        return self.expression(node)

    def ref(self, node: ast.expr) -> Ref:
        """The expression as a reference; each link of a chain of calls is asked for, and read once."""
        if not isinstance(node, ast.Call | ast.Attribute):
            return reading.value(node, self.known)
        if self.read_for is not self.known:
            self.read_for, self.read = self.known, {}
        read = self.read
        if node not in read:
            read[node] = self._read(node)
        return read[node]

    def _read(self, node: ast.Call | ast.Attribute) -> Ref:
        if isinstance(node, ast.Attribute):
            return refs.Attr(self.ref(node.value), node.attr)
        if len(node.args) == 2:  # of a cast, that is a type
            return reading.value(node, self.known)
        return refs.Call(self.ref(node.func), tuple([self.ref(each) for each in node.args]))

    def place(self, name: str) -> Place | None:
        """The place of a name: a local of this body or of an enclosing function; else None."""
        if name in self.renamed:
            return self.renamed[name]
        if name in self.foreign or name in self.loose:
            return None
        for home in (self.scope, self.body.scope):  # a class that is lowered here, and the function around it
            if name in home.bindings and name not in home.elsewhere:
                return name
        if name in self.outer:
            self.used.add(name)
            return name
        return None

    # Ways out

    def raising(self, node: source.Origin, again: bool = False, comes: str = "") -> None:
        """Leave by an exception: a new one, which `comes` from somewhere, or `again` one on its way."""
        if self.block.handler is not None:
            self.emit(MayRaise(self.at(node), again, "" if self.translated else comes))
            self.end(Jump(self.block.handler))
        else:
            self.end(Jump(self.stops[1].id))

    def leave(self, way: str, depth: int | None = None) -> None:
        """Leave by return, break or continue, through the `finally` suites on the way.

        `depth` is the number of frames that are still around (all, if None).
        """
        for number in range((len(self.frames) if depth is None else depth) - 1, -1, -1):
            frame = self.frames[number]
            if isinstance(frame, Final):
                self.end(Jump(self.copy(frame, way)))
                return
            if way == "break":
                self.end(Jump(frame.after))
                return
            if way == "continue":
                self.end(Jump(frame.again, back=True))
                return
        self.end(Jump(self.stops[0].id))

    def copy(self, frame: Final, way: str) -> BlockId:
        """The entry of the copy of a `finally` for one way in."""
        if way not in frame.copies:
            kept, self.handler = self.handler, frame.outer
            frame.copies[way] = self.open().id
            self.handler = kept
        return frame.copies[way]
