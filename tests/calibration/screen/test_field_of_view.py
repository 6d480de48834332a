"""The tissue on a screen is found, and no name is left in it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from benchmarks.field_screens import MadeScreen, made_screen
from senoscope.calibration.screen.field_of_view import (
    FieldOfView,
    NoField,
    find_field_of_view,
    lines_reaching_into,
)
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Frame, Gray, ScanArea

LINEAR, CURVED, DUAL, WRITTEN_ON = 0, 7, 33, 6


def found(screen: MadeScreen) -> FieldOfView:
    field = find_field_of_view(screen.pictures)
    assert isinstance(field, FieldOfView)
    return field


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.count_nonzero(one & other) / np.count_nonzero(one | other))


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("seed", [LINEAR, CURVED])
def test_the_tissue_is_found_in_one_picture_and_in_several(seed: int, frames: int) -> None:
    screen = made_screen(seed, frames)
    field = found(screen)
    assert overlap(field.inside, screen.whole) > 0.93
    assert (field.outline is not None) == (screen.layout.half_deg is not None)
    assert not field.dual


def test_of_two_pictures_the_one_that_moves_is_given() -> None:
    screen = made_screen(DUAL, 6)
    field = found(screen)
    assert field.dual
    assert overlap(field.inside, screen.live) > 0.9


def test_without_motion_both_are_given_and_called_dual() -> None:
    screen = made_screen(DUAL)
    field = found(screen)
    assert field.dual
    assert np.count_nonzero(field.inside) > 1.2 * np.count_nonzero(screen.live)


@pytest.mark.parametrize("seed", [LINEAR, CURVED, DUAL, WRITTEN_ON])
def test_nothing_of_a_name_is_left_and_all_outside_is_black(seed: int) -> None:
    screen = made_screen(seed, 2)
    field = found(screen)
    seen = field.mask(screen.pictures[-1])
    assert screen.written.any() and not seen[screen.written].any()
    assert not seen[~field.inside].any()
    assert (seen[field.inside] == screen.pictures[-1][field.inside]).all()
    if seed == WRITTEN_ON:
        assert (screen.written & screen.whole).any()


def test_a_note_typed_on_the_field_is_seen() -> None:
    screen = made_screen(LINEAR)
    field = found(screen)
    noted = screen.pictures[0].copy()
    assert not lines_reaching_into(field, noted)
    at = field.area.left + 20, field.area.top + field.area.height - 40
    cv2.putText(noted, "DOE", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    assert lines_reaching_into(field, noted)


def test_writing_in_the_middle_is_refused() -> None:
    screen = made_screen(LINEAR)
    field = found(screen)
    noted = screen.pictures[0].copy()
    at = field.area.left + field.area.width // 3, field.area.top + field.area.height // 2
    cv2.rectangle(noted, (at[0] - 5, at[1] - 30), (at[0] + 150, at[1] + 15), 0, -1)
    cv2.putText(noted, "DOE JANE", at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    assert find_field_of_view([noted]) is NoField.WRITTEN_ON


@pytest.mark.parametrize("value", [0, 90])
def test_a_screen_without_grain_has_no_field(value: int) -> None:
    assert find_field_of_view([np.full((480, 640), value, np.uint8)]) is NoField.NO_TISSUE


def test_pictures_that_do_not_belong_together_are_refused() -> None:
    small, large = np.zeros((480, 640), np.uint8), np.zeros((600, 800), np.uint8)
    for pictures in ([], [small, large]):
        with pytest.raises(ImageError, match="sizes"):
            find_field_of_view(pictures)
    field = FieldOfView(ScanArea(0, 0, 100, 100, (640, 480)))
    with pytest.raises(ImageError, match="800x600"):
        field.mask(large)


def test_a_field_of_no_screen_or_with_a_false_outline_is_refused() -> None:
    with pytest.raises(SettingsError, match="size"):
        FieldOfView(ScanArea(0, 0, 100, 100))
    area = ScanArea(0, 0, 100, 100, (640, 480))
    for outline in (((0, 0), (9, 9)), ((0, 0), (9, 9), (640, 9)), ((0, 0),) * 999):
        with pytest.raises(SettingsError, match="outline"):
            FieldOfView(area, outline)


def test_a_real_screen_keeps_its_tissue_and_loses_its_name(public_data: Path) -> None:
    header = dcmread(public_data / "ultrasound-dicom" / "YBR_FULL-RLE.dcm")
    pixels: Gray = np.ascontiguousarray(header.pixel_array[..., 0], np.uint8)
    field = find_field_of_view([pixels])
    assert isinstance(field, FieldOfView)
    kept = field.mask(pixels)
    # "DOE, JOHN" above the picture, and "DOE" on its lower left, as seen by eye.
    assert pixels[:46].any() and pixels[374:387, 117:146].max() > 200
    assert not kept[:46].any() and not kept[372:389, 112:151].any()
    region = np.zeros(pixels.shape, np.bool_)
    region[48:416, 84:484] = True
    assert np.count_nonzero(field.inside & ~region) < 0.02 * region.sum()
    assert np.count_nonzero(field.inside & region) > 0.75 * region.sum()


def test_a_frame_is_cropped_to_the_area_and_black_outside_the_outline() -> None:
    sector = FieldOfView(ScanArea(10, 5, 80, 70, (200, 100)), ((50, 5), (80, 74), (20, 74)))
    cut = sector.crop(Frame(np.full((100, 200), 9, np.uint8), 0, 0))
    assert cut.size == (80, 70)
    assert cut.pixels[0, 0] == 0
    assert cut.pixels[60, 40] == 9
