"""Several views of one patient made one row, and the checks that every table of rows must pass.

Two views of one lesion are not two patients: a figure that counts rows is too sure of itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Bools, Floats


def mean_logit(logits: Floats, groups: Sequence[Hashable]) -> dict[Hashable, float]:
    """Each patient's mean logit, (n,) rows in. A logit is ln(p / (1 - p)), before the sigmoid.

    Logits, for a mean of probabilities hardly moves where they saturate; a mean of logits is the
    geometric mean of the odds.
    """
    number = patient_numbers(groups)
    means = np.bincount(number, weights=logits) / np.bincount(number)
    return dict(zip(dict.fromkeys(groups), means.tolist(), strict=True))


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
