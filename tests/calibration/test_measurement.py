"""Property tests draw from seeded generators: hypothesis is no dependency."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from senoscope.calibration.measurement import (
    LesionMeasurements,
    Measured,
    Unit,
    distance,
    lesion_of,
    measured,
)
from senoscope.calibration.outline_error import DRAWN, EXACT, OutlineError, network_error
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.segmenter import lesion_mask
from tests import builders
from tests.calibration.shapes import SHAPE, Ellipse, Mask, lobed


def scale(
    row_mm: float = 0.1,
    column_mm: float = 0.1,
    origin: SpacingOrigin = SpacingOrigin.PHANTOM,
    percent: float = 0.0,
) -> CalibratedSpacing:
    return CalibratedSpacing(PixelSpacing(row_mm, column_mm), origin, percent)


def every(found: LesionMeasurements) -> tuple[Measured, ...]:
    assert found.depth is not None and found.skin_distance is not None
    return (
        found.long_axis,
        found.short_axis,
        found.orientation,
        found.area,
        found.depth,
        found.skin_distance,
    )


def of_mask(mask: Mask, spacing: CalibratedSpacing, skin_row: float = -0.5) -> tuple[Measured, ...]:
    return every(measured(lesion_of(mask), spacing, EXACT, skin_row))


def test_an_ellipse_has_its_lengths_angle_area_and_depths() -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        ellipse = Ellipse.drawn(rng)
        found = of_mask(ellipse.mask(), scale())
        for each, truth, most in zip(
            found, ellipse.truth(), (0.15, 0.1, 20, 0.6, 0.02, 0.06), strict=True
        ):
            assert each.value == pytest.approx(truth, abs=most), (ellipse, each)
            assert each.lower <= each.value <= each.upper


def test_intervals_of_a_true_mask_hold_the_truth() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(300):
        ellipse = Ellipse.drawn(rng)
        found = of_mask(ellipse.mask(), scale())
        held.append(
            [
                each.lower <= truth <= each.upper
                for each, truth in zip(found, ellipse.truth(), strict=True)
            ]
        )
    assert (np.mean(held, axis=0) >= 0.95).all(), np.mean(held, axis=0)


def test_lobes_may_turn_the_axes_within_their_intervals() -> None:
    rng = np.random.default_rng(9)
    held = []
    for _ in range(150):
        coarse, fine = lobed(rng)
        found, truth = of_mask(coarse, scale()), of_mask(fine, scale(0.1 / 3, 0.1 / 3))
        held.append([found[n].lower <= truth[n].value <= found[n].upper for n in (0, 1, 2)])
    assert (np.mean(held, axis=0) >= 0.95).all(), np.mean(held, axis=0)


def test_rows_and_columns_have_each_their_own_millimetres() -> None:
    wide = Ellipse(120, 110, 60, 30, 0)
    found = of_mask(wide.mask(), scale(row_mm=0.3, column_mm=0.1))
    long, short, angle, area, depth, skin = (each.value for each in found)
    assert (long, short, angle) == pytest.approx((18, 12, 90), abs=0.4)
    assert area == pytest.approx(np.pi * 9 * 6, rel=0.01)
    assert (depth, skin) == pytest.approx((33.15, 24.15), abs=0.2)


def test_a_crop_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        mask = Ellipse.drawn(rng).mask()
        rows, columns = np.nonzero(mask)
        top, left = (int(rng.integers(0, at.min() + 1)) for at in (rows, columns))
        whole = of_mask(mask, scale())
        part = of_mask(mask[top:, left:], scale(), skin_row=-0.5 - top)
        for place, (one, other) in enumerate(zip(whole, part, strict=True)):
            # Of two diameters of one length either may be taken for the longest.
            most = 0.1 if place in (1, 2) else 1e-4
            assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), abs=most)
            if place != 2:
                assert one.value == pytest.approx(other.value, abs=most)


@pytest.mark.parametrize("times", [2, 3])
def test_a_resize_changes_lengths_by_less_than_a_pixel(times: int) -> None:
    rng = np.random.default_rng(4)
    for _ in range(40):
        ellipse = Ellipse.drawn(rng)
        coarse = of_mask(ellipse.mask(), scale())
        shape = (SHAPE[0] * times, SHAPE[1] * times)
        fine = of_mask(ellipse.mask(shape, times), scale(0.1 / times, 0.1 / times))
        for place in (0, 1, 4, 5):
            assert coarse[place].value == pytest.approx(fine[place].value, abs=0.1)
        assert coarse[3].value == pytest.approx(fine[3].value, rel=0.02)


def test_an_outline_scaled_with_its_spacing_has_the_same_lengths() -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        lesion = lesion_of(Ellipse.drawn(rng).mask())
        times = rng.uniform(0.3, 3)
        scaled = Lesion(lesion.contour * np.float32(times), lesion.area_px * times**2, 1.0)
        one = measured(lesion, scale(), DRAWN, 0.0)
        other = measured(scaled, scale(0.1 / times, 0.1 / times), DRAWN, 0.0)
        for name in ("long_axis", "area", "depth"):
            values = getattr(one, name).value, getattr(other, name).value
            assert values[0] == pytest.approx(values[1], rel=1e-4)
        # Of two diameters of one length either may be taken for the longest.
        assert one.short_axis.value == pytest.approx(other.short_axis.value, abs=0.1)


def test_an_outline_becomes_a_mask_and_the_same_outline_again() -> None:
    rng = np.random.default_rng(6)
    for _ in range(60):
        mask = Ellipse.drawn(rng).mask()
        lesion = lesion_of(mask)
        again = lesion_mask((lesion,), SHAPE)
        assert np.array_equal(again, mask)
        assert np.array_equal(lesion_of(again).contour, lesion.contour)
        assert lesion.area_px == np.count_nonzero(mask)


def test_of_a_mask_in_parts_the_largest_is_outlined_and_a_hole_is_no_lesion() -> None:
    mask = np.zeros(SHAPE, bool)
    mask[10:14, 10:14] = mask[50:90, 60:120] = True
    mask[60:70, 80:90] = False
    lesion = lesion_of(mask)
    assert (lesion.box, lesion.area_px) == ((60, 50, 119, 89), 40 * 60 - 100)


def test_a_mask_without_a_lesion_is_refused() -> None:
    with pytest.raises(ImageError, match="empty mask"):
        lesion_of(np.zeros(SHAPE, bool))
    dot = np.zeros(SHAPE, bool)
    dot[5, 5] = True
    with pytest.raises(ImageError):
        lesion_of(dot)


def test_an_outline_of_one_point_is_refused_and_a_line_is_measured() -> None:
    point = Lesion(np.full((3, 2), 40, np.float32), 1.0, 1.0)
    with pytest.raises(ImageError, match="one point"):
        measured(point, scale(), EXACT, -0.5)
    line = Lesion(np.array([[20, 40], [60, 40], [40, 40]], np.float32), 41.0, 1.0)
    long, short, angle, _, depth, _ = every(measured(line, scale(), EXACT, -0.5))
    assert (long.value, short.value, angle.value) == (4.0, 0.0, 0.0)
    assert depth.value == pytest.approx(4.05)


def test_the_scales_doubt_widens_lengths_once_and_areas_twice() -> None:
    lesion = builders.lesion(width=100, height=60)
    exact = measured(lesion, scale(), EXACT, -0.5)
    doubted = measured(lesion, scale(origin=SpacingOrigin.RULER, percent=4.5), EXACT, -0.5)
    percent = np.hypot(4.5, 2)
    assert doubted.long_axis.value == exact.long_axis.value
    assert doubted.long_axis.upper / doubted.long_axis.value - 1 == pytest.approx(
        percent / 100, rel=0.05
    )
    assert doubted.area.upper / doubted.area.value - 1 == pytest.approx(2 * percent / 100, rel=0.1)
    assert doubted.orientation == exact.orientation


def test_the_scales_doubt_moves_what_lies_deep_further_than_what_lies_shallow() -> None:
    near, far = (
        measured(
            builders.lesion(top=top, height=20),
            scale(origin=SpacingOrigin.RULER, percent=4.5),
            EXACT,
            -0.5,
        ).depth
        for top in (20, 220)
    )
    assert near is not None and far is not None
    percent = np.hypot(4.5, 2) / 100
    wider = (far.upper - far.value) - (near.upper - near.value)
    assert wider == pytest.approx(percent * (far.value - near.value), rel=0.15)


def test_a_worse_outline_widens_every_interval() -> None:
    lesion = lesion_of(Ellipse(120, 110, 60, 40, 0.4).mask())
    errors = [EXACT, *(network_error(sure, (640, 480), 192) for sure in (0.97, 0.955, 0.5))]
    widths = [
        [each.upper - each.lower for each in every(measured(lesion, scale(), error, -0.5))]
        for error in errors
    ]
    for narrow, wide in pairwise(widths):
        assert (np.array(wide) > narrow).all()


def test_the_long_axis_of_a_circle_may_lie_anyhow() -> None:
    circle = lesion_of(Ellipse(120, 110, 40, 40, 0).mask())
    angle = measured(circle, scale(), EXACT, -0.5).orientation
    assert (angle.lower, angle.upper) == pytest.approx((0, 90), abs=3)
    assert angle.unit is Unit.DEGREES


def test_lengths_are_those_the_page_shows() -> None:
    lesion = lesion_of(Ellipse(120, 110, 50, 30, 0.7).mask())
    found = measured(lesion, scale(0.12, 0.08), DRAWN, None)
    axes = found.long_axis.value, found.short_axis.value
    assert axes == lesion.axes_mm(PixelSpacing(0.12, 0.08))


def test_without_a_skin_line_no_depth_is_given_and_above_it_none_below_0() -> None:
    lesion = builders.lesion(top=16, height=20)
    unknown = measured(lesion, scale(), EXACT, None)
    assert (unknown.depth, unknown.skin_distance) == (None, None)
    *_, skin = every(measured(lesion, scale(), OutlineError(0.2, 0.3, 0.5), 30.0))
    assert (skin.value, skin.lower) == (0.0, 0.0)
    assert skin.upper > 1


def test_calipers_give_the_distance_of_two_points_both_ways() -> None:
    rng = np.random.default_rng(7)
    for _ in range(200):
        a, b = (tuple(rng.uniform(0, 500, 2).tolist()) for _ in range(2))
        row, column = rng.uniform(0.03, 0.3, 2)
        spacing = scale(row, column, SpacingOrigin.RULER, 1.0)
        found = distance((a[0], a[1]), (b[0], b[1]), spacing)
        truth = float(np.hypot((b[0] - a[0]) * column, (b[1] - a[1]) * row))
        assert found.value == pytest.approx(truth)
        assert distance((b[0], b[1]), (a[0], a[1]), spacing) == found
        assert found.lower < found.value < found.upper


def test_calipers_hold_the_truth_in_95_of_100_clicks() -> None:
    rng = np.random.default_rng(8)
    held = []
    for _ in range(2000):
        ends = np.array([[30.0, 40.0], [190.0, 90.0]])
        truth = 0.1 * float(np.hypot(*(ends[1] - ends[0])))
        (ax, ay), (bx, by) = (ends + rng.normal(0, 1 / 1.96, (2, 2))).tolist()
        pitch = 0.1 * (1 + rng.normal(0, 0.02 / 1.96))
        found = distance((ax, ay), (bx, by), scale(pitch, pitch, SpacingOrigin.DICOM_REGION))
        held.append(found.lower <= truth <= found.upper)
    assert 0.935 <= np.mean(held) <= 0.965


def test_calipers_in_one_place_measure_nothing_but_their_clicks() -> None:
    found = distance((5, 5), (5, 5), scale(0.3, 0.1))
    assert (found.value, found.lower) == (0.0, 0.0)
    assert found.upper == pytest.approx(0.3 * np.sqrt(2))


@pytest.mark.parametrize(
    ("a", "click_px"), [((float("nan"), 1.0), 1.0), ((0.0, float("inf")), 1.0), ((0.0, 0.0), -1.0)]
)
def test_calipers_that_are_nowhere_are_refused(a: tuple[float, float], click_px: float) -> None:
    with pytest.raises(SettingsError, match="expected two points"):
        distance(a, (5, 5), scale(), click_px)
