"""VICTRE's breast in slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.victre import MASS, PADDLE, VictreBreast
from senoscope.calibration.phantoms.breast.victre_tomosynthesis import (
    mass_height_mm,
    victre_tomosynthesis,
)


def test_a_mass_is_sharp_at_its_height_and_the_paddle_is_air() -> None:
    labels = np.zeros((83, 200, 120), np.uint8)
    labels[3:80, 20:180, :100] = 1
    labels[40:60, 90:110, 40:60] = MASS
    labels[:3, :, 105:] = labels[80:, :, 105:] = PADDLE
    breast = VictreBreast(labels)
    assert mass_height_mm(breast) == pytest.approx(9.5)
    view = victre_tomosynthesis(breast, 1, dose="high")
    slices = np.stack(list(view.slices))
    assert slices.shape == (17, 400, 240)
    assert view.heights_mm == tuple(map(float, range(17)))
    assert slices[:, :, 215:].max() == slices[:, :35].max() == 0
    edges = np.abs(np.gradient(slices[:, :, 85:115].mean(2), axis=1))[:, 160:240].max(1)
    assert 7 <= edges.argmax() <= 12
    middle = slices[9]
    assert middle[185:215, 85:115].mean() > middle[60:140, 85:115].mean() + 0.1
    again = victre_tomosynthesis(breast, 1, dose="high")
    assert np.array_equal(np.stack(list(again.slices)), slices)


def test_without_a_mass_there_is_no_height() -> None:
    assert mass_height_mm(VictreBreast(np.ones((5, 4, 4), np.uint8))) is None


def test_the_real_one_shows_its_mass_in_the_slices_it_lies_in(public_data: Path) -> None:
    folder = public_data / "victre-phantoms"
    with_it, without = (
        VictreBreast.read(folder / f"{name}.raw.gz") for name in ("pcl_1", "pc_1_crop")
    )
    height = mass_height_mm(with_it)
    assert height == pytest.approx(29.3, abs=0.1)
    grew = [
        np.abs(one - other).mean()
        for one, other in zip(
            victre_tomosynthesis(with_it, 0).slices,
            victre_tomosynthesis(without, 0).slices,
            strict=True,
        )
    ]
    assert abs(int(np.argmax(grew)) - height) < 4
