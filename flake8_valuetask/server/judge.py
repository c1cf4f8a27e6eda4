"""The files that are being edited, and what flake8 would say of each version.

In: the name and text of a buffer. Out: the findings that are shown, or None while it is not valid Python. One version
at a time, from whichever thread. Never: the protocol.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from flake8_valuetask import source
from flake8_valuetask.analyze import check
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import WORDS, Options
from flake8_valuetask.project import LIMIT, library, places
from flake8_valuetask.server.settings import Settings
from flake8_valuetask.server.text import Text
from flake8_valuetask.session import Session

_KEPT = 64  # files of which the last version is remembered
_ONE = threading.RLock()  # what is known of modules on disk is one for all judges


def _print(text: str) -> None:
    print(f"flake8-valuetask: {text}", file=sys.stderr)


class Judge:
    """All files of one server; `arguments` are flake8's."""

    def __init__(self, arguments: Sequence[str] = (), complain: Callable[[str], None] = _print) -> None:
        self.settings = Settings(arguments, complain)
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def findings(self, filename: str, text: Text, roots: Sequence[str] = ()) -> list[Finding] | None:
        """What flake8 would print for this text of a file, with ranges; None if it does not parse."""
        with _ONE:
            guide = self.settings.guide(filename, roots)
            if not guide.checks(filename) or not _concerns(text, guide.options):
                return []
            found = self._judged(filename, text, guide.options)
            return None if found is None else guide.shown(filename, text.lines, found)

    def options(self, filename: str, roots: Sequence[str]) -> Options:
        """Our options, as the configuration for a file has them."""
        with _ONE:
            return self.settings.guide(filename, roots).options

    def _judged(self, filename: str, text: Text, options: Options) -> list[Finding] | None:
        """The findings of a version, None if it does not parse; functions that are as they were are not analysed
        again."""
        session = self._session(filename, options)
        try:
            return session.findings(text.lines)
        except Exception:  # the way without memory says what is wrong, as a finding
            self.close(filename)
            parsed = source.parse(text.whole, filename)
            return None if parsed is None else check(parsed.tree, parsed.lines, filename, options)

    def _session(self, filename: str, options: Options) -> Session:
        session = self._sessions.get(filename)
        if session is None or session.options != options:
            session = self._sessions[filename] = Session(filename, options)
        self._sessions.move_to_end(filename)
        while len(self._sessions) > _KEPT:
            self._sessions.popitem(last=False)
        return session

    def close(self, filename: str) -> None:
        """A file is not edited any more."""
        with _ONE:
            self._sessions.pop(filename, None)

    def refresh(self) -> None:
        """Files may have changed on disk: what was taken from them is read again when it is asked for."""
        with _ONE:
            library.cache_clear()
            places.entries.cache_clear()
            places.roots.cache_clear()
            self._sessions.clear()


def _concerns(text: Text, options: Options) -> bool:
    """Whether there is anything to look at, by the plugin's own test; what a program wrote is left alone."""
    words = (*WORDS, *options.additions.words)
    return sum(map(len, text.lines)) < LIMIT and any(word in line for line in text.lines for word in words)
