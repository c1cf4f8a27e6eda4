"""What flake8 would show in a folder: its own options, style guide and `# noqa`, for our codes.

In: a folder, and arguments of flake8's command line. Out: `Guide`: our options, the files that are checked, the
findings that are shown. Read again when a configuration file changes. Never: analysis, a parser of configurations of
its own, other people's plugins (their options are passed over).
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import EntryPoint
from typing import Any, NamedTuple

import flake8  # type: ignore[import-untyped]
from flake8 import exceptions, processor, style_guide, utils
from flake8.defaults import NOQA_INLINE_REGEXP  # type: ignore[import-untyped]
from flake8.main import options as defaults  # type: ignore[import-untyped]
from flake8.options import aggregator, config, manager  # type: ignore[import-untyped]
from flake8.plugins import finder  # type: ignore[import-untyped]

from flake8_valuetask import __version__
from flake8_valuetask.finding import Finding
from flake8_valuetask.options import Options
from flake8_valuetask.plugin import Plugin

FILES = ("setup.cfg", "tox.ini", ".flake8")
"""Where flake8 looks for its configuration."""

_LOG = logging.getLogger(__name__)


class BadConfiguration(ValueError):
    """flake8 would stop here; the text says why."""


class _Quiet:
    """A formatter that prints nothing."""

    def handle(self, violation: object) -> None:
        """A finding that is shown."""


class Guide:
    """flake8 in one folder, after it has read its configuration."""

    def __init__(self, folder: str, namespace: argparse.Namespace, options: Options) -> None:
        self.folder = folder
        self.options = options
        self._namespace = namespace
        self._excluded = (*namespace.exclude, *namespace.extend_exclude)
        self._guides = style_guide.StyleGuideManager(_without_files(namespace), _Quiet())
        # flake8 takes these patterns as seen from where it runs; that is the folder, not this process's.
        for name, codes in utils.parse_files_to_codes_mapping(namespace.per_file_ignores):
            pattern = utils.normalize_path(name, folder)
            copied = self._guides.default_style_guide.copy(filename=pattern, extend_ignore_with=codes)
            self._guides.style_guides.append(copied)

    def checks(self, filename: str) -> bool:
        """Whether `flake8` in this folder would come to a file; it would not enter excluded folders."""
        if not os.path.isabs(filename):
            return True
        if any(self._excludes(path) for path in _upwards(filename, self.folder)):
            return False
        inside = filename.startswith(os.path.join(self.folder, ""))
        seen = os.path.join(os.curdir, os.path.relpath(filename, self.folder)) if inside else filename
        return bool(utils.fnmatch(seen, self._namespace.filename))

    def _excludes(self, path: str) -> bool:
        message = '"%(path)s" has %(whether)sbeen excluded'
        return bool(utils.matches_filename(path, patterns=self._excluded, log_message=message, logger=_LOG))

    def shown(self, filename: str, lines: Sequence[str], findings: Iterable[Finding]) -> list[Finding]:
        """The findings that are selected, not ignored for the file, and not silenced by `# noqa`."""
        read = processor.FileProcessor(filename, self._namespace, lines=list(lines))
        if read.should_ignore_file():
            return []
        # flake8 puts lines together by their tokens; that takes long, and is needed only where there is a comment.
        silent = NOQA_INLINE_REGEXP.search("".join(lines)) is None
        return [finding for finding in findings if self._reports(filename, finding, None if silent else read)]

    def _reports(self, filename: str, finding: Finding, read: Any) -> bool:
        line, column = finding.span.line, finding.span.column
        beside = "" if read is None else read.noqa_line_for(line)
        if beside is None:
            beside = read.lines[line - 1] if 0 < line <= len(read.lines) else ""
        return bool(self._guides.handle_error(finding.code, filename, line, column, finding.message, beside))


def _without_files(namespace: argparse.Namespace) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(namespace), "per_file_ignores": ""})


def _upwards(filename: str, folder: str) -> Iterator[str]:
    """A file and the folders around it that are inside `folder`."""
    yield filename
    inside = os.path.join(folder, "")
    above = os.path.dirname(filename)
    while above.startswith(inside):
        yield above
        above = os.path.dirname(above)


def load(folder: str, file: str | None, arguments: Sequence[str] = ()) -> Guide:
    """flake8's options in `folder` with the configuration `file`; raises BadConfiguration where flake8 stops."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return _load(folder, file, arguments)
    except SystemExit as error:
        lines = said.getvalue().strip().splitlines()
        raise BadConfiguration(lines[-1] if lines else str(error)) from None
    except (exceptions.Flake8Exception, configparser.Error, ValueError, OSError) as error:
        raise BadConfiguration(" ".join(str(error).split())) from error


