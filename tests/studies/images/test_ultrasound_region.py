"""From a file's regions to the millimetres of a live frame: right ones or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset

from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.sources.clip import ClipSource
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.images.ultrasound_region import calibrated_area
from tests.studies.dicom_files import cine, grey_frames, region, write

KNOWN = PixelSpacing(row_mm=0.1, column_mm=0.2)
ALL = (160, 120)
"""Columns, rows of the whole picture: no region is believed."""
LEFT = {"RegionLocationMinX0": 0, "RegionLocationMaxX1": 79}
RIGHT = {"RegionLocationMinX0": 80, "RegionLocationMaxX1": 159}


def first_frame(folder: Path, *regions: Dataset) -> Frame:
    """What the loop gets of a cine with these regions."""
    header = cine(grey_frames(2), SequenceOfUltrasoundRegions=list(regions))
    source = ClipSource(read_clip(write(folder / "IM0001", header)), flat_out=True)
    source.open()
    frame = source.grab()
    source.close()
    assert frame is not None
    return frame


def test_millimetres_of_rows_and_columns_come_apart_from_a_region_in_centimetres(
    tmp_path: Path,
) -> None:
    frame = first_frame(tmp_path, region())
    assert (frame.size, frame.pixel_spacing) == ((140, 100), PixelSpacing(0.1, 0.2))


@pytest.mark.parametrize(
    "changed",
    [
        {"PhysicalDeltaX": 0.0},
        {"PhysicalDeltaY": 0.0},
        {"PhysicalDeltaX": -0.02},
        {"PhysicalDeltaY": -0.01},
        {"PhysicalDeltaX": float("nan")},
        {"PhysicalDeltaY": float("inf")},
        {"PhysicalDeltaY": 0.0001},
        {"PhysicalDeltaY": 0.1},
        {"PhysicalDeltaX": 1.0, "PhysicalDeltaY": 1.0},
        {"PhysicalUnitsXDirection": 0},
        {"PhysicalUnitsYDirection": 0},
        {"PhysicalUnitsXDirection": 4},
        {"PhysicalUnitsYDirection": 7},
        {"PhysicalUnitsXDirection": 4, "RegionSpatialFormat": 2},
        {"RegionSpatialFormat": 2},
        {"RegionSpatialFormat": 0},
        {"RegionSpatialFormat": 3},
        {"RegionLocationMaxX1": 20},
        {"RegionLocationMinX0": 200},
    ],
)
def test_what_is_no_region_with_a_scale_in_centimetres_gives_no_millimetres(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    frame = first_frame(tmp_path, region(**changed))
    assert (frame.size, frame.pixel_spacing) == (ALL, None)


@pytest.mark.parametrize(
    "outside",
    [
        {"RegionLocationMaxX1": 161},
        {"RegionLocationMaxY1": 121},
        {"RegionLocationMaxX1": 319, "RegionSpatialFormat": 3},
        {"RegionLocationMaxX1": 319, "PhysicalUnitsXDirection": 0},
    ],
)
def test_one_region_past_the_picture_says_that_none_is_of_this_picture(
    tmp_path: Path, outside: dict[str, Any]
) -> None:
    """A dual screen that was scaled down: its left half still fits, with twice the true scale."""
    for regions in ([region(**outside)], [region(), region(**outside)]):
        frame = first_frame(tmp_path, *regions)
        assert (frame.size, frame.pixel_spacing) == (ALL, None)


def test_two_regions_of_different_scale_are_not_mixed(tmp_path: Path) -> None:
    """Each pixel that is delivered lies in the region whose scale is given."""
    smaller = region(**RIGHT, RegionLocationMinY0=40, PhysicalDeltaX=0.03, PhysicalDeltaY=0.03)
    for regions in ([region(**LEFT), smaller], [smaller, region(**LEFT)]):
        frame = first_frame(tmp_path, *regions)
        assert (frame.size, frame.pixel_spacing) == ((80, 100), PixelSpacing(0.1, 0.2))


@pytest.mark.parametrize(
    "other",
    [
        {"PhysicalDeltaX": 0.03},
        {"PhysicalDeltaY": 0.0102},
        {"PhysicalDeltaX": 0.0},
        {"PhysicalDeltaY": -0.01},
        {"PhysicalUnitsXDirection": 4, "RegionSpatialFormat": 2},
        {"PhysicalUnitsXDirection": 4, "PhysicalUnitsYDirection": 7, "RegionSpatialFormat": 3},
    ],
)
def test_another_scale_in_a_part_of_the_region_takes_its_millimetres(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    inset = region(RegionLocationMinX0=140, RegionLocationMinY0=110, **other)
    for regions in ([region(), inset], [inset, region()]):
        frame = first_frame(tmp_path, *regions)
        assert (frame.size, frame.pixel_spacing) == ((140, 100), None)


@pytest.mark.parametrize(
    "other",
    [
        {"RegionDataType": 2},
        {"RegionSpatialFormat": 4, "PhysicalUnitsXDirection": 4, "PhysicalUnitsYDirection": 0},
        {"RegionSpatialFormat": 0, "PhysicalUnitsXDirection": 0, "PhysicalUnitsYDirection": 0},
    ],
)
def test_flow_of_the_same_scale_and_what_is_drawn_upon_tissue_leave_its_millimetres(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    assert first_frame(tmp_path, region(), region(**other)).pixel_spacing == PixelSpacing(0.1, 0.2)


def test_a_spectrum_below_the_tissue_is_left_out(tmp_path: Path) -> None:
    tissue = region(RegionLocationMaxY1=89)
    spectrum = region(
        RegionLocationMinY0=90, RegionSpatialFormat=3, PhysicalUnitsXDirection=4,
        PhysicalUnitsYDirection=7,
    )  # fmt: skip
    frame = first_frame(tmp_path, tissue, spectrum)
    assert (frame.size, frame.pixel_spacing) == ((140, 70), PixelSpacing(0.1, 0.2))


def test_a_cine_without_regions_has_no_millimetres(tmp_path: Path) -> None:
    frame = first_frame(tmp_path)
    assert (frame.size, frame.pixel_spacing) == (ALL, None)


@pytest.mark.parametrize(
    ("name", "area", "pitch_mm"),
    [
        ("OBXXXX1A_rle_2frame.dcm", ScanArea(120, 60, 680, 459, (800, 600)), 0.262288),
        ("US-YBR_FULL_422-EVRLE.dcm", ScanArea(184, 75, 616, 480, (800, 555)), 0.0616),
        ("YBR_FULL-RLE.dcm", ScanArea(84, 48, 400, 368, (640, 480)), 0.0953679),
        # The SonoSite's regions are of a picture of 640x480, and it has 320x240.
        ("examples_ybr_color.dcm", None, None),
        ("US1_UNCR.dcm", None, None),
        ("jpeg-ls-Palette.dcm", None, None),
    ],
)
def test_real_files_give_the_millimetres_of_their_region_or_none(
    public_data: Path, name: str, area: ScanArea | None, pitch_mm: float | None
) -> None:
    clip = read_clip(public_data / "ultrasound-dicom" / name)
    assert clip.scan_area == area
    if pitch_mm is None:
        assert clip.pixel_spacing is None
    else:
        assert clip.pixel_spacing is not None
        sides = clip.pixel_spacing.row_mm, clip.pixel_spacing.column_mm
        assert sides == pytest.approx((pitch_mm, pitch_mm), rel=1e-4)


def test_a_region_without_a_scale_is_not_used() -> None:
    item = region()
    del item.PhysicalDeltaY
    assert calibrated_area([item], ALL) == (None, None)


def test_the_first_column_and_row_after_a_region_are_taken_for_its_ends() -> None:
    area, _ = calibrated_area([region(RegionLocationMaxX1=160, RegionLocationMaxY1=120)], ALL)
    assert area == ScanArea(10, 20, 150, 100, ALL)


def test_of_a_tall_and_a_wide_picture_the_larger_is_read() -> None:
    tall = region(RegionLocationMaxX1=109, RegionLocationMaxY1=219)
    wide = region(RegionLocationMinX0=200, RegionLocationMaxX1=339)
    area, _ = calibrated_area([wide, tall], (400, 300))
    assert area == ScanArea(10, 20, 100, 200, (400, 300))


@pytest.mark.parametrize(
    ("side", "last_apart"), [("MinX0", 110), ("MaxX1", 39), ("MinY0", 100), ("MaxY1", 29)]
)
def test_scales_hold_in_one_place_from_the_first_pixel_in_both(side: str, last_apart: int) -> None:
    def placed(left: int, top: int, right: int, bottom: int, kind: int) -> Dataset:
        return region(
            RegionSpatialFormat=kind,
            RegionLocationMinX0=left,
            RegionLocationMinY0=top,
            RegionLocationMaxX1=right,
            RegionLocationMaxY1=bottom,
        )

    read, beside = placed(40, 30, 109, 99, 1), placed(0, 0, 159, 119, 2)
    setattr(beside, f"RegionLocation{side}", last_apart)
    assert calibrated_area([read, beside], ALL) == (ScanArea(40, 30, 70, 70, ALL), KNOWN)
    setattr(beside, f"RegionLocation{side}", last_apart + (-1 if "Min" in side else 1))
    assert calibrated_area([read, beside], ALL)[1] is None


def test_a_scale_that_holds_nobody_knows_where_leaves_no_millimetres() -> None:
    nowhere = region(RegionSpatialFormat=2)
    del nowhere.RegionLocationMinX0
    assert calibrated_area([region(), nowhere], ALL) == (ScanArea(10, 20, 140, 100, ALL), None)


@pytest.mark.parametrize("axis", ["PhysicalDeltaX", "PhysicalDeltaY"])
@pytest.mark.parametrize(("change", "is_same"), [(0.991, True), (1.009, True), (1.012, False)])
def test_scales_within_a_hundredth_are_one(axis: str, change: float, is_same: bool) -> None:
    other = region(RegionLocationMinX0=70)
    other[axis].value *= change
    assert calibrated_area([region(), other], ALL)[1] == (KNOWN if is_same else None)


@pytest.mark.parametrize("axis", ["PhysicalDeltaX", "PhysicalDeltaY"])
def test_a_millimetre_exactly_was_filled_in_and_a_hundredth_is_the_finest(axis: str) -> None:
    for usable in (0.099, 0.001):
        assert calibrated_area([region(**{axis: usable})], ALL)[1] is not None
    for unusable in (0.1, 0.00099):
        assert calibrated_area([region(**{axis: unusable})], ALL) == (None, None)
