import numpy as np
import pytest

from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs
from senoscope.models.programmed.radiomics.ngtdm import ngtdm_features, tone_differences
from tests.models.programmed.radiomics.phantom import LEVELS, MASK


def test_the_example_of_the_pyradiomics_documentation():
    levels = np.array([[1, 2, 5, 2], [3, 5, 1, 3], [1, 3, 5, 5], [3, 1, 1, 1]])
    present, sizes, s = tone_differences(levels.ravel(), adjoining_pairs(np.ones((4, 4), bool)))
    assert present.tolist() == [1, 2, 3, 5]
    assert sizes.tolist() == [6, 2, 4, 4]
    # The page's own sums; its printed 13.35 and 2.63 are rounded.
    threes = abs(3 - 12 / 5) + abs(3 - 18 / 5) + abs(3 - 20 / 8) + abs(3 - 5 / 3)
    assert s == pytest.approx([13.35, 2.0, threes, 10.075], abs=5e-3)


def test_differences_of_the_phantom_are_those_ibsi_printed():
    present, sizes, s = tone_differences(LEVELS[MASK], adjoining_pairs(MASK))
    assert present.tolist() == [1, 3, 4, 6]
    assert sizes.tolist() == [50, 1, 16, 7]
    assert s == pytest.approx([39.946954, 0.2, 20.825401, 24.127005], abs=1e-6)


def test_features_of_three_pixels_worked_out_by_hand():
    # 1 3 2: means of neighbours 3, 1.5, 3; differences 2, 1.5, 1. In levels 1, 2, 3: 2, 1, 1.5.
    found = ngtdm_features(np.array([1, 3, 2]), adjoining_pairs(np.ones((1, 3), bool)))
    weighted = 4.5 / 3
    assert found == pytest.approx(
        {
            "Coarseness": 1 / weighted,
            "Contrast": (12 / 9 / 6) * (4.5 / 3),
            "Busyness": weighted / (8 / 3),
            "Complexity": 2 * (1 * 3 / 2 + 2 * 3.5 / 2 + 1 * 2.5 / 2) / 3,
            "Strength": 2 * (2 / 3) * (1 + 4 + 1) / 4.5,
        }
    )


def test_a_pixel_without_neighbours_is_left_out():
    mask = np.array([[True, True, False, True]])
    present, sizes, _ = tone_differences(np.array([1, 2, 9]), adjoining_pairs(mask))
    assert (present.tolist(), sizes.tolist()) == ([1, 2], [1, 1])


def test_one_grey_level_is_as_coarse_as_can_be():
    found = ngtdm_features(np.ones(4, np.int64), adjoining_pairs(np.ones((2, 2), bool)))
    assert found == {
        "Coarseness": 1e6,
        "Contrast": 0,
        "Busyness": 0,
        "Complexity": 0,
        "Strength": 0,
    }