def _load(folder: str, file: str | None, arguments: Sequence[str]) -> Guide:
    first = defaults.stage1_arg_parser()
    early, rest = first.parse_known_args(list(arguments))
    chosen = os.path.join(folder, early.config) if early.config else file
    extra = [os.path.join(folder, each) for each in early.append_config]
    isolated = early.isolated or (chosen is None and not extra)
    parsed, home = config.load_config(chosen, extra, isolated=isolated)
    options = manager.OptionManager(
        version=flake8.__version__, plugin_versions="", parents=[first], formatter_names=["default"]
    )
    defaults.register_default_options(options)
    options.register_plugins(finder.load_plugins([_ours()], finder.PluginOptions.blank()))
    namespace = aggregator.aggregate_options(options, parsed, home, rest)
    Plugin.parse_options(namespace)
    return Guide(folder, namespace, Plugin.options)


def _ours() -> Any:
    """This plugin, as flake8 finds it; no other one is loaded into an editor's server."""
    entry = EntryPoint("VT", "flake8_valuetask.plugin:Plugin", "flake8.extension")
    return finder.Plugin("flake8-valuetask", __version__, entry)


_Stamp = tuple[tuple[str, int, int], ...]


class _Known(NamedTuple):
    stamp: _Stamp
    guide: Guide


class Settings:
    """The guides of a workspace; `complain` is told what is wrong with a configuration."""

    def __init__(self, arguments: Sequence[str], complain: Callable[[str], None]) -> None:
        self._arguments = tuple(arguments)
        self._complain = complain
        self._known: dict[tuple[str, str], _Known] = {}

    def guide(self, filename: str, roots: Sequence[str]) -> Guide:
        """The guide for a file: flake8 runs in the root that holds it, or else where the configuration is."""
        around = [root for root in roots if filename.startswith(os.path.join(root, ""))]
        home = os.path.dirname(filename) if os.path.isabs(filename) else next(iter(roots), os.getcwd())
        root = max(around, key=len, default="")
        stamp = (*_stamp(root or home), *_stamp(home), *self._named(root or home))
        known = self._known.get((root, home))
        if known is None or known.stamp != stamp:
            known = self._known[root, home] = _Known(stamp, self._read(root, home, known))
        return known.guide

    def _named(self, root: str) -> _Stamp:
        """The files that are named in the arguments, as they are now."""
        values = (each.rpartition("=")[2] for each in self._arguments)
        return tuple(_stamps(os.path.join(root, value) for value in values))

    def _read(self, root: str, home: str, before: _Known | None) -> Guide:
        """Read a configuration; while it is wrong, the one before it stays, or flake8's defaults hold."""
        file = _search(root) if root else None
        folder = root or home
        if file is None and (file := _search(home)) is not None:
            # No configuration holds where the editor is open: then flake8 runs in a project below.
            folder = os.path.dirname(file)
        try:
            return load(folder, file, self._arguments)
        except BadConfiguration as error:
            self._complain(f"flake8's configuration: {error}")
            return load(folder, None) if before is None else before.guide


def _search(folder: str) -> str | None:
    try:
        found = config._find_config_file(folder)
    except OSError:  # there is no such folder yet
        return None
    return None if found is None else str(found)


def _stamp(folder: str) -> _Stamp:
    """The configuration files in and above a folder as they are now."""
    folders = [folder]
    while (above := os.path.dirname(folders[-1])) != folders[-1]:
        folders.append(above)
    return tuple(_stamps(os.path.join(each, name) for each in folders for name in FILES))


def _stamps(paths: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Path, time and size of those of the files that exist."""
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            status = os.stat(path)
            yield path, status.st_mtime_ns, status.st_size
