"""Several views of one patient made one row, and the checks that every table of rows must pass.

Two views of one lesion are not two patients: a figure that counts rows is too sure of itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Bools, Floats


@dataclass(frozen=True, slots=True)
class PatientScores:
    """One row per patient, in the order in which the patients first appeared.

    `labels` is (patients,): whether any of the patient's rows was positive. `views` counts the
    rows that went into each. `mixed` names the patients with rows of both labels, such as a
    benign and a malignant lesion: they are positive, and the score may come from the wrong lesion.
    """

    groups: tuple[Hashable, ...]
    labels: Bools
    scores: Floats
    views: NDArray[np.int64]
    mixed: tuple[Hashable, ...]


def mean_logit(labels: Bools, logits: Floats, groups: Sequence[Hashable]) -> PatientScores:
    """Each patient's mean logit, (n,) rows in. A logit is ln(p / (1 - p)), before the sigmoid.

    Logits, for a mean of probabilities hardly moves where they saturate; a mean of logits is the
    geometric mean of the odds. Raises DataSetError where rows do not agree or are not finite.
    """
    require_rows(labels, logits, groups=groups)
    number = patient_numbers(groups)
    sums = np.bincount(number, weights=logits)
    return _rows(labels, sums / np.bincount(number), groups, number)


def maximum(labels: Bools, scores: Floats, groups: Sequence[Hashable]) -> PatientScores:
    """Each patient's highest score, (n,) rows in: the most suspicious view decides.

    It grows with the number of views, so compare it only between patients with like numbers.
    Raises DataSetError where rows do not agree or are not finite.
    """
    require_rows(labels, scores, groups=groups)
    number = patient_numbers(groups)
    highest = np.full(int(number.max()) + 1, -np.inf)
    np.maximum.at(highest, number, scores)
    return _rows(labels, highest, groups, number)


def patient_numbers(groups: Sequence[Hashable]) -> NDArray[np.int64]:
    """(n,): 0 for the rows of the first patient to appear, 1 for the second, and so on."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)


def require_rows(
    labels: Bools, *scores: NDArray[np.floating], groups: Sequence[Hashable] | None = None
) -> None:
    """Raise DataSetError unless all are (n,) with one n > 0, labels bool and scores finite."""
    if labels.ndim != 1 or labels.dtype != np.bool_ or not len(labels):
        raise DataSetError(
            f"Labels are {labels.dtype} of shape {labels.shape}; expected bool of shape (n,) with "
            "at least one row. Compare with the positive class, as in `pathology == 'malignant'`."
        )
    for column in scores:
        if column.shape != labels.shape:
            raise DataSetError(
                f"Scores have shape {column.shape}, labels {labels.shape}; expected one score per "
                "label. Read both from the same table."
            )
        if not np.isfinite(column).all():
            raise DataSetError(
                f"{int((~np.isfinite(column)).sum())} of {len(column)} scores are not finite. "
                "Leave these rows out of every column, and say how many."
            )
    if groups is not None and len(groups) != len(labels):
        raise DataSetError(
            f"{len(groups)} patients are named for {len(labels)} rows; expected one name per row. "
            "Read both from the same table."
        )


def require_both_classes(labels: Bools) -> None:
    """Raise DataSetError unless there is a positive and a negative."""
    if labels.all() or not labels.any():
        raise DataSetError(
            f"{int(labels.sum())} of {len(labels)} rows are positive; expected some of both "
            "classes. Choose another part of the data set."
        )


def _rows(
    labels: Bools, scores: Floats, groups: Sequence[Hashable], number: NDArray[np.int64]
) -> PatientScores:
    views = np.bincount(number)
    positive = np.bincount(number, weights=labels)
    names = tuple(dict.fromkeys(groups))
    mixed = np.flatnonzero((positive > 0) & (positive < views))
    return PatientScores(names, positive > 0, scores, views, tuple(names[k] for k in mixed))
