"""A lesion's axes are measured in millimetres, with rows and columns spaced apart."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import PixelSpacing


def ellipse(half_x: float, half_y: float, angle: float = 0.0) -> Lesion:
    along = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    x, y = half_x * np.cos(along), half_y * np.sin(along)
    turned = [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
    return Lesion(np.stack(turned, axis=1).astype(np.float32) + 200, 1.0, 0.9)


@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2])
def test_axes_of_a_turned_ellipse_are_its_diameters(angle: float) -> None:
    long_mm, short_mm = ellipse(60, 25, angle).axes_mm(PixelSpacing(0.1, 0.1))
    assert long_mm == pytest.approx(12.0, abs=0.01)
    assert short_mm == pytest.approx(5.0, abs=0.01)


def test_axes_use_the_spacing_of_their_own_direction() -> None:
    long_mm, short_mm = ellipse(50, 50).axes_mm(PixelSpacing(row_mm=0.2, column_mm=0.1))
    assert (long_mm, short_mm) == (pytest.approx(20.0, abs=0.02), pytest.approx(10.0, abs=0.02))


def test_a_contour_shrunk_to_a_point_has_no_extent() -> None:
    point = Lesion(np.full((3, 2), 7, np.float32), 1.0, 0.5)
    assert point.axes_mm(PixelSpacing(0.1, 0.1)) == (0.0, 0.0)


@pytest.mark.parametrize("shape", [(2, 2), (5, 3), (4, 2, 1)])
def test_what_is_not_three_points_or_more_is_no_outline(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="3 or more"):
        Lesion(np.zeros(shape, np.float32), 1.0, 0.5)


def test_the_box_is_left_top_right_bottom() -> None:
    lesion = Lesion(np.array([[3, 9], [8, 4], [5, 12]], np.float32), 1.0, 0.5)
    assert lesion.box == (3.0, 4.0, 8.0, 12.0)
