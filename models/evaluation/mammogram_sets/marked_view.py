"""A mammogram of a data set with what is known of it, whichever set it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.hanging import Hanging

ReadPicture = Callable[[Path], Grey]
"""A file's grey values, (rows, columns) float32 in 0..1 as it is stored, air dark."""
Said = tuple[Laterality | None, str | None]
"""Side and view, such as "CC", of a picture."""
ReadSaid = Callable[[Path], Said]
"""What a file's own header says, for sets whose table does not."""
OTHER, MALIGNANT = 1, 2
"""Of a truth map; 0 where nothing is marked."""
_SAME_FIELD = 0.02


@dataclass(frozen=True, slots=True)
class Region:
    """What was marked: `outline`, corners [x, y] of the picture as stored, or a mask's file.

    `masks` names the files of which one is the mask: that with the picture's own field of view.
    """

    is_malignant: bool
    outline: tuple[tuple[float, float], ...] = ()
    masks: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedView:
    """One picture. `diagnosis` is None where the set does not say.

    `patient` must stay on one side of a split. `part` is "train" or "test" as published, else "".
    """

    name: str
    patient: str
    laterality: Laterality | None
    view: str | None
    image: Path
    diagnosis: Diagnosis | None
    regions: tuple[Region, ...] = ()
    part: str = ""

    @property
    def breast(self) -> tuple[str, Laterality | None]:
        """Whose views are of one breast."""
        return self.patient, self.laterality


@dataclass(frozen=True, eq=False)
class HungView:
    """The picture hung, and `truth`, (rows, columns) of 0, OTHER and MALIGNANT, with it."""

    marked: MarkedView
    mammogram: Mammogram
    truth: NDArray[np.uint8]


def box(left: float, top: float, right: float, bottom: float) -> tuple[tuple[float, float], ...]:
    """Corners of an upright box."""
    return (left, top), (right, top), (right, bottom), (left, bottom)


def circle(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    """Corners of a circle's polygon."""
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    return tuple((x + radius * float(np.cos(t)), y + radius * float(np.sin(t))) for t in turns)


def hung_view(marked: MarkedView, read_picture: ReadPicture) -> HungView:
    """ImageError where no breast stands out. Published sets are taken to be for presentation."""
    pixels = read_picture(marked.image)
    truth = truth_map(marked, (pixels.shape[0], pixels.shape[1]), read_picture)
    hanging = Hanging.of(pixels)
    mammogram = Mammogram(
        np.asarray(hanging.hang(pixels), np.float32),
        Intent.PRESENTATION,
        marked.laterality,
        marked.view,
        None,
    )
    return HungView(marked, mammogram, np.asarray(hanging.hang(truth), np.uint8))


def truth_map(
    marked: MarkedView, shape: tuple[int, int], read_picture: ReadPicture
) -> NDArray[np.uint8]:
    """(rows, columns) as stored: MALIGNANT over OTHER over 0."""
    truth = np.zeros(shape, np.uint8)
    for region in sorted(marked.regions, key=lambda each: each.is_malignant):
        value = MALIGNANT if region.is_malignant else OTHER
        if region.masks:
            truth[_mask(marked, region.masks, shape, read_picture)] = value
            continue
        corners = np.round(np.array(region.outline, np.float64)).astype(np.int32)
        # With its rim, for a region may be a single point.
        cv2.fillPoly(truth, [corners], (value,))
        cv2.polylines(truth, [corners], True, (value,), 3)
    return truth


def _mask(
    marked: MarkedView, paths: tuple[Path, ...], shape: tuple[int, int], read_picture: ReadPicture
) -> NDArray[np.bool_]:
    sizes = []
    for path in paths:
        read = read_picture(path)
        sizes.append(f"{path.name} {read.shape[1]} x {read.shape[0]}")
        # A crop of the region lies beside its mask, and has another size.
        rows, columns = read.shape[0] / shape[0], read.shape[1] / shape[1]
        if abs(rows - 1) < _SAME_FIELD and abs(columns - 1) < _SAME_FIELD:
            size = shape[1], shape[0]
            return np.asarray(cv2.resize(read, size, interpolation=cv2.INTER_NEAREST) > 0.5)
    raise DataSetError(
        f"{marked.name} has {shape[1]} x {shape[0]} pixels and these files to be its mask: "
        f"{', '.join(sizes) or 'none'}; expected one of the same size. Download its region again."
    )
