"""The agreement of the fixtures with what really happens when they run.

In: modules of scenarios, as files or as source text. Out: for each function what was rejected, lost or read too
early, on which lines; and where that differs from the markers. Never: the analyzer.
"""

from tests.agreement.choices import Budget
from tests.agreement.execution import Execution, execute, execute_source
from tests.agreement.incidents import Incident, Kind
from tests.agreement.markers import Markers, markers_of
from tests.agreement.modules import FixtureModule, module_from_path, module_from_source
from tests.agreement.verdicts import Agreement, agreement_of, compare

__all__ = [
    "Agreement",
    "Budget",
    "Execution",
    "FixtureModule",
    "Incident",
    "Kind",
    "Markers",
    "agreement_of",
    "compare",
    "execute",
    "execute_source",
    "markers_of",
    "module_from_path",
    "module_from_source",
]
