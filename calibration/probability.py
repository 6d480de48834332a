"""A site's own fit of the probability, and whether it is better than the one in force.

The network stays as it is: of its logit, slope and intercept are fitted to the site's reviewed
lesions, and the two limits of the words with them. Better or not is found on patients that a fit
has not seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.by_patient import patient_numbers, require_rows
from senoscope.models.evaluation.calibration_error import brier, equal_mass_bins
from senoscope.models.evaluation.metrics import (
    Bools,
    Estimate,
    Floats,
    bootstrap,
    expected_calibration_error,
    sensitivity,
    specificity,
)
from senoscope.models.evaluation.platt_fit import PlattFit, platt_fit
from senoscope.models.evaluation.plots import reliability_picture

LEAST_LESIONS = 50
LEAST_PATIENTS_OF_A_KIND = 10
"""With a malignant lesion, and with a benign one: views of one patient say the same thing again."""
PARTS = 5
"""Of patients: each is judged by a fit to the others."""
BINS = 10
LEAST_IN_A_BIN = 10


@dataclass(frozen=True, eq=False)
class Lesions:
    """(n,) `logits` of the network, uncalibrated, what the lesions are, and `patients` by any name.

    DataSetError where rows do not agree.
    """

    logits: Floats
    malignant: Bools
    patients: Sequence[Hashable]

    def __post_init__(self) -> None:
        require_rows(self.malignant, self.logits, groups=self.patients)

    def __len__(self) -> int:
        return len(self.malignant)

    @property
    def patient_count(self) -> int:
        """How many patients they are of."""
        return len(set(self.patients))


@dataclass(frozen=True, slots=True)
class Figures:
    """With 95 % intervals by bootstrap over patients. Sensitivity and specificity of "not low"."""

    calibration_error: Estimate
    brier: Estimate
    sensitivity: Estimate
    specificity: Estimate


@dataclass(frozen=True, eq=False)
class Refit:
    """`fit` to all lesions; what the present one and unseen patients' fits say of each, (n,).

    `brier_change` is after minus before, of the same lesions: below 0 is better.
    """

    fit: PlattFit
    lesions: Lesions
    probability_before: Floats
    probability_after: Floats
    before: Figures
    after: Figures
    brier_change: Estimate

    @property
    def is_better(self) -> bool:
        """Whether its Brier score on patients it was not fitted to is below the present one's."""
        return self.brier_change.value < 0


def refit(lesions: Lesions, present: PlattFit, resamples: int = 2000) -> Refit:
    """Fit to `lesions` and compare with `present`, intervals by so many bootstrap `resamples`.

    DataSetError where there are too few, or where the logit does not rise with malignancy.
    """
    _require_enough(lesions)
    fit = platt_fit(lesions.logits, lesions.malignant)
    if fit.slope <= 0:
        raise DataSetError(
            f"In these {len(lesions)} lesions the network's logit is no higher for malignant ones "
            f"(slope {fit.slope:.3f}; expected above 0). Check that 1 stands for malignant and 0 "
            "for benign, and that the boxes are round the lesions."
        )
    before = present.probability(lesions.logits)
    not_low_before = before >= present.low_below
    after, not_low_after = _unseen(lesions)
    truth = lesions.malignant
    change = bootstrap(
        lambda rows: brier(truth[rows], after[rows]) - brier(truth[rows], before[rows]),
        lesions.patients,
        resamples,
    )
    return Refit(
        fit=fit,
        lesions=lesions,
        probability_before=before,
        probability_after=after,
        before=_figures(lesions, before, not_low_before, resamples),
        after=_figures(lesions, after, not_low_after, resamples),
        brier_change=change,
    )


def before_and_after(found: Refit) -> str:
    """SVG of the two reliability plots side by side, after of patients not fitted to."""
    bins = max(1, min(BINS, len(found.lesions) // LEAST_IN_A_BIN))
    pictures = [
        reliability_picture(title, equal_mass_bins(found.lesions.malignant, probability, bins))
        for title, probability in (
            ("Before", found.probability_before),
            ("After, on patients not fitted to", found.probability_after),
        )
    ]
    (width, height), *_ = [_size(picture) for picture in pictures]
    placed = "".join(
        f'<g transform="translate({place * width} 0)">\n{picture}</g>\n'
        for place, picture in enumerate(pictures)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width}" height="{height}" '
        f'viewBox="0 0 {2 * width} {height}" role="img">\n'
        f"<title>Reliability before and after</title>\n{placed}</svg>\n"
    )


def parts_of(patients: Sequence[Hashable], malignant: Bools) -> NDArray[np.int64]:
    """(n,): which of PARTS each lesion is in, a patient's all in one.

    Patients are dealt out by what they have, malignant lesions, benign ones or both, so that each
    part has its share; in an order that hangs on their names alone, not on the order of the rows.
    """
    numbers = patient_numbers(patients)
    names = list(dict.fromkeys(patients))
    share = np.bincount(numbers, weights=malignant) / np.bincount(numbers)
    kind = np.sign(share) + (share == 1)
    order = sorted(range(len(names)), key=lambda one: (kind[one], _shuffled(names[one])))
    part = np.empty(len(names), dtype=np.int64)
    part[order] = np.arange(len(names)) % PARTS
    return np.asarray(part[numbers])


def _shuffled(name: Hashable) -> bytes:
    return hashlib.sha256(f"part of {name}".encode()).digest()


def _unseen(lesions: Lesions) -> tuple[Floats, Bools]:
    """Each lesion's probability, and whether it is not low, by a fit to the other parts."""
    probability = np.empty(len(lesions))
    not_low = np.empty(len(lesions), dtype=np.bool_)
    part = parts_of(lesions.patients, lesions.malignant)
    for held in range(PARTS):
        inside = part == held
        fit = platt_fit(lesions.logits[~inside], lesions.malignant[~inside])
        probability[inside] = fit.probability(lesions.logits[inside])
        not_low[inside] = probability[inside] >= fit.low_below
    return probability, not_low


def _figures(lesions: Lesions, probability: Floats, not_low: Bools, resamples: int) -> Figures:
    truth = lesions.malignant

    def estimate(figure: Callable[[Bools, Floats, Bools], float]) -> Estimate:
        return bootstrap(
            lambda rows: figure(truth[rows], probability[rows], not_low[rows]),
            lesions.patients,
            resamples,
        )

    return Figures(
        calibration_error=estimate(lambda y, p, _: expected_calibration_error(y, p)),
        brier=estimate(lambda y, p, _: brier(y, p)),
        sensitivity=estimate(lambda y, _, called: sensitivity(y, called)),
        specificity=estimate(lambda y, _, called: specificity(y, called)),
    )


def _require_enough(lesions: Lesions) -> None:
    patients = patient_numbers(lesions.patients)
    malignant = len(set(patients[lesions.malignant].tolist()))
    benign = len(set(patients[~lesions.malignant].tolist()))
    if len(lesions) < LEAST_LESIONS or min(malignant, benign) < LEAST_PATIENTS_OF_A_KIND:
        raise DataSetError(
            f"{len(lesions)} lesions were found, malignant ones in {malignant} patients, benign "
            f"ones in {benign}; expected at least {LEAST_LESIONS} lesions, and "
            f"{LEAST_PATIENTS_OF_A_KIND} patients of each kind. Add reviewed cases."
        )


def _size(picture: str) -> tuple[int, int]:
    """(width, height) that an SVG text asks for first."""
    width, height = (int(found) for found in re.findall(r'(?:width|height)="(\d+)"', picture)[:2])
    return width, height
