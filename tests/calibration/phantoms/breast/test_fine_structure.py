"""Texture and vessels."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.fine_structure import texture_tile, vessel_paths_mm


def test_a_tile_goes_on_at_its_edges_and_holds_nothing_wide() -> None:
    tile = texture_tile(np.random.default_rng(3), 256, 5)
    assert tile.std() == pytest.approx(1, abs=1e-4)
    within = np.abs(np.diff(tile, axis=0)).mean()
    assert np.abs(tile[0] - tile[-1]).mean() < 1.3 * within
    assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 1.3 * within
    power = np.abs(np.fft.fft2(tile)) ** 2
    wide = np.hypot(*np.meshgrid(*[np.fft.fftfreq(256)] * 2)) < 1 / (5 * 2 * np.pi * 2)
    assert power[wide].sum() < 0.25 * power.sum()


def test_vessels_run_from_the_chest_wall_towards_the_nipple() -> None:
    tip = 700.0, 800.0
    paths = list(vessel_paths_mm(np.random.default_rng(1), tip, (1600, 900), 0.1))
    assert 4 <= len(paths) <= 8
    for path in paths:
        columns = np.nonzero(path.max(0) > 0.2)[0]
        assert columns[0] <= 2
        assert 300 < columns[-1] < tip[0] + 20
        assert 0.3 < path.max() <= 1.6
    again = list(vessel_paths_mm(np.random.default_rng(1), tip, (1600, 900), 0.1))
    assert all(np.array_equal(*pair) for pair in zip(paths, again, strict=True))
