from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.risk.nested import (
    FOLDS,
    PENALTIES,
    Judged,
    folds_by_woman,
    judged,
    usable_models,
)
from senoscope.models.risk.hybrid import HYBRID, IMAGE, MODELS
from tests.models.risk.cohorts import cancers, cohort


def silent(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def read() -> Judged:
    return judged(cohort(1500, 5), silent)


def test_every_woman_is_judged_by_every_model_once(read: Judged) -> None:
    assert set(np.unique(read.folds)) == set(range(FOLDS))
    for model, log_odds in read.log_odds.items():
        assert np.isfinite(log_odds).all(), model
        assert len(read.penalties[model]) == FOLDS
        assert set(read.penalties[model]) <= set(PENALTIES)


def test_models_without_what_they_weigh_are_left_out_with_the_reason(read: Judged) -> None:
    assert {*read.log_odds, *read.left_out} == set(MODELS)
    assert "bcrat" in read.left_out["BCRAT"]
    assert "percent_density" in read.left_out["measured density and BMI"]
    assert "bcrat" not in read.names["fusion"]


def test_an_outcome_that_hangs_on_nothing_is_not_foretold() -> None:
    cases = cohort(1200, 5)
    drawn = np.random.default_rng(3).permutation(cancers(cases))
    shuffled = [replace(case, cancer=bool(one)) for case, one in zip(cases, drawn, strict=True)]
    found = judged(shuffled, silent)
    for log_odds in found.log_odds.values():
        # 120 with a cancer: a deviation of an AUC is 0.027.
        assert auc(found.cancer, log_odds) < 0.59


def test_rows_of_one_woman_stay_together_and_folds_have_their_cancers() -> None:
    women = [f"w{number // 2}" for number in range(400)]
    cancer = np.arange(400) % 10 < 2
    folds = folds_by_woman(women, cancer, 5, 0)
    assert (folds[::2] == folds[1::2]).all()
    assert np.bincount(folds[cancer]).tolist() == [16] * 5
    assert (folds_by_woman(women, cancer, 5, 0) == folds).all()
    assert (folds_by_woman(women, cancer, 5, 1) != folds).any()


def test_too_few_women_are_refused() -> None:
    with pytest.raises(DataSetError, match="3 women with a cancer"):
        folds_by_woman(list(range(100)), np.arange(100) < 3, 5, 0)


def test_a_value_the_same_in_all_is_not_weighed() -> None:
    same = [
        replace(case, facts=replace(case.facts, carries_brca=False), image_risk=None)
        for case in cohort(300, 5)
    ]
    used, left_out = usable_models(same)
    assert "brca" not in used["fusion"]
    assert {IMAGE, HYBRID} <= set(left_out)
