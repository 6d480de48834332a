"""Fits which percent density is which letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.metrics import bootstrap, dice
from senoscope.models.programmed.mammography.breast import Mask
from senoscope.models.programmed.mammography.density import LEVEL, measure_density
from senoscope.models.programmed.mammography.density_category import (
    LETTERS,
    CategoryScale,
    density_category,
    write_scale,
)
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.training.feature_model import ridge_logistic

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


@dataclass(frozen=True, slots=True)
class _Measured:
    letter: str
    anatomy: int
    percent: float
    overlap: float


def train_density(
    fit: Iterable[TrueDensity],
    choose: Iterable[TrueDensity],
    target: Path,
    say: Callable[[str], None],
) -> None:
    """Fit on `fit`, measure on `choose`, write the scale of letters. DataSetError without any."""
    learnt = _measured(fit, say)
    if not learnt:
        raise DataSetError("No picture to learn density from was given; expected some. Add seeds.")
    scale = fit_scale(np.array([each.percent for each in learnt]), [each.letter for each in learnt])
    held = _measured(choose, say)
    write_scale(scale, _about(learnt, held, scale), target)


def _measured(trues: Iterable[TrueDensity], say: Callable[[str], None]) -> list[_Measured]:
    found = []
    for place, true in enumerate(trues, 1):
        parts = find_parts(true.mammogram)
        density = measure_density(true.mammogram, parts)
        overlap = dice(density.dense, true.dense & parts.tissue)
        found.append(_Measured(true.letter, true.anatomy, density.percent, overlap))
        if place % 30 == 0:
            say(f"{place} simulated pictures measured")
    return found


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
    learnt: Sequence[_Measured], held: Sequence[_Measured], scale: CategoryScale
) -> dict[str, Any]:
    """The card: what it was fitted on, and how it fares on breasts that were not."""
    groups = [each.anatomy for each in held]
    overlap = np.array([each.overlap for each in held])
    right = np.array([density_category(each.percent, scale).letter == each.letter for each in held])
    figures = {
        name: bootstrap(partial(_mean, values), groups)
        for name, values in (("dense_dice", overlap), ("same_letter", right))
    }
    return {
        "made_by": "senoscope train density",
        "level": LEVEL,
        "trained_on": {
            "simulated_breasts": len({each.anatomy for each in learnt}),
            "pictures": len(learnt),
        },
        "measured_on": {
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
