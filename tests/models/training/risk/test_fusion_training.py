from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.risk import PatientFacts
from senoscope.models.risk.fusion import SIMULATED, fused_risk
from senoscope.models.training.risk.fusion_training import fit_fusion
from tests.models.risk.cohorts import cohort


def test_a_fusion_of_real_women_does_not_say_it_is_simulated() -> None:
    fusion, penalty = fit_fusion(cohort(800, 3, 0.2), "800 women", False)
    told = fused_risk(PatientFacts(age=50.0), {"mammography": 0.5}, None, fusion)
    assert SIMULATED not in told.cautions
    assert penalty > 0
    # No column of BCRAT was in that cohort.
    assert "bcrat" not in fusion.model.names
    assert fusion.ages == pytest.approx((35, 74), abs=4)


def test_a_cohort_of_which_too_little_is_known_is_refused() -> None:
    same = [replace(c, facts=PatientFacts(age=50.0), image_scores={}) for c in cohort(200, 3)]
    with pytest.raises(DataSetError, match="cannot be fitted"):
        fit_fusion(same, "", True)
