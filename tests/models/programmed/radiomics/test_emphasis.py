import numpy as np
import pytest

from senoscope.models.programmed.radiomics.emphasis import Emphases, emphases


def test_statistics_of_four_entries_worked_out_by_hand():
    # Level by extent: (1, 1), (1, 2), (1, 2), (2, 4).
    found = emphases(np.array([1, 1, 1, 2]), np.array([1, 2, 2, 4]))
    expected = Emphases(
        short=(1 + 1 / 4 + 1 / 4 + 1 / 16) / 4,
        long=(1 + 4 + 4 + 16) / 4,
        low=(3 + 1 / 4) / 4,
        high=(3 + 4) / 4,
        short_low=(1 + 1 / 4 + 1 / 4 + 1 / 64) / 4,
        short_high=(1 + 1 / 4 + 1 / 4 + 4 / 16) / 4,
        long_low=(1 + 4 + 4 + 16 / 4) / 4,
        long_high=(1 + 4 + 4 + 64) / 4,
        level_non_uniformity=(9 + 1) / 4,
        level_non_uniformity_share=(9 + 1) / 16,
        extent_non_uniformity=(1 + 4 + 1) / 4,
        extent_non_uniformity_share=(1 + 4 + 1) / 16,
        level_variance=3 / 16,
        extent_variance=25 / 4 - (9 / 4) ** 2,
        entropy=1.5,
    )
    for name in Emphases.__slots__:
        assert getattr(found, name) == pytest.approx(getattr(expected, name)), name
