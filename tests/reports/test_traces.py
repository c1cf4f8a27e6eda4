"""What is drawn on a terminal: traces, and the rules."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_valuetask.__main__ import main
from tests import samples
from tests.reports.running import DOUBLE, LOOP, LOST, Run


def test_trace_of_a_loop(run: Run) -> None:
    assert run("vt-trace", LOOP).splitlines() == [
        "VT102 coroutine `page` is awaited again in the next round of the loop; it is",
        "      made once, on line 5",
        "  --> sample.py:12:19",
        "   |",
        " 5 |     page = fetch()",
        "   |            ------- made here",
        "...",
        " 8 |     for url in urls:",
        "...",
        "11 |         try:",
        "12 |             print(await page)",
        "   |                   ^^^^^^^^^^ first awaited here, comes round the loop,",
        "   |                              awaited again here",
        "   |",
        "   = help: The first round awaits the coroutine to its end; the second one",
        "           awaits the same object and raises `RuntimeError: cannot reuse already",
        "           awaited coroutine`.",
        "   = more: python -m flake8_valuetask explain VT102",
        "",
    ]


def test_trace_of_a_handler_and_of_a_call_over_lines(run: Run) -> None:
    text = DOUBLE.replace(
        "    await page\n    await", "    try:\n        await page\n    except OSError:\n        await"
    )
    shown = run("vt-trace", text).splitlines()
    assert " 8 |     except OSError:"[1:] in shown
    assert "7 |     fetch(" in run("vt-trace", LOST)
    assert "  |     ^^^^^^ made here (to line 8)" in run("vt-trace", LOST)


def test_trace_of_others(run: Run) -> None:
    shown = run("vt-trace", "import os\n", select="F")
    assert shown == "F401 'os' imported but unused\n --> sample.py:1:1\n  |\n1 | import os\n  | ^\n  |\n\n"
    assert run("vt-trace", None, "none.py", select="E9").startswith("E902 FileNotFoundError: ")


def width(text: str) -> int:
    """The cells of a text, as terminals have counted them for long: by tables of Unicode, without rich."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.combining(character) > 0 for character in text)
    return len(text) + wide - none


def underlined(shown: str) -> list[tuple[str, str]]:
    """For each underline: what stands above it, by cells, and the phrase beside it or below."""
    found = []
    text = ""
    lines = shown.splitlines()
    for row, below in zip(lines, [*lines[1:], ""], strict=True):
        gutter, _, rest = row.partition("|")
        rest = rest[1:]
        if gutter.strip().isdecimal():
            text = rest
        elif mark := re.fullmatch(r"( *)(\^+|-+)( .*)?", rest):
            start, length = len(mark[1]), len(mark[2])
            above = [
                c for n, c in enumerate(text) if start <= width(text[:n]) and width(text[: n + 1]) <= start + length
            ]
            phrase = mark[3] or below.partition("|")[2]
            found.append(("".join(above), phrase.strip()))
    return found


WIDE = {
    "East Asian": ("頁 = fetch('新聞')", "print('全角文字', await 頁)"),
    "emoji": ("page = fetch('😀')", "print('😀🎉', await page)"),
    "combining": ("page = fetch('e\u0301')", "print('e\u0301a\u0308', await page)"),
    "half width": ("page = fetch('ﾊﾟ')", "print('ﾊﾟ', await page)"),
    "tabs inside": ("page =\tfetch('\t')", "print('\t\t', \tawait page)"),
    "long": (f"page = fetch('{'x' * 200}')", f"print('{'y' * 200}', await page, '{'z' * 200}')"),
    "long and wide": (f"page = fetch('{'頁' * 99}')", f"print('{'頁' * 99}', await page, '{'頁' * 99}')"),
    "long to the left": (f"page = fetch({'x' * 100!r})", f"print('{'頁' * 99}', await page)"),
}


@pytest.mark.parametrize(("made", "used"), WIDE.values(), ids=WIDE)
@pytest.mark.parametrize("indent", ["    ", "\t"], ids=["spaces", "tabs"])
def test_trace_underlines_the_right_cells_in_80(made: str, used: str, indent: str, run: Run) -> None:
    body = f"{made}\nif x:\n{indent}{used}\n{used}\n".replace("\n", f"\n{indent}").rstrip()
    text = f"async def fetch(name): ...\n\n\nasync def sample(x):\n{indent}{body}\n"
    shown = run("vt-trace", text)
    assert max(map(width, shown.splitlines())) <= 80
    assert "\t" not in shown
    name = made.partition(" ")[0]
    (call, first), *rest = underlined(shown)
    assert first == "made here"
    assert call.startswith("fetch('")
    assert rest == [(f"await {name}", "first awaited here"), (f"await {name}", "awaited again here")]


