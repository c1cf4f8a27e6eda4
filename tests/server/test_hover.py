"""What is told of the name under the pointer."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from lsprotocol import types

from flake8_valuetask import source
from flake8_valuetask.options import Options
from flake8_valuetask.server import names
from flake8_valuetask.server.hover import hover
from tests import samples
from tests.server.clients import DOUBLE, Editor

HOVERED = dedent(
    """\
    import asyncio
    from collections.abc import Coroutine


    async def fetch(): ...


    async def both(verbose, given: Coroutine[None, None, int]):
        page = fetch()  # page
        other = page
        if verbose:
            await page
        await page
        jobs = [fetch(), fetch()]
        await asyncio.gather(*jobs)
        for job in jobs:
            print(job)
        task = fetch()
        asyncio.create_task(task)
        print(task, other)
        await given
        sent = fetch()
        keep(sent)
        return sent


    async def loop(urls):
        jobs = {url: fetch() for url in urls}
        for url, job in jobs.items():
            await job
        return [await job for job in jobs.values()]


    last = fetch()
    asyncio.run(last)
    print(last)
    """
)
TOLD = {
    (9, 4): "`page`: coroutine `fetch()`, made on line 9; fresh, nothing has consumed it",
    (10, 12): "`page`: coroutine `fetch()`, made on line 9; fresh, nothing has consumed it",
    (10, 4): "`other`: coroutine `fetch()`, made on line 9; fresh, nothing has consumed it",
    (12, 14): "`page`: coroutine `fetch()`, made on line 9; fresh, nothing has consumed it",
    (13, 10): "`page`: coroutine `fetch()`, made on line 9; by the path taken:\n\n"
    "- fresh, nothing has consumed it\n- awaited on line 12",
    (14, 4): "in `jobs`: coroutine `fetch()`, made on line 14; fresh, nothing has consumed it",
    (16, 15): "in `jobs`: coroutine `fetch()`, made on line 14; given to `asyncio.gather` on line 15",
    (20, 10): "`task`: coroutine `fetch()`, made on line 18; handed to `asyncio.create_task()` on line 19",
    (8, 24): "`given`: coroutine from the caller; fresh, nothing has consumed it",
    (21, 10): "`given`: coroutine from the caller; fresh, nothing has consumed it",
    (24, 11): "`sent`: coroutine `fetch()`, made on line 22; handed to `keep()` on line 23",
    (29, 20): "in `jobs`: coroutine `fetch()`, made on line 28; fresh, nothing has consumed it",
    (29, 13): "`job`: coroutine `fetch()`, made on line 28; fresh, nothing has consumed it",
    (30, 14): "`job`: coroutine `fetch()`, made on line 28; fresh, nothing has consumed it",
    (31, 18): "`job`: coroutine `fetch()`, made on line 28; awaited on line 30",
    (36, 6): "`last`: coroutine `fetch()`, made on line 34; given to `asyncio.run` on line 35",
    (9, 11): None,  # a function
    (9, 22): None,  # a comment
    (8, 15): None,  # of no interest
    (1, 8): None,
}


@pytest.mark.parametrize("place", TOLD)
def test_hover(place: tuple[int, int]) -> None:
    parsed = source.parse(HOVERED)
    assert parsed is not None
    told = hover(parsed, Options(), *place)
    assert (told and told.text) == TOLD[place]


def test_hover_in_an_editor(editor: Editor, folder: Path) -> None:
    uri = (folder / "hovered.py").as_uri()
    editor.open(uri, DOUBLE)
    found = editor.hover(uri, 8, 18)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind is types.MarkupKind.Markdown
    assert "- awaited on line 8" in found.contents.value
    assert str(found.range) == "8:17-8:21"
    assert editor.hover(uri, 0, 0) is None
    assert editor.hover(uri, 100, 100) is None


def test_hover_over_all_names_of_fixtures() -> None:
    for path in samples.lasting("vt102_consumed_in_loop")[:1] + samples.lasting("vt306_captured_by_closure")[:1]:
        parsed = source.parse(samples.fixture(path).text, str(path))
        assert parsed is not None
        for number, line in enumerate(parsed.lines[:60], 1):
            for column in (line.find("await ") + 6, len(line) - len(line.lstrip())):
                found = names.find(parsed, number, column)
                told = hover(parsed, Options(), number, column)
                assert told is None or (found is not None and told.span == found.span and "line 0" not in told.text)
