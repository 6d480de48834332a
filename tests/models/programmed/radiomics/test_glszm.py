import numpy as np
import pytest

from senoscope.models.programmed.radiomics.glszm import glszm_features, zones
from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs
from tests.models.programmed.radiomics.phantom import EXAMPLE, LEVELS, MASK, counted


def test_the_example_of_the_pyradiomics_documentation():
    found = zones(EXAMPLE.ravel(), adjoining_pairs(np.ones((5, 5), bool)))
    assert counted(*found) == {
        (1, 4): 1,
        (2, 1): 1,
        (2, 5): 1,
        (3, 1): 1,
        (3, 3): 1,
        (3, 5): 1,
        (4, 1): 1,
        (4, 2): 1,
        (5, 1): 3,
    }


def test_zones_of_the_phantom_are_those_ibsi_printed():
    found = zones(LEVELS[MASK], adjoining_pairs(MASK))
    assert counted(*found) == {(1, 50): 1, (3, 1): 1, (4, 2): 1, (4, 14): 1, (6, 7): 1}


def test_in_plane_zones_of_the_phantom_are_those_ibsi_printed_slice_by_slice():
    found = zones(LEVELS[MASK], adjoining_pairs(MASK, in_plane=True))
    assert counted(*found) == {
        (1, 3): 1,
        (1, 4): 1,
        (1, 6): 1,
        (1, 8): 1,
        (1, 14): 1,
        (1, 15): 1,
        (3, 1): 1,
        (4, 2): 5,
        (4, 6): 1,
        (6, 1): 4,
        (6, 3): 1,
    }


def test_a_zone_that_winds_is_one_zone():
    # A spiral joined end to end only: the labels have far to travel.
    levels = np.ones((9, 9), np.int64)
    levels[1, :8] = levels[1:8, 7] = levels[7, 1:8] = levels[3:8, 1] = levels[3, 1:6] = 2
    levels[3:6, 5] = levels[5, 3:6] = 2
    wall = int((levels == 2).sum())
    found = zones(levels.ravel(), adjoining_pairs(np.ones((9, 9), bool)))
    assert counted(*found) == {(1, 81 - wall): 1, (2, wall): 1}


def test_zone_percentage_is_zones_over_pixels():
    found = glszm_features(np.array([1, 1, 2, 1]), adjoining_pairs(np.ones((1, 4), bool)))
    assert found["ZonePercentage"] == pytest.approx(3 / 4)
    assert found["LargeAreaEmphasis"] == pytest.approx((4 + 1 + 1) / 3)
