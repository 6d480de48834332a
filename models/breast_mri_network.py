"""A user's own segmentation network for breast MRI: ONNX behind the contract of its card.

One input, float32 (1, channels, slices, rows, columns) of the card's patch and spacing, or
(1, channels, rows, columns) where a patch has one slice; output "probability", (1, 1, ...) of the
same size in 0..1. What a channel shows is said in `channels_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Volume
from senoscope.domain.errors import EngineUnavailable, ModelPackageError
from senoscope.models.breast_mri_card import BreastMriCard, MriChannel, load_breast_mri_card
from senoscope.models.engines import openvino
from senoscope.models.engines.base import BackEnd, LoadedEngine
from senoscope.models.programmed.breast_mri.analysis import MriSettings
from senoscope.models.programmed.breast_mri.lesion_model import early_and_late

Box = tuple[slice, slice, slice]
OVERLAP = 0.25
"""Of a patch, with the next."""
LIMITS = -1.0, 3.0
"""Of every channel: a few vessels and coils must not decide its scale."""
SEED_FROM = 0.15
"""Of `scale_of`: what is darker early is fat that was suppressed, or air."""
MARGIN_MM = 12.0
"""That a network sees around a box it is asked for."""
_ROUNDING = 1e-4


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
) -> NDArray[np.float32]:
    """(channels, slices, rows, columns) of `spacing_mm`, within LIMITS.

    `pre` is the last phase before contrast, `early` the early phase less that, `late` the late one
    less the early one, all divided by `scale_of` the whole series. `seed` is 1 where early
    enhancement is at least that of the functional tumour volume (Hylton 2016).
    """
    window = box or (slice(None),) * 3
    numbers = (series.pre_contrast - 1, *early_and_late(series))
    shape = shape_at(series.phases[0][window].shape, series.geometry.spacing_mm, spacing_mm)
    scale = np.float32(scale_of(series))
    pre, early, late = (
        resized(np.asarray(series.phases[k][window], np.float32) / scale, shape) for k in numbers
    )
    made = {MriChannel.PRE: pre, MriChannel.EARLY: early - pre, MriChannel.LATE: late - early}
    if MriChannel.SEED in channels:
        made[MriChannel.SEED] = _seed(pre, early)
    return np.clip(np.stack([made[each] for each in channels]), *LIMITS)


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
    """Averaged where it shrinks in a slice; linear between slices and where it grows."""
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


class BreastMriNetwork:
    """A loaded network. One thread's."""

    def __init__(self, card: BreastMriCard, engine: LoadedEngine) -> None:
        """ModelPackageError where the network is not what its card says."""
        self.card = card
        self._engine = engine
        if tuple(engine.input_shape) != card.input_shape:
            raise ModelPackageError(
                f"The network in {card.folder.name} takes {tuple(engine.input_shape)}; its card "
                f"asks for one input of {card.input_shape}. Export it at that fixed size, or "
                "correct the card."
            )
        self._run(np.zeros(card.input_shape, np.float32))

    def probability(
        self,
        series: DynamicSeries,
        box: Box | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Volume:
        """(slices, rows, columns) in 0..1, of the voxels of `box`, or of the whole volume.

        `series` should be registered. `cancelled` is asked between patches; then what is left is 0.
        """
        seen = box or (
            slice(0, series.shape[0]),
            slice(0, series.shape[1]),
            slice(0, series.shape[2]),
        )
        wide = _widened(seen, series.shape, series.geometry.spacing_mm)
        given = channels_of(series, self.card.channels, self.card.spacing_mm, wide)
        found = self._over(given, cancelled)
        high, across, along = (each.stop - each.start for each in wide)
        whole = resized(found, (high, across, along))
        inner = tuple(
            slice(part.start - outer.start, part.stop - outer.start)
            for part, outer in zip(seen, wide, strict=True)
        )
        return np.clip(whole[inner], 0, 1)

    def _over(self, given: NDArray[np.float32], cancelled: Callable[[], bool]) -> Volume:
        """Patches side by side, their middles weighing most."""
        patch, shape = self.card.patch, given.shape[1:]
        missing = [max(0, side - extent) for side, extent in zip(patch, shape, strict=True)]
        given = np.pad(given, [(0, 0), *((0, each) for each in missing)], mode="edge")
        total = np.zeros(given.shape[1:], np.float32)
        weights = np.zeros_like(total)
        weight = _weight(patch)
        for window in _windows(given.shape[1:], patch):
            if cancelled():
                break
            cut = np.ascontiguousarray(given[(slice(None), *window)])
            total[window] += weight * self._run(cut.reshape(self.card.input_shape)).reshape(patch)
            weights[window] += weight
        seen = total / np.maximum(weights, 1e-6)
        slices, rows, columns = shape
        return np.asarray(seen[:slices, :rows, :columns], np.float32)

    def _run(self, volume: NDArray[np.float32]) -> NDArray[np.float32]:
        """A probability for each voxel, after it was found to be one."""
        wanted = (1, 1, *self.card.input_shape[2:])
        try:
            given = {name: np.array(each) for name, each in self._engine.run(volume).items()}
        except RuntimeError as error:
            raise ModelPackageError(
                f"The network in {self.card.folder.name} failed on {volume.shape} "
                f"({' '.join(str(error).split())[:200]}). Export it again."
            ) from error
        found = given.get("probability")
        if (
            found is None
            or found.shape != wanted
            or not bool(((found >= -_ROUNDING) & (found <= 1 + _ROUNDING)).all())
        ):
            shapes = {name: each.shape for name, each in given.items()}
            raise ModelPackageError(
                f"The network in {self.card.folder.name} gives {shapes}; its card asks for "
                f"probability {wanted} within 0 to 1. Export a probability by this name."
            )
        return found


def _widened(box: Box, shape: Sequence[int], spacing_mm: Sequence[float]) -> Box:
    high, across, along = (
        slice(
            max(0, part.start - round(MARGIN_MM / step)),
            min(side, part.stop + round(MARGIN_MM / step)),
        )
        for part, side, step in zip(box, shape, spacing_mm, strict=True)
    )
    return high, across, along


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
    card = load_breast_mri_card(folder)
    try:
        engine = back_end.load(card.weights())
    except EngineUnavailable as error:
        raise ModelPackageError(
            f"The network in {folder.name} cannot be loaded: {error} Its card asks for one input "
            f"of the fixed size {card.input_shape}; export it so."
        ) from error
    return BreastMriNetwork(card, engine)
