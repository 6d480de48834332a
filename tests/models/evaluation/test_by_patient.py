"""One row per patient, and rows that do not belong together are refused."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.by_patient import (
    mean_logit,
    patient_numbers,
    require_both_classes,
    require_rows,
)

GROUPS = ["b", "a", "b", "c", "b"]
LABELS = np.array([1, 0, 1, 0, 1], dtype=bool)
LOGITS = np.array([3.0, -1.0, -0.5, 2.0, 0.5])


def test_logits_of_a_patient_are_averaged() -> None:
    assert mean_logit(LOGITS, GROUPS) == pytest.approx({"b": 1.0, "a": -1.0, "c": 2.0})
    assert mean_logit(LOGITS[:0], []) == {}


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


@pytest.mark.parametrize("labels", [np.ones(3, bool), np.zeros(3, bool)])
def test_one_class_alone_is_refused_where_both_are_needed(labels: np.ndarray) -> None:
    require_both_classes(LABELS)
    with pytest.raises(DataSetError, match="of 3 rows are positive"):
        require_both_classes(labels)
