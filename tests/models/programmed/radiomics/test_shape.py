import numpy as np
import pytest

from senoscope.models.programmed.radiomics.shape import (
    bounding_box,
    shape2d_features,
    shape_features,
)

MILLIMETRE = np.ones(2)


def test_a_row_of_two_pixels_worked_out_by_hand():
    # A hexagon: the square between the centres cut through, and a half diamond at each end.
    found = shape2d_features(np.ones((1, 2), bool), MILLIMETRE)
    perimeter, surface = 2 + 2 * np.sqrt(2), 1.5
    assert found == pytest.approx(
        {
            "MeshSurface": surface,
            "PixelSurface": 2,
            "Perimeter": perimeter,
            "PerimeterSurfaceRatio": perimeter / surface,
            "Sphericity": 2 * np.sqrt(np.pi * surface) / perimeter,
            "MaximumDiameter": 2,
            "MajorAxisLength": 2,
            "MinorAxisLength": 0,
            "Elongation": 0,
        }
    )


def test_a_rectangle_of_oblong_pixels_worked_out_by_hand():
    # 3 rows of 2 mm by 4 columns of 1 mm, its corners cut.
    found = shape2d_features(np.ones((3, 4), bool), np.array([2.0, 1.0]))
    assert found["MeshSurface"] == pytest.approx(24 - 4 * (1 * 0.5) / 2)
    assert found["Perimeter"] == pytest.approx(2 * (4 + 3) + 4 * np.hypot(1, 0.5))
    assert found["PixelSurface"] == 24
    assert found["MaximumDiameter"] == pytest.approx(np.hypot(6, 3))
    # Variances 4 * 2/3 down and 5/4 along.
    assert found["MajorAxisLength"] == pytest.approx(4 * np.sqrt(8 / 3))
    assert found["MinorAxisLength"] == pytest.approx(4 * np.sqrt(5 / 4))


def test_pixels_that_meet_at_a_corner_are_two_diamonds():
    for mask in (np.eye(2, dtype=bool), np.eye(2, dtype=bool)[::-1]):
        found = shape2d_features(mask, MILLIMETRE)
        assert found["MeshSurface"] == pytest.approx(2 * 0.5)
        assert found["Perimeter"] == pytest.approx(2 * 4 * np.sqrt(0.5))


def test_a_disc_is_nearly_round():
    rows, columns = np.indices((101, 101)) - 50
    found = shape2d_features(rows**2 + columns**2 <= 40**2, MILLIMETRE / 10)
    assert found["MeshSurface"] == pytest.approx(np.pi * 16, rel=1e-2)
    assert found["MaximumDiameter"] == pytest.approx(8.1, rel=1e-2)
    assert found["MajorAxisLength"] == pytest.approx(8, rel=1e-2)
    assert found["Elongation"] == pytest.approx(1)
    # An outline of whole and half steps is up to 8 % longer than the circle.
    assert 0.92 < found["Sphericity"] < 1


def test_a_block_of_voxels_worked_out_by_hand():
    # 2 x 2 x 2 voxels of 1 mm: a cube of side 2 with every edge and corner cut.
    found = shape_features(np.ones((2, 2, 2), bool), np.ones(3))
    area, volume = 6 + 12 * np.sqrt(0.5) + np.sqrt(3), 1 + 3 + 12 / 8 + 8 / 48
    in_plane = np.hypot(1, 2)
    assert found == pytest.approx(
        {
            "MeshVolume": volume,
            "VoxelVolume": 8,
            "SurfaceArea": area,
            "SurfaceVolumeRatio": area / volume,
            "Sphericity": (36 * np.pi * volume**2) ** (1 / 3) / area,
            "Maximum3DDiameter": np.sqrt(4 + 1 + 1),
            "Maximum2DDiameterSlice": in_plane,
            "Maximum2DDiameterColumn": in_plane,
            "Maximum2DDiameterRow": in_plane,
            "MajorAxisLength": 2,
            "MinorAxisLength": 2,
            "LeastAxisLength": 2,
            "Elongation": 1,
            "Flatness": 1,
        }
    )


def test_diameters_within_planes_are_named_by_array_axis():
    # 1 slice, 2 rows, 6 columns, of 10 x 1 x 1 mm.
    found = shape_features(np.ones((1, 2, 6), bool), np.array([10.0, 1.0, 1.0]))
    assert found["Maximum2DDiameterSlice"] == pytest.approx(np.hypot(1, 6))
    assert found["Maximum2DDiameterColumn"] == pytest.approx(np.hypot(10, 5))
    assert found["Maximum2DDiameterRow"] == pytest.approx(np.hypot(10, 1))
    assert found["LeastAxisLength"] == 0


def test_a_bounding_box_holds_all_of_the_mask_and_no_more():
    mask = np.zeros((5, 6, 7), bool)
    mask[1, 2, 3] = mask[3, 3, 5] = True
    box = bounding_box(mask)
    assert box.shape == (3, 2, 3)
    assert box.sum() == 2
