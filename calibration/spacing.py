"""Millimetres a pixel from two points on a known distance."""

from __future__ import annotations

from math import hypot, isfinite

from senoscope.domain.errors import SettingsError
from senoscope.domain.spacing import LARGEST_PERCENT, CalibratedSpacing, PixelSpacing, SpacingOrigin

NEAREST_MM, FARTHEST_MM = 2.0, 300.0
"""Between two points on a breast ultrasound's scale."""
FINEST_MM, COARSEST_MM = 0.01, 1.0
"""A pixel of a breast ultrasound."""

Point = tuple[float, float]
"""[x, y] in frame pixels, pixel centres at integers."""


def spacing_from_two_points(
    a: Point, b: Point, distance_mm: float, click_px: float = 1.0
) -> CalibratedSpacing:
    """The scale at which `a` and `b` are `distance_mm` apart. Pixels are taken to be square.

    `click_px` is how far each point may lie from its mark along the line, 95 %. SettingsError
    where the distance or the scale is no breast ultrasound's, or the points are too near to each
    other to know the scale within LARGEST_PERCENT.
    """
    apart_px = hypot(b[0] - a[0], b[1] - a[1])
    if not (isfinite(apart_px) and NEAREST_MM <= distance_mm <= FARTHEST_MM):
        raise SettingsError(
            f"Two points {distance_mm:g} mm and {apart_px:g} pixels apart were given; expected "
            f"{NEAREST_MM:g} to {FARTHEST_MM:g} mm. Choose two marks of the picture's ruler and "
            "type the millimetres between them."
        )
    if not (isfinite(click_px) and click_px > 0):
        raise SettingsError(
            f"Clicks {click_px:g} pixels off were given; expected more than 0. Try 1."
        )
    percent = 100 * hypot(click_px, click_px) / apart_px if apart_px > 0 else float("inf")
    if percent > LARGEST_PERCENT:
        least_px = 100 * hypot(click_px, click_px) / LARGEST_PERCENT
        raise SettingsError(
            f"The two points are {apart_px:.0f} pixels apart; expected at least {least_px:.0f}, "
            f"so that the scale is known within {LARGEST_PERCENT:g} %. Set them further apart."
        )
    pitch_mm = distance_mm / apart_px
    if not FINEST_MM <= pitch_mm <= COARSEST_MM:
        raise SettingsError(
            f"{distance_mm:g} mm over {apart_px:.0f} pixels is {pitch_mm:.3g} mm a pixel; expected "
            f"{FINEST_MM:g} to {COARSEST_MM:g} as in a breast ultrasound. Check the unit (mm, not "
            "cm) and the two marks."
        )
    return CalibratedSpacing(PixelSpacing(pitch_mm, pitch_mm), SpacingOrigin.TWO_POINTS, percent)
