"""The command line: explain a rule, list them, print a flow graph.

In: arguments. Out: text. Never: linting (that is flake8's door).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from flake8_valuetask import __version__, rules, source
from flake8_valuetask.analyze import Analysis


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 1 if something was not found, 2 for bad usage."""
    options = _parser().parse_args(arguments)
    if options.explain is not None:
        return _explain(options.explain)
    if options.graph is not None:
        return _graph(options.graph)
    return _list()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m flake8_valuetask", description="Rules and flow graphs of flake8-valuetask."
    )
    parser.add_argument("--version", action="version", version=__version__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--explain", metavar="CODE", help="print a rule: why, wrong, right, how it is decided")
    chosen.add_argument("--list", action="store_true", help="print the table of rules")
    chosen.add_argument("--graph", metavar="FILE:FUNCTION", help="print the flow graph of a function, with states")
    return parser


def _explain(code: str) -> int:
    rule = rules.load().get(code.upper())
    if rule is None:
        print(f"{code}: no such rule; --list shows them", file=sys.stderr)
        return 1
    opt_in = " (opt-in: --valuetask-enable and --extend-select)" if rule.opt_in else ""
    print(f"{rule.code} {rule.name}{opt_in}\nsince {rule.since}\n\n{rule.documentation.strip()}")
    return 0


def _list() -> int:
    for rule in rules.load().values():
        print(f"{rule.code}  {rule.name:26} {rule.summary}{' (opt-in)' if rule.opt_in else ''}")
    return 0


def _graph(place: str) -> int:
    filename, _, name = place.rpartition(":")
    try:
        text = Path(filename).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{filename}: {error}", file=sys.stderr)
        return 1
    parsed = source.parse(text, filename)
    if parsed is None:
        print(f"{filename}: not valid Python", file=sys.stderr)
        return 1
    shown = Analysis(parsed).shown(name)
    if shown is None:
        print(f"{filename}: no function {name!r}", file=sys.stderr)
        return 1
    print(shown)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
