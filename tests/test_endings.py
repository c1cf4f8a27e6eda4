"""Where a value is lost: what the messages of VT402 and VT403 say, and the places on the path."""

from __future__ import annotations

import pytest

from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.session import Session
from tests.analyses import findings, lines_of

HEAD = "import contextlib\nasync def fetch(key=1): ...\n"

# Bodies of `async def main(a, b)`, whose first line is 4: the end of the message, and places with their lines.
ENDINGS = {
    "a return": (
        "page = fetch()\nif a:\n    return\nawait page\n",
        "it is lost on line 6",
        [("made here", 4), ("awaited here", 7), ("lost here", 6)],
    ),
    "the first of several returns": (
        "page = fetch()\nif a:\n    return 1\nif b:\n    return 2\nawait page\n",
        "it is lost on line 6",
        [("made here", 4), ("awaited here", 9), ("lost here", 6)],
    ),
    "the end": (
        "page = fetch()\nif a:\n    await page\n",
        "it is lost at the end",
        [("made here", 4), ("awaited here", 6)],
    ),
    "a return, before the end": (
        "page = fetch()\nif a:\n    return\nif b:\n    await page\n",
        "it is lost on line 6",
        [("made here", 4), ("awaited here", 8), ("lost here", 6)],
    ),
    "an exception that a handler takes": (
        "page = fetch()\ntry:\n    a()\n    b()\n    await page\nexcept OSError:\n    print()\n",
        "it is lost if line 6 raises",
        [("made here", 4), ("awaited here", 8), ("if this raises", 6)],
    ),
    "a handler that returns": (
        "page = fetch()\ntry:\n    a()\n    await page\nexcept OSError:\n    return\n",
        "it is lost on line 9 if line 6 raises",
        [("made here", 4), ("awaited here", 7), ("if this raises", 6), ("lost here", 9)],
    ),
    "an exception that a manager swallows": (
        "page = fetch()\nwith contextlib.suppress(OSError):\n    a()\n    await page\n",
        "it is lost if line 6 raises",
        [("made here", 4), ("awaited here", 7), ("if this raises", 6)],
    ),
    "an exception before the value was made": (
        "try:\n    a()\nexcept OSError:\n    pass\npage = fetch()\nif b:\n    return\nawait page\n",
        "it is lost on line 10",
        [("made here", 8), ("awaited here", 11), ("lost here", 10)],
    ),
    "an exception that does not matter": (
        "page = fetch()\ntry:\n    a()\nexcept OSError:\n    pass\nif b:\n    return\nawait page\n",
        "it is lost on line 10",
        [("made here", 4), ("awaited here", 11), ("lost here", 10)],
    ),
    "a return through a finally": (
        "page = fetch()\ntry:\n    if a:\n        return\n    await page\nfinally:\n    print()\n",
        "it is lost on line 7",
        [("made here", 4), ("awaited here", 8), ("lost here", 7)],
    ),
    "awaited in a finally": (
        "page = fetch()\ntry:\n    a()\nfinally:\n    if b:\n        await page\n",
        "it is lost at the end",
        [("made here", 4), ("awaited here", 9)],
    ),
    "a break out of a loop that leads to the return": (
        "page = fetch()\nwhile True:\n    if a():\n        break\nif b:\n    return\nawait page\n",
        "it is lost on line 9",
        [("made here", 4), ("awaited here", 10), ("lost here", 9)],
    ),
    "break": (
        "for key in a:\n    page = fetch(key)\n    if b:\n        break\n    await page\n",
        "it is lost on line 7",
        [("made here", 5), ("awaited here", 8), ("lost here", 7)],
    ),
    "a break, behind which it may be awaited": (
        "for key in a:\n    page = fetch(key)\n    if key > 1:\n        break\n    page.close()\n    return\nif b:\n    await page\n",
        "it is lost at the end",
        [("made here", 5), ("closed here", 8), ("awaited here", 11)],
    ),
    "a break out of a handler": (
        "for key in a:\n    page = fetch(key)\n    try:\n        a()\n    except OSError:\n        break\n    await page\n",
        "it is lost on line 9 if line 7 raises",
        [("made here", 5), ("awaited here", 10), ("if this raises", 7), ("lost here", 9)],
    ),
    "continue": (
        "for key in a:\n    page = fetch(key)\n    if b:\n        continue\n    await page\n",
        "it is lost on line 7",
        [("made here", 5), ("awaited here", 8), ("lost here", 7)],
    ),
    "the next round": (
        "while True:\n    page = fetch()\n    if a():\n        await page\n",
        "it is lost in the next round",
        [("made here", 5), ("awaited here", 7)],
    ),
    "returned elsewhere": (
        "page = fetch()\nif a:\n    return page\nreturn None\n",
        "it is lost on line 7",
        [("made here", 4), ("returned here", 6), ("lost here", 7)],
    ),
    "overwritten": (
        "page = fetch()\nif a:\n    page = fetch(2)\nawait page\n",
        "loses its last name on line 6 before it is awaited",
        [("made here", 4), ("awaited here", 7), ("lost here", 6)],
    ),
    "deleted": (
        "page = fetch()\nif a:\n    del page\n    return\nawait page\n",
        "loses its last name on line 6 before it is awaited",
        [("made here", 4), ("awaited here", 8), ("lost here", 6)],
    ),
    "overwritten in the next round": (
        "for key in a:\n    page = fetch(key)\nawait page\n",
        "loses its last name in the next round before it is awaited",
        [("made here", 5), ("awaited here", 6)],
    ),
}


