"""Shading is found, and taken out of a box of the volume."""

from __future__ import annotations

import numpy as np

from senoscope.models.programmed.breast_mri.bias import bias_field, evened
from senoscope.models.programmed.breast_mri.boxes import Box, whole
from senoscope.models.programmed.breast_mri.coarse_grid import SmallGrid

SHAPE, MM = (24, 40, 48), (3.5, 3.5, 3.5)


def test_shading_of_two_tissues_is_evened_out() -> None:
    random = np.random.default_rng(2)
    y = np.linspace(0, 1, SHAPE[1], dtype=np.float32)[None, :, None]
    shading = np.broadcast_to(np.exp(0.8 * (y - 0.5)), SHAPE)
    tissue = np.where(random.random(SHAPE) < 0.2, 300.0, 100.0)
    tissue[8:16, 12:28, 16:32] = 300.0
    seen = (shading * tissue + random.normal(0, 2, SHAPE)).astype(np.float32)
    grid = SmallGrid.of(SHAPE, MM, 3.5)
    field, step = bias_field(seen, np.ones(SHAPE, bool), grid)
    even = evened(seen, field, step, whole(SHAPE))
    dark = tissue == 100
    assert np.log(even[dark]).std() < 0.4 * np.log(seen[dark]).std()


def test_a_box_is_evened_as_the_volume_is() -> None:
    field = np.random.default_rng(3).uniform(0.5, 2, (5, 8, 9)).astype(np.float32)
    volume = np.random.default_rng(4).uniform(50, 90, SHAPE).astype(np.float32)
    step, box = (6.0, 6.0, 6.0), (slice(3, 11), slice(7, 30), slice(0, 19))
    every = evened(volume, field, step, whole(SHAPE))
    assert np.allclose(evened(volume[box], field, step, box), every[box])
    assert np.allclose(every[12, 12, 12], volume[12, 12, 12] / field[2, 2, 2])


def test_without_a_field_the_volume_is_as_it_was() -> None:
    volume = np.full(SHAPE, 7, np.float32)
    box: Box = whole(SHAPE)
    assert evened(volume, None, (1.0, 1.0, 1.0), box) is volume


def test_where_nothing_is_looked_at_there_is_no_shading() -> None:
    grid = SmallGrid.of(SHAPE, MM, 3.5)
    field, _ = bias_field(np.ones(SHAPE, np.float32), np.zeros(SHAPE, bool), grid)
    assert (field == 1).all()
