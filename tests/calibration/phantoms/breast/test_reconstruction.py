"""Slices of a sweep."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.projections import DOSES
from tests.calibration.phantoms.breast.even_breast import PLANES, even_breast, slices_of


def sharpest_mm(profile: Field) -> float:
    """The height of a profile's top, by a parabola, from the support; slices are 1 mm apart."""
    top = int(np.clip(profile.argmax(), 1, len(profile) - 2))
    before, here, after = profile[top - 1 : top + 2].tolist()
    return top + 0.5 + 0.5 * (before - after) / (before - 2 * here + after)


def test_a_grain_is_sharp_in_its_slice_and_smeared_ten_away() -> None:
    heights_mm = 5.2, 11.0, 17.5, 24.3
    grains = tuple((height, 10.0 + 10 * place, 7.0, 0.2) for place, height in enumerate(heights_mm))
    slices = slices_of(even_breast(grains))
    for height_mm, row_mm, _, _ in grains:
        row = round(row_mm / 0.1)
        profile = slices[:, row - 5 : row + 6, 65:76].max((1, 2))
        assert sharpest_mm(profile) == pytest.approx(height_mm, abs=0.3)
        far = [one for one in range(PLANES) if abs(one + 0.5 - height_mm) > 10]
        assert profile[far].max() < 0.15 * profile.max()
        slice_ = slices[int(height_mm), row - 20 : row + 21]
        assert np.unravel_index(slice_.argmax(), slice_.shape) == pytest.approx((20, 70), abs=1)


@pytest.mark.parametrize("height_mm", [9.3, 15.0, 21.6])
def test_a_mass_has_its_edge_and_its_size_at_its_height(height_mm: float) -> None:
    radius_mm = 4.0
    slices = slices_of(even_breast(ball_mm=(height_mm, 25.0, 7.0, radius_mm)))
    edges = np.abs(np.gradient(slices[:, :, 40:100].mean(2), axis=1))[:, 195:305].max(1)
    assert sharpest_mm(edges) == pytest.approx(height_mm, abs=0.5)
    middle = slices[int(height_mm)]
    down, along = middle[:, 67:74].mean(1), middle[247:254].mean(0)
    inside = middle[235:266, 55:86].mean()
    for line in (down[190:311], along):
        outside = line.min()
        wide_mm = (line > (inside + outside) / 2).sum() * 0.1
        assert wide_mm == pytest.approx(2 * radius_mm, rel=0.06)


def test_even_tissue_comes_out_as_it_is() -> None:
    tissue = even_breast()
    tissue.dense[:] = 0.4
    slices = slices_of(tissue)
    assert slices[:, 200:300].mean((1, 2)) == pytest.approx(np.full(PLANES, 0.4), abs=0.05)


def test_noise_falls_as_the_root_of_the_dose() -> None:
    noise = {dose: slices_of(even_breast(), dose)[PLANES // 2].std() for dose in DOSES}
    assert noise["low"] > noise["standard"] > noise["high"]
    expected = np.sqrt(DOSES["high"] / DOSES["low"])
    assert noise["low"] / noise["high"] == pytest.approx(expected, rel=0.1)
