import numpy as np
import pytest

from senoscope.models.programmed.radiomics.diameter import diameters, largest_distance


def test_the_farthest_pair_is_found_beyond_one_chunk():
    points = np.random.default_rng(3).uniform(-1, 1, (1500, 2))
    points[7], points[1400] = (30.0, 0.0), (0.0, 40.0)
    assert largest_distance(points) == 50


def test_one_point_has_no_extent():
    assert largest_distance(np.array([[3.0, 4.0]])) == 0


def test_diameters_of_a_box_are_its_diagonals_in_millimetres():
    corners = np.array([(z, y, x) for z in (0, 4) for y in (0, 3) for x in (0, 6)], np.int32)
    unit = np.array([2.0, 1.0, 0.5])  # 8 x 3 x 3 mm
    expected = (np.hypot(3, 3), np.hypot(8, 3), np.hypot(8, 3), np.sqrt(64 + 9 + 9))
    assert diameters(corners, unit) == pytest.approx(expected)


def test_no_pair_is_lost_by_looking_at_hulls_only():
    rng = np.random.default_rng(5)
    points = np.unique(rng.integers(0, 12, (400, 3)), axis=0).astype(np.int32)
    unit = np.array([1.0, 0.7, 2.1])
    gaps = np.linalg.norm((points[:, None] - points) * unit, axis=2)
    together = [points[:, None, axis] == points[:, axis] for axis in range(3)]
    expected = [gaps[same].max() for same in together] + [gaps.max()]
    assert diameters(points, unit) == pytest.approx(expected)
