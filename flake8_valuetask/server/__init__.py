"""The doors of editors: a language server, and a plugin of python-lsp-server.

In: buffers, saved or not. Out: what flake8 would say of them, with ranges and places; what a name holds. Never:
rules of its own, writing files, running the code of a workspace.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve on stdin and stdout until the client leaves; 2 if what it takes is not installed.

    `arguments` are those of flake8's command line: `--extend-select=VT105`, `--config=ci.cfg`.
    """
    try:
        from flake8_valuetask.server.serve import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        print(
            "flake8-valuetask: the language server needs pygls 2: pip install 'flake8-valuetask[lsp]'", file=sys.stderr
        )
        return 2
    return serve(sys.argv[1:] if arguments is None else arguments)
