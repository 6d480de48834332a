"""Gland is told from fat that is bright, dark, or dark but for a patch."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.evaluation.metrics import dice
from senoscope.models.programmed.breast_mri.tissue import fibroglandular, fuzzy_c_means

SHAPE, MM = (24, 60, 60), (2.0, 2.0, 2.0)


def gland_and_patch() -> tuple[Mask, NDArray[np.float32]]:
    """Gland: a net of strands. A patch, 0 to 1, of its border and beside it."""
    z, y, x = np.indices(SHAPE, np.float32)
    net = np.sin(x / 2.2) + np.sin(y / 2.6) + np.sin(z / 2.4)
    gland = (net > 0.7) & (np.hypot(y - 30, x - 22) < 20)
    away = np.sqrt(np.square(x - 40) + np.square(y - 30) + np.square(z - 12))
    return gland, np.clip((12 - away) / 4, 0, 1)


def signals(fat: float, failed: float, takes: float, noise: float = 6.0) -> tuple[Volume, Volume]:
    """Before contrast, and the rise: gland 200, fat that of the patch where it is `failed`."""
    gland, patch = gland_and_patch()
    random = np.random.default_rng(5)
    before = np.where(gland, 200.0, fat + (failed - fat) * patch)
    rise = np.where(gland, takes, 0.0)
    one, two = random.normal(0, noise, (2, *SHAPE))
    return (before + one).astype(np.float32), (rise + two - one).astype(np.float32)


def read(before: Volume, rise: Volume, is_fat_bright: bool = False) -> Mask:
    return fibroglandular(before, rise, np.ones(SHAPE, bool), is_fat_bright, MM)


@pytest.mark.parametrize(("fat", "is_fat_bright"), [(60.0, False), (480.0, True)])
def test_gland_is_found_in_dark_and_in_bright_fat(fat: float, is_fat_bright: bool) -> None:
    found = read(*signals(fat, fat, 30.0), is_fat_bright)
    assert dice(found, gland_and_patch()[0]) > 0.97


def test_nothing_rises_and_the_signal_alone_decides() -> None:
    assert dice(read(*signals(60.0, 60.0, 0.0)), gland_and_patch()[0]) > 0.97


@pytest.mark.parametrize("failed", [160.0, 200.0, 320.0])
def test_fat_as_bright_as_gland_is_told_by_what_rises(failed: float) -> None:
    gland, patch = gland_and_patch()
    found = read(*signals(60.0, failed, 30.0))
    assert dice(found, gland) > 0.85
    assert (found & ~gland)[patch > 0].mean() < 0.15


def test_a_lesion_that_rises_far_more_does_not_change_the_rest() -> None:
    before, rise = signals(60.0, 60.0, 30.0)
    rise[10:14, 28:34, 10:16] += 400
    gland = gland_and_patch()[0]
    elsewhere = np.ones(SHAPE, bool)
    elsewhere[7:17, 24:38, 6:20] = False
    assert dice(read(before, rise) & elsewhere, gland & elsewhere) > 0.97


def test_shading_of_a_third_is_followed() -> None:
    before, rise = signals(60.0, 60.0, 30.0)
    shading = np.linspace(0.83, 1.17, SHAPE[2], dtype=np.float32)
    assert dice(read(before * shading, rise * shading), gland_and_patch()[0]) > 0.95


def test_scale_does_not_matter() -> None:
    before, rise = signals(60.0, 200.0, 30.0)
    assert dice(read(before, rise), read(before * 8, rise * 8)) > 0.999


def test_fuzzy_centres_are_those_of_two_heaps() -> None:
    values = np.concatenate([np.linspace(9, 11, 50), np.linspace(29, 31, 50)])
    centres, member = fuzzy_c_means(values, np.ones(100), 2)
    assert centres == pytest.approx([10, 30], abs=0.3)
    assert member.sum(axis=0) == pytest.approx(np.ones(100))
    assert (member[0, :50] > 0.9).all() and (member[1, 50:] > 0.9).all()
