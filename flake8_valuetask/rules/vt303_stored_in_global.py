"""A one-shot value is stored in a global or in an outer variable that outlives it

Why
---
A module-level name is shared by every function and every task of the program, and the module is
executed once. Whoever comes second gets `RuntimeError: cannot reuse already awaited coroutine`, or
`ValueTaskConsumedError` with a `ValueTask`. If nobody comes, the interpreter complains at its end:
`RuntimeWarning: coroutine 'load_settings' was never awaited`. People write it because module level
cannot await, and a setting or a connection should be prepared only once.

Wrong
-----

    import asyncio


    async def load_settings() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"mode": "fast"}


    settings = load_settings()  # want: VT303


    async def mode() -> str:
        return (await settings)["mode"]

Right
-----

    import asyncio


    async def load_settings() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"mode": "fast"}


    async def mode() -> str:
        return (await load_settings())["mode"]

How it is decided
-----------------
An assignment at module level, to a `global` name, or to a `nonlocal` name whose function outlives
the body that made the value. The finding stands at the storing statement; what other functions do
with the name adds none. A value that the module consumes itself, as in
`asyncio.run(load_settings())`, is not stored.

Known misses
------------
Globals of other modules (`other.settings = ...` is VT301), and names written through `globals()` or
`exec`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flake8_valuetask.rule import Report, rule
from flake8_valuetask.rules import words
from flake8_valuetask.typestate import Flow


@rule("VT303", name="stored-in-global", since="0.1.0", message="{kind} `{name}` is stored in a global; {keep}")
def stored_in_global(flow: Flow) -> Iterable[Report]:
    """Values stored in a global."""
    for step in flow.steps("store"):
        if step.how == "global" or (
            step.how == "nonlocal" and getattr(step.event, "target", "") in flow.body.outliving
        ):
            yield words.plain(step)
    for loss in flow.losses():
        if words.mine(loss) and loss.kept and not loss.consumed:
            yield words.lost(loss)
