from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.caliper_readouts import (
    Pair,
    by_ruler,
    by_two_points,
    counted,
    read_cases,
    rows_over_columns,
)
from benchmarks.ruler import bus_bra_image
from senoscope.domain.spacing import PixelSpacing

ACROSS = Pair("made", (100, 50), (300, 50), 20.0)
DOWN = Pair("made", (200, 10), (200, 210), 20.6)
HARD = ("bus_0411-l", "bus_0713-r", "bus_0717-s", "bus_0807-s", "bus_0836-s")
"""Images with read-outs; the strokes and echoes of the first stand almost as evenly as ticks."""


def test_a_pair_measures_by_columns_and_rows() -> None:
    spacing = PixelSpacing(row_mm=0.103, column_mm=0.1)
    assert ACROSS.error(spacing) == pytest.approx(0)
    assert DOWN.error(spacing) == pytest.approx(0)
    assert DOWN.error(PixelSpacing(0.1, 0.1)) == pytest.approx(-0.6 / 20.6)


def test_right_is_within_three_per_cent_or_what_a_short_pair_is_good_to() -> None:
    assert ACROSS.is_right(PixelSpacing(0.1, 0.1029))
    assert not ACROSS.is_right(PixelSpacing(0.1, 0.1031))
    short = Pair("made", (100, 50), (130, 50), 3.0)
    assert short.uncertainty == pytest.approx(0.05, abs=0.001)
    assert short.is_right(PixelSpacing(0.1, 0.1049))
    assert not short.is_right(PixelSpacing(0.1, 0.106))


def test_both_pairs_tell_the_shape_of_a_pixel() -> None:
    assert rows_over_columns([ACROSS, DOWN]) == pytest.approx(1.03)


def test_one_pair_measures_the_other_with_pixels_taken_to_be_square() -> None:
    right, error = by_two_points([ACROSS, Pair("made", (200, 10), (200, 110), 10.4)]) or (None, 0)
    assert right is False
    assert error == pytest.approx(-0.4 / 10.4)
    near = Pair("made", (100, 50), (105, 50), 2.0)
    assert by_two_points([near, near]) is None


def test_an_answer_is_right_or_wrong_and_none_is_a_refusal() -> None:
    assert counted([True, False, False, None]) == {
        "n": 4,
        "answered": 3,
        "right": 1,
        "wrong": 2,
        "refused": 1,
    }


def test_the_cases_agree_with_the_depths_of_the_scanner() -> None:
    """Scales along the marks, 0.081 to 0.127 mm: of three depths, and of pixels not square."""
    cases = read_cases()
    assert len(cases) == 78
    assert {len(pairs) for pairs in cases.values()} == {1, 2}
    scales = np.array([each.scale_mm for pairs in cases.values() for each in pairs])
    nearest = np.abs(scales[:, None] / np.array([0.0817, 0.0842, 0.0857, 0.1222, 0.1258]) - 1)
    assert nearest.min(axis=1).max() < 0.025


def test_the_marks_are_where_they_are_listed(public_data: Path) -> None:
    seen = []
    for name, pairs in read_cases().items():
        pixels = bus_bra_image(public_data / "bus-bra", name)
        for column, row in (point for each in pairs for point in (each.a, each.b)):
            x, y = int(column), int(row)
            around = pixels[max(y - 12, 0) : y + 13, max(x - 12, 0) : x + 13]
            seen.append(pixels[y - 1 : y + 2, x - 1 : x + 2].max() > np.percentile(around, 80))
    assert np.mean(seen) > 0.95


def test_no_picture_with_a_read_out_and_no_ruler_gets_a_wrong_scale(public_data: Path) -> None:
    cases = read_cases()
    for name in HARD:
        pixels = bus_bra_image(public_data / "bus-bra", name)
        for depth_said in (False, True):
            assert by_ruler(pixels, cases[name], depth_said) is not False, (name, depth_said)
