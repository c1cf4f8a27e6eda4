"""The pages that are made from the source: `docs/rules/` and `docs/configuration.md`.

In: the rules, their docstrings, the options. Out: Markdown; `--check` fails if a file is stale. Never: the network.

    python docs/generate.py
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from textwrap import dedent

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

import trials  # noqa: E402

from flake8_valuetask import rules  # noqa: E402
from flake8_valuetask.analyze import check  # noqa: E402
from flake8_valuetask.options import NAMES, OPT_IN, OTHERS, Option, Options  # noqa: E402
from flake8_valuetask.rule import Rule  # noqa: E402

FAMILIES = {
    "1": "Consumed more than once",
    "2": "Bare where a task is wanted",
    "3": "Kept where it will be consumed again",
    "4": "Lost, or taken for its result",
    "5": "Read too early",
    "6": "Producers of ValueTasks",
}
_HEAD = re.compile(r"^([^\n]+)\n-+\n(.*?)(?=^[^\n]+\n-+$|\Z)", re.MULTILINE | re.DOTALL)
_MARKER = re.compile(r"\s*# want: .*$", re.MULTILINE)
_NAMED = re.compile(r"`[^`]*`|\bVT\d{3}\b")
_TROUBLE = re.compile(r"^\w+(Error|Warning): ")


def pages() -> dict[str, str]:
    """All generated pages, by their paths below this folder."""
    known = sorted(rules.load().values(), key=lambda rule: rule.code)
    made = {f"rules/{rule.code.lower()}.md": page(rule) for rule in known if trials.told(rule.code)}
    return {**made, "rules/index.md": index(known), "configuration.md": configuration()}


# A rule


def page(rule: Rule) -> str:
    """The page of a rule."""
    parts = sections(rule.documentation)
    wrong, right = (dedent(parts[title]).strip("\n").replace("'''", '"""') for title in ("Wrong", "Right"))
    return _joined(
        f"# {rule.code} {rule.name}",
        _origin(f"flake8_valuetask/rules/{rule.stem}.py"),
        f"{rule.summary}.",
        _facts(rule),
        f"## Why\n\n{_prose(rule, parts['Why'])}",
        f"## Wrong\n\n{_wrong(rule, wrong)}",
        f"## When it runs\n\n{_run(rule, _MARKER.sub('', wrong))}",
        f"## Right\n\n{_fenced('python', right)}",
        f"## How it is decided\n\n{_prose(rule, parts['How it is decided'])}",
        f"## Known misses\n\n{_prose(rule, parts['Known misses'])}",
        f"## Message\n\n{_message(rule)}",
        *([f"## Switching it on\n\n{_locks(rule.code)}"] if rule.opt_in else []),
        f"## Silencing it\n\n{_silence(rule)}",
    )


def sections(documentation: str) -> dict[str, str]:
    """The texts below the underlined titles of a docstring."""
    return dict(_HEAD.findall(documentation))


def _prose(rule: Rule, text: str) -> str:
    """A paragraph, with links to the rules it names."""
    return _NAMED.sub(lambda found: _link(rule, found[0]), text.strip())


def _link(rule: Rule, found: str) -> str:
    return f"[{found}]({found.lower()}.md)" if found in rules.load() and found != rule.code else found


def _facts(rule: Rule) -> str:
    state = "off; see [Switching it on](#switching-it-on)" if rule.opt_in else "on"
    return f"Since version {rule.since}. By default: {state}."


def _wrong(rule: Rule, example: str) -> str:
    text = _MARKER.sub("", example) + "\n"
    found = _findings(rule, text)
    marked = " ".join(sorted({line.split(":")[1] for line in found}, key=int))
    enabled = f" --valuetask-enable {rule.code}" if rule.opt_in else ""
    command = f"$ flake8 --isolated --select {rule.code}{enabled} example.py"
    code = _fenced(f'python title="example.py" hl_lines="{marked}"', text)
    return f"{code}\n\n{_fenced('console', chr(10).join([command, *found]))}"


