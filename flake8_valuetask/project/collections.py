"""Garbage collections, kept out of work that makes little garbage.

In: nothing. Out: a context manager. Never: freezing what the program around us has made.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """No collections meanwhile: trees and scopes grow and are kept, and each would be looked at again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
