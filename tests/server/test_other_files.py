"""What other files mean to the language server: modules and configurations."""

from __future__ import annotations

from pathlib import Path

from tests.server.clients import DOUBLE, SERVER, Editor


def test_imports_of_an_unsaved_file_are_found(editor: Editor, folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "remote.py").write_text("async def fetch(): ...\n", encoding="utf-8")
    uri = (folder / "shop" / "unsaved.py").as_uri()
    editor.open(uri, "from shop.remote import fetch\n\n\nasync def sample():\n    fetch()\n")
    assert editor.lines(uri) == [(4, 4, "VT401")]
    assert not (folder / "shop" / "unsaved.py").exists()


def test_other_module_is_saved(editor: Editor, folder: Path) -> None:
    remote = folder / "changing.py"
    remote.write_text("async def fetch(): ...\n", encoding="utf-8")
    uri = (folder / "using.py").as_uri()
    editor.open(uri, "from changing import fetch\n\n\nasync def sample():\n    fetch()\n")
    assert editor.lines(uri) == [(4, 4, "VT401")]
    remote.write_text("def fetch(): ...  # now plain\n", encoding="utf-8")
    skip = len(editor.published)
    editor.touch(remote)
    assert editor.lines(uri, skip=skip) == []
    remote.write_text("async def fetch(): ...  # and back\n", encoding="utf-8")
    editor.open(remote.as_uri(), remote.read_text(encoding="utf-8"))
    editor.save(remote.as_uri())
    editor.diagnostics(remote.as_uri())
    text = (
        "from changing import fetch\n\n\nasync def sample():\n    return fetch\n\n\nasync def other():\n    fetch()\n"
    )
    assert editor.lines(uri, editor.change(uri, text)) == [(8, 4, "VT401")]


def test_configuration_is_read_again(tmp_path: Path) -> None:
    editor = Editor(SERVER, tmp_path)
    try:
        _configurations(editor, tmp_path)
    finally:
        editor.leave()


def _configurations(editor: Editor, folder: Path) -> None:
    uri, file = (folder / "sample.py").as_uri(), folder / ".flake8"
    editor.until(lambda: editor.watched)
    editor.open(uri, DOUBLE)
    assert editor.lines(uri) == [(8, 11, "VT101")]
    file.write_text("[flake8]\nextend-ignore = VT101\n", encoding="utf-8")
    assert editor.lines(uri, editor.change(uri, f"{DOUBLE}\n")) == []
    file.write_text("[flake8]\nper-file-ignores =\n    other.py: VT101\n", encoding="utf-8")
    skip = len(editor.published)
    editor.touch(file)
    assert editor.lines(uri, 2, skip) == [(8, 11, "VT101")]
    file.write_text("[flake8]\nvaluetask-enable = VT1\n", encoding="utf-8")
    assert editor.lines(uri, editor.change(uri, DOUBLE)) == [(8, 11, "VT101")]
    editor.until(lambda: editor.messages)
    assert "--valuetask-enable: 'VT1' is no opt-in rule" in editor.messages[0]
    file.write_text("[flake8]\nexclude = sample.py\n", encoding="utf-8")
    assert editor.lines(uri, editor.change(uri, f"{DOUBLE}\n")) == []
    assert len(editor.messages) == 1
