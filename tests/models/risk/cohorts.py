"""Small simulated cohorts and what is fitted on them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from senoscope.calibration.phantoms.risk_cohort import CohortPlan, Gaps, draw_cohort
from senoscope.models.risk.hybrid import RiskCase, table_of
from senoscope.models.risk.risk_model import FilledTable, RiskModel


@cache
def cohort(
    women: int = 3000, seed: int = 1, missing: float = 0.0, gaps: Gaps = Gaps.RANDOM
) -> tuple[RiskCase, ...]:
    return draw_cohort(CohortPlan(women, seed, missing=missing, gaps=gaps))


def cancers(cases: Sequence[RiskCase]) -> np.ndarray:
    return np.array([case.cancer for case in cases], np.bool_)


def fitted(
    cases: Sequence[RiskCase], names: tuple[str, ...], penalty: float = 1.0, times: int = 4
) -> RiskModel:
    filled = FilledTable.of(
        names, table_of(cases, names), cancers(cases), [case.woman for case in cases], times
    )
    return filled.fitted(names, penalty)
