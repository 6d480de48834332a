"""What networks for mammograms learn from: views of one size in memory, split by patient."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.mammogram_sets.marked_view import (
    MALIGNANT,
    OTHER,
    MarkedView,
    ReadPicture,
    hung_view,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.mammogram_model import fitted
from senoscope.models.programmed.mammography.breast import breast_mask

INNER_SHARE = 0.2
"""Of patients, where no views to choose by are given."""
Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class LearntView:
    """`picture` and `truth`, of 0, OTHER and MALIGNANT, are (rows, columns) of the network's size.

    `breast` is where the breast lies on it.
    """

    patient: str
    is_malignant: bool
    picture: Gray
    truth: NDArray[np.uint8]
    breast: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LearntViews:
    """`fitted` is learnt from; `inner` scores and calibrates. No shared patient."""

    fitted: tuple[LearntView, ...]
    inner: tuple[LearntView, ...]

    def __post_init__(self) -> None:
        shared = {v.patient for v in self.fitted} & {v.patient for v in self.inner}
        both = [
            {v.is_malignant for v in part} == {True, False} for part in (self.fitted, self.inner)
        ]
        if shared or not all(both):
            raise DataSetError(
                f"{len(self.fitted)} views to fit and {len(self.inner)} to choose by share "
                f"{len(shared)} patients; expected none shared, and malignant and other breasts in "
                "both. Give more patients, or another set to choose by."
            )


def split_by_patient(
    views: Sequence[MarkedView], say: Say
) -> tuple[list[MarkedView], list[MarkedView]]:
    """Views to fit and to choose by, of those with a diagnosis and not in a published test part.

    A patient with a view in the test part is in neither. Which patients choose hangs on their names
    alone, so that runs split alike.
    """
    tested = {view.patient for view in views if view.part == "test"}
    left = [view for view in views if view.diagnosis is not None and view.patient not in tested]
    say(f"{len(views) - len(left)} of {len(views)} views left out: of test patients or undiagnosed")
    parts: tuple[list[MarkedView], list[MarkedView]] = ([], [])
    for view in left:
        parts[zlib.crc32(view.patient.encode()) / 2**32 < INNER_SHARE].append(view)
    return parts


def load_views(
    views: Sequence[MarkedView], read_picture: ReadPicture, size: tuple[int, int], say: Say
) -> tuple[LearntView, ...]:
    """Each view at `size`; one in which no breast is found is told and left out."""
    loaded = []
    for marked in views:
        try:
            hung = hung_view(marked, read_picture)
            picture = fitted(hung.mammogram.pixels, size)
            breast = breast_mask(picture)
        except ImageError as error:
            say(f"{marked.name} is not learnt from: {error}")
            continue
        truth = np.zeros(size, np.uint8)
        for value in (OTHER, MALIGNANT):
            # Shrunk by area, so that no region vanishes between pixels.
            truth[fitted((hung.truth == value).astype(np.float32), size) > 0.05] = value
        is_malignant = marked.diagnosis is Diagnosis.MALIGNANT
        grey = np.asarray(np.round(picture * 255), np.uint8)
        loaded.append(LearntView(marked.patient, is_malignant, grey, truth, breast))
    return tuple(loaded)


def as_input(pictures: Sequence[Gray]) -> NDArray[np.float32]:
    """(n, rows, columns) grey to (n, 1, rows, columns) in 0..1, as the card tells readers to."""
    return np.stack(pictures).astype(np.float32)[:, None] / np.float32(255)


def varied(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Another display of the same tissue: air stays air."""
    brighter = picture ** np.float32(np.exp(rng.uniform(-0.25, 0.25)))
    return np.asarray(brighter * np.float32(rng.uniform(0.9, 1.0)), np.float32)


def regions_of(view: LearntView, value: int) -> list[tuple[float, float]]:
    """Middles [x, y] of the regions of `value`."""
    marked = (view.truth == value).astype(np.uint8)
    count, _, _, middles = cv2.connectedComponentsWithStats(marked)
    return [(float(x), float(y)) for x, y in middles[1:count]]
