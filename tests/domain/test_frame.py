"""Frames are usable or refused, and scan areas keep what is outside out."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.spacing import PixelSpacing


def picture(columns: int, rows: int) -> Frame:
    pixels = np.arange(rows * columns, dtype=np.uint32).astype(np.uint8).reshape(rows, columns)
    return Frame(pixels, 0, 0)


@pytest.mark.parametrize(("columns", "rows"), [(8, 8), (8000, 8000), (63, 480), (640, 4097)])
def test_a_picture_no_scanner_makes_is_refused_with_its_size(columns: int, rows: int) -> None:
    with pytest.raises(ImageError, match=f"{columns}x{rows}.*64 to 4096"):
        picture(columns, rows)


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


@pytest.mark.parametrize("millimetres", [0.0, -0.1, 11.0, float("nan")])
def test_spacing_no_scanner_has_is_refused(millimetres: float) -> None:
    with pytest.raises(SettingsError, match="not plausible"):
        PixelSpacing(millimetres, 0.1)
