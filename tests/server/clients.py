"""A client of language servers, and texts for it."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter

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
    converter.register_structure_hook_func(lambda t: str(t) == str(kind), lambda value, _: None)
    return converter


SERVER = [sys.executable, "-m", "flake8_valuetask.server"]


def shown(found: types.Diagnostic) -> tuple[int, int, int, int]:
    """A range, from 0."""
    start, end = found.range.start, found.range.end
    return start.line, start.character, end.line, end.character
