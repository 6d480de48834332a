"""Frames are usable or refused, and scan areas keep what is outside out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin


def picture(columns: int, rows: int) -> Frame:
    pixels = np.arange(rows * columns, dtype=np.uint32).astype(np.uint8).reshape(rows, columns)
    return Frame(pixels, 0, 0)


@pytest.mark.parametrize(("columns", "rows"), [(8, 8), (8000, 8000), (63, 480), (640, 4097)])
def test_a_picture_no_scanner_makes_is_refused_with_its_size(columns: int, rows: int) -> None:
    with pytest.raises(ImageError, match=f"{columns}x{rows}.*64 to 4096"):
        picture(columns, rows)


@pytest.mark.parametrize(("columns", "rows"), [(64, 100), (100, 64), (4096, 64), (64, 4096)])
def test_the_smallest_and_the_largest_picture_are_read(columns: int, rows: int) -> None:
    assert picture(columns, rows).size == (columns, rows)


@pytest.mark.parametrize("pixels", [np.zeros((99, 99), np.uint16), np.zeros((99, 99, 4), np.uint8)])
def test_a_picture_that_is_not_8_bit_grey_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ImageError, match="8-bit grey"):
        Frame(pixels, 0, 0)


def test_a_scan_area_keeps_only_its_pixels() -> None:
    frame = picture(200, 100)
    cropped = ScanArea(10, 20, 100, 70).crop(frame)
    assert cropped.size == (100, 70)
    np.testing.assert_array_equal(cropped.pixels, frame.pixels[20:90, 10:110])


@pytest.mark.parametrize("area", [ScanArea(10, 20, 100, 70), ScanArea(0, 20, 200, 70)], ids=str)
def test_nothing_outside_a_scan_area_stays_in_memory(area: ScanArea) -> None:
    cropped = area.crop(picture(200, 100)).pixels
    assert cropped.base is None
    assert cropped.flags.c_contiguous


def test_a_scan_area_set_for_pictures_of_another_size_is_refused() -> None:
    area = ScanArea(10, 20, 100, 70, picture=(200, 100))
    assert area.crop(picture(200, 100)).size == (100, 70)
    assert not area.fits((400, 200))
    with pytest.raises(ImageError, match=r"of 200x100 .*the 400x200 picture, or .* another size"):
        area.crop(picture(400, 200))


def test_a_scan_area_that_sticks_out_says_so() -> None:
    with pytest.raises(ImageError, match="outside the 200x100 picture"):
        ScanArea(150, 0, 100, 70).crop(picture(200, 100))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "a,b,c,d",
        "1,2,3,4",
        "-1,0,100,100",
        "0,0,100,10",
        "0,0,100,100 of 99x200",
        "0,0,100,100 of 200",
        "0,0,100,100 of axb",
    ],
)
def test_a_scan_area_typed_wrongly_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="LEFT,TOP,WIDTH,HEIGHT"):
        ScanArea.parse(text)


def test_a_scan_area_reads_what_it_prints() -> None:
    for area in (ScanArea(3, 4, 500, 400), ScanArea(3, 4, 500, 400, picture=(640, 480))):
        assert ScanArea.parse(str(area)) == area


@pytest.mark.parametrize(
    "area", [(0, 0, 64, 64), (4032, 4032, 64, 64), (136, 36, 64, 64, (200, 100))]
)
def test_a_scan_area_may_reach_the_picture_s_edges(area: tuple[int, int, int, int]) -> None:
    assert ScanArea(*area).width == 64


@pytest.mark.parametrize(
    "area", [(0, -1, 99, 99), (0, 0, 63, 99), (0, 0, 99, 63), (4033, 0, 64, 64), (0, 4033, 64, 64)]
)
def test_a_scan_area_no_picture_has_is_refused(area: tuple[int, int, int, int]) -> None:
    with pytest.raises(SettingsError, match="at least 64"):
        ScanArea(*area)


def test_a_scan_area_fits_what_it_fills_and_nothing_narrower_or_lower() -> None:
    area = ScanArea(10, 20, 100, 70)
    assert area.fits((110, 90))
    assert not area.fits((109, 90))
    assert not area.fits((110, 89))


def test_a_cropped_frame_is_otherwise_the_same() -> None:
    known = CalibratedSpacing(PixelSpacing(0.1, 0.2), SpacingOrigin.PHANTOM)
    cropped = ScanArea(10, 20, 100, 70).crop(replace(picture(200, 100), index=5, spacing=known))
    assert (cropped.index, cropped.pixel_spacing) == (5, PixelSpacing(0.1, 0.2))
    assert (cropped.colour, cropped.colour_share) == (None, 0.0)


def test_colour_counts_where_the_middle_of_its_cell_is_in_the_scan_area() -> None:
    cells = np.zeros((10, 20), np.bool_)  # of 10 x 10 pixels: their middles at 5, 15, 25 ...
    cells[2:9, 5:12] = True
    coloured = replace(picture(200, 100), colour=cells)
    assert coloured.colour_share == pytest.approx(49 / 200)
    exactly = ScanArea(55, 25, 70, 70).crop(coloured)
    assert exactly.colour is not None
    assert exactly.colour.shape == (7, 7)
    assert exactly.colour_share == 1
    later = ScanArea(56, 26, 70, 70).crop(coloured)
    np.testing.assert_array_equal(later.colour, cells[3:10, 6:13])
