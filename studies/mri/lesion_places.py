"""Where the lesions of a kept breast MRI lie in the patient, from the nipple of their breast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.studies.mri.kept_analysis import KeptAnalysis

STANDING = {
    "axial": ((0, 1), (1, 1), (2, 1)),
    "sagittal": ((1, -1), (2, 1), (0, 1)),
    "coronal": ((1, -1), (0, 1), (2, 1)),
}
"""By the plane of the slices: the stored axis that rises to the head, the back and the left."""
BESIDE_NIPPLE_MM = 15.0
"""The breast's depth is that of tissue no farther from the line straight back from the nipple."""


@dataclass(frozen=True, slots=True)
class LesionPlace:
    """Of a lesion's middle, mm towards the patient's head, back and left.

    From the nipple, or where none is known from the middle of the volume: then it is not
    `is_from_nipple`. `depth_mm`: from the nipple straight back to where the breast ends.
    """

    head_mm: float
    back_mm: float
    left_mm: float
    is_from_nipple: bool
    depth_mm: float | None

    @property
    def away_mm(self) -> tuple[float, float, float]:
        """To the head, the back and the left."""
        return self.head_mm, self.back_mm, self.left_mm


def lesion_places(kept: KeptAnalysis) -> dict[int, LesionPlace]:
    """By the lesion's number."""
    return dict(_places(kept))


def _places(kept: KeptAnalysis) -> Iterator[tuple[int, LesionPlace]]:
    read = kept.phases.get("read")
    said = next((each for each in kept.phases.get("sets", ()) if each["set"] == read), None)
    plane, spacing = "axial", np.ones(3)
    if said is not None:
        plane, spacing = said["plane"], np.array(said["spacing_mm"], np.float64)
    axes = STANDING[plane]
    middle = tuple((each - 1) / 2 for each in kept.analysis.tissue.shape)
    for lesion in kept.analysis.lesions:
        side = "" if lesion.laterality is None else lesion.laterality.value
        nipple = kept.analysis.nipples.get(side)
        inside = np.argwhere(lesion.mask).mean(axis=0) + lesion.corner
        away = (inside - np.array(middle if nipple is None else nipple)) * spacing
        head, back, left = (float(away[axis]) * sign for axis, sign in axes)
        known = nipple is not None and said is not None
        depth = _depth_mm(kept, np.array(nipple), spacing, plane) if known else None
        yield lesion.number, LesionPlace(head, back, left, known, depth)


def _depth_mm(
    kept: KeptAnalysis, nipple: NDArray[np.float64], spacing_mm: NDArray[np.float64], plane: str
) -> float | None:
    """None where no tissue lies behind the nipple."""
    (head, _), (back, sign), (left, _) = STANDING[plane]
    tissue = (kept.analysis.tissue & np.uint8(Tissue.BREAST)) > 0
    near = [slice(None)] * 3
    for axis in (head, left):
        reach = BESIDE_NIPPLE_MM / spacing_mm[axis]
        near[axis] = slice(max(0, round(nipple[axis] - reach)), round(nipple[axis] + reach) + 1)
    others = tuple(axis for axis in range(3) if axis != back)
    along = np.flatnonzero(tissue[tuple(near)].any(axis=others))
    if not len(along):
        return None
    depths = (along - nipple[back]) * sign * spacing_mm[back]
    return float(depths.max()) if depths.max() > 0 else None
