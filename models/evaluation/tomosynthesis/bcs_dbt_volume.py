"""A volume of BCS-DBT as readers here see it, and its boxes there and back.

Boxes are of stored frames, turned by half where `is_turned`; readers see hung slices in order of
height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import ImageError
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import (
    BcsDbtBox,
    BcsDbtLabel,
    BcsDbtView,
    box_centre,
    is_turned,
    turned,
)
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_score import Prediction
from senoscope.models.evaluation.tomosynthesis.class_measures import class_measures
from senoscope.models.evaluation.tomosynthesis.class_view import ClassPlace, ClassView, slabs_of
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.marks import Points
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark

DIAGNOSES = {
    BcsDbtLabel.NORMAL: Diagnosis.NORMAL,
    BcsDbtLabel.BENIGN: Diagnosis.BENIGN,
    BcsDbtLabel.CANCER: Diagnosis.MALIGNANT,
}
"""Actionable is none of the three: nobody proved what was seen."""


@dataclass(frozen=True, eq=False)
class BcsDbtVolume:
    """`seen` by way of `hanging`; `frames` is the stored number, from 1, of each slice."""

    view: BcsDbtView
    seen: TomosynthesisView
    hanging: Hanging
    frames: tuple[int, ...]

    def __post_init__(self) -> None:
        told = self.view.slices
        if told is not None and told != len(self.frames):
            raise ImageError(
                f"{self.view.view} of study {self.view.study_uid} has {len(self.frames)} slices; "
                f"expected {told}, as its boxes say. Download this file again."
            )

    def box_at(self, box: BcsDbtBox) -> tuple[float, float, int]:
        """[x, y] of its middle in the hung slices, and which of these it is in."""
        points = np.array([box_centre(box)], np.float32)
        if is_turned(self.view, self.hanging.wall):
            points = turned(points, self.hanging.shape)
        x, y = self.hanging.points_hung(points)[0].tolist()
        return x, y, self.frames.index(box.slice + 1)

    def prediction(self, mark: VolumeMark) -> Prediction:
        """As teams hand it in: as large as its outline, in the slices that it is seen in.

        Its middle, by which a box is judged, is the mark's own, in the slice where it is seen best.
        """
        width, height = (np.ptp(self._published(mark.outline), axis=0) + 1).tolist()
        x, y = self._published(np.array([mark.centre], np.float32))[0].tolist()
        seen = [self.frames[k] - 1 for k in range(mark.first_slice, mark.last_slice + 1)]
        best = self.frames[mark.slice_index] - 1
        depth = 2 * min(best - min(seen), max(seen) - best)
        # Corners count from the edge of a pixel, points from its middle.
        left, top = x + 0.5 - width / 2, y + 0.5 - height / 2
        first = best - depth / 2
        return Prediction(self.view.key, left, top, width, height, first, depth, mark.score)

    def _published(self, hung: Points) -> Points:
        stored = self.hanging.points_back(np.asarray(hung, np.float32))
        if is_turned(self.view, self.hanging.wall):
            return turned(stored, self.hanging.shape)
        return stored


def predictions_of(volume: BcsDbtVolume, marks: Sequence[VolumeMark]) -> list[Prediction]:
    """Of every mark, whatever its kind."""
    return [volume.prediction(mark) for mark in marks]


def class_view_of(volume: BcsDbtVolume) -> ClassView:
    """With the boxes as places. ImageError where its label is none of the three classes.

    Also where the file says no pixel size or no heights.
    """
    seen, label = volume.seen, volume.view.label
    if label not in DIAGNOSES:
        raise ImageError(
            f"{volume.view.view} of study {volume.view.study_uid} is {label}; expected one of "
            f"{', '.join(DIAGNOSES)}. Leave it out."
        )
    slabs = slabs_of(seen)
    return ClassView(
        anatomy=volume.view.patient,
        laterality=volume.view.laterality,
        view=volume.view.projection,
        diagnosis=DIAGNOSES[label],
        slabs=slabs,
        mammogram=None,
        places=tuple(_place(volume, box) for box in volume.view.boxes),
        measures=class_measures(slabs, None),
    )


def _place(volume: BcsDbtVolume, box: BcsDbtBox) -> ClassPlace:
    seen = volume.seen
    assert seen.spacing is not None and seen.heights_mm is not None  # `slabs_of` refuses it
    x, y, at = volume.box_at(box)
    row_mm, column_mm = seen.spacing.row_mm, seen.spacing.column_mm
    return ClassPlace(
        Diagnosis.MALIGNANT if box.is_cancer else Diagnosis.BENIGN,
        ((x + 0.5) * column_mm, (y + 0.5) * row_mm),
        seen.heights_mm[at],
        max(box.width * column_mm, box.height * row_mm) / 2,
    )
