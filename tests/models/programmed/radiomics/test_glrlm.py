import numpy as np
import pytest

from senoscope.models.programmed.radiomics.glrlm import glrlm_features, runs
from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs, directions
from tests.models.programmed.radiomics.phantom import EXAMPLE, LEVELS, MASK, counted

ALONG_ROWS = directions(2).index((0, 1))


def test_the_example_of_the_pyradiomics_documentation():
    pairs = adjoining_pairs(np.ones((5, 5), bool))[ALONG_ROWS]
    assert counted(*runs(EXAMPLE.ravel(), pairs)) == {
        (1, 1): 1,
        (1, 3): 1,
        (2, 1): 3,
        (2, 3): 1,
        (3, 1): 4,
        (3, 2): 1,
        (3, 3): 1,
        (4, 1): 1,
        (4, 2): 1,
        (5, 1): 3,
    }


def test_runs_of_the_phantom_in_all_directions_are_those_ibsi_printed():
    levels = LEVELS[MASK]
    every = [runs(levels, pairs) for pairs in adjoining_pairs(MASK)]
    assert len(every) == 13
    assert counted(*(np.concatenate(part) for part in zip(*every, strict=True))) == {
        (1, 1): 190,
        (1, 2): 140,
        (1, 3): 31,
        (1, 4): 18,
        (1, 5): 3,
        (3, 1): 13,
        (4, 1): 149,
        (4, 2): 24,
        (4, 3): 1,
        (4, 4): 2,
        (6, 1): 78,
        (6, 2): 3,
        (6, 3): 1,
        (6, 4): 1,
    }


def test_a_hole_in_the_region_ends_a_run():
    mask = np.array([[True, True, False, True, True, True]])
    (pairs,) = adjoining_pairs(mask)
    assert sorted(runs(np.full(5, 2), pairs)[1].tolist()) == [2, 3]


def test_a_long_run_is_counted_to_its_end():
    (pairs,) = adjoining_pairs(np.ones((1, 1000), bool))
    levels, lengths = runs(np.full(1000, 3), pairs)
    assert (levels.tolist(), lengths.tolist()) == ([3], [1000])


def test_run_percentage_is_runs_over_pixels_averaged_over_directions():
    # 1 1 over 2 2: two runs along rows, four in each of the other three directions.
    found = glrlm_features(np.array([1, 1, 2, 2]), adjoining_pairs(np.ones((2, 2), bool)))
    assert found["RunPercentage"] == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert found["LongRunEmphasis"] == pytest.approx((4 + 1 + 1 + 1) / 4)
