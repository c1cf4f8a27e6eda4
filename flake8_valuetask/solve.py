"""The solver: forward data flow to a fixed point, over any lattice.

In: a graph and an analysis (entry state, join, transfer). Out: the state before each reachable
block. The worklist runs in reverse postorder (Kam and Ullman 1976). Never: Python, values, rules.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

from flake8_valuetask.graph import Block, BlockId, Graph

S = TypeVar("S")
Ranks: TypeAlias = Mapping[BlockId, int] | Sequence[int]


class Analysis(Protocol[S]):
    """What the solver asks of a lattice and its transfer function.

    `join` must be idempotent, commutative and associative, and must give `old` itself (or an
    equal state) when `new` adds nothing; chains of joins must be finite.
    """

    def entry(self) -> S:
        """The state before the first block."""
        ...

    def join(self, old: S, new: S) -> S:
        """The least state above both."""
        ...

    def transfer(self, block: Block, before: S) -> Iterable[tuple[BlockId, S]]:
        """The state that reaches each successor, an edge each; an impossible edge is left out."""
        ...


class Solution(Generic[S]):
    """The fixed point: `before[block]` for each block that can be reached; `steps` taken."""

    def __init__(self) -> None:
        self.before: dict[BlockId, S] = {}
        self.steps = 0


def solve(graph: Graph, analysis: Analysis[S], order: Ranks | None = None) -> Solution[S]:
    """Run `analysis` over `graph`; `order` has the number of each block in reverse postorder, where it is known."""
    rank = priorities(graph) if order is None else order
    solution: Solution[S] = Solution()
    solution.before[0] = analysis.entry()
    heap, waiting = [(rank[0], 0)], {0}
    while heap:
        _, number = heapq.heappop(heap)
        waiting.discard(number)
        solution.steps += 1
        for target, state in analysis.transfer(graph.blocks[number], solution.before[number]):
            old = solution.before.get(target)
            joined = state if old is None else analysis.join(old, state)
            if old is not None and joined == old:
                continue
            solution.before[target] = joined
            if target not in waiting:
                waiting.add(target)
                heapq.heappush(heap, (rank[target], target))
    return solution


def priorities(graph: Graph) -> dict[BlockId, int]:
    """The number of each reachable block in reverse postorder."""
    return {block: rank for rank, block in enumerate(reversed(graph.postorder()))}
