"""`python -m flake8_valuetask.server`: the language server on stdin and stdout.

In: arguments of flake8. Out: an exit status. Never: anything else.
"""

from __future__ import annotations

from flake8_valuetask.server import main

if __name__ == "__main__":
    raise SystemExit(main())