def test_trace_prints_no_control_characters(run: Run) -> None:
    text = DOUBLE.replace("    await page\n", "    await page; print('\x1b[31m\x07\x9b\u202e')\n")
    shown = run("vt-trace", text)
    assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in shown.replace("\n", ""))
    assert "print('␛[31m␇��')" in shown


def test_trace_has_colours_only_where_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.setenv(name, "1")
    assert "\x1b" not in run("vt-trace", DOUBLE)
    assert "\x1b" not in run("vt-trace", DOUBLE, "--color=never")
    coloured = run("vt-trace", DOUBLE, "--color=always")
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == run("vt-trace", DOUBLE)
    assert "\x1b[" in coloured


def on_terminal(folder: Path, *command: str, **environment: str) -> str:
    """What a command of Python prints on a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    settings = {**kept, "TERM": "xterm", **environment}
    with subprocess.Popen([sys.executable, "-m", *command], stdout=theirs, stderr=theirs, cwd=folder, env=settings):
        os.close(theirs)
        return b"".join(_read(ours)).decode("utf-8").replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    with io.FileIO(terminal) as file:
        while True:
            try:
                part = file.read(65536)
            except OSError:  # Linux: the other side is closed
                return
            if not part:
                return
            yield part


def test_trace_on_a_terminal(run: Run, tmp_path: Path) -> None:
    plain = run("vt-trace", DOUBLE)
    command = ("flake8", "--isolated", "--select=VT", "--format=vt-trace", "sample.py")
    shown = on_terminal(tmp_path, *command)
    assert "\x1b[" in shown
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == plain
    assert on_terminal(tmp_path, *command, NO_COLOR="1") == plain
    assert on_terminal(tmp_path, *command, TERM="dumb") == plain
    narrow = on_terminal(tmp_path, *command, COLUMNS="50", NO_COLOR="1")
    assert max(map(len, narrow.splitlines())) <= 50


WITHOUT_RICH = "import sys; sys.modules['rich'] = None; from flake8.main.cli import main; sys.exit(main(sys.argv[1:]))"


def test_trace_without_rich_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    command = [sys.executable, "-c", WITHOUT_RICH, "--isolated", "--select=VT", "sample.py", "--format"]
    shown = subprocess.run([*command, "vt-trace"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == 'vt-trace needs the package rich: pip install "flake8-valuetask[trace]"\n'
    others = subprocess.run([*command, "vt-json"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (others.stderr, len(json.loads(others.stdout)["findings"])) == ("", 1)


# The other ways to look at rules


def test_sub_commands_are_the_flags(capsys: pytest.CaptureFixture[str]) -> None:
    for new, old in ((["explain", "vt102"], ["--explain", "VT102"]), (["list"], ["--list"])):
        assert main(new) == 0
        shown = capsys.readouterr().out
        assert main(old) == 0
        assert capsys.readouterr().out == shown
    assert main(["explain", "VT999"]) == 1
    assert "no such rule" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["explain"], ["list", "VT101"], ["--list", "list"], ["lists"], ["explain", "a", "b"]]
)
def test_sub_commands_are_used_alone(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m flake8_valuetask" in capsys.readouterr().err


def test_rules_on_a_terminal(tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "flake8_valuetask", "explain", "VT102", COLUMNS="80")
    assert "\x1b[" in shown
    words = " ".join(re.sub(r"\x1b\[[\d;]*m", "", shown).split())
    assert words.startswith("VT102 consumed-in-loop since 0.1.0 A one-shot value made outside")
    assert "async def wait_until_ready() -> int:" in words
    listed = on_terminal(tmp_path, "flake8_valuetask", "list", COLUMNS="80", NO_COLOR="1")
    assert all(re.search(rf"^.{{,4}}{rule.code}\b.* {rule.name} ", listed, re.MULTILINE) for rule in samples.loaded())
