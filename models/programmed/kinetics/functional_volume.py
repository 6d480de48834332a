"""Functional tumour volume by the thresholds that the I-SPY trials published.

A voxel counts where the signal before contrast reaches 60 % of the region's 95th percentile, the
early phase lies 70 % or more above it, at least four of its eight neighbours in the slice do so
too, and its SER lies above 0 (Hylton et al., Radiology 2016;279:44).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.programmed.kinetics.enhancement import (
    LEAST_SIGNAL,
    Map,
    percent_above,
    signal_enhancement_ratio,
)

PERCENTILE = 95
SER_BANDS = (0.9, 1.1)
"""Below is persistent, between plateau, above washout (Hattangadi et al., AJR 2008;190:1630)."""


@dataclass(frozen=True)
class FunctionalThresholds:
    """As `MriSettings` has them; `ser_bands` part the volume in three."""

    early_percent: float = 70.0
    background_share: float = 0.6
    ser_from: float = 0.0
    neighbours: int = 4
    ser_bands: tuple[float, float] = SER_BANDS

    def __post_init__(self) -> None:
        low, high = self.ser_bands
        if not (
            self.early_percent > 0
            and 0 <= self.background_share <= 1
            and 0 <= self.neighbours <= 8
            and self.ser_from <= low <= high
        ):
            raise SettingsError(
                f"Thresholds of the functional volume were given as {self}; expected an early "
                "percent above 0, a share of 0 to 1, 0 to 8 neighbours, and SER bands that rise "
                "from ser_from."
            )


PUBLISHED = FunctionalThresholds()


@dataclass(frozen=True, eq=False)
class FunctionalVolume:
    """`mask` and `ser` are of the whole volume that was given, `ser` NaN outside `mask`.

    `parts_mm3`: below, between and above the SER bands; all zeros where no phase was late.
    """

    mask: Mask
    ser: Map
    voxels: int
    volume_mm3: float
    parts_mm3: tuple[float, float, float]
    background_signal: float


def functional_volume(
    base: NDArray[Any],
    early: NDArray[Any],
    late: NDArray[Any] | None,
    region: Mask,
    voxel_mm3: float,
    thresholds: FunctionalThresholds = PUBLISHED,
) -> FunctionalVolume:
    """Within `region`, (slices, rows, columns) as the three phases are.

    Without a late phase the SER cannot be asked for, and no voxel is left out for it.
    """
    if region.shape != base.shape or not region.any():
        raise ImageError(
            f"A region of {int(region.sum())} voxels in {region.shape} was given for phases of "
            f"{base.shape}; expected one of that shape that is not empty."
        )
    box = _box_of(region)
    inside, before, first = region[box], base[box].astype(np.float32), early[box]
    background = thresholds.background_share * float(np.percentile(before[inside], PERCENTILE))
    floor = max(background, LEAST_SIGNAL)
    counts = inside & (before >= floor)
    counts &= percent_above(before, first, floor) >= thresholds.early_percent
    counts &= _neighbours(counts) >= thresholds.neighbours
    ratio = np.full(counts.shape, np.nan, np.float32)
    if late is not None:
        ratio = signal_enhancement_ratio(before, first, late[box]).astype(np.float32)
        counts &= ratio > thresholds.ser_from
    ratio[~counts] = np.nan
    low, high = thresholds.ser_bands
    known = ratio[counts]
    parts = [(known < low).sum(), ((known >= low) & (known <= high)).sum(), (known > high).sum()]
    mask, ser = np.zeros(base.shape, np.bool_), np.full(base.shape, np.nan, np.float32)
    mask[box], ser[box] = counts, ratio
    one, two, three = (float(each) * voxel_mm3 for each in parts)
    voxels = int(counts.sum())
    return FunctionalVolume(mask, ser, voxels, voxels * voxel_mm3, (one, two, three), background)


def _box_of(region: Mask) -> tuple[slice, slice, slice]:
    at = [np.flatnonzero(region.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    z, y, x = (slice(int(each[0]), int(each[-1]) + 1) for each in at)
    return z, y, x


def _neighbours(mask: Mask) -> NDArray[np.uint8]:
    """How many of the eight round each voxel in its slice are of `mask`."""
    kernel = np.ones((3, 3), np.float32)
    kernel[1, 1] = 0
    return np.stack(
        [
            cv2.filter2D(each.astype(np.uint8), cv2.CV_8U, kernel, borderType=cv2.BORDER_CONSTANT)
            for each in mask
        ]
    )
