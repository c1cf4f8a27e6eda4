"""Where an error can come from: the program, or only the language and its library.

In: references to exceptions, functions and objects. Out: what is certain of them. Never: handlers, and the ways that
an error takes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Set

from flake8_valuetask import catalog
from flake8_valuetask.kinds import types
from flake8_valuetask.kinds.evaluate import Evaluator
from flake8_valuetask.kinds.types import Type
from flake8_valuetask.refs import Ref
from flake8_valuetask.survey import Scope

_LIBRARY = sys.stdlib_module_names | {"builtins"}


def own(evaluator: Evaluator, error: Ref, scope: Scope) -> bool:
    """Whether `error` is a class of which the library does not know, so that it cannot raise it."""
    found = evaluator.resolve(evaluator.evaluate(error, scope))
    return isinstance(found, types.ClassType) and not _of_library(found.cls.path)


def of_library(evaluator: Evaluator, error: Ref, scope: Scope) -> str:
    """The path of a class of the library, of a built-in one the name; "" for anything else."""
    found = evaluator.evaluate(error, scope)
    known = [types.path(each) for each in (evaluator.resolve(found), found)]
    path = next(filter(None, known), "") if isinstance(found, types.ClassType | types.Symbol) else ""
    return path.removeprefix("builtins.") if _of_library(path) else ""


def _of_library(path: str) -> bool:
    return path.partition(".")[0] in _LIBRARY


def source(evaluator: Evaluator, ref: Ref, scope: Scope) -> str:
    """Where an error of a function comes from, of making an object of a class, or of using one: "waiting", "library";
    "" if it can be anything, because code of the program may run."""
    members = types.members(types.without_none(evaluator.evaluate(ref, scope)))
    paths = [_paths(evaluator, each) for each in members]
    known = {"waiting": catalog.WAITS, "library": catalog.WAITS | catalog.SELF_CONTAINED}
    return next((word for word, table in known.items() if all(_listed(each, table) for each in paths)), "")


def _paths(evaluator: Evaluator, found: Type) -> list[str]:
    if isinstance(found, types.Instance):
        return [found.cls.path]
    return [types.path(each) for each in (found, evaluator.resolve(found))]


def _listed(paths: Iterable[str], table: Set[str]) -> bool:
    """Whether one of the paths, or of what it is in, stands in a table."""
    return any(path in table for each in paths for path in _outward(each))


def _outward(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def literal(evaluator: Evaluator, ref: Ref, scope: Scope) -> bool:
    """Whether `ref` is a word, a number, None or the like: nothing that could be called."""
    found = types.members(evaluator.evaluate(ref, scope))
    return all(isinstance(each, types.Literal | types.Choice | types.NoneType) for each in found)
