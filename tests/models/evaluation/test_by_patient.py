"""One row per patient, and rows that do not belong together are refused."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.by_patient import (
    maximum,
    mean_logit,
    patient_numbers,
    require_both_classes,
    require_rows,
)

GROUPS = ["b", "a", "b", "c", "b"]
LABELS = np.array([1, 0, 1, 0, 1], dtype=bool)
LOGITS = np.array([3.0, -1.0, -0.5, 2.0, 0.5])


def test_logits_of_a_patient_are_averaged_in_order_of_appearance() -> None:
    patients = mean_logit(LABELS, LOGITS, GROUPS)
    assert patients.groups == ("b", "a", "c")
    np.testing.assert_allclose(patients.scores, [1.0, -1.0, 2.0])
    assert patients.labels.tolist() == [True, False, False]
    assert patients.labels.dtype == np.bool_
    assert patients.views.tolist() == [3, 1, 1]
    assert patients.mixed == ()


def test_the_most_suspicious_view_decides_also_below_zero() -> None:
    assert maximum(LABELS, LOGITS, GROUPS).scores.tolist() == [3.0, -1.0, 2.0]
    assert maximum(LABELS, LOGITS - 10, GROUPS).scores.tolist() == [-7.0, -11.0, -8.0]


@pytest.mark.parametrize("pool", [mean_logit, maximum])
def test_a_patient_with_both_kinds_of_lesion_is_positive_and_named(pool) -> None:
    patients = pool(np.array([0, 0, 1, 0, 0], dtype=bool), LOGITS, GROUPS)
    assert patients.labels.tolist() == [True, False, False]
    assert patients.mixed == ("b",)


def test_patients_are_numbered_in_order_of_appearance() -> None:
    assert patient_numbers(GROUPS).tolist() == [0, 1, 0, 2, 0]


@pytest.mark.parametrize(
    ("labels", "scores", "groups", "message"),
    [
        (LABELS.astype(int), LOGITS, GROUPS, "Labels are int64 of shape"),
        (LABELS[:, None], LOGITS, GROUPS, r"Labels are bool of shape \(5, 1\)"),
        (LABELS[:0], LOGITS[:0], [], "at least one row"),
        (LABELS, LOGITS[:4], GROUPS, r"Scores have shape \(4,\), labels \(5,\)"),
        (LABELS, np.array([1.0, np.inf, np.nan, 0, 0]), GROUPS, "2 of 5 scores are not finite"),
        (LABELS, LOGITS, GROUPS[1:], "4 patients are named for 5 rows"),
    ],
)
def test_rows_that_do_not_agree_are_refused(labels, scores, groups, message: str) -> None:
    with pytest.raises(DataSetError, match=message):
        require_rows(labels, scores, groups=groups)
    for pool in (mean_logit, maximum):
        with pytest.raises(DataSetError, match=message):
            pool(labels, scores, groups)


@pytest.mark.parametrize("labels", [np.ones(3, bool), np.zeros(3, bool)])
def test_one_class_alone_is_refused_where_both_are_needed(labels: np.ndarray) -> None:
    require_both_classes(LABELS)
    with pytest.raises(DataSetError, match="of 3 rows are positive"):
        require_both_classes(labels)