def _findings(rule: Rule, text: str) -> list[str]:
    """What flake8 prints of a rule on a text."""
    options = Options(opt_in=frozenset({rule.code}) & OPT_IN)
    found = check(ast.parse(text), list(io.StringIO(text)), "example.py", options)
    mine = [one for one in found if one.code == rule.code]
    return [f"example.py:{one.span.line}:{one.span.column + 1}: {one.code} {one.message}" for one in mine]


def _run(rule: Rule, example: str) -> str:
    lines = trials.session(rule.code, example)
    if any(_TROUBLE.match(line) for line in lines):
        intro = "Entered after the example. Of a traceback or a warning, only the line that names it is shown:"
    else:
        intro = "Entered after the example. There is no exception and no warning:"
    return f"{intro}\n\n{_fenced('pycon', chr(10).join(lines))}"


def _message(rule: Rule) -> str:
    text = _fenced("text", f"{rule.code} {rule.message}")
    return f"{text}\n\nWhat stands in braces is filled in." if "{" in rule.message else text


def _silence(rule: Rule) -> str:
    one = f"At the end of the reported line, for this line only:\n\n{_fenced('text', f'# noqa: {rule.code}')}"
    if rule.opt_in:
        return one
    whole = f"In flake8's configuration, for the project or for some files:\n\n{_fenced('ini', _ignored(rule.code))}"
    return f"{one}\n\n{whole}"


def _ignored(code: str) -> str:
    return f"[flake8]\nextend-ignore = {code}\nper-file-ignores =\n    tests/*: {code}"


def _locks(code: str) -> str:
    ini = _fenced("ini", f"[flake8]\nextend-select = {code}\nvaluetask-enable = {code}")
    return f"Both lines are needed; [Configuration](../configuration.md#opt-in-rules-have-two-locks) says why.\n\n{ini}"


# The table of rules


def index(known: list[Rule]) -> str:
    """The page that lists all rules."""
    families = groupby(known, key=lambda rule: rule.code[2])
    tables = [f"## {FAMILIES[digit]}\n\n{_table(list(members))}" for digit, members in families]
    closing = (
        "## VT000\n\n`VT000` is no rule: the plugin itself failed on a function. The line names the place, and the\n"
        "rest is checked all the same. See [Reliability](../reliability.md#vt000)."
    )
    return _joined("# Rules", _origin("flake8_valuetask/rules/"), _INDEX, *tables, closing)


_INDEX = """\
Each page says why the rule matters, what is wrong and what is right, what happens when the mistake runs, how the rule
decides, and what it misses. `python -m flake8_valuetask --explain VT101` prints most of that in a terminal.

Rules that are marked opt-in are off until [both locks](../configuration.md#opt-in-rules-have-two-locks) are opened."""


def _table(members: list[Rule]) -> str:
    rows = [
        f"| [{r.code}]({r.code.lower()}.md) | {r.name} | {_cell(r.summary)} | {'yes' if r.opt_in else ''} |"
        for r in members
    ]
    return "\n".join(["| code | name | says | opt-in |", "| --- | --- | --- | --- |", *rows])


# The options


def configuration() -> str:
    """The reference of all options."""
    known = (*OTHERS, *NAMES)
    rows = [f"| [`--valuetask-{one.name}`](#valuetask-{one.name}) | {_cell(one.help)} |" for one in known]
    table = "\n".join(["| option | meaning |", "| --- | --- |", *rows])
    searched = _joined("## What is judged, and where modules are found", *map(_option, OTHERS)).strip()
    named = _joined("## Names of your own", _NAMES, *map(_option, NAMES)).strip()
    return _joined(
        "# Configuration",
        _origin("flake8_valuetask/options.py"),
        _INTRO,
        table,
        _LOCKS,
        _PATHS,
        _CACHE,
        searched,
        named,
    )


