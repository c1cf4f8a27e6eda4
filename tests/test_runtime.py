"""The runtime: every cell of its table, its rules, the traps it keeps out of, its types, its import and its benchmark."""

import pytest

pytest.register_assert_rewrite("tests.runtime")

from tests.runtime.benchmark import *  # noqa: E402, F403
from tests.runtime.imports import *  # noqa: E402, F403
from tests.runtime.reuse import *  # noqa: E402, F403
from tests.runtime.rules import *  # noqa: E402, F403
from tests.runtime.table import *  # noqa: E402, F403
from tests.runtime.traps import *  # noqa: E402, F403
from tests.runtime.types import *  # noqa: E402, F403
