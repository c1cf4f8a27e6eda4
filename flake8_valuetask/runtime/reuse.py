"""What has to be known before a spent ValueTask may be used again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

__all__ = ["SOLE", "getrefcount", "is_tracing"]

_counts_references = sys.implementation.name == "cpython"

getrefcount: Final[Callable[[object], int]] = sys.getrefcount if _counts_references else id

# What getrefcount() says of the `self` of a generator that nothing else refers to. Its frame has one reference; the
# argument of the call is another until Python 3.13, and is borrowed from the frame since then. Were this too low,
# nothing would be used again; it must not be too high.
SOLE: Final = (2 if sys.version_info < (3, 14) else 1) if _counts_references else -1

try:
    # The C module behind tracemalloc, which itself would bring pickle and more along.
    from _tracemalloc import is_tracing
except ImportError:

    def is_tracing() -> bool:
        """Say whether tracemalloc is recording. Where it is missing nobody knows: nothing is used again then."""
        return True
