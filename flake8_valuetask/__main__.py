"""The command line: explain a rule, list them, print a flow graph, serve editors.

In: arguments. Out: text. Never: linting (that is flake8's door).
"""

from __future__ import annotations

import argparse
import os
import sys
import tokenize
from pathlib import Path

from flake8_valuetask import __version__, rules, source
from flake8_valuetask.analyze import Analysis
from flake8_valuetask.reports import pages, rulebook
from flake8_valuetask.rule import Rule


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 1 if something was not found, 2 for bad usage."""
    parser = _parser()
    options, others = parser.parse_known_args(arguments)
    if options.command == "lsp":
        from flake8_valuetask import server

        return server.main(others)
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    flags = [options.explain is not None, options.list, options.graph is not None]
    if any(flags) == (options.command is not None):
        parser.error("one of explain, list, lsp and --graph is wanted")
    if options.command == "explain" or options.explain is not None:
        return _explain(options.code if options.command else options.explain)
    return _list() if options.graph is None else _graph(options.graph)


def _parser() -> argparse.ArgumentParser:
    program = "python -m flake8_valuetask"
    usage = f"{program} explain RULE | list | lsp [FLAKE8 OPTIONS] | --graph FILE:FUNCTION"
    parser = argparse.ArgumentParser(program, usage, "Rules and flow graphs of flake8-valuetask.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", prog=program, metavar="explain RULE | list | lsp")
    commands.add_parser("explain", help="print a rule: why, wrong, right, how it is decided").add_argument(
        "code", metavar="RULE", help="its code or its name"
    )
    commands.add_parser("list", help="print the table of rules")
    commands.add_parser("lsp", help="serve editors on stdin and stdout; further arguments are flake8's")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--explain", metavar="RULE", help="the same as explain")
    chosen.add_argument("--list", action="store_true", help="the same as list")
    chosen.add_argument("--graph", metavar="FILE:FUNCTION", help="print the flow graph of a function, with states")
    return parser


def _rule(said: str) -> Rule | None:
    """The rule with a code or a name."""
    known = rules.load()
    return known.get(said.upper()) or next((rule for rule in known.values() if rule.name == said.lower()), None)


def _explain(code: str) -> int:
    if code.upper() == "VT000":
        print(f"VT000\n\n{rulebook.facts('VT000').text}")
        return 0
    rule = _rule(code)
    if rule is None:
        print(f"{code}: no such rule; --list shows them", file=sys.stderr)
        return 1
    opt_in = " (opt-in: --valuetask-enable and --extend-select)" if rule.opt_in else ""
    head = f"{rule.code} {rule.name}{opt_in}\nsince {rule.since}\n"
    console = pages.terminal()
    if console is not None:
        pages.explain(head, rule, console)
    else:
        print(f"{head}\n{rule.documentation.strip()}")
    return 0


def _list() -> int:
    console = pages.terminal()
    if console is not None:
        pages.listed(rules.load().values(), console)
        return 0
    for rule in rules.load().values():
        print(f"{rule.code}  {rule.name:26} {rule.summary}{' (opt-in)' if rule.opt_in else ''}")
    return 0


def _graph(place: str) -> int:
    filename, _, name = (place, "", "") if os.path.isfile(place) else place.rpartition(":")
    try:
        text = _read(filename)
    except OSError as error:
        print(f"{filename}: {error}", file=sys.stderr)
        return 1
    parsed = source.parse(text, filename)
    if parsed is None:
        print(f"{filename}: not valid Python", file=sys.stderr)
        return 1
    analysis = Analysis(parsed)
    shown = analysis.shown(name) if name else None
    if shown is None:
        there = ", ".join(["<module>", *(f.qualname for body in analysis.survey.bodies for f in body.functions)])
        wanted = f"no function {name!r}" if name else f"--graph wants {filename}:FUNCTION"
        print(f"{filename}: {wanted}; there are {there}", file=sys.stderr)
        return 1
    print(shown)
    return 0


def _read(filename: str) -> str:
    """The text of a file, as flake8 reads it."""
    try:
        with tokenize.open(filename) as file:
            return file.read()
    except (SyntaxError, UnicodeError):
        return Path(filename).read_text(encoding="latin-1")


def run() -> int:
    """Run the command line for a shell; whoever reads may stop early, as `head` does."""
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it ends
        return 1
    return status


if __name__ == "__main__":
    raise SystemExit(run())
