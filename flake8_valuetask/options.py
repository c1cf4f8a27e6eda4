"""What a user can ask of the analysis.

In: nothing. Out: `Options`. Never: parsing a command line.
"""

from __future__ import annotations

from dataclasses import dataclass

# The codes of the rules that are off unless they are asked for; the rules say so themselves, too.
OPT_IN = frozenset({"VT105", "VT308", "VT601", "VT602"})


@dataclass(frozen=True, slots=True)
class Search:
    """Where other modules are looked for: `roots` of the source tree beside those found from the file itself, the
    `interpreter` whose packages count ("" for the running one), the `cache` folder (None for the user's, "" for none).
    """

    roots: tuple[str, ...] = ()
    interpreter: str = ""
    cache: str | None = ""


@dataclass(frozen=True, slots=True)
class Options:
    """`opt_in`: the opt-in rules that are on. `everything`: analyse all bodies, suspect or not."""

    opt_in: frozenset[str] = frozenset()
    everything: bool = False
    search: Search = Search()
