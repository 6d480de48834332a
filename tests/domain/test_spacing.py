"""Millimetres are plausible or refused, and what is shown counts what the scanner may be off."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin


@pytest.mark.parametrize("millimetres", [0.0, -0.1, 0.0009, 10.1, 11.0, float("nan")])
def test_spacing_no_scanner_has_is_refused(millimetres: float) -> None:
    with pytest.raises(SettingsError, match="not plausible"):
        PixelSpacing(millimetres, 0.1)
    with pytest.raises(SettingsError, match="not plausible"):
        PixelSpacing(0.1, millimetres)


@pytest.mark.parametrize("millimetres", [0.001, 10.0])
def test_the_limits_of_spacing_are_still_plausible(millimetres: float) -> None:
    spacing = PixelSpacing(millimetres, millimetres)
    assert (spacing.row_mm, spacing.column_mm) == (millimetres, millimetres)


@pytest.mark.parametrize("percent", [-0.1, 5.1, float("nan")])
def test_a_scale_known_too_badly_is_refused(percent: float) -> None:
    with pytest.raises(SettingsError, match="expected 0 to 5 %"):
        CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.RULER, percent)


@pytest.mark.parametrize(
    ("origin", "percent", "total"),
    [
        (SpacingOrigin.RULER, 1.5, 2.5),
        (SpacingOrigin.DICOM_REGION, 0.0, 2.0),
        (SpacingOrigin.PHANTOM, 0.0, 0.0),
        (SpacingOrigin.PHANTOM, 5.0, 5.0),
    ],
)
def test_what_is_shown_counts_the_scanner_but_for_a_phantom(
    origin: SpacingOrigin, percent: float, total: float
) -> None:
    known = CalibratedSpacing(PixelSpacing(0.1, 0.1), origin, percent)
    assert known.total_percent == pytest.approx(total)
