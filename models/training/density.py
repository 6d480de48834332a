"""Fits which clusters of grey are dense, and which percent density is which letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.metrics import bootstrap, dice
from senoscope.models.programmed.mammography.breast import Mask
from senoscope.models.programmed.mammography.density import (
    LIMIT,
    RIM,
    DensityRule,
    TissueGrey,
    dense_from,
    measure_density,
    tissue_grey,
    write_rule,
)
from senoscope.models.programmed.mammography.density_category import (
    LETTERS,
    CategoryScale,
    density_category,
    write_scale,
)
from senoscope.models.programmed.mammography.parts import BreastParts, find_parts
from senoscope.models.training.feature_model import ridge_logistic

RIDGE = 5.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrueDensity:
    """A mammogram whose dense tissue is known: `dense` (rows, columns), its `letter`, A to D.

    `anatomy` names the breast's owner: pictures of one are never in two parts.
    """

    mammogram: Mammogram
    dense: Mask
    letter: str
    anatomy: int


def train_density(
    fit: Iterable[TrueDensity],
    choose: Iterable[TrueDensity],
    targets: tuple[Path, Path],
    say: Callable[[str], None],
) -> None:
    """Fit on `fit`, measure on `choose`, write the rule and the scale of letters."""
    learnt = _measured(fit, say)
    rule = fit_rule([(each.seen, each.truth) for each in learnt])
    percents = np.array([each.percent(rule) for each in learnt])
    scale = fit_scale(percents, [each.true.letter for each in learnt])
    held = _measured(choose, say)
    about = _about(learnt, held, rule, scale)
    write_rule(rule, about, targets[0])
    write_scale(scale, about, targets[1])


@dataclass(frozen=True, eq=False)
class _Measured:
    true: TrueDensity
    parts: BreastParts
    seen: TissueGrey
    truth: Mask

    def percent(self, rule: DensityRule) -> float:
        return measure_density(self.true.mammogram, self.parts, rule).percent


def _measured(trues: Iterable[TrueDensity], say: Callable[[str], None]) -> list[_Measured]:
    found = []
    for place, true in enumerate(trues):
        parts = find_parts(true.mammogram)
        seen = tissue_grey(true.mammogram.pixels, parts)
        size = seen.even.shape[1], seen.even.shape[0]
        truth = cv2.resize(true.dense.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
        found.append(_Measured(true, parts, seen, np.asarray(truth)))
        if place % 30 == 29:
            say(f"{place + 1} simulated pictures measured")
    return found


def fit_rule(pictures: Sequence[tuple[TissueGrey, Mask]]) -> DensityRule:
    """By the true dense share of each cluster: each is learnt as both, by that share.

    Clusters count by the share of their breast that they are.
    """
    if not pictures:
        raise DataSetError("No picture to learn density from was given; expected some. Add seeds.")
    features = np.concatenate([seen.clusters.features for seen, _ in pictures])
    shares = np.concatenate([_dense_shares(seen, truth) for seen, truth in pictures])
    usual, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    rows = np.clip((features - usual) / spread, -LIMIT, LIMIT)
    # A share is learnt as ten votes, so that one count of each kind is enough.
    votes = np.round(10 * shares).astype(int)
    design = np.repeat(np.column_stack([rows, np.ones(len(rows))]), 10, axis=0)
    labels = np.concatenate([np.arange(10) < vote for vote in votes])
    fitted = ridge_logistic(design, labels, RIDGE * 10)
    return DensityRule(float(fitted[-1]), usual, spread, fitted[:-1])


def _dense_shares(seen: TissueGrey, truth: Mask) -> Floats:
    """Of each cluster, how much is dense."""
    begins = seen.clusters.begins
    of = np.searchsorted(begins, seen.even[seen.tissue], side="right") - 1
    dense = np.bincount(of, weights=truth[seen.tissue], minlength=len(begins))
    return np.asarray(dense / np.maximum(np.bincount(of, minlength=len(begins)), 1))


def fit_scale(percents: Floats, letters: Sequence[str]) -> CategoryScale:
    """Proportional odds: one slope, a limit for each step between letters."""
    place = np.array([LETTERS.index(letter) for letter in letters])
    root = np.sqrt(percents)
    design, beyond = [], []
    for step in range(3):
        marks = np.zeros((len(root), 3))
        marks[:, step] = 10.0  # large, so that the ridge hardly holds a limit back
        design.append(np.column_stack([root, marks[:, :2], np.ones(len(root))]))
        beyond.append(place > step)
    fitted = ridge_logistic(np.concatenate(design), np.concatenate(beyond), 0.01)
    steps = [10 * fitted[1], 10 * fitted[2], 0.0]
    first, second, third = (float(-(fitted[-1] + step)) for step in steps)
    return CategoryScale(float(fitted[0]), (first, second, third))


def _mean(values: Floats, rows: NDArray[np.int64]) -> float:
    return float(values[rows].mean())


def _about(
    learnt: Sequence[_Measured], held: Sequence[_Measured], rule: DensityRule, scale: CategoryScale
) -> dict[str, Any]:
    """The card: what it was fitted on, and how it fares on breasts that were not."""
    groups = [each.true.anatomy for each in held]
    overlap = np.array(
        [
            dice((each.seen.even >= dense_from(each.seen.clusters, rule)) & each.seen.tissue,
                 each.truth & each.seen.tissue)
            for each in held
        ]
    )  # fmt: skip
    right = np.array(
        [density_category(each.percent(rule), scale).letter == each.true.letter for each in held]
    )
    figures = {
        name: bootstrap(partial(_mean, values), groups)
        for name, values in (("dense_dice", overlap), ("same_letter", right))
    }
    return {
        "made_by": "senoscope train density",
        "trained_on": {
            "simulated_breasts": len({each.true.anatomy for each in learnt}),
            "pictures": len(learnt),
            "rim_left_out": RIM,
        },
        "chosen_on": {
            "simulated_breasts": len(set(groups)),
            "pictures": len(held),
            **{
                name: {
                    "value": round(one.value, 4),
                    "ci": [round(end, 4) for end in one.ci],
                    "n": one.n,
                }
                for name, one in figures.items()
            },
        },
    }
