"""Fits the fusion of all that is known of a woman; the penalty from folds by woman."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.risk.nested import chosen_penalties, usable_models
from senoscope.models.risk.fusion import FusionModel
from senoscope.models.risk.hybrid import FUSION, RiskCase, table_of
from senoscope.models.risk.risk_model import FilledTable


def fit_fusion(
    cases: Sequence[RiskCase], trained_on: str, is_simulated: bool
) -> tuple[FusionModel, float]:
    """The model and its penalty. DataSetError for too few women, or too little known of them."""
    used, left_out = usable_models(cases)
    if FUSION not in used:
        raise DataSetError(
            f"The fusion cannot be fitted: {left_out[FUSION]}. Give a cohort of which more is "
            "known."
        )
    names = used[FUSION]
    table = table_of(cases, names)
    cancer = np.array([case.cancer for case in cases], np.bool_)
    women = [case.woman for case in cases]
    penalty = chosen_penalties({FUSION: names}, names, table, cancer, women)[FUSION]
    fitted = FilledTable.of(names, table, cancer, women).fitted(names, penalty)
    ages = [case.facts.age for case in cases]
    return FusionModel(fitted, trained_on, is_simulated, (min(ages), max(ages))), penalty
