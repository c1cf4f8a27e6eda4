"""The rules: a module per code, filters over steps and events.

In: flows. Out: reports. Never: trees, one another. `load()` imports every module `vtNNN_*`, each
of which registers its rule.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from flake8_valuetask.rule import RULES, Rule


def load() -> Mapping[str, Rule]:
    """All rules by code."""
    if not RULES:
        for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
            if module.startswith("vt"):
                importlib.import_module(f"{__name__}.{module}")
    return RULES
