import numpy as np

from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs, directions


def test_a_pixel_has_4_opposite_pairs_of_neighbours_in_2d_and_13_in_3d():
    for dimensions, expected in ((2, 4), (3, 13)):
        steps = directions(dimensions)
        both = set(steps) | {tuple(-x for x in step) for step in steps}
        assert len(steps) == expected
        assert len(both) == 2 * expected == 3**dimensions - 1


def test_in_plane_directions_stay_in_their_slice():
    assert sorted(step[1:] for step in directions(3, in_plane=True)) == sorted(directions(2))
    assert all(step[0] == 0 for step in directions(3, in_plane=True))


def test_pairs_count_pixels_in_mask_order_and_stay_within_the_mask():
    mask = np.array([[True, True, False], [False, True, True]])  # pixels 0 1 / 2 3
    found = [
        set(zip(*(ends.tolist() for ends in pair), strict=True)) for pair in adjoining_pairs(mask)
    ]
    by_direction = dict(zip(directions(2), found, strict=False))
    assert by_direction[(0, 1)] == {(0, 1), (2, 3)}
    # No two adjoin along (1, -1), so the list goes on with the next direction.
    assert found[1:] == [{(1, 2)}, {(0, 2), (1, 3)}]


def test_a_mask_at_the_border_does_not_wrap_round():
    mask = np.zeros((2, 3), bool)
    mask[0, 2] = mask[1, 0] = True
    assert adjoining_pairs(mask) == []
