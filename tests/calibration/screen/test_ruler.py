from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from senoscope.calibration.phantoms.screens import TickStyle, made_screen
from senoscope.calibration.screen.ruler import Ruler, RulerRefusal, find_ruler, step_of_lengths
from senoscope.calibration.screen.tick_marks import Marks, TickColumn, find_marks, tick_columns
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.spacing import SpacingOrigin

ROWS_PER_MM = 8.0
SEEDS = range(2000, 2024)


def screen(lengths: dict[int, int], last_mm: int = 80, every_mm: int = 1) -> Gray:
    """A tick each `every_mm`, as long as the largest of `lengths` that divides its depth says."""
    picture = np.zeros((768, 640), np.uint8)
    for mm in range(0, last_mm + 1, every_mm):
        length = max(length for each, length in lengths.items() if mm % each == 0)
        row = round(60 + mm * ROWS_PER_MM)
        picture[row : row + 2, 300 : 300 + length] = 220
    return picture


def found(pixels: Gray, depth_mm: float | None = None) -> Ruler:
    ruler = find_ruler(pixels, depth_mm)
    assert isinstance(ruler, Ruler), ruler
    return ruler


def test_long_ticks_at_each_fifth_and_longer_at_each_tenth_are_millimetres() -> None:
    ruler = found(screen({1: 5, 5: 10, 10: 16}))
    assert ruler.step_mm == 1
    assert ruler.row_mm == pytest.approx(1 / ROWS_PER_MM, rel=1e-4)


def test_longer_ticks_at_each_fifth_only_are_not_guessed() -> None:
    assert find_ruler(screen({1: 5, 5: 12})) is RulerRefusal.STEP_UNKNOWN


def test_longer_ticks_at_each_second_only_are_not_guessed() -> None:
    assert find_ruler(screen({5: 8, 10: 14}, every_mm=5)) is RulerRefusal.STEP_UNKNOWN


def column(tenth: float, fifth: float, first: int) -> TickColumn:
    """60 ticks of 6 columns, those at each tenth and at each fifth between them longer."""
    place = np.arange(60)
    lengths = [tenth, *4 * [6.0], fifth, *4 * [6.0]]
    length = np.array(lengths, np.float64)[(place + first) % 10]
    rows = np.asarray(5.0 * place, np.float64)
    marks = Marks(rows, np.zeros(60), length, np.full(60, 200.0))
    return TickColumn(marks, place, 0.0, 5.0, 0.01, 50.0)


@pytest.mark.parametrize("first", range(10))
def test_tenths_are_found_wherever_the_ruler_begins(first: int) -> None:
    assert step_of_lengths(column(14, 13, first)) == 1.0
    assert step_of_lengths(column(14, 6, first)) == 1.0


@pytest.mark.parametrize("first", range(10))
def test_fifths_as_long_as_tenths_say_nothing(first: int) -> None:
    assert step_of_lengths(column(14, 14, first)) is None


def test_the_depth_shown_settles_what_a_tick_is() -> None:
    ruler = found(screen({5: 8, 10: 14}, every_mm=5), depth_mm=82)
    assert ruler.step_mm == 5
    assert ruler.row_mm == pytest.approx(1 / ROWS_PER_MM, rel=1e-4)


def test_a_depth_that_no_step_reaches_settles_nothing() -> None:
    picture = screen({5: 8, 10: 14}, every_mm=5)
    assert find_ruler(picture, depth_mm=60) is RulerRefusal.STEP_UNKNOWN


def test_a_depth_does_not_make_a_ruler_of_faint_marks_with_gaps() -> None:
    picture = np.full((457, 325), 90, np.uint8)
    for place in (0, 4, 5, 6, 7):
        row = round(115 + 47.3 * place)
        picture[row : row + 2, 295:301] = 130
    columns = tick_columns(find_marks(picture), (457, 325))
    assert columns[0].step == pytest.approx(47.3, abs=0.3)
    assert find_ruler(picture, depth_mm=39) is RulerRefusal.STEP_UNKNOWN


def test_a_depth_that_is_not_the_rulers_is_refused() -> None:
    assert find_ruler(screen({1: 5, 5: 10, 10: 16}), depth_mm=160) is RulerRefusal.DISAGREE


def test_two_rulers_of_different_steps_are_refused() -> None:
    one, other = screen({1: 5, 5: 10, 10: 16}), screen({1: 5, 5: 10, 10: 16})
    smaller = cv2.resize(other, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA)
    one[: smaller.shape[0], 400:] = smaller[:, 200:440]
    assert find_ruler(one) is RulerRefusal.DISAGREE


def test_a_picture_without_ticks_is_refused() -> None:
    assert find_ruler(np.zeros((480, 640), np.uint8)) is RulerRefusal.NO_TICKS