def _program(body: str) -> str:
    return f"{HEAD}async def main(a, b):\n" + "".join(f"    {line}" for line in body.splitlines(keepends=True))


@pytest.mark.parametrize("name", ENDINGS)
def test_where_a_value_is_lost(name: str) -> None:
    body, ending, places = ENDINGS[name]
    found = [each for each in findings(_program(body)) if each.code in ("VT402", "VT403")]
    assert [each.message.endswith(ending) for each in found] == [True], found
    assert [(place.phrase, place.span.line) for place in found[0].places] == places


def test_a_parameter_is_received() -> None:
    text = "from collections.abc import Coroutine\n\n\nasync def main(page: Coroutine, a):\n    if a:\n        return\n    await page\n"
    (found,) = findings(text)
    assert found.message == "coroutine `page` is not awaited on every path; it is lost on line 6"
    assert [place.phrase for place in found.places] == ["received here", "awaited here", "lost here"]


def test_lines_are_moved_while_a_file_is_edited() -> None:
    session = Session("sample.py", Options(opt_in=OPT_IN))
    text = _program(ENDINGS["a handler that returns"][0])
    session.findings(lines_of(text))
    (found,) = session.findings(lines_of("# one more line\n" + text)) or []
    assert session.judgements == 1
    assert found.message.endswith("it is lost on line 10 if line 7 raises")
    assert [place.span.line for place in found.places] == [5, 8, 7, 10]


def test_nothing_is_said_of_lines_if_it_takes_too_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flake8_valuetask.typestate.Typestate._endings", lambda *_: [])
    (found,) = findings(_program(ENDINGS["a return"][0]))
    assert found.message == "coroutine `fetch()` is not awaited on every path"


def test_no_line_is_named_where_paths_were_joined() -> None:
    ways = "".join(f"if a({n}):\n    name{n} = page\n" for n in range(6))
    body = f"page = fetch()\nif b:\n    await page\n    return\n{ways}page = fetch(2)\nif a:\n    return\nawait page\n"
    [found] = [each for each in findings(_program(body)) if each.code == "VT402"][-1:]
    assert found.message == "coroutine `fetch()` is not awaited on every path"
    assert "lost here" not in [place.phrase for place in found.places]
