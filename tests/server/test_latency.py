"""How long an answer takes."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from textwrap import dedent

from tests.server.clients import Editor

FUNCTION = dedent(
    """

    async def fetch_{n}(url: str) -> str:
        return url


    class Client{n}:
        def __init__(self, url: str) -> None:
            self.url = url

        async def load_{n}(self, retry: bool) -> str:
            page = fetch_{n}(self.url)
            try:
                text = await page
            except OSError:
                if not retry:
                    raise
                text = await fetch_{n}(self.url)
            return text
    """
)


def test_latency(editor: Editor, folder: Path) -> None:
    uri = (folder / "long.py").as_uri()
    text = "".join(FUNCTION.replace("{n}", str(n)) for n in range(55))
    assert 1000 < text.count("\n") < 1100
    editor.open(uri, text)
    editor.diagnostics(uri)
    taken = []
    for number in range(17):
        line = f"text = await page  # {number}" if number % 2 else "text = await page + await page"
        start = time.perf_counter()
        found = editor.lines(uri, editor.change(uri, text.replace("text = await page", line, 1)))
        taken.append(time.perf_counter() - start)
        assert len(found) == (number + 1) % 2
    median, worst = statistics.median(taken[1:]), statistics.quantiles(taken[1:], n=20)[-1]
    print(
        f"\na change of {text.count(chr(10))} lines: median {median * 1000:.0f} ms, 95th percentile {worst * 1000:.0f} ms"
    )
    assert median < 1
