from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.calibration.measurement import lesion_of
from senoscope.domain.errors import ImageError
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.results.outline_mask import axes_of, mask_of, outlines_of
from tests.studies.results.report_builders import ellipse


def blob(seed: int) -> np.ndarray:
    """(60, 80), one part without holes."""
    noise = np.random.default_rng(seed).normal(size=(60, 80)).astype(np.float32)
    mask = cv2.GaussianBlur(noise, (0, 0), 3) > 0.02
    _, labels, areas, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    largest = (labels == 1 + areas[1:, 4].argmax()).astype(np.uint8)
    found, _ = cv2.findContours(largest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(largest)
    cv2.drawContours(filled, found, 0, (1,), cv2.FILLED)
    return filled > 0


@pytest.mark.parametrize("seed", range(40))
def test_the_outline_of_a_mask_gives_the_mask_back_pixel_by_pixel(seed: int) -> None:
    mask = blob(seed)
    assert (mask_of(lesion_of(mask).contour, 60, 80) == mask).all()


@pytest.mark.parametrize("seed", range(10))
def test_a_pixel_is_in_where_opencv_finds_its_centre_inside_the_outline(seed: int) -> None:
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 23, endpoint=False)
    radius = random.uniform(8, 25, len(angles))
    contour = np.stack([40 + radius * np.cos(angles), 30 + radius * np.sin(angles)], 1)
    contour = contour.astype(np.float32)
    expected = [
        [cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x in range(80)]
        for y in range(60)
    ]
    assert (mask_of(contour, 60, 80) == np.array(expected)).all()


def test_what_reaches_beyond_the_picture_is_cut_off() -> None:
    contour = np.array([[-5, -5], [3, -5], [3, 99], [-5, 99]], np.float32)
    mask = mask_of(contour, 6, 7)
    assert mask[:, :4].all()
    assert not mask[:, 4:].any()
    assert not mask_of(contour + np.float32(500), 6, 7).any()


def test_a_point_that_is_no_number_is_refused() -> None:
    contour = np.array([[0, 0], [3, np.nan], [3, 3]], np.float32)
    with pytest.raises(ImageError, match="no number"):
        mask_of(contour, 6, 7)


def test_the_drawn_axes_are_as_long_as_the_measured_ones() -> None:
    contour = ellipse()
    spacing = PixelSpacing(0.1, 0.17)
    long, short = axes_of(contour, spacing)
    scale = np.array([spacing.column_mm, spacing.row_mm])
    drawn = [float(np.hypot(*((each[1] - each[0]) * scale))) for each in (long, short)]
    assert drawn == pytest.approx(Lesion(contour, 1.0, 1.0).axes_mm(spacing), rel=1e-5)
    across = (long[1] - long[0]) * scale @ ((short[1] - short[0]) * scale)
    assert across == pytest.approx(0, abs=1e-6)


def test_the_axes_of_one_point_are_that_point() -> None:
    long, short = axes_of(np.full((3, 2), 4, np.float32), None)
    assert (long == 4).all()
    assert (short == 4).all()


def test_outlines_of_a_mask_give_its_pixels_back() -> None:
    random = np.random.default_rng(4)
    for _ in range(20):
        mask = random.random((9, 12)) < 0.5
        whole = np.zeros_like(mask)
        for each in outlines_of(mask, holes=True):
            whole ^= mask_of(each, *mask.shape)
        np.testing.assert_array_equal(whole, mask)
    single = np.zeros((5, 5), bool)
    single[2, 3] = True
    (square,) = outlines_of(single)
    assert sorted(map(tuple, square.tolist())) == [
        (2.75, 1.75), (2.75, 2.25), (3.25, 1.75), (3.25, 2.25),
    ]  # fmt: skip
    assert outlines_of(np.zeros((3, 3), bool)) == []
