"""A sweep of exposures."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.mammogram import PHOTONS, PIXEL_MM
from senoscope.calibration.phantoms.breast.projections import (
    ANGLES_DEG,
    DOSES,
    Projections,
    displaced_sums,
)
from senoscope.domain.errors import SettingsError
from tests.calibration.phantoms.breast.even_breast import PLANES, SIZE_MM, even_breast


def test_a_grain_is_displaced_by_its_height_and_the_angle() -> None:
    at_mm = 25.0, 25.0, 7.0
    sweep = Projections.of(even_breast(((*at_mm, 0.3),)), np.random.default_rng(1), "high")
    assert len(sweep.counts) == len(ANGLES_DEG) == 25
    assert ANGLES_DEG[-1] - ANGLES_DEG[0] == 50
    for angle, counts in zip(ANGLES_DEG, sweep.counts, strict=True):
        row, column = np.unravel_index(counts.argmin(), counts.shape)
        above_mm = at_mm[0] - PLANES / 2
        row_mm = at_mm[1] + sweep.beyond_mm + above_mm * np.tan(np.radians(angle))
        assert row == pytest.approx(row_mm / PIXEL_MM, abs=2)
        assert column == pytest.approx(at_mm[2] / PIXEL_MM, abs=2)


def test_rays_are_longer_the_more_they_slant() -> None:
    sweep = Projections.of(even_breast(), np.random.default_rng(1), "high")
    middle = -np.log(sweep.counts.mean((1, 2)) / sweep.photons)
    assert middle / middle[12] == pytest.approx(1 / np.cos(np.radians(ANGLES_DEG)), abs=0.01)


def test_the_dose_is_that_of_all_exposures_together() -> None:
    tissue = even_breast()
    tissue.inside[:] = 0
    for dose, share in DOSES.items():
        sweep = Projections.of(tissue, np.random.default_rng(1), dose)
        assert sweep.counts.mean() * len(ANGLES_DEG) == pytest.approx(PHOTONS * share, rel=0.01)
        assert sweep.stored().dtype == np.uint16
        assert sweep.stored().mean() == pytest.approx(12000, rel=0.01)
        rows = round((SIZE_MM[0] + 2 * sweep.beyond_mm) / PIXEL_MM)
        assert sweep.counts.shape == (25, rows, round(SIZE_MM[1] / PIXEL_MM))


def test_a_dose_without_a_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="'enormous' was given; expected one of low, standard"):
        Projections.of(even_breast(), np.random.default_rng(1), "enormous")


def test_sums_are_of_displaced_pictures() -> None:
    stack = np.zeros((2, 120, 100), np.float32)
    stack[0, 40, 3], stack[1, 60, 99] = 1, 2
    by_px = np.array([[5, -10], [0, 0], [-3, 7]], np.float32)
    summed = np.concatenate([block for _, block in displaced_sums(stack, by_px)], axis=2)
    expected = np.zeros((3, 120, 100))
    for one, (first, second) in enumerate(by_px.astype(int)):
        expected[one, 40 + first, 3] += 1
        expected[one, 60 + second, 99] += 2
    assert summed == pytest.approx(expected, abs=1e-4)
