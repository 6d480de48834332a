import numpy as np
import pytest

from senoscope.models.programmed.radiomics.mesh import (
    CORNERS,
    EDGES,
    surface_triangles,
    triangle_areas,
)


def area_and_volume(mask):
    triangles = surface_triangles(mask)
    return triangle_areas(triangles).sum(), np.linalg.det(triangles).sum() / 6


def test_one_voxel_is_an_octahedron():
    triangles = surface_triangles(np.ones((1, 1, 1), bool))
    assert len(triangles) == 8
    assert area_and_volume(np.ones((1, 1, 1), bool)) == pytest.approx((np.sqrt(3), 1 / 6))
    assert sorted(set(triangles.ravel())) == [0.5, 1.0, 1.5]


def test_a_box_has_its_edges_and_corners_cut():
    # 2 x 3 x 4 voxels: of the box between centres, 1 x 2 x 3, out by half a voxel on every side.
    a, b, c = 1, 2, 3
    flat, edges = 2 * (a * b + b * c + c * a), 4 * (a + b + c)
    area = flat + edges * np.sqrt(1 / 2) + np.sqrt(3)
    volume = a * b * c + flat / 2 + edges / 8 + 8 / 48
    assert area_and_volume(np.ones((2, 3, 4), bool)) == pytest.approx((area, volume))


def test_a_hollow_counts_as_outside():
    solid, hollow = np.ones((5, 5, 5), bool), np.ones((5, 5, 5), bool)
    hollow[2, 2, 2] = False
    area, volume = area_and_volume(solid)
    assert area_and_volume(hollow) == pytest.approx((area + np.sqrt(3), volume - 1 / 6))


def test_every_edge_of_the_mesh_of_a_ball_is_shared_by_two_triangles_in_opposite_turns():
    away = np.indices((9, 9, 9)) - 4
    triangles = surface_triangles((away**2).sum(axis=0) <= 12)
    corners = np.rint(2 * triangles).astype(int)
    edges = [
        (tuple(triangle[k]), tuple(triangle[k - 2]))
        for triangle in corners.tolist()
        for k in range(3)
    ]
    assert len(set(edges)) == len(edges)
    assert {(end, start) for start, end in edges} == set(edges)


def test_voxels_that_meet_at_an_edge_have_pyradiomics_slits_where_a_cube_is_complemented():
    apart = np.zeros((1, 2, 2), bool)
    apart[0, 0, 0] = apart[0, 1, 1] = True
    assert area_and_volume(apart) == pytest.approx((2 * np.sqrt(3), 2 / 6))
    # Turned so, one of the two cubes that hold both is complemented: in it they are joined.
    slit = apart.transpose(1, 2, 0)
    assert area_and_volume(slit) == pytest.approx((2.5 * np.sqrt(3), 4 / 6))


# Rows of the table Bourke published: corners in the mask, triangles by the edges they cross.
PUBLISHED = {
    "pentagon": (0b0000111, [(2, 8, 3), (2, 10, 8), (10, 9, 8)]),
    "hexagon": (0b0010111, [(2, 10, 9), (2, 9, 7), (2, 7, 3), (7, 9, 4)]),
    "heptagon": (0b0111101, [(5, 7, 0), (5, 0, 9), (7, 11, 0), (1, 0, 10), (11, 10, 0)]),
    "bridge": (0b1011111, [(6, 5, 9), (6, 9, 11), (4, 7, 9), (7, 11, 9)]),
}


@pytest.mark.parametrize("polygon", PUBLISHED)
def test_polygons_that_are_not_flat_are_cut_as_in_the_published_table(polygon):
    code, triangles = PUBLISHED[polygon]
    mask = np.zeros((2, 2, 2), bool)
    for bit, corner in enumerate(CORNERS):
        mask[tuple(corner)] = code >> bit & 1
    spacing = np.array([1.0, 2.0, 5.0])
    every = surface_triangles(mask)
    found = every[((every >= 1) & (every <= 2)).all(axis=(1, 2))] * spacing
    middles = np.array([(CORNERS[a] + CORNERS[b]) / 2 for a, b in EDGES]) + 1
    expected = middles[np.array(triangles)] * spacing
    assert triangle_areas(found).sum() == pytest.approx(triangle_areas(expected).sum())
    assert np.linalg.det(found).sum() == pytest.approx(np.linalg.det(expected).sum())
