from typing import Any

import pytest

from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.ultrasound_region import calibrated_area
from tests.studies.dicom_files import region

SIZE = (160, 120)


def test_a_region_gives_its_area_and_millimetres_of_rows_and_columns() -> None:
    assert calibrated_area([region()], SIZE) == (
        ScanArea(10, 20, 140, 100, SIZE),
        PixelSpacing(row_mm=0.1, column_mm=0.2),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"RegionSpatialFormat": 3},
        {"PhysicalUnitsXDirection": 4},
        {"PhysicalUnitsYDirection": 4},
        {"PhysicalDeltaX": 0.0},
        {"PhysicalDeltaY": float("nan")},
        {"PhysicalDeltaY": -0.01},
        {"RegionLocationMaxX1": 161},
        {"RegionLocationMaxY1": 240},
        {"RegionLocationMaxX1": 20},
        {"RegionLocationMinX0": 200},
    ],
)
def test_a_region_that_is_not_2d_in_centimetres_and_inside_is_not_used(
    changed: dict[str, Any],
) -> None:
    assert calibrated_area([region(**changed)], SIZE) == (None, None)


def test_a_region_without_a_scale_is_not_used() -> None:
    item = region()
    del item.PhysicalDeltaY
    assert calibrated_area([item], SIZE) == (None, None)


def test_the_first_column_after_a_region_is_taken_for_its_end() -> None:
    area, _ = calibrated_area([region(RegionLocationMaxX1=160)], SIZE)
    assert area == ScanArea(10, 20, 150, 100, SIZE)


def test_of_a_dual_screen_the_larger_side_is_read_with_its_own_scale() -> None:
    left = region(RegionLocationMaxX1=79)
    right = region(RegionLocationMinX0=85, PhysicalDeltaX=0.03)
    for items in ([left, right], [right, left]):
        area, spacing = calibrated_area(items, SIZE)
        assert area == ScanArea(10, 20, 70, 100, SIZE)
        assert spacing == PixelSpacing(0.1, 0.2)


def test_where_two_scales_hold_in_one_place_there_are_no_millimetres() -> None:
    inset = region(RegionLocationMinX0=70, RegionLocationMaxX1=140, PhysicalDeltaX=0.01)
    area, spacing = calibrated_area([region(), inset], SIZE)
    assert area == ScanArea(10, 20, 140, 100, SIZE)
    assert spacing is None
    same = region(RegionLocationMinX0=70, RegionLocationMaxX1=140, RegionDataType=2)
    assert calibrated_area([region(), same], SIZE)[1] == PixelSpacing(0.1, 0.2)
