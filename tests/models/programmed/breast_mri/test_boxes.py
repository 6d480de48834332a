"""Boxes hold what they should, and parts are told apart."""

from __future__ import annotations

import numpy as np

from senoscope.models.programmed.breast_mri.boxes import (
    at_least,
    outside,
    padded,
    parts,
    ranges,
    trimmed,
    whole,
    within,
)

SHAPE = (10, 20, 30)
BOX = (slice(2, 4), slice(5, 9), slice(25, 30))


def test_a_box_is_wider_by_millimetres_and_stays_within() -> None:
    found = padded(BOX, 3.0, (2.0, 1.0, 1.5), SHAPE)
    assert found == (slice(0, 6), slice(2, 12), slice(23, 30))


def test_a_box_that_is_too_narrow_is_as_wide_as_asked() -> None:
    found = at_least(BOX, 6, SHAPE)
    assert [each.stop - each.start for each in found] == [6, 6, 6]
    assert found[2] == slice(24, 30)
    assert found[0].start <= 2 and found[0].stop >= 4


def test_within_and_outside_are_each_others_inverse() -> None:
    outer = (slice(1, 9), slice(4, 19), slice(20, 30))
    inner = within(BOX, outer)
    assert inner == (slice(1, 3), slice(1, 5), slice(5, 10))
    assert outside(inner, outer) == BOX


def test_a_mask_is_trimmed_to_its_voxels() -> None:
    mask = np.zeros(SHAPE, bool)
    mask[BOX] = True
    box, inner = trimmed(whole(SHAPE), mask)
    assert box == BOX
    assert inner.all()
    assert ranges(box) == (range(2, 4), range(5, 9), range(25, 30))


def test_parts_touch_by_faces_and_small_ones_are_left_out() -> None:
    mask = np.zeros(SHAPE, bool)
    mask[1:4, 1:4, 1:4] = True
    mask[4, 4, 4:6] = True  # by a corner alone: another part
    mask[8, 15, 20] = True
    found = parts(mask, (1.0, 1.0, 1.0), 2.0)
    assert [int(inner.sum()) for _, inner in found] == [27, 2]
    assert found[0][0] == (slice(1, 4),) * 3
    assert len(parts(mask, (1.0, 1.0, 1.0), 0.0)) == 3
    assert parts(mask, (2.0, 1.0, 1.0), 6.0)[-1][1].sum() == 27
    assert parts(np.zeros(SHAPE, bool), (1.0, 1.0, 1.0), 0.0) == []
