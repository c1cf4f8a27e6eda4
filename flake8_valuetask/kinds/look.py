"""The look at a module that its types are found through: what is known already, and where the questions go round.

In: the project and the tables. Out: the memory of all answers, and the questions whose answers lead back to
themselves: the modules `annotations`, `names`, `decorators`, `results`, `attributes` and `calls` stand in this order,
and ask those before them directly, those behind them through a `Look`. Never: an answer; `evaluate` gives those.
"""

from __future__ import annotations

from flake8_valuetask.catalog import Tables
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.project import Project
from flake8_valuetask.refs import Call, Ref
from flake8_valuetask.survey import Scope


class Look:
    """A look at one module; `project` knows the other modules, `tables` well-known names.

    Those modules take it as an argument and do not keep it: so it ends, with all that it remembers, when its owner
    does, without a collection of garbage.
    """

    def __init__(self, project: Project, tables: Tables) -> None:
        self.project = project
        self.tables = tables
        self.memo: dict[tuple[int, Scope], Type] = {}  # by the digests of references
        self.names: dict[tuple[str, Scope], Type] = {}
        self.annotations: dict[tuple[int, Scope, Scope | None], Type] = {}
        self.words: dict[int, frozenset[str]] = {}
        self.members: dict[tuple[Scope, str, type[Type]], Type] = {}
        self.orders: dict[Scope, list[Scope | None]] = {}
        self.effects: dict[Scope, list[str]] = {}
        self.results: dict[tuple[Scope, Type | None], Type] = {}
        self.symbols: dict[str, Type] = {}
        self.depth = 0

    def evaluate(self, ref: Ref, scope: Scope) -> Type:
        """The type of `ref` in `scope`; unknown where it depends on itself."""
        raise NotImplementedError

    def type_name(self, ref: Ref, scope: Scope) -> Type:
        """What a plain or dotted name stands for in an annotation."""
        raise NotImplementedError

    def resolve(self, found: Type) -> Type:
        """What an imported symbol stands for."""
        raise NotImplementedError

    def foreign_alias(self, path: str) -> Type:
        """What a path stands for as a type."""
        raise NotImplementedError

    def kept(self, cls: Scope) -> bool:
        """Whether its decorators leave a class what it is."""
        raise NotImplementedError

    def attribute(self, owner: Type, name: str) -> Type:
        """`owner.name`."""
        raise NotImplementedError

    def called(self, func: Type, ref: Call, scope: Scope) -> Type:
        """What calling `func` gives."""
        raise NotImplementedError
