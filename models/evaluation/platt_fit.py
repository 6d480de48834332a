"""From a classifier's logits to a probability and a word: Platt scaling and its two limits.

How the shipped card's calibration was found, and how a site finds its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.calibration_error import platt_scaling
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.package import ModelPackage

KEPT_MALIGNANT = 0.95
"""Of malignant lesions that were outlined: so many are not called low."""
KEPT_BENIGN = 0.90
"""Of benign lesions: so many are not called high."""
DIGITS = 5
"""Of the lower limit, rounded down: it may be the very score of a lesion it was set to keep."""


@dataclass(frozen=True, slots=True)
class PlattFit:
    """sigmoid(`slope` * logit + `intercept`) is the probability of malignancy.

    `prevalence` is the share of malignant lesions it holds at. Below `low_below` a lesion is low,
    from `high_from` on high. SettingsError for numbers that make no probability and no words.
    """

    slope: float
    intercept: float
    prevalence: float
    low_below: float
    high_from: float

    def __post_init__(self) -> None:
        words = 0 <= self.low_below <= self.high_from <= 1
        line = math.isfinite(self.slope) and math.isfinite(self.intercept)
        if not (words and line and 0 < self.prevalence < 1):
            raise SettingsError(
                f"{self} was given; expected finite numbers, a prevalence between 0 and 1, and "
                "0 <= low_below <= high_from <= 1. Fit again."
            )

    @classmethod
    def of(cls, package: ModelPackage) -> PlattFit:
        """What a classifier's card says. ModelPackageError where it says nothing of it."""
        return cls(
            package.setting("calibration_slope"),
            package.setting("calibration_intercept"),
            package.setting("prevalence"),
            package.setting("low_below"),
            package.setting("high_from"),
        )

    @property
    def settings(self) -> dict[str, float]:
        """As a card names them."""
        return {
            "calibration_slope": self.slope,
            "calibration_intercept": self.intercept,
            "prevalence": self.prevalence,
            "low_below": self.low_below,
            "high_from": self.high_from,
        }

    def probability(self, logits: Floats) -> Floats:
        """Of malignancy, 0..1, of the logits' shape."""
        return scaled(logits, self.slope, self.intercept)


def scaled(logits: Floats, slope: float, intercept: float) -> Floats:
    """sigmoid(slope * logit + intercept), of the logits' shape, in a form that never overflows."""
    return np.asarray(0.5 + 0.5 * np.tanh((slope * logits + intercept) / 2), dtype=np.float64)


def platt_fit(logits: Floats, malignant: Bools) -> PlattFit:
    """The fit to (n,) lesions of both kinds, with limits that keep the shares above on them."""
    slope, intercept = platt_scaling(logits, malignant)
    probability = scaled(logits, slope, intercept)
    low, high = operating_point(probability, malignant)
    return PlattFit(slope, intercept, float(malignant.mean()), low, high)


def operating_point(probability: Floats, malignant: Bools) -> tuple[float, float]:
    """Low below: keeps KEPT_MALIGNANT above. High from: KEPT_BENIGN below. Between: uncertain."""
    low = float(np.quantile(probability[malignant], 1 - KEPT_MALIGNANT))
    high = float(np.quantile(probability[~malignant], KEPT_BENIGN))
    low, high = min(low, high), max(low, high)
    return math.floor(low * 10**DIGITS) / 10**DIGITS, high
