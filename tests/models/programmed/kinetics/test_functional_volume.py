"""Functional tumour volume: each threshold alone, and the whole against a known tumour."""

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.programmed.kinetics.functional_volume import (
    FunctionalThresholds,
    functional_volume,
)

SHAPE = (10, 20, 20)


def exam(early=200.0, late=190.0):
    """Tissue of 100 with a tumour of 4 x 6 x 6 voxels; the region is the whole but its rim."""
    base = np.full(SHAPE, 100.0)
    tumour = np.zeros(SHAPE, bool)
    tumour[3:7, 7:13, 7:13] = True
    region = np.zeros(SHAPE, bool)
    region[1:-1, 1:-1, 1:-1] = True
    first = np.where(tumour, early, 110.0)
    last = np.where(tumour, late, 115.0)
    return base, first, last, region, tumour


def test_a_tumour_is_found_to_the_voxel_but_for_its_corners():
    base, early, late, region, tumour = exam()
    found = functional_volume(base, early, late, region, 2.0)
    # A corner has three neighbours of the eight in its slice.
    assert found.voxels == tumour.sum() - 4 * 4
    assert found.volume_mm3 == 2 * found.voxels == found.mask.sum() * 2
    assert not (found.mask & ~tumour).any()
    assert found.background_signal == 60
    assert np.array_equal(np.isfinite(found.ser), found.mask)
    assert found.ser[5, 10, 10] == pytest.approx(100 / 90)
    assert found.parts_mm3 == (0, 0, found.volume_mm3)
    whole = functional_volume(base, early, late, region, 2.0, FunctionalThresholds(neighbours=3))
    assert np.array_equal(whole.mask, tumour)


@pytest.mark.parametrize(
    ("early", "late", "part"),
    [(200, 230, 0), (200, 200, 1), (200, 150, 2), (200, 100 + 100 / 0.89, 0)],
)
def test_the_volume_is_parted_by_the_ratio(early, late, part):
    base, first, last, region, _ = exam(early, late)
    found = functional_volume(base, first, last, region, 1.0)
    assert found.parts_mm3[part] == found.volume_mm3 > 0


@pytest.mark.parametrize(("early", "is_found"), [(170.0, True), (169.0, False)])
def test_seventy_percent_counts_and_less_does_not(early, is_found):
    base, first, last, region, _ = exam(early)
    assert (functional_volume(base, first, last, region, 1.0).voxels > 0) is is_found


def test_dark_tissue_falling_ratios_and_lone_voxels_do_not_count():
    base, early, late, region, tumour = exam()
    dark = base.copy()
    dark[tumour] = 59
    assert functional_volume(dark, early, late, region, 1.0).voxels == 0
    # Late below the signal before contrast: the ratio is negative.
    assert functional_volume(base, early, np.where(tumour, 90, late), region, 1.0).voxels == 0
    lone = np.full(SHAPE, 110.0)
    lone[5, 5, 5] = lone[5, 12, 12:15] = 300
    assert functional_volume(base, lone, late, region, 1.0).voxels == 0


def test_only_the_region_counts_and_every_threshold_is_settable():
    base, early, late, region, tumour = exam()
    half = region.copy()
    half[:, :, 10:] = False
    found = functional_volume(base, early, late, half, 1.0)
    assert found.voxels > 0 and not (found.mask & ~half).any()
    strict = FunctionalThresholds(early_percent=101)
    assert functional_volume(base, early, late, region, 1.0, strict).voxels == 0
    lax = FunctionalThresholds(early_percent=5, neighbours=0, background_share=0)
    assert functional_volume(base, early, late, region, 1.0, lax).voxels == region.sum()
    ratio = FunctionalThresholds(ser_from=1.2, ser_bands=(1.2, 1.3))
    assert functional_volume(base, early, late, region, 1.0, ratio).voxels == 0
    told = functional_volume(base, early, None, region, 1.0)
    assert told.voxels == tumour.sum() - 16 and told.parts_mm3 == (0, 0, 0)


def test_nonsense_is_told():
    base, early, late, region, _ = exam()
    with pytest.raises(ImageError, match="not empty"):
        functional_volume(base, early, late, region & False, 1.0)
    with pytest.raises(ImageError, match="of that shape"):
        functional_volume(base, early, late, region[1:], 1.0)
    for bad in (
        {"early_percent": 0},
        {"background_share": 1.1},
        {"neighbours": 9},
        {"ser_from": 1},
    ):
        with pytest.raises(SettingsError, match="SER bands that rise"):
            FunctionalThresholds(**bad)
