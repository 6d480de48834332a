"""The calibrated part of an ultrasound picture, by SequenceOfUltrasoundRegions (0018,6011)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydicom import Dataset

from senoscope.calibration.spacing import COARSEST_MM, FINEST_MM
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing

TWO_D, CENTIMETRES = 1, 3
"""RegionSpatialFormat and PhysicalUnitsX/YDirection."""
M_MODE, SPECTRAL = 2, 3
"""RegionSpatialFormat: what is across is no length. A wave form (4) is drawn upon tissue, whose
scale still holds; graphics (5) and regions of no format (0) have none."""
CORNERS = ("MinX0", "MinY0", "MaxX1", "MaxY1")
SAME_SCALE = 0.01
"""Share by which two regions' scales may differ and be one."""


Corners = tuple[int, int, int, int]
"""First column, first row, last column, last row."""


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One rectangle of 2-D tissue with its scale."""

    area: ScanArea
    spacing: PixelSpacing

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

    (None, None) where there is none, or where any region reaches outside the picture: it was
    scaled or cut, and no region is of this picture. No spacing where another scale, or one that
    is not usable, holds in a part of it: a wrong millimetre is worse than none.
    """
    items = list(regions)
    if any(_reaches_outside(each, size) for each in items):
        return None, None
    read = [(_region(each, size), each) for each in items]
    usable = [region for region, _ in read if region is not None]
    if not usable:
        return None, None
    chosen = max(usable, key=lambda region: region.area.width * region.area.height)
    ambiguous = any(
        _overlaps(chosen.area, item) and (region is None or not region.has_scale_of(chosen))
        for region, item in read
        if item.get("RegionSpatialFormat") in (TWO_D, M_MODE, SPECTRAL)
    )
    return chosen.area, None if ambiguous else chosen.spacing


def _corners(item: Dataset) -> Corners | None:
    given = [item.get(f"RegionLocation{each}") for each in CORNERS]
    if None in given:
        return None
    left, top, right, bottom = (int(each) for each in given)
    return left, top, right, bottom


def _reaches_outside(item: Dataset, size: tuple[int, int]) -> bool:
    corners = _corners(item)
    # Some scanners write the first column after the region, others the last inside it.
    return corners is not None and (corners[2] > size[0] or corners[3] > size[1])


def _overlaps(area: ScanArea, item: Dataset) -> bool:
    """Whether a pixel lies in both; so it is taken where the item does not say where it lies."""
    corners = _corners(item)
    if corners is None:
        return True
    left, top, right, bottom = corners
    return (
        left < area.left + area.width
        and area.left <= right
        and top < area.top + area.height
        and area.top <= bottom
    )


def _region(item: Dataset, size: tuple[int, int]) -> UltrasoundRegion | None:
    units = (item.get("PhysicalUnitsXDirection"), item.get("PhysicalUnitsYDirection"))
    if item.get("RegionSpatialFormat") != TWO_D or units != (CENTIMETRES, CENTIMETRES):
        return None
    corners = _corners(item)
    deltas = [item.get(f"PhysicalDelta{axis}") for axis in "XY"]
    if corners is None or None in deltas:
        return None
    left, top = corners[:2]
    right, bottom = min(corners[2], size[0] - 1), min(corners[3], size[1] - 1)
    column_mm, row_mm = (10 * float(each) for each in deltas)
    # One that says 1 mm exactly was filled in by who knew none.
    if not all(FINEST_MM <= each < COARSEST_MM for each in (column_mm, row_mm)):
        return None
    try:
        return UltrasoundRegion(
            ScanArea(left, top, right - left + 1, bottom - top + 1, size),
            PixelSpacing(row_mm, column_mm),
        )
    except SettingsError:  # too small to read
        return None
