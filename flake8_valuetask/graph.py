"""The control-flow graph of one body: basic blocks of events, edges with conditions.

In: events and jumps, written by `lower`. Out: a `Graph` with two exits (return and raise), its
text form, and `verify`, which lists what is malformed. Never: Python syntax, states, rules.

A block may name a handler: at each `MayRaise` in it an exception may leave for that block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from flake8_valuetask.constants import Constant
from flake8_valuetask.events import Event, MayRaise
from flake8_valuetask.records import comparable, made, mutable

BlockId: TypeAlias = int
CHOICE = " | "
"""What stands between the constants of a condition."""
OWN = "own "
"""What stands before the name of an exception that only the program defines."""


@comparable
class Condition:
    """A test whose outcome can be known again.

    `form` is truth, filled (truth of what may grow and shrink, so it says nothing later), none,
    equal, among, above, below, done, succeeded, cancelled, isinstance, text, caught (a handler takes
    the exception on its way), source (where that comes from), interrupted (that was an interrupt),
    or all (each of `parts` has the outcome beside it); `place` the local name it is about ("" for
    text, caught, source, interrupted and all); `detail` the constant (for among, several), the
    class or the text; `names` whose rebinding ends what is known; `frail` if any call or await may
    change the outcome (it reads an attribute).
    """

    form: str
    place: str
    detail: str = ""
    names: frozenset[str] = frozenset()
    frail: bool = False
    parts: tuple[tuple[Condition, bool], ...] = ()

    def choices(self) -> list[Constant]:
        """The constants with which `place` is compared."""
        return self.detail.split(CHOICE) if self.form == "among" else [self.detail]

    def leaves(self) -> Iterator[Condition]:
        """The conditions that are tested one by one: itself, or those of its parts."""
        for part, _ in self.parts:
            yield from part.leaves()
        if not self.parts:
            yield self

    def __str__(self) -> str:
        if self.parts:
            return f"{self.form}({', '.join(f'{part}' if wanted else f'not {part}' for part, wanted in self.parts)})"
        return f"{self.form}({', '.join(p for p in (self.place, self.detail) if p)})"


@comparable
class Jump:
    """Go on at `target`; `back` when it closes a loop."""

    target: BlockId
    back: bool = False


@comparable
class Branch:
    """Go on at `yes` or `no`; `condition` is None where the outcome tells nothing."""

    condition: Condition | None
    yes: BlockId
    no: BlockId


@comparable
class Assume:
    """Go on at `target`, where `condition` has `outcome`: the branches on the way here have decided that."""

    condition: Condition
    outcome: bool
    target: BlockId


@comparable
class Stop:
    """The end of the body; `normal` for return, else an exception leaves."""

    normal: bool


Exit: TypeAlias = Jump | Branch | Assume | Stop


@mutable
class Block:
    """A basic block: events in order, one exit (None while it is being built)."""

    id: BlockId
    handler: BlockId | None = None
    events: list[Event] = made(factory=list)
    exit: Exit | None = None

    def targets(self) -> Iterator[BlockId]:
        """The blocks that the exit leads to."""
        match self.exit:
            case Jump(target=target) | Assume(target=target):
                yield target
            case Branch(yes=yes, no=no):
                yield yes
                if no != yes:
                    yield no


@mutable
class Graph:
    """All blocks of a body; `blocks[i].id == i`, the first one is the entry."""

    name: str
    blocks: list[Block] = made(factory=list)

    def successors(self, block: Block) -> list[BlockId]:
        """Where control can go from `block`, its handler included."""
        found = list(block.targets())
        if block.handler is not None and any(isinstance(e, MayRaise) for e in block.events):
            found.append(block.handler)
        return found

    def loops(self, order: Iterable[BlockId]) -> dict[BlockId, frozenset[BlockId]]:
        """The blocks of each loop by its head: the natural loops of the back edges (Aho, Sethi
        and Ullman 1986, section 10.4). `order` has the blocks that can be reached."""
        before: dict[BlockId, list[BlockId]] = {}
        back: dict[BlockId, list[BlockId]] = {}
        for number in order:
            block = self.blocks[number]
            for target in self.successors(block):
                before.setdefault(target, []).append(number)
            if isinstance(block.exit, Jump) and block.exit.back:
                back.setdefault(block.exit.target, []).append(number)
        return {head: _natural(head, ends, before) for head, ends in back.items()}

    def doomed(self, order: Iterable[BlockId]) -> frozenset[BlockId]:
        """The blocks from which every way leads to the raise exit, without another round of a loop; `order` is a
        postorder."""
        found: set[BlockId] = set()
        for number in order:
            block = self.blocks[number]
            raises = isinstance(block.exit, Stop) and not block.exit.normal
            following = self.successors(block)
            if raises or (following and all(target in found for target in following)):
                found.add(number)
        return frozenset(found)

    def postorder(self) -> list[BlockId]:
        """The reachable blocks, each after all its successors but those over back edges.

        What follows a loop is visited before its body: in the reverse order the body comes first, and comes to rest
        before the solver goes on behind it.
        """
        order: list[BlockId] = []
        seen = {0}
        stack = [(0, reversed(self.successors(self.blocks[0])))]
        while stack:
            block, following = stack[-1]
            for successor in following:
                if successor not in seen:
                    seen.add(successor)
                    stack.append((successor, reversed(self.successors(self.blocks[successor]))))
                    break
            else:
                order.append(block)
                stack.pop()
        return order


def _natural(head: BlockId, ends: list[BlockId], before: dict[BlockId, list[BlockId]]) -> frozenset[BlockId]:
    found = {head}
    stack = list(ends)
    while stack:
        number = stack.pop()
        if number not in found:
            found.add(number)
            stack += before.get(number, ())
    return frozenset(found)


def verify(graph: Graph) -> list[str]:
    """What is malformed in `graph`, a sentence each; nothing for a sound one."""
    faults = []
    stops = {True: 0, False: 0}
    for number, block in enumerate(graph.blocks):
        if block.id != number:
            faults.append(f"block {number} calls itself {block.id}")
        if block.exit is None:
            faults.append(f"block {number} does not end")
        elif isinstance(block.exit, Stop):
            stops[block.exit.normal] += 1
        goals = [*block.targets(), *([] if block.handler is None else [block.handler])]
        faults += [f"block {number} leads to no block {g}" for g in goals if not 0 <= g < len(graph.blocks)]
    for normal, count in stops.items():
        if count != 1:
            faults.append(f"{count} {'return' if normal else 'raise'} exits, where one should be")
    return faults


def render(graph: Graph) -> str:
    """The printed form: every reachable block with its events and edges."""
    lines = [f"{graph.name}:"]
    for number in sorted(graph.postorder()):
        block = graph.blocks[number]
        lines.append(f"  B{number}:" + ("" if block.handler is None else f"  (raises to B{block.handler})"))
        lines += [f"    {event}" for event in block.events]
        lines.append(f"    -> {edges(block.exit)}")
    return "\n".join(lines)


def edges(end: Exit | None) -> str:
    """The text of an exit."""
    match end:
        case Jump(target=target, back=back):
            return f"B{target}" + (" (back)" if back else "")
        case Assume(condition=condition, outcome=outcome, target=target):
            return f"B{target} ({condition}: {'yes' if outcome else 'no'})"
        case Branch(condition=condition, yes=yes, no=no):
            return f"{condition or 'either'} ? B{yes} : B{no}"
        case Stop(normal=normal):
            return "return" if normal else "raise"
        case _:
            return "nowhere"
