"""The calibrated part of an ultrasound picture, by SequenceOfUltrasoundRegions (0018,6011)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from pydicom import Dataset

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import PixelSpacing, ScanArea

TWO_D, CENTIMETRES = 1, 3
"""RegionSpatialFormat and PhysicalUnitsX/YDirection."""
SAME_SCALE = 0.01
"""Share by which two regions' scales may differ and be one."""


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One rectangle of 2-D tissue with its scale."""

    area: ScanArea
    spacing: PixelSpacing

    def overlaps(self, other: UltrasoundRegion) -> bool:
        """Whether a pixel lies in both."""
        mine, its = self.area, other.area
        return (
            mine.left < its.left + its.width
            and its.left < mine.left + mine.width
            and mine.top < its.top + its.height
            and its.top < mine.top + mine.height
        )

    def has_scale_of(self, other: UltrasoundRegion) -> bool:
        """Whether millimetres are the same in both."""
        return all(
            abs(mine - its) <= SAME_SCALE * its
            for mine, its in (
                (self.spacing.row_mm, other.spacing.row_mm),
                (self.spacing.column_mm, other.spacing.column_mm),
            )
        )


def calibrated_area(
    regions: Iterable[Dataset], size: tuple[int, int]
) -> tuple[ScanArea | None, PixelSpacing | None]:
    """The largest region that is 2-D, in centimetres, inside a picture of `size` (columns, rows).

    (None, None) where there is none. No spacing where another scale holds in a part of it: a
    wrong millimetre is worse than none.
    """
    usable = [region for each in regions if (region := _region(each, size)) is not None]
    if not usable:
        return None, None
    chosen = max(usable, key=lambda region: region.area.width * region.area.height)
    ambiguous = any(chosen.overlaps(other) and not chosen.has_scale_of(other) for other in usable)
    return chosen.area, None if ambiguous else chosen.spacing


def _region(item: Dataset, size: tuple[int, int]) -> UltrasoundRegion | None:
    units = (item.get("PhysicalUnitsXDirection"), item.get("PhysicalUnitsYDirection"))
    if item.get("RegionSpatialFormat") != TWO_D or units != (CENTIMETRES, CENTIMETRES):
        return None
    corners = [item.get(f"RegionLocation{each}") for each in ("MinX0", "MinY0", "MaxX1", "MaxY1")]
    deltas = [item.get(f"PhysicalDelta{axis}") for axis in "XY"]
    if None in corners or None in deltas:
        return None
    left, top, right, bottom = (int(each) for each in corners)
    # Some scanners write the first column after the region, others the last inside it.
    if right > size[0] or bottom > size[1]:
        return None
    right, bottom = min(right, size[0] - 1), min(bottom, size[1] - 1)
    column_cm, row_cm = (float(each) for each in deltas)
    if not (isfinite(column_cm) and isfinite(row_cm)):
        return None
    try:
        return UltrasoundRegion(
            ScanArea(left, top, right - left + 1, bottom - top + 1, size),
            PixelSpacing(10 * row_cm, 10 * column_cm),
        )
    except SettingsError:  # too small to read, or a scale that no scanner has
        return None
