"""The markers of a fixture.

In: source text. Out: for each line the codes that are true there. Never: judging them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Markers: TypeAlias = Mapping[int, frozenset[str]]

MARKER = re.compile(r"#\s*(?:want|miss):\s*(VT\d{3}(?:\s*,\s*VT\d{3})*)")
CODE = re.compile(r"VT\d{3}")


def markers_of(source: str) -> Markers:
    """Wanted and missed findings alike are true; a `false:` one is not."""
    found: dict[int, frozenset[str]] = {}
    for number, line in enumerate(source.splitlines(), start=1):
        codes = frozenset(code for marker in MARKER.findall(line) for code in CODE.findall(marker))
        if codes:
            found[number] = codes
    return found
