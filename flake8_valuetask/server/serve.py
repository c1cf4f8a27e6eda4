"""The language server: documents, runs and their diagnostics, hover.

In: the Language Server Protocol on stdin. Out: the same on stdout, where nothing else is printed. A run has one
version of one document; a newer version takes its place. Never: analysis in the thread that reads messages.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import unquote

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from flake8_valuetask import __version__, source
from flake8_valuetask.server import settings
from flake8_valuetask.server.diagnostics import SOURCE, area, diagnostics
from flake8_valuetask.server.judge import Judge
from flake8_valuetask.server.text import Text, read

DELAY = 0.01
"""Seconds without a change before a changed document is looked at: one keystroke can be several changes."""
UNSAVED = "stdin"
"""What flake8 calls text that is in no file."""

T = TypeVar("T")


class Server(LanguageServer):
    """One client's server; the analysis has a thread of its own, and one thing to do at a time."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        # Whole texts: Python and editors agree on what ends a line, but not with what pygls splits texts by.
        self.converter = default_converter()  # type: ignore[no-untyped-call]
        whole = types.TextDocumentSyncKind.Full
        super().__init__(SOURCE, __version__, whole, converter_factory=lambda: self.converter)
        self.judge = Judge(arguments, self.complain)
        self.worker = ThreadPoolExecutor(1, "analysis")
        self.runs: dict[str, asyncio.Task[None]] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.complained = ""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What goes wrong is written to the log; it is not for the user to click away."""
        self.log(f"{type(error).__name__}: {error}")

    def log(self, text: str) -> None:
        """A line in the client's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))

    def complain(self, text: str) -> None:
        """Show what is wrong with a configuration, once; called by the thread of the analysis."""
        if text != self.complained and self.loop is not None:
            self.complained = text
            shown = types.ShowMessageParams(types.MessageType.Warning, text)
            self.loop.call_soon_threadsafe(self.window_show_message, shown)

    async def apart(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do something in the thread of the analysis, after what it is doing."""
        return await asyncio.get_running_loop().run_in_executor(self.worker, work, *arguments)

    # Documents

    def open_document(self, uri: str) -> TextDocument | None:
        """A document of Python that is open, in a file or not saved yet; None for all others."""
        found = (each for each in self.workspace.text_documents.values() if unquote(each.uri) == unquote(uri))
        document = next(found, None)
        return document if document is not None and _concerns(document) else None

    def text(self, document: TextDocument) -> Text:
        """The text of a document, and how the client counts its columns."""
        return read(document.source, str(self.workspace.position_encoding))

    def roots(self) -> list[str]:
        """The folders that are open in the client."""
        uris = [folder.uri for folder in self.workspace.folders.values()]
        paths = (to_fs_path(uri) for uri in (*uris, self.workspace.root_uri) if uri)
        return [os.path.normpath(path) for path in paths if path]

    # Runs

    def start(self, uri: str, delay: float = 0, afresh: bool = False) -> None:
        """Look at a document, `afresh` if files may have changed; a run of an older version is dropped."""
        self.stop(uri)
        if afresh:
            self.worker.submit(self.judge.refresh)
        if self.open_document(uri) is not None:
            self.runs[uri] = asyncio.get_running_loop().create_task(self._run(uri, delay))

    def stop(self, uri: str) -> None:
        """Drop the run of a document, if there is one."""
        run = self.runs.pop(uri, None)
        if run is not None:
            run.cancel()

    def start_all(self) -> None:
        """Files have changed: look at all open documents again."""
        self.worker.submit(self.judge.refresh)
        for document in list(self.workspace.text_documents.values()):
            self.start(document.uri)

    async def _run(self, uri: str, delay: float) -> None:
        await asyncio.sleep(delay)
        document = self.open_document(uri)
        if document is None:
            return
        version, text = document.version, self.text(document)
        try:
            findings = await self.apart(self.judge.findings, _filename(document), text, self.roots())
        except Exception as error:
            self.log(f"{uri}: {type(error).__name__}: {error}")
            return
        if findings is not None and self.open_document(uri) is document and document.version == version:
            self.publish(uri, version, diagnostics(findings, text, uri))

    def publish(self, uri: str, version: int | None, found: list[dict[str, Any]]) -> None:
        """Send the diagnostics of a version."""
        typed = [self.converter.structure(each, types.Diagnostic) for each in found]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, typed, version))


def _concerns(document: TextDocument) -> bool:
    """Whether a document is Python that flake8 could see: cells and old versions, say, are not."""
    scheme = document.uri.partition(":")[0]
    if scheme not in ("file", "untitled") or document.language_id not in ("python", "", None):
        return False
    return document.language_id == "python" or document.uri.endswith((".py", ".pyi"))


def _filename(document: TextDocument) -> str:
    """The path under which a document is analysed, so that its imports are found."""
    path = to_fs_path(document.uri)
    return os.path.normpath(path) if path else UNSAVED


def build(arguments: Sequence[str] = ()) -> Server:
    """A server that answers; `arguments` are flake8's."""
    server = Server(arguments)
    _listen(server)
    _watch(server)
    _answer(server)
    return server


def _listen(server: Server) -> None:
    """What happens to documents."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.start(params.text_document.uri, afresh=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.start(params.text_document.uri, DELAY)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.start(params.text_document.uri, afresh=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.stop(uri)
        server.publish(uri, None, [])
        path = to_fs_path(uri)
        await server.apart(server.judge.close, os.path.normpath(path) if path else UNSAVED)


def _watch(server: Server) -> None:
    """What happens to files."""

    @server.feature(types.INITIALIZED)
    async def ready(params: types.InitializedParams) -> None:
        server.loop = asyncio.get_running_loop()
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched and watched.dynamic_registration:
            await server.client_register_capability_async(types.RegistrationParams([_watchers()]))
        await server.apart(_warm)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def touched(params: types.DidChangeWatchedFilesParams) -> None:
        server.start_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def moved(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.start_all()


def _watchers() -> types.Registration:
    """Ask to be told of modules and of flake8's configurations."""
    patterns = (f"**/{{{','.join(settings.FILES)}}}", "**/*.{py,pyi}")
    watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    return types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)


def _warm() -> None:
    """Import what the first document will need; it stays, so that no collection of garbage goes through it again."""
    from flake8_valuetask import rules
    from flake8_valuetask.server import hover  # noqa: F401

    rules.load()
    gc.collect()
    gc.freeze()


def _answer(server: Server) -> None:
    """What is asked."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        document = server.open_document(params.text_document.uri)
        if document is None:
            return None
        return await server.apart(_hover, server, document, params.position)


def _hover(server: Server, document: TextDocument, position: types.Position) -> types.Hover | None:
    from flake8_valuetask.server.hover import hover

    text, filename = server.text(document), _filename(document)
    parsed = source.parse(text.whole, filename)
    if parsed is None:
        return None
    options = server.judge.options(filename, server.roots())
    line = position.line + 1
    told = hover(parsed, options, line, text.column(line, position.character))
    if told is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, told.text)
    return types.Hover(content, server.converter.structure(area(told.span, text), types.Range))


def serve(arguments: Sequence[str]) -> int:
    """Serve one client on stdin and stdout."""
    server = build(arguments)
    warnings.simplefilter("ignore")  # of escapes in the texts of others
    output, sys.stdout = sys.stdout, sys.stderr  # whatever prints must not disturb the protocol
    try:
        server.start_io(sys.stdin.buffer, output.buffer)
    finally:
        server.worker.shutdown(wait=False, cancel_futures=True)
    return 0
