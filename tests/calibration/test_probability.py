"""A site's fit is kept only where it is better on patients that it has not seen."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from senoscope.calibration.probability import (
    PARTS,
    Lesions,
    before_and_after,
    parts_of,
    refit,
)
from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.platt_fit import PlattFit

TRUE = PlattFit(1.0, 0.0, 0.35, 0.1, 0.6)
"""What `site` is made by."""


def site(n: int = 400, seed: int = 0) -> Lesions:
    """Two lesions a patient, whose logits are their log odds."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1, 2, n)
    malignant = rng.random(n) < 1 / (1 + np.exp(-logits))
    return Lesions(logits, malignant, [f"patient {k // 2}" for k in range(n)])


def test_a_wrong_calibration_is_mended_on_patients_not_fitted_to() -> None:
    found = refit(site(), PlattFit(0.3, 2.0, 0.35, 0.5, 0.9), 200)
    assert found.is_better
    assert found.brier_change.ci[1] < 0
    assert found.after.brier.value < found.before.brier.value - 0.05
    assert found.after.calibration_error.value < found.before.calibration_error.value - 0.1
    assert (found.fit.slope, found.fit.intercept) == pytest.approx((1, 0), abs=0.35)
    assert found.after.brier.n == 400
    change = found.after.brier.value - found.before.brier.value
    assert found.brier_change.value == pytest.approx(change)


def test_a_right_calibration_is_not_bettered_by_a_few_lesions() -> None:
    kept = [refit(site(120, seed), TRUE, 5).is_better for seed in range(20)]
    # Fitted to the very lesions it is judged on, it would be better each time.
    assert sum(kept) < 10


def test_sensitivity_is_that_of_limits_set_on_other_patients() -> None:
    found = [refit(site(120, seed), TRUE, 5) for seed in range(30)]
    unseen = float(np.mean([each.after.sensitivity.value for each in found]))
    own = [
        (each.fit.probability(each.lesions.logits) >= each.fit.low_below)[each.lesions.malignant]
        for each in found
    ]
    assert unseen < float(np.mean([each.mean() for each in own]))
    assert unseen == pytest.approx(0.93, abs=0.03)


def test_a_patient_is_in_one_part_whatever_the_order_and_kinds_are_shared() -> None:
    lesions = site(200)
    part = parts_of(lesions.patients, lesions.malignant)
    assert all(part[k] == part[k + 1] for k in range(0, 200, 2))
    assert set(part.tolist()) == set(range(PARTS))
    order = np.random.default_rng(1).permutation(200)
    again = parts_of([lesions.patients[k] for k in order], lesions.malignant[order])
    assert (again == part[order]).all()
    for held in range(PARTS):
        assert 0 < lesions.malignant[part == held].sum() < (part == held).sum()


def test_kinds_are_dealt_out_where_few_patients_have_both() -> None:
    """Nine with benign lesions only and one with both: each part's others have both kinds."""
    patients = [f"m{k}" for k in range(30)] + [f"b{k}" for k in range(9)] + ["both", "both"]
    malignant = np.array([True] * 30 + [False] * 9 + [True, False])
    part = parts_of(patients, malignant)
    only_benign = [int((part[30:39] == held).sum()) for held in range(PARTS)]
    assert (min(only_benign), max(only_benign)) == (1, 2)
    for held in range(PARTS):
        assert 0 < malignant[part != held].sum() < (part != held).sum()


@pytest.mark.parametrize(
    ("lesions", "said"),
    [
        (site(48), "48 lesions were found"),
        (
            Lesions(np.zeros(60), np.arange(60) < 30, ["one"] * 30 + list(range(30))),
            "malignant ones in 1 patients, benign ones in 30",
        ),
        (
            Lesions(np.zeros(60), np.arange(60) < 51, list(range(60))),
            "malignant ones in 51 patients, benign ones in 9",
        ),
    ],
)
def test_too_few_are_refused_with_their_numbers(lesions: Lesions, said: str) -> None:
    with pytest.raises(DataSetError, match=f"{said}.*at least 50 lesions, and 10 patients"):
        refit(lesions, TRUE, 5)


def test_the_least_that_is_asked_for_is_enough() -> None:
    """Ten patients with benign lesions, those of one with both among them."""
    rng = np.random.default_rng(5)
    malignant = np.arange(50) < 40
    logits = np.where(malignant, 1.0, -1.0) + rng.normal(0, 1, 50)
    found = refit(Lesions(logits, malignant, [*range(40), 0, *range(41, 50)]), TRUE, 5)
    assert np.isfinite(found.probability_after).all()


def test_labels_the_wrong_way_round_are_refused() -> None:
    right = site()
    with pytest.raises(DataSetError, match="1 stands for malignant"):
        refit(Lesions(right.logits, ~right.malignant, right.patients), TRUE)


def test_the_picture_has_both_plots_of_all_lesions_and_no_patient() -> None:
    picture = before_and_after(refit(site(), TRUE, 5))
    ElementTree.fromstring(picture)
    assert re.findall(r">(Before|After, on patients not fitted to)</text>", picture) == [
        "Before",
        "After, on patients not fitted to",
    ]
    assert picture.count("<circle") == 20
    assert picture.count("400 rows in 10 bins") == 4
    assert "patient " not in picture
    few = site(60)
    few = Lesions(few.logits, few.malignant, range(60))
    assert before_and_after(refit(few, TRUE, 5)).count("<circle") == 12
