"""Other modules that are found for a file: by absolute, relative and star imports, re-exports, roots and types."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_valuetask.options import Search
from tests.project.layouts import PKG, PLAIN
from tests.trees import FETCH, ROOT, codes, twice, write

# A row: the other files, the linted file, its imports, its call.

FOUND: dict[str, tuple[dict[str, str], str, str, str]] = {
    "absolute": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from pkg.helper import fetch", "fetch()"),
    "absolute, renamed": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from pkg.helper import fetch as f", "f()"),
    "relative": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from .helper import fetch", "fetch()"),
    "relative module": ({**PKG, "pkg/helper.py": FETCH}, "pkg/sample.py", "from . import helper", "helper.fetch()"),
    "relative, up": (
        {**PKG, "pkg/helper.py": FETCH, "pkg/sub/__init__.py": ""},
        "pkg/sub/sample.py",
        "from ..helper import fetch",
        "fetch()",
    ),
    "relative module, up": (
        {**PKG, "pkg/helper.py": FETCH, "pkg/sub/__init__.py": ""},
        "pkg/sub/sample.py",
        "from .. import helper as h",
        "h.fetch()",
    ),
    "relative to an __init__": (
        {**ROOT, "pkg/helper.py": FETCH},
        "pkg/__init__.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "relative to an __init__ inside": (
        {**PKG, "pkg/helper.py": FETCH},
        "pkg/sub/__init__.py",
        "from ..helper import fetch",
        "fetch()",
    ),
    "sibling package": (
        {**PKG, "other/__init__.py": "", "other/helper.py": FETCH},
        "pkg/sample.py",
        "from other.helper import fetch",
        "fetch()",
    ),
    "re-export": (
        {**ROOT, "pkg/__init__.py": "from .helper import fetch", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "re-export, asked through the package": (
        {**ROOT, "pkg/__init__.py": "from .helper import fetch", "pkg/helper.py": FETCH},
        "app.py",
        "import pkg",
        "pkg.fetch()",
    ),
    "re-export of a re-export, renamed": (
        {
            **ROOT,
            "pkg/__init__.py": "from .api import get",
            "pkg/api.py": "from pkg.deep.helper import fetch as get",
            "pkg/deep/__init__.py": "",
            "pkg/deep/helper.py": FETCH,
        },
        "app.py",
        "from pkg import get",
        "get()",
    ),
    "re-exported module": (
        {**ROOT, "pkg/__init__.py": "from . import helper as tools", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import tools",
        "tools.fetch()",
    ),
    "function named like its module": (
        {**ROOT, "pkg/__init__.py": "from .fetch import fetch", "pkg/fetch.py": FETCH},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "re-exported class": (
        {
            **ROOT,
            "pkg/__init__.py": "from .client import Client",
            "pkg/client.py": "class Client:\n    async def get(self): ...\n",
        },
        "app.py",
        "import pkg",
        "pkg.Client().get()",
    ),
    "object of another module": (
        {**ROOT, "client.py": "class Client:\n    async def get(self): ...\nclient = Client()\n"},
        "app.py",
        "from client import client",
        "client.get()",
    ),
    "class with a base elsewhere": (
        {
            **ROOT,
            "base.py": "class Base:\n    async def get(self): ...\n",
            "client.py": "from base import Base\nclass Client(Base): ...\n",
        },
        "app.py",
        "from client import Client",
        "Client().get()",
    ),
    "star": ({**ROOT, "helper.py": FETCH}, "app.py", "from helper import *", "fetch()"),
    "star of a star": (
        {**ROOT, "pkg/__init__.py": "from .helper import *", "pkg/helper.py": FETCH},
        "app.py",
        "from pkg import *",
        "fetch()",
    ),
    "stars in a circle": (
        {**ROOT, "one.py": "from other import *\n", "other.py": f"from one import *\n{FETCH}"},
        "app.py",
        "from one import *",
        "fetch()",
    ),
    "stars in a circle with the file itself": (
        {**ROOT, "other.py": f"from app import *\n{FETCH}"},
        "app.py",
        "from other import *",
        "fetch()",
    ),
    "star, name in the list": (
        {**ROOT, "helper.py": f"__all__ = ['fetch']\n{FETCH}"},
        "app.py",
        "from helper import *",
        "fetch()",
    ),
    "last star wins": (
        {**ROOT, "helper.py": FETCH, "plain.py": PLAIN},
        "app.py",
        "from plain import *\nfrom helper import *",
        "fetch()",
    ),
    "dotted": (
        {**ROOT, "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": FETCH},
        "app.py",
        "import a.b.c",
        "a.b.c.fetch()",
    ),
    "dotted, renamed": (
        {**ROOT, "a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": FETCH},
        "app.py",
        "import a.b.c as c",
        "c.fetch()",
    ),
    "dotted, without __init__": ({**ROOT, "a/b/c.py": FETCH}, "app.py", "import a.b.c", "a.b.c.fetch()"),
    "for checkers": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helper import fetch",
        "fetch()",
    ),
    "for checkers, else something else": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from helper import fetch\nelse:\n    fetch = object()",
        "fetch()",
    ),
    "either of two": (
        {**ROOT, "fast.py": FETCH, "slow.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    from slow import fetch",
        "fetch()",
    ),
    "one or None": (
        {**ROOT, "fast.py": FETCH},
        "app.py",
        "try:\n    from fast import fetch\nexcept ImportError:\n    fetch = None",
        "fetch()",
    ),
    "imported in the function": (
        {**ROOT, "helper.py": FETCH},
        "app.py",
        "def loaded():\n    from helper import fetch\n    return fetch",
        "loaded()()",
    ),
    "namespace in a package": (
        {**PKG, "pkg/space/helper.py": FETCH},
        "pkg/space/sample.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "namespaces in a package": (
        {**PKG, "pkg/outer/inner/helper.py": FETCH},
        "pkg/outer/sample.py",
        "from pkg.outer.inner.helper import fetch",
        "fetch()",
    ),
    "namespace at the root": (
        {**ROOT, "space/helper.py": FETCH},
        "space/sample.py",
        "from space.helper import fetch",
        "fetch()",
    ),
    "namespace at the root, relative": (
        {**ROOT, "space/helper.py": FETCH},
        "space/sample.py",
        "from .helper import fetch",
        "fetch()",
    ),
    "src layout, from the tests": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH},
        "tests/test_sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "src layout, from tests that are a package": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH, "tests/__init__.py": ""},
        "tests/unit/test_sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "src layout, from the package": (
        {**ROOT, "src/pkg/__init__.py": "", "src/pkg/helper.py": FETCH},
        "src/pkg/sample.py",
        "from pkg.helper import fetch",
        "fetch()",
    ),
    "helper of the tests": (
        {**ROOT, "tests/helper.py": FETCH},
        "tests/test_sample.py",
        "from helper import fetch",
        "fetch()",
    ),
    "script beside a module": ({"helper.py": FETCH}, "script.py", "from helper import fetch", "fetch()"),
    "script with an odd name": ({"helper.py": FETCH}, "run-me.py", "from helper import fetch", "fetch()"),
    "marked by a folder of git": (
        {".git/HEAD": "", "helper.py": FETCH},
        "tools/script.py",
        "from helper import fetch",
        "fetch()",
    ),
    "stub beside a source": (
        {**ROOT, "helper.py": PLAIN, "helper.pyi": "async def fetch() -> int: ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "stub of a package": (
        {**ROOT, "pkg/__init__.py": PLAIN, "pkg/__init__.pyi": "async def fetch() -> int: ...\n"},
        "app.py",
        "from pkg import fetch",
        "fetch()",
    ),
    "encoding cookie": (
        {**ROOT, "helper.py": f"# -*- coding: latin-1 -*-\n# \u00e4\n{FETCH}"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
    "byte order mark": ({**ROOT, "helper.py": f"\ufeff{FETCH}"}, "app.py", "from helper import fetch", "fetch()"),
    "function defined through global beside it": (
        {**ROOT, "helper.py": f"{FETCH}\n\ndef setup():\n    global other\n\n    def other(): ...\n"},
        "app.py",
        "from helper import fetch",
        "fetch()",
    ),
}


@pytest.mark.parametrize(("files", "path", "imports", "call"), FOUND.values(), ids=FOUND)
def test_other_module_is_found(files: dict[str, str], path: str, imports: str, call: str, tmp_path: Path) -> None:
    write(tmp_path, {**files, path: twice(imports, call)})
    assert codes(tmp_path / path) == ["VT101"]


@pytest.mark.parametrize("where", ["lib", "lib/deep"])
def test_roots_are_searched_first(where: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {**ROOT, "helper.py": PLAIN, f"{where}/helper.py": FETCH, "app.py": twice("import helper", "helper.fetch()")},
    )
    assert codes(tmp_path / "app.py") == []
    assert codes(tmp_path / "app.py", search=Search((str(tmp_path / where),))) == ["VT101"]


def test_types_of_other_modules(tmp_path: Path) -> None:
    helper = "from collections.abc import Coroutine\nfrom typing import Any\n\nJob = Coroutine[Any, Any, int]\n"
    body = "\n\n\nasync def sample(job: {}):\n    await job\n    await job\n"
    write(tmp_path, {**ROOT, "helper.py": helper, "again.py": "from helper import Job\n"})
    write(tmp_path, {"app.py": "from again import Job" + body.format("Job")})
    write(tmp_path, {"other.py": "import helper" + body.format("'helper.Job | None'")})
    assert codes(tmp_path / "app.py") == ["VT101"]
    assert codes(tmp_path / "other.py") == ["VT101"]


def test_class_for_checkers_in_an_annotation(tmp_path: Path) -> None:
    imports = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helper import Client"
    text = f"{imports}\n\n\nasync def sample(c: 'Client'):\n    page = c.get()\n    await page\n    await page\n"
    write(tmp_path, {**ROOT, "helper.py": "class Client:\n    async def get(self): ...\n", "app.py": text})
    assert codes(tmp_path / "app.py") == ["VT101"]