@pytest.mark.parametrize("depth_mm", [0.0, 9.9, 301.0, float("nan")])
def test_a_depth_that_is_none_is_said_to_be(depth_mm: float) -> None:
    with pytest.raises(SettingsError, match="expected 10 to 300"):
        find_ruler(np.zeros((480, 640), np.uint8), depth_mm)


def test_a_picture_in_colour_is_refused_by_type() -> None:
    with pytest.raises(ImageError):
        find_ruler(np.zeros((480, 640, 3), np.uint8))


def test_the_spacing_says_where_it_is_from_and_how_sure_it_is() -> None:
    ruler = found(screen({1: 5, 5: 10, 10: 16}))
    spacing = ruler.spacing(pixel_aspect=1.1)
    assert spacing.origin is SpacingOrigin.RULER
    assert spacing.spacing.column_mm == pytest.approx(1.1 * spacing.spacing.row_mm)
    assert spacing.uncertainty_percent == pytest.approx(1.96 * ruler.uncertainty_percent)
    assert 0 < spacing.uncertainty_percent < 0.5


def test_ticks_are_where_they_are_drawn() -> None:
    ticks = found(screen({1: 5, 5: 10, 10: 16})).ticks
    assert ticks[0] == pytest.approx([307.5, 60.5], abs=0.2)
    assert ticks[-1] == pytest.approx([307.5, 60.5 + 80 * ROWS_PER_MM], abs=0.2)


def test_made_screens_are_read_rightly_or_refused() -> None:
    answered = 0
    for seed in SEEDS:
        made = made_screen(seed)
        ruler = find_ruler(made.pixels)
        if isinstance(ruler, Ruler):
            answered += 1
            assert made.row_mm is not None, seed
            assert ruler.row_mm == pytest.approx(made.row_mm, rel=0.02), seed
    assert answered >= len(SEEDS) // 2


def test_a_found_ruler_is_still_there_in_a_noisier_frame_and_gone_at_another_depth() -> None:
    random, rulers = np.random.default_rng(5), 0
    for seed in SEEDS:
        made = made_screen(seed)
        ruler = find_ruler(made.pixels)
        if not isinstance(ruler, Ruler):
            continue
        rulers += 1
        noisy = made.pixels + random.normal(0, 2, made.pixels.shape)
        assert ruler.still_there(np.clip(noisy, 0, 255).astype(np.uint8)), seed
        for depth_mm in (made.depth_mm + 5, made.depth_mm + 10, 2 * made.depth_mm):
            assert not ruler.still_there(made_screen(seed, depth_mm).pixels), (seed, depth_mm)
        assert not ruler.still_there(np.zeros_like(made.pixels)), seed
    assert rulers >= len(SEEDS) // 2


def test_the_same_ticks_with_other_numbers_are_another_ruler() -> None:
    def numbered(factor: int) -> Gray:
        picture = screen({10: 8}, every_mm=10)
        for tick in range(1, 9):
            at = (316, round(60 + 10 * tick * ROWS_PER_MM) + 6)
            face = cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(picture, str(tick * factor), at, face, 0.6, (220,), 1, cv2.LINE_AA)
        return picture

    ruler = found(numbered(1))
    assert ruler.still_there(numbered(1))
    assert not ruler.still_there(numbered(2))
    assert found(numbered(2)).row_mm == pytest.approx(2 * ruler.row_mm)


def test_a_picture_of_another_size_is_another_picture() -> None:
    picture = screen({1: 5, 5: 10, 10: 16})
    assert not found(picture).still_there(np.zeros((700, 640), np.uint8))


def test_a_scale_of_velocities_is_no_ruler() -> None:
    none = [seed for seed in range(3000, 3120) if made_screen(seed).style is TickStyle.NONE]
    assert len(none) >= 4
    assert not any(isinstance(find_ruler(made_screen(seed).pixels), Ruler) for seed in none)


def test_real_rulers_over_tissue(public_data: Path) -> None:
    """Spacings from ticks read off by eye; `benchmarks/ruler_cases.csv` has the rows."""
    by_eye = {"bus_0995-l": 20 / 154.5, "bus_1013-l": 30 / 185.2, "bus_1023-r": 20 / 175.9}
    for name, row_mm in by_eye.items():
        path = public_data / "bus-bra" / "Images" / f"{name}.png"
        pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        assert found(pixels).row_mm == pytest.approx(row_mm, rel=0.01), name


def test_a_real_screen_with_its_depth_said_gives_the_millimetres_of_its_header(
    public_data: Path,
) -> None:
    header = dcmread(public_data / "ultrasound-dicom" / "OBXXXX1A_rle_2frame.dcm")
    region = header.SequenceOfUltrasoundRegions[0]
    pixels = np.asarray(header.pixel_array[0], np.uint8)
    assert find_ruler(pixels) is RulerRefusal.STEP_UNKNOWN
    ruler = found(pixels, depth_mm=120)
    assert ruler.row_mm == pytest.approx(10 * region.PhysicalDeltaY, rel=0.005)
