"""The corridor: calls each room once for a module.

In: a `Source` and options. Out: sorted, unique findings, each with its path. Never: flake8, output.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from flake8_valuetask import source as sources
from flake8_valuetask.descent import Descent, Question
from flake8_valuetask.finding import Finding, Place
from flake8_valuetask.options import KINDS, Options
from flake8_valuetask.project import library, read
from flake8_valuetask.project.collections import without_collections
from flake8_valuetask.project.recall import Recall
from flake8_valuetask.records import lazy, record, replaced
from flake8_valuetask.source import Source, Span
from flake8_valuetask.trail import Trail

# The rooms are entered late: a file whose findings are kept on disk needs none of them.
if TYPE_CHECKING:
    from flake8_valuetask.budget import Budget, Purse
    from flake8_valuetask.lower import Body
    from flake8_valuetask.rule import Report, Rule
    from flake8_valuetask.survey import Body as Outermost
    from flake8_valuetask.survey import Scope, Survey
    from flake8_valuetask.typestate import Typestate


_UNUSED = "unused-coroutine|unused-awaitable|reportUnusedCoroutine"
_ON_PURPOSE = re.compile(rf"# *(?:type|pyright|ty): *ignore\[[^]]*\b(?:{_UNUSED})\b")
_FIXED = frozenset({"class", "function", "import"})
"""How names are bound that hold no value of interest."""


@record
class Judged:
    """The reports on an outermost body, the range of each origin that they name; or the `failure` to analyse it."""

    reports: list[tuple[Rule, Report]]
    spans: dict[int, Span]
    failure: Finding | None = None

    def findings(self) -> list[Finding]:
        """The findings, with their ranges in the module."""
        return list(_findings(self.reports, self.spans)) if self.failure is None else [self.failure]

    def moved(self, to: Mapping[int, int]) -> Judged:
        """The same on other lines: where each of them is now."""
        spans = {number: span.moved(to) for number, span in self.spans.items()}
        return replaced(self, spans=spans)


class Analysis:
    """The analysis of one module."""

    def __init__(
        self,
        source: Source,
        options: Options | None = None,
        asker: Analysis | None = None,
        name: str = "",
        surveyed: Survey | None = None,
    ) -> None:
        """Of a source; if it is called `name` by the `asker`, that one follows a call into this module; if it is
        `surveyed`, it is one that is edited, and others keep the survey."""
        from flake8_valuetask.budget import Budget
        from flake8_valuetask.kinds import Kinds
        from flake8_valuetask.survey import survey

        self.source = source
        self.options = Options() if options is None else options
        if asker is None:
            self.project = library(self.options.search).project(source.filename)
        else:
            self.project = asker.project.neighbour(source.filename, name)
        place = self.project.place
        self.surveyed = surveyed
        self.survey: Survey = surveyed or survey(source.tree, place.module, place.package)
        self.kinds = Kinds(self.survey, self.project, self.options.additions)
        self.others: dict[str, Analysis | None] = {} if asker is None else asker.others
        self.trail: Trail = Trail() if asker is None else asker.trail
        self.budget: Budget = Budget() if asker is None else asker.budget
        self.others[self.survey.name] = self
        self._units: dict[Scope, Body | None] = {}
        self._bodies: dict[Scope, Body] = {}
        self._never: dict[Scope, bool] = {}
        self._descent = Descent()

    def findings(self) -> list[Finding]:
        """All findings of the module, sorted and unique."""
        suspects = [body.scope for body in self.survey.bodies if self.suspects(body)]
        return sorted({f for scope in suspects for f in self.judged(scope).findings()})

    def release(self) -> None:
        """Let all that was made end at once, now that all is said; nothing can be asked any more."""
        for analysis in filter(None, [*self.others.values(), self]):
            if vars(analysis):  # not done yet
                if analysis.surveyed is None:
                    analysis.survey.scope.release()
                vars(analysis).clear()

    def suspects(self, body: Outermost) -> bool:
        """Whether an outermost body needs a closer look."""
        from flake8_valuetask.triage import suspect

        return suspect(body, self.survey, self.kinds, self.options)

    def judged(self, scope: Scope) -> Judged:
        """The reports on one outermost body; a failure, if the analysis itself fails."""
        try:
            with self.trail.of(scope):
                return self._judged(scope)
        except RecursionError:
            return Judged([], {})
        except Exception as error:
            return Judged([], {}, _failed(self.source.filename, scope.qualname or "the module", scope.line, error))

    def _judged(self, scope: Scope) -> Judged:
        from flake8_valuetask import rules

        unit = self.unit(scope)
        if unit is None:
            return Judged([], {})
        self._typestate.settle()
        wanted = [r for r in rules.load().values() if not r.opt_in or r.code in self.options.opt_in]
        reports: list[tuple[Rule, Report]] = []
        for body in bodies(unit):
            flow = self._typestate.flow(body)
            if flow.silent:
                continue
            reports += [(r, report) for r in wanted for report in r.check(flow) if self._judges(report)]
        named = {number for _, report in reports for number in _origins(report)}
        spans = {number: self.source.span(unit.origins[number]) for number in named}
        tested = [lines for body in bodies(unit) for lines in body.wanted]
        return Judged([(r, report) for r, report in reports if not self._waived(r, spans[report.at], tested)], spans)

    def _waived(self, rule: Rule, span: Span, tested: Sequence[tuple[int, int]]) -> bool:
        """Whether a finding stands on lines where misuse is tested; or a comment tells a type checker that a coroutine
        is dropped on purpose, which VT401 says as well."""
        if any(first <= span.line <= last for first, last in tested):
            return True
        lines = self.source.lines[span.line - 1 : span.end_line] if rule.code == "VT401" else ()
        return any(_ON_PURPOSE.search(line) for line in lines)

    @lazy
    def _typestate(self) -> Typestate:
        from flake8_valuetask.typestate import Typestate

        looking = partial(_looking, self.trail)
        return Typestate(self.body, "VT105" in self.options.opt_in, self.budget, looking)

    def _judges(self, report: Report) -> bool:
        """Whether the kind of value that a report is about is judged."""
        kind = str(report.fields.get("kind", "")).lower().rpartition(" ")[2]  # the last word names it
        return kind not in KINDS or kind in self.options.kinds

    def unit(self, scope: Scope) -> Body | None:
        """The lowered outermost body `scope`; None while it is being lowered, or if that takes too much work."""
        return self._descent.ask(self._unit(scope))

    def _unit(self, scope: Scope) -> Question[Scope, Body | None]:
        return Question(self._units, scope, None, lambda: self._entered(scope), lambda: self._called(scope))

    def _called(self, scope: Scope) -> Iterator[Question[Scope, bool]]:
        """Whether the calls that are statements of a body return, is asked when it is lowered."""
        from flake8_valuetask.survey import reading

        for statement in getattr(scope.node, "body", ()):
            called = getattr(statement.value, "value", statement.value) if isinstance(statement, ast.Expr) else None
            if isinstance(called, ast.Call):
                callee = self.kinds.function(reading.value(called.func), scope).body
                if callee is not None and self.kinds.mine(callee):
                    yield self._ending(callee)

    def _entered(self, scope: Scope) -> Body | None:
        with self.trail.of(scope), self.budget.purse(0) as purse:
            unit = self._lowered(scope, purse)
            for body in bodies(unit):
                if body.graph.name != "<lambda>":
                    self._bodies.setdefault(body.scope, body)
            return unit
        return None  # the budget was exhausted

    def _lowered(self, scope: Scope, purse: Purse) -> Body:
        from flake8_valuetask import lower

        if scope.kind == "module":
            return lower.lower_module(self.source.tree, scope, self.kinds, self, purse, self.shared())
        return lower.lower(scope, self.kinds, self, purse)

    def body(self, scope: Scope) -> Body | None:
        """The lowered body of any function of the project."""
        if not self.kinds.mine(scope):
            other = self._other(scope.module)
            return None if other is None else other.body_at(scope.qualname, scope.line)
        outermost = _outermost(scope)
        self.trail.note(outermost, into=True)
        return None if self.unit(outermost) is None else self._bodies.get(scope)

    def body_at(self, qualname: str, line: int) -> Body | None:
        """The lowered function of this module with a name, that begins at a line."""
        functions = (function for body in self.survey.bodies for function in body.functions)
        return next((self.body(f) for f in functions if f.line == line and f.qualname == qualname), None)

    def _other(self, module: str) -> Analysis | None:
        """The analysis of another module of the project, for what its functions do with their arguments."""
        if module not in self.others:
            path = self.project.source(module)
            text = None if path is None else read(path)
            parsed = None if text is None or path is None else sources.parse(text, path)
            self.others[module] = None if parsed is None else Analysis(parsed, self.options, self, module)
        return self.others[module]

    def never(self, scope: Scope) -> bool:
        """Whether a function of the module cannot return; of those elsewhere, kinds knows."""
        if not self.kinds.mine(scope):
            return False
        self.trail.note(_outermost(scope))
        return self._descent.ask(self._ending(scope))

    def once(self, scope: Scope, parameter: str) -> bool:
        """Whether all that a function of the module does with a parameter is to call it, once at most."""
        from flake8_valuetask.survey.once import called_once

        if not self.kinds.mine(scope):
            return False
        self.trail.note(_outermost(scope))
        return called_once(scope, parameter)

    def _ending(self, scope: Scope) -> Question[Scope, bool]:
        likely = (self._unit(_outermost(scope)),) if _may_not_return(scope.node) else ()
        return Question(self._never, scope, False, lambda: self._ends_raising(scope), lambda: likely)

    def _ends_raising(self, scope: Scope) -> bool:
        from flake8_valuetask import lower

        if scope.returns or scope.generator or not _may_not_return(scope.node):
            return False
        body = self.body(scope)
        return body is not None and lower.never_returns(body.graph)

    def shown(self, name: str) -> str | None:
        """The graph of the function `name` (dotted within the module; "<module>" for the code
        around functions) with the states of its values, as text; None if there is none."""
        from flake8_valuetask import trace
        from flake8_valuetask.typestate import Typestate

        for body in self.survey.bodies:
            unit = self.unit(body.scope) if name in ("<module>", *(f.qualname for f in body.functions)) else None
            for found in bodies(unit) if unit is not None else ():
                if found.graph.name == name:
                    lines = [self.source.span(origin).line for origin in found.origins]
                    return trace.render(Typestate(self.body).flow(found), lines)
        return None

    def shared(self) -> frozenset[str]:
        """The variables of the module that its functions use."""
        names = {name for name, bound in self.survey.scope.bindings.items() if any(b.how not in _FIXED for b in bound)}
        functions = [body.scope for body in self.survey.bodies if body.scope.kind == "function"] if names else []
        return frozenset(name for name in names if any(_uses(function, name) for function in functions))


def _uses(scope: Scope, name: str) -> bool:
    """Whether a function, or one in it, uses a name of the module."""
    return name in scope.said and (name not in scope.bindings or name in scope.elsewhere)


def check(tree: ast.AST, lines: Sequence[str], filename: str, options: Options) -> list[Finding]:
    """The findings of a module that was read and parsed elsewhere; never an exception."""
    if not isinstance(tree, ast.Module):
        return []
    try:
        recall = Recall(library(options.search), filename, lines, options)
        kept = recall.get()
        if kept is not None:
            return kept
        with without_collections():
            analysis = Analysis(Source(tuple(lines), tree, filename), options)
            findings = analysis.findings()
            recall.put(findings, analysis.project)
            analysis.release()
        return findings
    except RecursionError:
        return []
    except Exception as error:
        return [_failed(filename, "the module", 1, error)]


def _looking(trail: Trail, scope: Scope) -> AbstractContextManager[None]:
    """Meanwhile a function is looked into; what it leads to is noted for the one around it."""
    return trail.of(_outermost(scope))


def _failed(filename: str, place: str, line: int, error: Exception) -> Finding:
    """The analysis itself failed: one line says where, and the rest goes on."""
    message = f"internal error in {filename}, {place}: {type(error).__name__} (please report it)"
    return Finding(Span(line, 0, line, 0), "VT000", message)


def _outermost(scope: Scope) -> Scope:
    """The outermost function around a function."""
    while (outer := scope.enclosing("function")) is not None:
        scope = outer
    return scope


def _may_not_return(node: ast.AST) -> bool:
    """A first look: the last statement of a function that cannot return raises, calls or nests."""
    last = getattr(node, "body", [None])[-1]
    return isinstance(last, ast.Raise | ast.Expr | ast.If | ast.While | ast.Try | ast.With | ast.AsyncWith | ast.Match)


def bodies(body: Body) -> Iterator[Body]:
    """A body and all that are nested in it."""
    stack = [body]
    while stack:
        found = stack.pop()
        yield found
        stack += [closure.body for closure in reversed(found.closures)]


def _origins(report: Report) -> Iterator[int]:
    """The numbers of all origins that a report names."""
    from flake8_valuetask.rule import Line

    yield report.at
    yield from (at for at, _ in report.path)
    yield from (value.at for value in report.fields.values() if isinstance(value, Line))


def _findings(reports: list[tuple[Rule, Report]], spans: dict[int, Span]) -> Iterator[Finding]:
    """Reports as findings: origins become ranges, fields become words."""
    from flake8_valuetask.rule import Line

    found: dict[tuple[int, int, str], Finding] = {}
    for rule, report in reports:
        fields = {k: spans[v.at].line if isinstance(v, Line) else v for k, v in report.fields.items()}
        message = (report.message or rule.message).format_map(fields)
        places = tuple(Place(spans[at], phrase) for at, phrase in report.path)
        span = spans[report.at]
        key = (span.line, span.column, rule.code)
        known = found.get(key)
        found[key] = Finding(span, rule.code, message, places) if known is None else _also(known, places)
    yield from found.values()


def _also(known: Finding, places: tuple[Place, ...]) -> Finding:
    """A finding that holds for another value, too: where that one is made is told as well."""
    others = tuple(p._replace(phrase="or made here") for p in places[:1] if p.span != known.places[0].span)
    new = tuple(place for place in others if place not in known.places)
    return known._replace(places=known.places + new)
