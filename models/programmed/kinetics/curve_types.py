"""Types of the curve of signal over time after contrast.

A curve enhances where its early signal lies `rise_percent` or more above the one before contrast.
From the early to the late phase it then changes by more than `change_percent` of the early signal
(type I up, type III down) or not (type II): Kuhl et al., Radiology 1999;211:101, and the 10 % of
ACR BI-RADS MRI. Kuhl's initial rise is slow below 50 %, fast above 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.kinetics.enhancement import (
    Curves,
    before_contrast,
    percent_above,
    signal_floor,
)
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice

RISE_PERCENT = 50.0
CHANGE_PERCENT = 10.0
BRIGHTEST_PERCENT = 200.0
SPOT = 3
"""Voxels either way in a slice: the smallest region that BI-RADS has one measure."""


class CurveType(IntEnum):
    """Of a curve after its first minutes (Kuhl et al., Radiology 1999;211:101)."""

    PERSISTENT = 1
    PLATEAU = 2
    WASHOUT = 3


@dataclass(frozen=True)
class CurveThresholds:
    """What tells types apart; all of it a slider."""

    rise_percent: float = RISE_PERCENT
    change_percent: float = CHANGE_PERCENT

    def __post_init__(self) -> None:
        if not (0 < self.rise_percent < np.inf and 0 <= self.change_percent < 100):
            raise SettingsError(
                f"An initial rise of {self.rise_percent} % and a delayed change of "
                f"{self.change_percent} % were given; expected above 0, and 0 to 100."
            )


USUAL = CurveThresholds()


@dataclass(frozen=True, eq=False)
class WorstCurve:
    """The most suspicious spot of a region: `signals` is (phases,), the mean of the spot.

    `at` is [slice, row, column], its middle; None where the region holds no whole spot, so that
    the whole region was taken.
    """

    kind: CurveType
    at: tuple[int, int, int] | None
    signals: NDArray[np.float64]


def curve_types(
    base: NDArray[Any],
    early: NDArray[Any],
    late: NDArray[Any],
    thresholds: CurveThresholds = USUAL,
) -> NDArray[np.uint8]:
    """(...) `CurveType`, 0 where nothing enhances; exact where signals are whole numbers."""
    found = np.zeros(base.shape, np.uint8)
    flat, kept = found.reshape(-1), np.float64
    sides = [np.ascontiguousarray(each).reshape(-1) for each in (base, early, late)]
    for start in range(0, len(flat), 1 << 20):
        before, first, last = (each[start : start + (1 << 20)].astype(kept) for each in sides)
        enhances = 100 * (first - before) >= thresholds.rise_percent * before
        enhances &= (before > 0) & (first > 0)
        change, most = 100 * (last - first), thresholds.change_percent * first
        types = np.full(before.shape, CurveType.PLATEAU, np.uint8)
        types[change > most] = CurveType.PERSISTENT
        types[change < -most] = CurveType.WASHOUT
        flat[start : start + (1 << 20)] = types * enhances
    return found


def type_shares(types: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Of type I, II, III among what enhances; zeros where nothing does."""
    counts = np.bincount(types.reshape(-1), minlength=4)[1:4]
    total = max(1, int(counts.sum()))
    one, two, three = (float(each / total) for each in counts)
    return one, two, three


def worst_curve(
    curves: Curves, mask: Mask, choice: PhaseChoice, thresholds: CurveThresholds = USUAL
) -> WorstCurve | None:
    """The spot of 3 x 3 voxels in one slice, all of `mask`, whose mean signal falls most.

    It must enhance, and falls (or rises least) from the early to the late phase: one noisy voxel
    does not count. Where `mask` holds no spot all of it is taken. `curves` is (phases, slices,
    rows, columns), `mask` (slices, rows, columns). None where no spot enhances or no phase is late.
    """
    if choice.late is None or not mask.any():
        return None
    base = before_contrast(curves, choice.pre_contrast)
    whole = _means(mask.astype(np.float32)) > 1 - 0.5 / SPOT**2
    early, late = (np.asarray(curves[at], np.float32) for at in (choice.early, choice.late))
    if whole.any():
        before, first, last = (_means(each)[whole] for each in (base, early, late))
    else:
        before, first, last = (each[mask].mean(keepdims=True) for each in (base, early, late))
    types = curve_types(before, first, last, thresholds)
    ratio = np.where(types > 0, last / np.maximum(first, np.finfo(np.float32).tiny), np.inf)
    best = int(np.argmin(ratio))
    if not types[best]:
        return None
    if not whole.any():
        signals = np.array([np.asarray(each)[mask].mean(dtype=np.float64) for each in curves])
        return WorstCurve(CurveType(int(types[best])), None, signals)
    z, y, x = (int(each) for each in np.argwhere(whole)[best])
    spot = (z, slice(y - 1, y + 2), slice(x - 1, x + 2))
    signals = np.array([np.asarray(each)[spot].mean(dtype=np.float64) for each in curves])
    return WorstCurve(CurveType(int(types[best])), (z, y, x), signals)


def _means(volume: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of `SPOT` x `SPOT` voxels in each slice; what lies beyond the volume counts as 0."""
    return np.stack(
        [
            cv2.boxFilter(each, cv2.CV_64F, (SPOT, SPOT), borderType=cv2.BORDER_CONSTANT)
            for each in volume
        ]
    )


def angio_map(
    base: NDArray[Any],
    early: NDArray[Any],
    late: NDArray[Any],
    thresholds: CurveThresholds = USUAL,
    brightest_percent: float = BRIGHTEST_PERCENT,
    floor: float | None = None,
) -> NDArray[np.uint8]:
    """(..., 3) RGB: blue, green, red are types I, II, III, black is what does not enhance.

    Brightness rises from 64 at the initial rise asked for to 255 at `brightest_percent`. Black too
    is what lay below `floor` before contrast, which is air: None is `signal_floor(base)`.
    """
    least = signal_floor(base) if floor is None else floor
    types = np.where(base >= least, curve_types(base, early, late, thresholds), 0)
    span = max(brightest_percent - thresholds.rise_percent, 1.0)
    over = (percent_above(base, early, least) - thresholds.rise_percent) / span
    bright = np.rint(64 + 191 * np.clip(over, 0, 1)).astype(np.uint8)
    drawn = np.zeros((*types.shape, 3), np.uint8)
    for kind, channel in zip(CurveType, (2, 1, 0), strict=True):
        drawn[..., channel] = np.where(types == kind, bright, 0)
    return drawn
