"""Rivals' scores on one data set, as figures with intervals and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.models.evaluation.comparison import Difference, obuchowski
from senoscope.models.evaluation.metrics import (
    Bools,
    Estimate,
    Floats,
    auc,
    bootstrap,
    sensitivity,
    specificity,
)
from senoscope.models.evaluation.thresholds import operating_point, specificity_at_sensitivity

WANTED_SENSITIVITY = 0.95


@dataclass(frozen=True, slots=True)
class RivalFigures:
    """Of one rival on one data set; a missed lesion scores below all others.

    `sensitivity` and `specificity` are at the threshold that keeps WANTED_SENSITIVITY of the
    inner split; `specificity_at_95` at the one that keeps it here, chosen with hindsight.
    `over_baseline` is the AUC minus the baseline's, None for the baseline itself.
    """

    auc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    specificity_at_95: Estimate
    over_baseline: Difference | None


def rival_figures(
    labels: Bools,
    columns: Mapping[str, Floats],
    groups: Sequence[str],
    thresholds: Mapping[str, float],
    baseline: str,
) -> dict[str, RivalFigures]:
    """By rival. `columns` are (n,) scores, nan where missed; `thresholds` from `inner_threshold`.

    A rival without a threshold, such as a reader's category, has nan for what needs one.
    """
    ranked = {name: ranked_scores(column) for name, column in columns.items()}
    return {
        name: RivalFigures(
            auc=_over(groups, auc, labels, scores),
            sensitivity=_called(groups, sensitivity, labels, scores, thresholds.get(name)),
            specificity=_called(groups, specificity, labels, scores, thresholds.get(name)),
            specificity_at_95=specificity_at_sensitivity(
                labels, scores, groups, WANTED_SENSITIVITY
            ),
            over_baseline=None
            if name == baseline
            else obuchowski(labels, scores, ranked[baseline], groups),
        )
        for name, scores in ranked.items()
    }


def inner_threshold(labels: Bools, column: Floats) -> float:
    """Keeps WANTED_SENSITIVITY of what was found on the inner split."""
    found = ~np.isnan(column)
    return operating_point(labels[found], column[found], WANTED_SENSITIVITY).threshold


def ranked_scores(column: Floats) -> Floats:
    """`column` with missed lesions below all others."""
    found = column[~np.isnan(column)]
    return np.where(np.isnan(column), found.min(initial=0.0) - 1, column)


def markdown(figures: Mapping[str, RivalFigures]) -> str:
    """One row a rival."""
    head = (
        "| | AUC | sensitivity | specificity | specificity at 95 % | AUC over size alone |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {name} | {_words(row.auc)} | {_words(row.sensitivity)} | {_words(row.specificity)} "
        f"| {_words(row.specificity_at_95)} | {_gap(row.over_baseline)} |\n"
        for name, row in figures.items()
    )


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
        return Estimate(float("nan"), (float("nan"), float("nan")), 0)
    return _over(groups, figure, labels, scores >= threshold)


def _words(figure: Estimate) -> str:
    if np.isnan(figure.value):
        return "-"
    return f"{figure.value:.3f} [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]"


def _gap(difference: Difference | None) -> str:
    if difference is None:
        return "-"
    low, high = difference.ci
    return f"{difference.value:+.3f} [{low:+.3f}, {high:+.3f}]"
