"""Random changes: the same for the same generator, in range, alike for picture and mask."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from senoscope.models.training.augmentation import (
    mark_like_an_operator,
    press,
    random_affine,
    vary_display,
    warp,
)
from tests.models.evaluation.data_sets import SHAPE, lesion

SIZE = 128
SPECKLE = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE), np.uint8)


def marked(rng: np.random.Generator) -> np.ndarray:
    pixels, mask = SPECKLE // 2, np.zeros((SIZE, SIZE), np.uint8)
    mask[40:80, 40:80] = 255
    mark_like_an_operator(pixels, mask, rng)
    return pixels


CHANGES: list[Callable[[np.random.Generator], np.ndarray]] = [
    marked,
    lambda rng: vary_display(SPECKLE, rng),
    lambda rng: warp(SPECKLE, random_affine(rng, SPECKLE.shape, SIZE), SIZE),
    lambda rng: press(SPECKLE, SPECKLE, rng)[0],
]


@pytest.mark.parametrize("change", CHANGES, ids=["marks", "display", "warp", "press"])
def test_the_same_generator_gives_the_same_picture_and_another_does_not(
    change: Callable[[np.random.Generator], np.ndarray],
) -> None:
    first, again, other = (change(np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("pixels", [SPECKLE, SPECKLE * 0, SPECKLE * 0 + 255], ids=["any", "0", "1"])
def test_a_varied_picture_stays_between_black_and_white(pixels: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        varied = vary_display(pixels, rng)
        assert varied.dtype == np.float32
        assert varied.shape == pixels.shape
        assert 0 <= varied.min() <= varied.max() <= 1


def test_varying_and_warping_leave_their_input_alone() -> None:
    before, rng = SPECKLE.copy(), np.random.default_rng(2)
    for _ in range(30):
        vary_display(SPECKLE, rng)
        warp(SPECKLE, random_affine(rng, SPECKLE.shape, SIZE), SIZE)
    np.testing.assert_array_equal(SPECKLE, before)


def test_picture_and_mask_move_together() -> None:
    rng = np.random.default_rng(4)
    for _ in range(30):
        affine = random_affine(rng, SHAPE, SIZE)
        mask = warp(lesion(255), affine, SIZE)
        picture = warp(lesion(128), affine, SIZE)
        assert np.abs(picture / 128 - mask / 255).max() < 0.02


def test_a_warp_moves_a_place_where_the_affine_says() -> None:
    rng = np.random.default_rng(5)
    square = lesion(255, (slice(78, 82), slice(88, 92)))
    dot = np.asarray(cv2.GaussianBlur(square, (0, 0), 3), dtype=np.uint8)
    for _ in range(20):
        affine = random_affine(rng, SHAPE, SIZE)
        weights = warp(dot, affine, SIZE).astype(float)
        row, column = np.argwhere(weights > 0).T @ weights[weights > 0] / weights.sum()
        np.testing.assert_allclose([column, row], affine @ [89.5, 79.5, 1], atol=0.3)


def test_a_warp_keeps_most_of_the_picture_in_sight() -> None:
    rng = np.random.default_rng(6)
    middles = [random_affine(rng, SHAPE, SIZE) @ [79.5, 79.5, 1] for _ in range(300)]
    assert np.abs(np.array(middles) - (SIZE - 1) / 2).max() <= 0.12 * SIZE + 1e-9


def test_a_warp_mirrors_half_of_the_pictures_left_to_right() -> None:
    rng = np.random.default_rng(7)
    mirrored = [np.linalg.det(random_affine(rng, SHAPE, SIZE)[:, :2]) < 0 for _ in range(300)]
    assert 0.4 < np.mean(mirrored) < 0.6


def test_marks_are_bright_few_and_often_at_the_lesion_s_edge() -> None:
    edge = np.zeros((SIZE, SIZE), np.uint8)
    edge[36:84, 36:84] = 1
    edge[45:75, 45:75] = 0
    shares, at_edge = [], 0
    for seed in range(60):
        pixels = marked(np.random.default_rng(seed))
        changed = pixels != SPECKLE // 2
        shares.append(changed.mean())
        at_edge += bool((changed & (edge > 0)).any())
        assert np.median(pixels[changed]) >= 128
    assert 0 < np.mean(shares) < 0.1
    assert at_edge > 40


def test_pressing_moves_picture_and_mask_together_and_little() -> None:
    rng = np.random.default_rng(8)
    disc = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(disc, (64, 64), 25, (255,), cv2.FILLED)
    for _ in range(30):
        picture, mask = press(disc // 2, disc, rng)
        assert np.abs(picture.astype(int) * 2 - mask).max() <= 4
        overlap = ((mask > 127) & (disc > 127)).sum() / (disc > 127).sum()
        assert 0.6 < overlap < 1.0


def test_grey_order_survives_every_variation_of_the_grey_map() -> None:
    """A console's post-processing brightens and darkens, but never swaps dark and bright."""
    ramp = np.tile(np.arange(0, 256, 2, dtype=np.uint8), (SIZE, 1))
    rng = np.random.default_rng(9)
    rising = 0
    for _ in range(200):
        row = vary_display(ramp, rng)[SIZE // 2]
        rising += bool((np.diff(row) >= -1e-6).all())
    assert rising > 60
