"""What segmentation networks for breast MRI learn from: exams on the network's grid, on the disk.

Kept uncompressed, so that a patch is read without the rest of a volume.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.domain.errors import DataSetError, ImageError
from senoscope.models.breast_mri_card import MriChannel, MriTarget
from senoscope.models.breast_mri_network import channels_of
from senoscope.models.evaluation.breast_mri.mama_mia import MamaMiaPatient
from senoscope.models.evaluation.breast_mri.mama_mia_folder import TISSUE
from senoscope.models.evaluation.breast_mri.nifti import read_nifti
from senoscope.models.programmed.breast_mri.analysis import Tissue

Say = Callable[[str], None]
CHANNELS = tuple(MriChannel)
"""All are kept; a network takes those it wants."""
_BITS = {MriTarget.BREAST: Tissue.BREAST, MriTarget.FIBROGLANDULAR: Tissue.FIBROGLANDULAR}


@dataclass(frozen=True, eq=False)
class SegmentationCase:
    """`volume` is (CHANNELS, slices, rows, columns) float16, `truth` (slices, rows, columns)."""

    name: str
    volume: NDArray[np.float16]
    truth: NDArray[np.uint8]


def prepared(
    patients: Sequence[MamaMiaPatient],
    target: MriTarget,
    spacing_mm: tuple[float, float, float],
    kept: Path,
    say: Say,
) -> list[SegmentationCase]:
    """Each patient's, made where `kept` does not hold it yet. One that cannot be read is said."""
    kept.mkdir(parents=True, exist_ok=True)
    stamp = f"{target}-" + "x".join(f"{side:g}" for side in spacing_mm)
    cases = []
    for place, patient in enumerate(patients, 1):
        volume, truth = (kept / f"{patient.name}-{stamp}-{part}.npy" for part in ("in", "out"))
        if not truth.is_file():
            try:
                _prepare(patient, target, spacing_mm, volume, truth)
            except ImageError as error:
                say(f"{patient.name} is left out: {error}")
                continue
            say(f"{patient.name}: prepared, {place} of {len(patients)}")
        cases.append(SegmentationCase(patient.name, np.load(volume, mmap_mode="r"), np.load(truth)))
    if not cases:
        raise DataSetError(
            f"None of {len(patients)} patients could be read; expected some. What is wrong with "
            "each is said above."
        )
    return cases


def _prepare(
    patient: MamaMiaPatient,
    target: MriTarget,
    spacing_mm: tuple[float, float, float],
    volume: Path,
    truth: Path,
) -> None:
    """`truth` last: where it is there, both are."""
    series = patient.series()
    channels = channels_of(series, CHANNELS, spacing_mm).astype(np.float16)
    slices, rows, columns = channels.shape[1:]
    mask = _shrunk(truth_of(patient, target, series.shape), (slices, rows, columns))
    for path, array in ((volume, channels), (truth, mask)):
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.save(file, array)
        partial.replace(path)


def truth_of(patient: MamaMiaPatient, target: MriTarget, shape: tuple[int, int, int]) -> Mask:
    """Of the expert, or where tissue is asked for of our own folder beside it."""
    if target is MriTarget.TUMOUR:
        return patient.tumour(shape)
    path = patient.outline.parents[1] / TISSUE / patient.outline.name
    if not path.is_file():
        raise DataSetError(
            f"{patient.name} has no labels of tissue ({path} is not there); expected bits of "
            "breast and fibroglandular tissue. MAMA-MIA has none: simulated exams have."
        )
    labels, _ = read_nifti(path)
    if labels.shape != shape:
        raise DataSetError(f"{path.name} is {labels.shape}; expected {shape}, as its phases.")
    return np.asarray((labels.astype(np.int64) & int(_BITS[target])) > 0)


def _shrunk(mask: Mask, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """1 where at least half of a voxel is in the mask."""
    slices, rows, columns = shape
    flat = np.stack(
        [
            cv2.resize(part.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
            for part in mask
        ]
    )
    at = np.clip(((np.arange(slices) + 0.5) * len(mask) / slices).astype(int), 0, len(mask) - 1)
    return np.asarray(flat[at] >= 0.5, np.uint8)
