"""A module of scenarios: its source, its functions, and whether it can run here.

In: a path or source text. Out: the compiled module and the list of its scenarios. Never: running a scenario.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, ModuleType

NOT_EXECUTED = re.compile(r"^Not executed: (.+)$", re.MULTILINE)
NEEDS_PYTHON = re.compile(r"^Needs Python 3\.(\d+) to run: (.+)$", re.MULTILINE)
ROOT = Path(__file__).parents[2]
SYNTAX_OF = re.compile(r"_py3(\d+)$")
BRINGS_ITS_LOOP = {"run", "run_until_complete", "Runner"}

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Scenario:
    """A function of a module, or a method of one of its classes."""

    name: str
    owner: str | None
    line: int
    end: int
    awaits: bool
    brings_its_loop: bool

    @property
    def label(self) -> str:
        """The name, with its class."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True)
class FixtureModule:
    """A module as text, with a name for its frames."""

    filename: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The module's syntax tree."""
        return ast.parse(self.source, self.filename)

    @cached_property
    def code(self) -> CodeType:
        """The module's code, the same in every run."""
        return compile(self.source, self.filename, "exec", dont_inherit=True)

    @cached_property
    def obstacle(self) -> str | None:
        """Why the module cannot run here, if it cannot."""
        syntax = SYNTAX_OF.search(Path(self.filename).stem)
        if syntax and sys.version_info < (3, int(syntax[1])):
            return f"syntax of Python 3.{syntax[1]}"
        if missing := NOT_EXECUTED.search(self._docstring):
            return missing[1]
        if (needed := NEEDS_PYTHON.search(self._docstring)) and sys.version_info < (3, int(needed[1])):
            return f"needs Python 3.{needed[1]}: {needed[2]}"
        return None

    @property
    def _package(self) -> str:
        """The package that relative imports of a file start from."""
        path = Path(self.filename).absolute()
        return ".".join(path.relative_to(ROOT).parts[:-1]) if path.is_relative_to(ROOT) else ""

    @cached_property
    def _docstring(self) -> str:
        head = re.match(r'\s*(?:"""(.*?)""")', self.source, re.DOTALL)
        return head[1] if head else ""

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The functions and methods, in the order of the text."""
        return tuple(_scenarios(self.tree.body, None))

    @cached_property
    def owners(self) -> dict[int, set[CodeType]]:
        """The functions, lambdas and comprehensions that each line belongs to."""
        found = defaultdict[int, set[CodeType]](set)
        for line, code in _lines(self.code):
            found[line].add(code)
        return found

    def loaded(self) -> ModuleType:
        """The module, executed anew."""
        module = ModuleType("agreement_fixture")
        module.__file__ = self.filename
        module.__package__ = self._package
        sys.modules[module.__name__] = module
        exec(self.code, module.__dict__)
        return module


def module_from_path(path: Path) -> FixtureModule:
    """The module in a file."""
    return FixtureModule(str(path), path.read_text(encoding="utf-8"))


def module_from_source(source: str, name: str = "generated") -> FixtureModule:
    """The module of a text; the name is only for its frames."""
    return FixtureModule(f"<{name}>", source)


def _scenarios(body: list[ast.stmt], owner: str | None) -> Iterator[Scenario]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
            yield _scenario(node, owner)
        elif isinstance(node, ast.ClassDef) and owner is None:
            yield from _scenarios(node.body, node.name)


def _scenario(node: Definition, owner: str | None) -> Scenario:
    names = {getattr(part, "attr", None) for part in ast.walk(node)}
    return Scenario(
        name=node.name,
        owner=owner,
        line=min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]),
        end=node.end_lineno or node.lineno,
        awaits=isinstance(node, ast.AsyncFunctionDef),
        brings_its_loop=isinstance(node, ast.FunctionDef) and bool(names & BRINGS_ITS_LOOP),
    )


def _lines(code: CodeType) -> Iterator[tuple[int, CodeType]]:
    for _, _, line in code.co_lines():
        if line is not None:
            yield line, code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant)
