"""Property tests draw from seeded generators: hypothesis is no dependency."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.spacing import spacing_from_two_points
from senoscope.domain.errors import SettingsError
from senoscope.domain.spacing import (
    LARGEST_PERCENT,
    SCANNER_PERCENT,
    CalibratedSpacing,
    PixelSpacing,
    SpacingOrigin,
)

PITCH = PixelSpacing(0.1, 0.1)
DRAWS = 500


def test_two_points_give_back_the_scale_they_were_set_by() -> None:
    rng = np.random.default_rng(1)
    for _ in range(DRAWS):
        pitch_mm = float(np.exp(rng.uniform(np.log(0.011), np.log(0.9))))
        a = rng.uniform(0, 1000, 2)
        turn, length = rng.uniform(0, 2 * np.pi), rng.uniform(40, min(900, 290 / pitch_mm))
        b = a + length * np.array([np.cos(turn), np.sin(turn)])
        if length * pitch_mm < 2:
            continue
        for one, other in ((a, b), (b, a)):
            found = spacing_from_two_points(
                (one[0], one[1]), (other[0], other[1]), length * pitch_mm
            )
            sides = found.spacing.row_mm, found.spacing.column_mm
            assert sides == pytest.approx((pitch_mm, pitch_mm), rel=1e-9)
            assert found.origin is SpacingOrigin.TWO_POINTS


def test_the_uncertainty_holds_the_true_scale_in_95_of_100_clicks() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(2000):
        length = rng.uniform(60, 400)
        ends = np.array([[50.0, 10.0], [50.0, 10.0 + length]]) + rng.normal(0, 1 / 1.96, (2, 2))
        (ax, ay), (bx, by) = ends.tolist()
        found = spacing_from_two_points((ax, ay), (bx, by), length * 0.1)
        held.append(abs(found.spacing.row_mm / 0.1 - 1) * 100 <= found.uncertainty_percent)
    assert 0.935 <= np.mean(held) <= 0.965


def test_points_twice_as_far_apart_are_twice_as_sure() -> None:
    near = spacing_from_two_points((0, 0), (0, 100), 10)
    far = spacing_from_two_points((0, 0), (0, 200), 20)
    assert near.uncertainty_percent == pytest.approx(2 * far.uncertainty_percent)


@pytest.mark.parametrize(
    ("b", "distance_mm", "said"),
    [
        ((0, 0), 10, "0 pixels apart; expected at least 28"),
        ((0, 20), 10, "20 pixels apart; expected at least 28"),
        ((0, 400), 1, "1 mm and 400 pixels"),
        ((0, 400), 0, "expected 2 to 300 mm"),
        ((0, 400), -20, "-20 mm"),
        ((0, 400), 301, "301 mm"),
        ((0, 400), float("nan"), "nan mm"),
        ((float("nan"), 400), 20, "nan pixels"),
        ((float("inf"), 400), 20, "inf pixels"),
        ((0, 400), 2, r"0.005 mm a pixel; .* \(mm, not cm\)"),
        ((0, 100), 200, "2 mm a pixel"),
    ],
)
def test_what_is_no_scale_of_a_breast_ultrasound_is_refused_in_words(
    b: tuple[float, float], distance_mm: float, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        spacing_from_two_points((0, 0), b, distance_mm)


@pytest.mark.parametrize("click_px", [0, -1, float("nan"), float("inf")])
def test_clicks_must_have_an_uncertainty(click_px: float) -> None:
    with pytest.raises(SettingsError, match=r"pixels off were given|expected at least"):
        spacing_from_two_points((0, 0), (0, 100), 20, click_px)


@pytest.mark.parametrize("percent", [-0.1, LARGEST_PERCENT + 0.1, float("nan")])
def test_a_scale_that_is_hardly_known_is_refused(percent: float) -> None:
    with pytest.raises(SettingsError, match="expected 0 to 5 %"):
        CalibratedSpacing(PITCH, SpacingOrigin.RULER, percent)


def test_a_scanner_may_be_off_and_a_phantom_not() -> None:
    for origin in SpacingOrigin:
        least = CalibratedSpacing(PITCH, origin, 0.0).total_percent
        assert least == (0.0 if origin is SpacingOrigin.PHANTOM else SCANNER_PERCENT)
    assert CalibratedSpacing(PITCH, SpacingOrigin.RULER, 1.5).total_percent == 2.5
