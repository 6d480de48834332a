"""Rivals' scores on one data set, as figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.models.evaluation.by_patient import mean_logit
from senoscope.models.evaluation.comparison import Difference, delong, obuchowski
from senoscope.models.evaluation.metrics import (
    Bools,
    Estimate,
    Floats,
    auc,
    bootstrap,
    sensitivity,
    specificity,
)
from senoscope.models.evaluation.thresholds import specificity_at_sensitivity, threshold_keeping

WANTED_SENSITIVITY = 0.95


@dataclass(frozen=True, slots=True)
class PatientFigures:
    """Of one rival where a patient's views were made one score; `auc.n` counts patients.

    `over_baseline` is by DeLong, who needs one score a patient; None for the baseline itself.
    """

    malignant: int
    auc: Estimate
    over_baseline: Difference | None


@dataclass(frozen=True, slots=True)
class RivalFigures:
    """Of one rival on one data set; a missed lesion scores below all others.

    `sensitivity` and `specificity` are at the threshold that keeps WANTED_SENSITIVITY of the
    inner split; `specificity_at_95` at the one that keeps it here, chosen with hindsight.
    `over_baseline` is the AUC minus the baseline's, None for the baseline itself.
    """

    malignant: int
    missed: int
    auc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    specificity_at_95: Estimate
    over_baseline: Difference | None
    by_patient: PatientFigures


def rival_figures(
    labels: Bools,
    columns: Mapping[str, Floats],
    groups: Sequence[str],
    thresholds: Mapping[str, float],
    baseline: str,
) -> dict[str, RivalFigures]:
    """By rival. `columns` are (n,) scores, nan where missed; `thresholds` from `inner_threshold`.

    A rival without a threshold has nan for what needs one.
    """
    ranked = {name: ranked_scores(column) for name, column in columns.items()}
    by_patient = patient_figures(labels, columns, groups, baseline)
    return {
        name: RivalFigures(
            malignant=int(labels.sum()),
            missed=int(np.isnan(columns[name]).sum()),
            auc=_over(groups, auc, labels, scores),
            sensitivity=_called(groups, sensitivity, labels, scores, thresholds.get(name)),
            specificity=_called(groups, specificity, labels, scores, thresholds.get(name)),
            specificity_at_95=specificity_at_sensitivity(
                labels, scores, groups, WANTED_SENSITIVITY
            ),
            over_baseline=None
            if name == baseline
            else obuchowski(labels, scores, ranked[baseline], groups),
            by_patient=by_patient[name],
        )
        for name, scores in ranked.items()
    }


def patient_figures(
    labels: Bools, columns: Mapping[str, Floats], groups: Sequence[str], baseline: str
) -> dict[str, PatientFigures]:
    """By rival, a patient's score being the mean over the views in which the lesion was outlined.

    A patient with a malignant view is malignant; one whose every view was missed scores below
    all others.
    """
    names = list(dict.fromkeys(groups))
    with_malignant = {group for group, label in zip(groups, labels, strict=True) if label}
    malignant = np.array([name in with_malignant for name in names], dtype=bool)
    scores = {
        rival: ranked_scores(_by_patient(column, groups, names))
        for rival, column in columns.items()
    }
    return {
        rival: PatientFigures(
            malignant=int(malignant.sum()),
            auc=_over(names, auc, malignant, of),
            over_baseline=None
            if rival == baseline
            else delong(malignant, of, scores[baseline], names),
        )
        for rival, of in scores.items()
    }


def inner_threshold(labels: Bools, column: Floats) -> float:
    """Keeps WANTED_SENSITIVITY of what was found on the inner split."""
    found = ~np.isnan(column)
    return threshold_keeping(labels[found], column[found], WANTED_SENSITIVITY)


def ranked_scores(column: Floats) -> Floats:
    """`column` with missed lesions below all others."""
    found = column[~np.isnan(column)]
    return np.where(np.isnan(column), found.min(initial=0.0) - 1, column)


def _by_patient(column: Floats, groups: Sequence[str], names: Sequence[str]) -> Floats:
    """Of `names`: the mean of what was found, nan where nothing was."""
    found = np.flatnonzero(~np.isnan(column)).tolist()
    means = mean_logit(column[found], [groups[row] for row in found])
    return np.array([means.get(name, np.nan) for name in names])


def _over(
    groups: Sequence[str], figure: Callable[..., float], labels: Bools, scores: Floats | Bools
) -> Estimate:
    return bootstrap(lambda rows: figure(labels[rows], scores[rows]), groups)


def _called(
    groups: Sequence[str],
    figure: Callable[..., float],
    labels: Bools,
    scores: Floats,
    threshold: float | None,
) -> Estimate:
    if threshold is None:
        return Estimate(np.nan, (np.nan, np.nan), 0)
    return _over(groups, figure, labels, scores >= threshold)
