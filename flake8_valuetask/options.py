"""What a user can ask of the analysis, and under which names.

In: words of a configuration. Out: `Options`, or `WrongEntry` with the option and the entry. Never: flake8,
a command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from flake8_valuetask import folders
from flake8_valuetask.records import comparable

# The codes of the rules that are off unless they are asked for; the rules say so themselves, too.
OPT_IN = frozenset({"VT105", "VT308", "VT601", "VT602"})
# A module without these words, and without a configured name, makes, takes and awaits nothing that is one-shot.
WORDS = ("async", "await", "ValueTask", "Coroutine")
KINDS = ("valuetask", "coroutine", "step")


class WrongEntry(ValueError):
    """An entry of an option that means nothing; the text names both."""


class Option(NamedTuple):
    """An option of flake8: its name without `--valuetask-`, what stands for its value ("" for a switch), whether
    that is a list, what it does, and an example for a configuration file."""

    name: str
    metavar: str
    many: bool
    help: str
    example: str


NAMES: tuple[Option, ...] = (
    Option(
        "one-shot",
        "TYPES",
        True,
        "Types whose instances may be consumed once, like a ValueTask.",
        "mylib.Reply",
    ),
    Option(
        "producers",
        "FUNCTIONS",
        True,
        "Functions whose result may be awaited once, like a coroutine, though nothing else says so.",
        "mylib.fetch, mylib.Client.send",
    ),
    Option(
        "consumers",
        "FUNCTIONS",
        True,
        "Functions that consume the one-shot values they are given, before they return.",
        "mylib.run_now",
    ),
    Option(
        "readers",
        "FUNCTIONS",
        True,
        "Functions that only look at the values they are given: nothing is consumed, kept or handed over.",
        "mylib.log",
    ),
    Option(
        "combinators",
        "FUNCTIONS",
        True,
        "Functions that await all their arguments together, as asyncio.gather() does.",
        "mylib.together",
    ),
    Option(
        "caches",
        "DECORATORS",
        True,
        "Decorators that keep what a function gave, and give it again.",
        "mylib.remember",
    ),
    Option(
        "swallowing",
        "MANAGERS",
        True,
        "Context managers that can swallow an exception of their body.",
        "mylib.log_and_go_on",
    ),
    Option(
        "no-return",
        "FUNCTIONS",
        True,
        "Functions that never return: they raise, or end the program.",
        "mylib.fail",
    ),
)
OTHERS: tuple[Option, ...] = (
    Option(
        "enable",
        "CODES",
        True,
        f"Opt-in rules to switch on ({', '.join(sorted(OPT_IN))}); flake8 has to select them as well.",
        "VT105, VT601",
    ),
    Option(
        "kinds",
        "KINDS",
        True,
        f"The kinds of one-shot values that are judged; all of them ({', '.join(KINDS)}) unless some are named.",
        "valuetask, coroutine",
    ),
    Option(
        "roots",
        "FOLDERS",
        True,
        "Folders where modules of the project are searched first; others are found from each file's own place. "
        "In a configuration file a path with a slash starts from that file's folder.",
        "./src, ./tools/lib",
    ),
    Option(
        "python",
        "PATH",
        False,
        "The interpreter whose installed packages are read (it is not run), or its environment's folder; the one that "
        "runs flake8 by default.",
        ".venv/bin/python",
    ),
    Option(
        "cache-dir",
        "FOLDER",
        False,
        "Where the findings of files that have not changed are kept; a folder of the user's caches by default.",
        ".cache/flake8-valuetask",
    ),
    Option("no-cache", "", False, "Keep nothing on disk.", "true"),
)
PATHS = frozenset({"roots", "python", "cache-dir"})


@comparable
class Search:
    """Where other modules are looked for: `roots` of the source tree beside those found from the file itself, the
    `interpreter` whose packages count ("" for the running one), the `cache` folder (None for the user's, "" for none).
    """

    roots: tuple[str, ...] = ()
    interpreter: str = ""
    cache: str | None = ""


@comparable
class Additions:
    """Dotted names that a configuration adds to the tables of well-known APIs."""

    one_shot: frozenset[str] = frozenset()
    producers: frozenset[str] = frozenset()
    consumers: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    combinators: frozenset[str] = frozenset()
    caches: frozenset[str] = frozenset()
    swallowing: frozenset[str] = frozenset()
    no_return: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """The last part of each name: a module that says none of them uses none of these."""
        return frozenset(name.rpartition(".")[2] for each in self.__match_args__ for name in getattr(self, each))


@comparable
class Options:
    """`opt_in`: the opt-in rules that are on. `everything`: analyse all bodies, suspect or not. `kinds`: those
    judged. `search`: where modules are. `additions`: to the tables of well-known names."""

    opt_in: frozenset[str] = frozenset()
    everything: bool = False
    kinds: frozenset[str] = frozenset(KINDS)
    search: Search = Search()
    additions: Additions = Additions()

    @property
    def key(self) -> tuple[object, ...]:
        """What findings depend on, in an order of its own."""
        added = [sorted(getattr(self.additions, name)) for name in self.additions.__match_args__]
        return (sorted(self.opt_in), self.everything, sorted(self.kinds), self.search.interpreter, added)


def parse(given: Mapping[str, object]) -> Options:
    """The options for the values of a configuration, by the names of `NAMES` and `OTHERS`.

    Raises WrongEntry for a name that is not dotted, an unknown code, an unknown kind, an environment without packages,
    a root that is no folder.
    """
    cache = "" if given.get("no-cache") else folders.expanded(str(given.get("cache-dir") or "")) or None
    search = Search(tuple(_folders(given, "roots")), _environment(given, "python"), cache)
    added = {option.name.replace("-", "_"): frozenset(_dotted(given, option.name)) for option in NAMES}
    return Options(
        opt_in=frozenset(_known({"enable": _codes(given, "enable")}, "enable", OPT_IN, "opt-in rule")),
        kinds=frozenset(_known(given, "kinds", frozenset(KINDS), "kind") or KINDS),
        search=search,
        additions=Additions(**added),
    )


def _words(given: Mapping[str, object], name: str) -> list[str]:
    found = given.get(name) or ()
    return [str(word) for word in found] if isinstance(found, list | tuple) else [str(found)]


def _folders(given: Mapping[str, object], name: str) -> list[str]:
    found = [folders.expanded(word) for word in _words(given, name)]
    for folder in found:
        if not os.path.isdir(folder):
            raise WrongEntry(f"--valuetask-{name}: {folder!r} is no folder")
    return found


def _environment(given: Mapping[str, object], name: str) -> str:
    """The interpreter or the folder of an environment; "" for none."""
    written = folders.expanded(str(given.get(name) or ""))
    path = folders.interpreter(written) if written else ""
    if path and not folders.packages(path):
        what = "interpreter or environment with a folder site-packages, such as .venv/bin/python or ./.venv"
        raise WrongEntry(f"--valuetask-{name}: {written!r} is no {what}")
    return path


def _dotted(given: Mapping[str, object], name: str) -> list[str]:
    for word in _words(given, name):
        parts = word.split(".")
        if len(parts) < 2 or not all(part.isidentifier() for part in parts):
            raise WrongEntry(f"--valuetask-{name}: {word!r} is no dotted name of a module's member, such as mylib.name")
    return _words(given, name)


def _codes(given: Mapping[str, object], name: str) -> list[str]:
    """Codes, also in small letters."""
    return [word.upper() if word.upper() in OPT_IN else word for word in _words(given, name)]


def _known(given: Mapping[str, object], name: str, known: frozenset[str], what: str) -> list[str]:
    for word in _words(given, name):
        if word not in known:
            raise WrongEntry(f"--valuetask-{name}: {word!r} is no {what}; these are: {', '.join(sorted(known))}")
    return _words(given, name)
