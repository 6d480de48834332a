"""A user's own segmentation network for breast MRI: ONNX behind the contract of its card.

One input, float32 (1, channels, slices, rows, columns) of the card's patch and spacing, or
(1, channels, rows, columns) where a patch has one slice; output "probability", (1, 1, ...) of the
same size in 0..1. What a channel shows is said in `channels_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Volume
from senoscope.domain.errors import ImageError
from senoscope.models.breast_mri_card import BreastMriCard, MriChannel, load_breast_mri_card
from senoscope.models.card_network import CardNetwork, are_shares, loaded_network
from senoscope.models.engines import openvino
from senoscope.models.engines.base import BackEnd, LoadedEngine
from senoscope.models.programmed.breast_mri.analysis import Motion, MriSettings
from senoscope.models.programmed.breast_mri.boxes import Box, padded, whole, within
from senoscope.models.programmed.breast_mri.lesion_model import early_and_late
from senoscope.models.programmed.breast_mri.motion import moved_box

OVERLAP = 0.25
"""Of a patch, with the next."""
LIMITS = -1.0, 3.0
"""Of every channel: a few vessels and coils must not decide its scale."""
SEED_FROM = 0.15
"""Of `scale_of`: what is darker early is fat that was suppressed, or air."""
MARGIN_MM = 12.0
"""That a network sees around a box it is asked for."""
MOST_VOXELS = 2**25
"""Of what one is asked for, on its own grid: with four channels that takes 1.3 GB."""


def scale_of(series: DynamicSeries) -> float:
    """The 99th percentile of the early phase, what its channels are divided by."""
    early, _ = early_and_late(series)
    sparse = np.asarray(series.phases[early][::2, ::3, ::3], np.float32)
    return max(float(np.percentile(sparse, 99)), 1e-6)


def channels_of(
    series: DynamicSeries,
    channels: Sequence[MriChannel],
    spacing_mm: tuple[float, float, float],
    box: Box | None = None,
    motion: Motion | None = None,
) -> NDArray[np.float32]:
    """(channels, slices, rows, columns) of `spacing_mm`, within LIMITS, moved as `motion` says.

    `pre` is the last phase before contrast, `early` the early phase less that, `late` the late one
    less the early one, all divided by `scale_of` the whole series. `seed` is 1 where early
    enhancement is at least that of the functional tumour volume (Hylton 2016). ImageError where
    a channel would have more than MOST_VOXELS.
    """
    window = box or whole(series.shape)
    numbers = (series.pre_contrast - 1, *early_and_late(series))
    sides = [each.stop - each.start for each in window]
    shape = shape_at(sides, series.geometry.spacing_mm, spacing_mm)
    if prod(shape) > MOST_VOXELS:
        raise ImageError(
            f"On a grid of {spacing_mm} mm the breasts have {shape} voxels; expected {MOST_VOXELS} "
            "at most. Use a network of larger voxels."
        )
    scale = np.float32(scale_of(series))
    pre, early, late = (
        resized(moved_box(series.phases[k], motion, k, window) / scale, shape) for k in numbers
    )
    made = {MriChannel.PRE: pre, MriChannel.EARLY: early - pre, MriChannel.LATE: late - early}
    if MriChannel.SEED in channels:
        made[MriChannel.SEED] = _seed(pre, early)
    found = np.stack([made[each] for each in channels])
    return np.clip(found, *LIMITS, out=found)


def _seed(pre: Volume, early: Volume) -> Volume:
    share = MriSettings().early_percent / 100
    rises = early - pre >= share * np.maximum(pre, SEED_FROM / (1 + share))
    return np.asarray(rises & (early >= SEED_FROM), np.float32)


def shape_at(
    shape: Sequence[int], spacing_mm: Sequence[float], wanted_mm: Sequence[float]
) -> tuple[int, int, int]:
    """Of a volume of `shape` and `spacing_mm` at `wanted_mm`."""
    slices, rows, columns = (
        max(1, round(side * its / wanted))
        for side, its, wanted in zip(shape, spacing_mm, wanted_mm, strict=True)
    )
    return slices, rows, columns


def resized(volume: Volume, shape: tuple[int, int, int]) -> Volume:
    """Averaged where a slice's rows become fewer; linear between slices and where they do not.

    Columns follow the rows: pixels are as good as square.
    """
    slices, rows, columns = shape
    way = cv2.INTER_AREA if rows <= volume.shape[1] else cv2.INTER_LINEAR
    flat = np.empty((len(volume), rows, columns), np.float32)
    for place, slice_ in enumerate(volume):
        flat[place] = cv2.resize(slice_, (columns, rows), interpolation=way)
    at = np.clip((np.arange(slices) + 0.5) * len(volume) / slices - 0.5, 0, len(volume) - 1)
    below = np.minimum(at.astype(int), max(len(volume) - 2, 0))
    share = (at - below).astype(np.float32)[:, None, None]
    above = np.minimum(below + 1, len(volume) - 1)
    return np.asarray(flat[below] * (1 - share) + flat[above] * share, np.float32)


def tell_nobody(_share: float) -> None:
    """Of how much is done."""


class BreastMriNetwork(CardNetwork[BreastMriCard]):
    """A loaded network. One thread's."""

    def __init__(self, card: BreastMriCard, engine: LoadedEngine) -> None:
        """ModelPackageError where the network is not what its card says."""
        super().__init__(card, engine)
        self._run(np.zeros(card.input_shape, np.float32))

    def probability(
        self,
        series: DynamicSeries,
        box: Box | None = None,
        motion: Motion | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        tell: Callable[[float], None] = tell_nobody,
    ) -> Volume:
        """(slices, rows, columns) in 0..1, of the voxels of `box`, or of the whole volume.

        `series` should be registered, or `motion` say how it is to be. `cancelled` is asked between
        patches; then what is left is 0. `tell` is told before each how much is done, from 0 on.
        Errors as of `channels_of`; ModelPackageError where the network gives no probabilities.
        """
        seen = box or whole(series.shape)
        wide = padded(seen, MARGIN_MM, series.geometry.spacing_mm, series.shape)
        given = channels_of(series, self.card.channels, self.card.spacing_mm, wide, motion)
        found = self._over(given, cancelled, tell)
        high, across, along = (each.stop - each.start for each in wide)
        return np.clip(resized(found, (high, across, along))[within(seen, wide)], 0, 1)

    def _over(
        self,
        given: NDArray[np.float32],
        cancelled: Callable[[], bool],
        tell: Callable[[float], None],
    ) -> Volume:
        """Patches side by side, their middles weighing most."""
        patch, shape = self.card.patch, given.shape[1:]
        missing = [max(0, side - extent) for side, extent in zip(patch, shape, strict=True)]
        if any(missing):
            given = np.pad(given, [(0, 0), *((0, each) for each in missing)], mode="edge")
        total = np.zeros(given.shape[1:], np.float32)
        weights = np.zeros_like(total)
        weight = _weight(patch)
        windows = list(_windows(given.shape[1:], patch))
        for place, window in enumerate(windows):
            if cancelled():
                break
            tell(place / len(windows))
            cut = given[(slice(None), *window)]
            total[window] += weight * self._run(cut.reshape(self.card.input_shape)).reshape(patch)
            weights[window] += weight
        seen = total / np.maximum(weights, 1e-6)
        slices, rows, columns = shape
        return np.asarray(seen[:slices, :rows, :columns], np.float32)

    def _run(self, volume: NDArray[np.float32]) -> NDArray[np.float32]:
        """A probability for each voxel, after it was found to be one."""
        wanted = (1, 1, *self.card.input_shape[2:])
        given = self.given_of(volume)
        found = given.get("probability")
        if found is None or found.shape != wanted or not are_shares(found):
            raise self.refused(given, f"probability {wanted}")
        return found


def _weight(patch: Sequence[int]) -> NDArray[np.float32]:
    """Highest in the middle, above 0 at the edge."""
    ramps = [
        np.minimum(np.arange(side) + 1, side - np.arange(side)).astype(np.float32) / side
        for side in patch
    ]
    return np.asarray(ramps[0][:, None, None] * ramps[1][:, None] * ramps[2], np.float32)


def _windows(shape: Sequence[int], patch: Sequence[int]) -> Iterator[Box]:
    starts = []
    for side, extent in zip(shape, patch, strict=True):
        step = max(1, round(extent * (1 - OVERLAP)))
        starts.append([*range(0, side - extent, step), side - extent])
    for top in starts[0]:
        for row in starts[1]:
            for column in starts[2]:
                yield (
                    slice(top, top + patch[0]),
                    slice(row, row + patch[1]),
                    slice(column, column + patch[2]),
                )


def load_breast_mri_network(folder: Path, back_end: BackEnd = openvino) -> BreastMriNetwork:
    """The network of `folder`, after one run. ModelPackageError says what to correct."""
    return loaded_network(load_breast_mri_card(folder), back_end, BreastMriNetwork)
