"""One text through the rooms of the analyzer, for tests.

In: source text. Out: findings as flake8 gets them, analyses, bodies, graphs. Never: judging them.
"""

from __future__ import annotations

import ast
import io
from textwrap import dedent

from flake8_valuetask import source
from flake8_valuetask.analyze import Analysis, bodies, check
from flake8_valuetask.finding import Finding
from flake8_valuetask.lower import Body
from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.plugin import Plugin
from flake8_valuetask.typestate import Flow, Typestate

ALL = Options(opt_in=OPT_IN)


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, as a file gives them."""
    return list(io.StringIO(text))


def findings(text: str, filename: str = "sample.py", options: Options = ALL) -> list[Finding]:
    """The findings of a text, all rules on unless the options say otherwise."""
    return check(ast.parse(text, filename), lines_of(text), filename, options)


def found(text: str) -> list[tuple[int, str]]:
    """Line and code of each finding of a dedented text that starts on its second line."""
    return [(finding.span.line, finding.code) for finding in findings(dedent(text).lstrip("\n"))]


def codes(text: str) -> list[str]:
    """The codes found in a dedented text."""
    return [code for _, code in found(text)]


def reported(text: str, filename: str) -> list[str]:
    """The lines that flake8 prints for a text, the name of its file left out."""
    plugin = Plugin(ast.parse(text, filename), filename, lines_of(text))
    return [f"{line}:{column + 1}: {message}" for line, column, message, _ in plugin.run()]


def analysis(text: str, options: Options = ALL) -> Analysis:
    """The analysis of a dedented text."""
    parsed = source.parse(dedent(text).lstrip("\n"))
    assert parsed is not None, "the sample is not valid Python"
    return Analysis(parsed, options)


def body(text: str, name: str | None = None) -> Body:
    """The lowered function `name` of a text; its first one if there is no name."""
    whole = analysis(text)
    outermost = [b.scope for b in whole.survey.bodies if b.scope.kind == "function"]
    units = [unit for scope in outermost if (unit := whole.unit(scope)) is not None]
    lowered = [b for unit in units for b in bodies(unit)]
    return next(b for b in lowered if name in (None, b.graph.name))


def flow(text: str, name: str | None = None) -> Flow:
    """The flow of the function `name` of a text, where calls of its other functions are followed."""
    whole = analysis(text)
    wanted = [b.scope for b in whole.survey.bodies if b.scope.kind == "function" and name in (None, b.scope.qualname)]
    unit = whole.unit(wanted[0])
    assert unit is not None
    return Typestate(whole.body).flow(unit)
