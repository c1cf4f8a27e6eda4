"""What mkdocs needs to know beyond `mkdocs.yml`: pages that stand outside of this folder, and links to them.

In: pages and their Markdown. Out: the same, with links that hold within the site and lists as code hosts read them.
Never: other words.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

# By their places in the repository: the pages that they are in the site.
OUTSIDE = {
    ".github/CONTRIBUTING.md": "contributing.md",
    ".github/SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "README.md": "index.md",
    "docs/README.md": "index.md",
    "fixtures/README.md": "fixtures.md",
}
_ADDED = {page: source for source, page in OUTSIDE.items() if page != "index.md"}
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_NESTED = re.compile(r"^((?:  )+)(?=- )", re.MULTILINE)
_LINK = re.compile(r"(\]\()([^)\s#:]+)(?=[#)])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside."""
    from mkdocs.structure.files import File

    root = Path(config.config_file_path).parent
    for page, source in _ADDED.items():
        files.append(File.generated(config, page, abs_src_path=str(root / source)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Turn links from file to file of the repository into links from page to page."""
    here = page.file.src_uri
    origin = _ADDED.get(here, f"docs/{here}")
    parts = _FENCED.split(markdown)
    parts[::2] = [_LINK.sub(lambda found: found[1] + _target(found[2], origin, here), part) for part in parts[::2]]
    parts[::2] = [_NESTED.sub(r"\1\1", part) for part in parts[::2]]  # mkdocs wants four spaces for each level
    return "".join(parts)


def _target(link: str, origin: str, here: str) -> str:
    goal = posixpath.normpath(posixpath.join(posixpath.dirname(origin), link))
    page = OUTSIDE.get(goal) or (goal.removeprefix("docs/") if goal.startswith("docs/") else None)
    return link if page is None else posixpath.relpath(page, posixpath.dirname(here) or ".")
