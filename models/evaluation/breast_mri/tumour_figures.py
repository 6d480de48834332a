"""How well tumours are outlined: Dice, distances in mm, volumes; intervals by patient."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.metrics import Estimate, Floats, bootstrap, dice
from senoscope.models.programmed.breast_mri.itk import simple_itk
from senoscope.models.programmed.breast_mri.lesion_model import eroded

Outline = Callable[[DynamicSeries], Mask]
"""What outlines the tumour of a series."""
FIGURES = ("dice", "hd95_mm", "volume_error_percent", "ftv_error_percent", "found")
"""Of each outline; the errors are without sign. Found: Dice of at least FOUND_FROM."""
FOUND_FROM = 0.1
PUBLISHED = (
    {
        "source": "Garrucho et al., Sci Data 2025;12:453, authors' repository",
        "reference": "10.1038/s41597-025-04707-4",
        "network": "nnU-Net, whole image, mean of five folds of MAMA-MIA",
        "dice": 0.7620,
        "hd95_mm": 37.41,
    },
)
"""On patients: a scale, no rows to compare with."""


@dataclass(frozen=True, slots=True)
class TumourScores:
    """`values` is (patients, FIGURES) by the name of what outlined; `patients` are groups."""

    patients: tuple[str, ...]
    values: Mapping[str, Floats]

    def figures(self) -> dict[str, dict[str, Estimate]]:
        """Means over patients, by what outlined and by figure."""
        return {
            name: {figure: self._mean(table[:, k]) for k, figure in enumerate(FIGURES)}
            for name, table in self.values.items()
        }

    def differences(self, pairs: Sequence[tuple[str, str]]) -> dict[str, Difference]:
        """Of mean Dice, the first of each pair less the second, on the same patients."""
        return {f"{one} - {other}": self._difference(one, other) for one, other in pairs}

    def _difference(self, one: str, other: str) -> Difference:
        away = self.values[one][:, 0] - self.values[other][:, 0]
        return paired_bootstrap(lambda rows: float(away[rows].mean()), self.patients)

    def _mean(self, column: Floats) -> Estimate:
        def mean(rows: NDArray[np.int64]) -> float:
            there = column[rows][~np.isnan(column[rows])]
            return float(there.mean()) if len(there) else math.nan

        return bootstrap(mean, self.patients)


def tumour_row(
    predicted: Mask, truth: Mask, functional: Mask, spacing_mm: Sequence[float]
) -> list[float]:
    """FIGURES of one outline. `functional` are voxels that count for the functional volume."""
    overlap = dice(predicted, truth)
    return [
        overlap,
        hausdorff_95_mm(predicted, truth, spacing_mm),
        _error_percent(int(predicted.sum()), int(truth.sum())),
        _error_percent(int((predicted & functional).sum()), int((truth & functional).sum())),
        float(overlap >= FOUND_FROM),
    ]


def _error_percent(found: int, true: int) -> float:
    """Where there is none to be found nan."""
    return abs(found - true) / true * 100 if true else math.nan


def hausdorff_95_mm(predicted: Mask, truth: Mask, spacing_mm: Sequence[float]) -> float:
    """The larger of both directed 95th percentiles of boundary distances, as `boundary` has it.

    0 where both are empty, the volume's diagonal where one is.
    """
    if not predicted.any() and not truth.any():
        return 0.0
    if not predicted.any() or not truth.any():
        sides = [(side - 1) * step for side, step in zip(truth.shape, spacing_mm, strict=True)]
        return math.hypot(*sides)
    box = _box(predicted | truth)
    one, other = (part[box] & ~eroded(part[box]) for part in (predicted, truth))
    there, back = _away(other, spacing_mm)[one], _away(one, spacing_mm)[other]
    return max(float(np.percentile(there, 95)), float(np.percentile(back, 95)))


def _away(boundary: Mask, spacing_mm: Sequence[float]) -> NDArray[np.float32]:
    """Millimetres of each voxel to the nearest of `boundary` (Maurer, IEEE TPAMI 2003;25:265)."""
    sitk = simple_itk()
    surface = sitk.GetImageFromArray(boundary.astype(np.uint8))
    surface.SetSpacing(tuple(float(each) for each in tuple(spacing_mm)[::-1]))
    distances = sitk.SignedMaurerDistanceMap(surface, False, False, True)
    return np.abs(np.asarray(sitk.GetArrayFromImage(distances), np.float32))


def _box(mask: Mask) -> tuple[slice, ...]:
    found = []
    for axis in range(3):
        there = np.flatnonzero(mask.any(axis=tuple(k for k in range(3) if k != axis)))
        found.append(slice(int(there[0]), int(there[-1]) + 1))
    return tuple(found)
