"""Regions: from which blocks every way leads to the same block, so that nothing has to be decided in between.

In: a graph, and the blocks that stay in any case. Out: what else has to stay for the sake of some blocks, and where an
edge leads when the rest is left out. Never: events, states.

These are the postdominators of the blocks up to the next one that stays, and their frontiers (Cytron, Ferrante, Rosen,
Wegman and Zadeck 1991): a block in which something happens is kept with the branches on which it depends, as these
depend on others, and each edge leads past all blocks in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from flake8_valuetask.graph import BlockId, Branch, Graph


class Regions:
    """The tree of postdominators below each block that stays; `order` is a postorder of the graph. A block also stays
    where its ways lead to two of them."""

    def __init__(self, graph: Graph, order: list[BlockId], staying: Set[BlockId]) -> None:
        self.order = order
        self.rank = {block: rank for rank, block in enumerate(order)}
        self.above: dict[BlockId, BlockId] = {}
        self.frontier: dict[BlockId, list[BlockId]] = {}
        for block in order:
            self.above[block] = block if block in staying else self._meeting(block, [*graph.blocks[block].targets()])
        self.roots = [block for block in order if self.above[block] == block]
        for block in order:
            if isinstance(graph.blocks[block].exit, Branch) and self.above[block] != block:
                self._depending(block, graph.blocks[block].targets())
        self._number()

    def _meeting(self, block: BlockId, targets: list[BlockId]) -> BlockId:
        """The first block that all ways to `targets` meet; `block` itself if there is none."""
        if not targets or any(target not in self.above for target in targets):
            return block  # it ends, or goes round
        meeting = targets[0]
        for other in targets[1:]:
            while meeting != other:
                if self.rank[meeting] < self.rank[other]:
                    meeting, other = other, meeting
                if self.above[meeting] == meeting:
                    return block
                meeting = self.above[meeting]
        return meeting

    def _depending(self, branch: BlockId, targets: Iterable[BlockId]) -> None:
        """Note the blocks that are passed for certain on one side of a branch only."""
        for target in targets:
            while target != self.above[branch]:
                self.frontier.setdefault(target, []).append(branch)
                target = self.above[target]

    def _number(self) -> None:
        """Number the blocks of each tree: those below a block follow it, up to the number in `last`."""
        size = dict.fromkeys(self.order, 1)
        for block in reversed(self.order):
            if self.above[block] != block:
                size[self.above[block]] += size[block]
        self.first: dict[BlockId, int] = {}
        free: dict[BlockId, int] = {}
        end = 0
        for block in self.order:
            above = self.above[block]
            self.first[block] = end if above == block else free[above]
            free[block] = self.first[block] + 1
            if above == block:
                end += size[block]
            else:
                free[above] += size[block]
        self.last = {block: self.first[block] + size[block] - 1 for block in self.order}

    def onward(self, kept: Set[BlockId], goals: Set[BlockId]) -> dict[BlockId, BlockId]:
        """Where an edge to each of `goals` leads, when nothing but `kept` is left: with the roots, and closed under
        `frontier`."""
        found: dict[BlockId, BlockId] = {}
        around: list[BlockId] = []
        for block in sorted(kept | goals, key=self.first.__getitem__):
            while around and self.last[around[-1]] < self.first[block]:
                around.pop()
            if block in kept:
                around.append(block)
            found[block] = around[-1]
        return found
