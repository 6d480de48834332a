"""Tissue moves with its outline, and what covers a lesion leaves none."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.models.training.transplant import with_lesion, without_lesion
from tests.models.evaluation.data_sets import SHAPE, lesion

MASK = lesion(255)
DONOR = np.where(MASK > 0, 20, 120).astype(np.uint8)
BARE = np.full(SHAPE, 120, np.uint8)


def test_a_transplanted_lesion_lies_where_its_mask_says() -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        made = with_lesion(BARE, DONOR, MASK, rng)
        assert made is not None
        pixels, mask = made
        dark = pixels < 70
        assert 0.9 < dark.sum() / (mask > 0).sum() < 1.1
        assert (dark & (mask > 0)).sum() > 0.9 * dark.sum()


def test_a_transplant_changes_nothing_far_from_it_and_not_its_inputs() -> None:
    made = with_lesion(BARE, DONOR, MASK, np.random.default_rng(1))
    assert made is not None
    pixels, mask = made
    near = cv2.dilate(mask, np.ones((51, 51), np.uint8)) > 0
    assert not near.all()
    assert (pixels[~near] == 120).all()
    assert (BARE == 120).all()
    assert set(np.unique(mask)) == {0, 255}


def test_a_lesion_is_brought_to_the_brightness_of_its_new_surroundings() -> None:
    rng = np.random.default_rng(2)
    made = with_lesion(np.full(SHAPE, 80, np.uint8), DONOR, MASK, rng)
    assert made is not None
    rim = made[0][(made[1] == 0)]
    assert np.abs(rim.astype(float) - 80).mean() < 4


def test_a_lesion_too_large_for_the_picture_is_not_transplanted() -> None:
    everywhere = np.full(SHAPE, 255, np.uint8)
    results = [
        with_lesion(BARE, DONOR, everywhere, np.random.default_rng(seed)) for seed in range(20)
    ]
    assert None in results


def test_covering_a_lesion_leaves_bare_tissue() -> None:
    mask = lesion(255, (slice(40, 80), slice(20, 60)))
    dark = np.where(mask > 0, 20, 120).astype(np.uint8)
    covered = without_lesion(dark, mask, np.random.default_rng(3))
    assert covered is not None
    assert covered[mask > 0].min() > 100
    assert (dark[mask > 0] == 20).all()


def test_where_no_tissue_lies_beside_a_lesion_it_is_not_covered() -> None:
    wide = lesion(255, (slice(40, 80), slice(5, 155)))
    assert without_lesion(DONOR, wide, np.random.default_rng(4)) is None
