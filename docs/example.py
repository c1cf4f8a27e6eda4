"""Awaitables that may be awaited once: a mistake to a function, and the cure beside it."""

import asyncio
from functools import cache


async def fetch(name: str) -> str:
    await asyncio.sleep(0)
    return f"page {name}"


async def measure(verbose: bool) -> int:
    page = fetch("news")
    if verbose:
        print(await page)
    return len(await page)  # the second await of a coroutine raises RuntimeError


async def measure_rightly(verbose: bool) -> int:
    page = await fetch("news")
    if verbose:
        print(page)
    return len(page)


async def warm_up() -> None:
    fetch("news")  # nothing runs


async def warm_up_rightly() -> None:
    await fetch("news")


@cache
async def settings() -> str:  # the second caller gets a coroutine that has run
    return await fetch("settings")


async def settings_rightly(known: dict[str, str]) -> str:
    if "settings" not in known:
        known["settings"] = await fetch("settings")
    return known["settings"]


async def both() -> list[str]:
    pages = [fetch("news"), fetch("sport")]
    await asyncio.gather(*pages)
    return await asyncio.gather(*pages)  # the same coroutines once more


async def both_rightly() -> list[str]:
    pages = [fetch("news"), fetch("sport")]
    return await asyncio.gather(*pages)