def _option(option: Option) -> str:
    shown = f"`--valuetask-{option.name} {option.metavar}`" if option.metavar else f"`--valuetask-{option.name}`"
    listed = " Several are separated by commas." if option.many else ""
    example = f"[flake8]\nvaluetask-{option.name} = {option.example}"
    return _joined(
        f"### valuetask-{option.name}",
        option.help + listed,
        f"On the command line {shown}; in a file:",
        _fenced("ini", example),
    ).strip()


_INTRO = """\
The options are flake8's, and so are the files they stand in: `setup.cfg`, `tox.ini` or `.flake8`, in the section
`[flake8]`. `pyproject.toml` is not read, because flake8 does not read it. `select`, `extend-select`, `extend-ignore`,
`per-file-ignores` and `# noqa` know the codes of this plugin like all others.

These are the plugin's own. In a file they stand without the dashes in front. A wrong entry ends flake8 with a line that
names the option and the entry."""

_LOCKS = f"""\
## Opt-in rules have two locks

{", ".join(sorted(OPT_IN))} are off by default. The plugin looks for them only where `valuetask-enable` names
them, and flake8 reports them only where it is told to select them, by `select = VT` or `extend-select = VT105`: it
ignores them by default. One alone changes nothing, so `--select VT` never brings them in by accident.

```ini
[flake8]
extend-select = VT105
valuetask-enable = VT105
```"""

_PATHS = """\
## Paths need a slash

In a file, a path that has a slash starts from the folder of that file, and a path without one from the folder in which
flake8 was started. So write `./src`, not `src`. On the command line both start from the folder in which flake8 was
started. `~/envs/work` and `$HOME/envs/work` are replaced by what they stand for, in quotes as well.

A folder in `valuetask-roots` that is not there is a wrong entry. So is a `valuetask-python` that leads to no installed
packages: it may be an interpreter (`.venv/bin/python`), the folder of its environment (`./.venv`), or a command that is
found on the `PATH` (`python3.12`)."""

_CACHE = """\
## The cache

Findings of unchanged files are kept in the user's folder for caches: `~/.cache/flake8-valuetask` on Linux,
`~/Library/Caches/flake8-valuetask` on macOS, `%LOCALAPPDATA%\\flake8-valuetask\\Cache` on Windows; or where
`valuetask-cache-dir` says. In it there is a folder for each installation of the plugin and each version of Python, and
in that a small file for each file that was judged. An update, or a new installation, begins with an empty folder; then
folders that nobody has used for two weeks are removed. All of it can be deleted at any time, while flake8 runs as well:
it is made anew."""

_NAMES = """\
What the code and its annotations say, the plugin finds by itself. These options are for what they do not say. Each
entry is the dotted name under which something is defined, with its module: `mylib.fetch`, or `mylib.Client.send` for a
method."""


# Texts and files


def _origin(source: str) -> str:
    return f"<!-- Written by docs/generate.py from {source}: change it there. -->"


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def stale(made: dict[str, str], folder: Path = DOCS) -> Iterator[str]:
    """The files that are not as they should be, and those that should not be."""
    for name, text in made.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield name
    codes = {code.lower() for code in rules.load()}
    yield from (f"rules/{one.name}" for one in (folder / "rules").glob("vt*.md") if one.stem not in codes)


def write(made: dict[str, str], folder: Path = DOCS) -> None:
    """Write the pages; remove those of rules that are no more."""
    for name in stale(made, folder):
        if name not in made:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made[name], encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Write the pages, or tell which are stale."""
    parser = argparse.ArgumentParser("docs/generate.py", description="Writes the pages that are made from the source.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    made = pages()
    if not parser.parse_args(arguments).check:
        write(made)
        return 0
    found = list(stale(made))
    for name in found:
        say(f"docs/{name} is stale; `python docs/generate.py` writes it anew")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
