"""Where a mark of mammography or tomosynthesis lies in the breast, from what its reading kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.cases.breast_place import (
    BreastPlace,
    ViewOffset,
    third_of,
    views_place,
)
from senoscope.studies.study_reading import (
    CHEST_WALL,
    DOWN,
    NIPPLE_DEPTH,
    NIPPLE_X,
    NIPPLE_Y,
    ImageReading,
    Outlined,
    StudyFinding,
)

OBLIQUE_ANGLE = pi / 4
"""Of MLO: 30 to 60 degrees are usual, by the patient's build. The reading does not hold it."""
ANGLES: Mapping[str, float] = {
    "CC": 0.0, "XCCL": 0.0, "XCCM": 0.0, "MLO": OBLIQUE_ANGLE, "LMO": OBLIQUE_ANGLE,
    "ML": pi / 2, "LM": pi / 2,
}  # fmt: skip
"""Views by which a place is told. Of SIO and FB nothing is said."""
WALLS = ("left", "right", "top", "bottom")
VIEW_SD_MM = 8.0
"""How well an offset from the nipple is known, by where that was found and how the breast was
pulled: two thirds of `correspondence.TOLERANCE_MM`, a choice of ours."""
OBLIQUE_SD_MM = 10.0
"""The same with the angle not known."""


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """Of an outline's middle on one view: where across, how far behind the nipple, how deep."""

    side: Laterality
    offset: ViewOffset
    behind_mm: float
    depth_mm: float


def mark_place(finding: StudyFinding, images: Mapping[str, ImageReading]) -> BreastPlace:
    """Of all views on which it is outlined; `images` by SOPInstanceUID.

    A side alone where the views do not tell more; no side where they contradict each other.
    """
    seen: dict[str, Outlined] = {}
    for outlined in finding.outlines:
        seen.setdefault(outlined.at.instance_uid, outlined)
    sides = {side_of_image(images[uid]) for uid in seen if uid in images}
    side = sides.pop() if len(sides) == 1 else None
    placed = [
        place
        for uid, outlined in seen.items()
        if uid in images and (place := view_place(images[uid], outlined)) is not None
    ]
    if side is None or not placed:
        return BreastPlace(side)
    behind = float(np.mean([each.behind_mm for each in placed]))
    depth = float(np.mean([each.depth_mm for each in placed]))
    offsets = [each.offset for each in placed]
    return views_place(side, offsets, behind, third_of(behind, depth))


def view_place(image: ImageReading, outlined: Outlined) -> ViewPlace | None:
    """None where side, view, nipple or millimetres are not known."""
    facts = {each.name: each for each in image.facts}
    numbers = [
        facts[name].number if name in facts else None for name in (NIPPLE_X, NIPPLE_Y, NIPPLE_DEPTH)
    ]
    side, angle = side_of_image(image), ANGLES.get(facts["view"].word if "view" in facts else "")
    wall = facts[CHEST_WALL].word if CHEST_WALL in facts else ""
    x, y, depth = numbers
    spacing = None if image.spacing is None else image.spacing.spacing
    if side is None or angle is None or spacing is None or wall not in WALLS:
        return None
    if x is None or y is None or depth is None:
        return None
    behind, across = _hung_offsets(outlined.contour, (x, y), wall, spacing)
    if is_turned(facts[DOWN].word if DOWN in facts else "", side, angle):
        across = -across
    sd = OBLIQUE_SD_MM if angle == OBLIQUE_ANGLE else VIEW_SD_MM
    return ViewPlace(side, ViewOffset(angle, across, sd), behind, depth)


def side_of_image(image: ImageReading) -> Laterality | None:
    """As the reading took it to be: not one that the picture contradicts."""
    word = next((each.word for each in image.facts if each.name == "laterality"), "")
    return Laterality(word) if word in set(Laterality) else None


def is_turned(down: str, side: Laterality, angle: float) -> bool:
    """Whether the hung picture's lower edge lies to the side of the body, or to the head.

    Usually the side of the body is above in CC, the head in the others (ACR; IHE Mammography
    Image). `down` as in PatientOrientation, "" where nothing is said.
    """
    if angle == 0:
        return side.value in down  # a left breast's lower edge then lies to the patient's left
    return "H" in down


def _hung_offsets(
    contour: NDArray[np.float32], nipple: tuple[float, float], wall: str, spacing: PixelSpacing
) -> tuple[float, float]:
    """Of the contour's middle from the nipple: behind it, and above it as the picture hangs, mm."""
    middle = (contour.min(axis=0) + contour.max(axis=0)) / 2
    right = float(middle[0] - nipple[0]) * spacing.column_mm
    below = float(middle[1] - nipple[1]) * spacing.row_mm
    match wall:
        case "right":
            return right, -below
        case "top":
            return -below, -right
        case "bottom":
            return below, -right
    return -right, -below


def longest_mm(contour: NDArray[np.float32], spacing: PixelSpacing) -> float:
    """The largest distance between two points of an outline (n, 2) [x, y] in pixels."""
    hull = cv2.convexHull(contour.astype(np.float32)).reshape(-1, 2)
    points = hull * np.array([spacing.column_mm, spacing.row_mm], np.float32)
    between = points[:, None] - points[None]
    return float(np.sqrt((between**2).sum(axis=2).max()))
