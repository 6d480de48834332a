"""The classifier's square lies where it says, to a fraction of a pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.models.crop import crop_affine, sample_crop

SIZE = 224
Box = tuple[float, float, float, float]


def smooth(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Grey values that linear interpolation and area averaging both keep to within one level."""
    return np.asarray(120 + 60 * np.sin(x / 70 + 0.3) + 50 * np.cos(y / 55 - 0.2))


def picture(columns: int = 800, rows: int = 600) -> np.ndarray:
    y, x = np.mgrid[:rows, :columns]
    return np.asarray(np.rint(smooth(x, y)), dtype=np.uint8)


def crop(pixels: np.ndarray, box: Box, size: int = SIZE) -> np.ndarray:
    return sample_crop(pixels, crop_affine(box, size, 0.25), size)


@pytest.mark.parametrize("box", [(100, 50, 180, 90), (10.5, 20.25, 31.5, 99.75), (5, 5, 5, 5)])
def test_the_middle_of_the_crop_is_the_middle_of_the_box(box: Box) -> None:
    left, top, right, bottom = box
    middle = crop_affine(box, SIZE, 0.25) @ [(left + right) / 2, (top + bottom) / 2, 1]
    np.testing.assert_allclose(middle, (SIZE - 1) / 2)


@pytest.mark.parametrize("box", [(0, 0, 100, 40), (0, 0, 40, 100)])
def test_the_longer_side_keeps_the_margin_on_each_side_and_nothing_is_stretched(box: Box) -> None:
    affine = crop_affine(box, SIZE, 0.25)
    assert affine[0, 0] == affine[1, 1] == pytest.approx(SIZE / (100 * (1 + 2 * 0.25)))
    assert affine[0, 1] == affine[1, 0] == 0


def test_a_box_of_one_pixel_is_read_with_its_surroundings() -> None:
    assert crop_affine((7, 7, 7, 7), SIZE, 0.25)[0, 0] == pytest.approx(SIZE / 12)


@pytest.mark.parametrize(
    "box",
    [
        (300, 200, 340, 240),
        (250.3, 180.6, 349.1, 260.2),
        (200, 150, 500, 420),
        (150.7, 110.2, 600.3, 470.9),
        (400, 300, 400, 300),
    ],
)
def test_each_pixel_of_a_crop_shows_the_place_it_maps_to(box: Box) -> None:
    affine = crop_affine(box, SIZE, 0.25)
    v, u = np.mgrid[:SIZE, :SIZE]
    x, y = (u - affine[0, 2]) / affine[0, 0], (v - affine[1, 2]) / affine[1, 1]
    inside = (x > 2) & (x < 797) & (y > 2) & (y < 597)
    error = crop(picture(), box).astype(float) - smooth(x, y)
    assert np.abs(error[inside]).max() < 2.5
    assert abs(error[inside].mean()) < 0.15


@pytest.mark.parametrize("sides", [300, 430, 560])
def test_a_reduced_crop_is_the_crop_reduced_afterwards(sides: int) -> None:
    rng = np.random.default_rng(0)
    pixels = cv2.GaussianBlur(rng.integers(0, 256, (600, 800), np.uint8), (0, 0), 1.2)
    box = (400 - sides / 2, 300 - sides / 2, 400 + sides / 2, 300 + sides / 2)
    inside = (slice(SIZE // 4, -SIZE // 4),) * 2
    reduced = crop(pixels, box)[inside].astype(float)
    full = crop(pixels, box, 4 * SIZE)
    afterwards = cv2.resize(full, (SIZE, SIZE), interpolation=cv2.INTER_AREA)[inside]
    assert np.corrcoef(reduced.ravel(), afterwards.ravel())[0, 1] > 0.9
    assert reduced.mean() == pytest.approx(afterwards.mean(), abs=0.5)


def test_a_strongly_reduced_crop_does_not_alias_speckle() -> None:
    stripes = np.zeros((1200, 1200), np.uint8)
    stripes[:, ::2] = 200
    reduced = crop(stripes, (200, 200, 1000, 1000))[20:-20, 20:-20]
    assert reduced.std() < 12
    assert reduced.mean() == pytest.approx(100, abs=3)


def test_outside_the_frame_is_black_and_inside_is_not() -> None:
    shown = crop(np.full((400, 400), 200, np.uint8), (0, 0, 100, 100))
    assert not shown[: SIZE // 8].any()
    assert not shown[:, : SIZE // 8].any()
    assert (shown[SIZE // 4 :, SIZE // 4 :] == 200).all()


@pytest.mark.parametrize(
    "box",
    [(0, 0, 199, 99), (-50, -40, 900, 700), (198, 98, 199, 99), (0, 0, 0, 0), (300, 300, 9, 9)],
)
def test_no_box_is_too_odd_to_be_cropped(box: Box) -> None:
    shown = crop(np.full((100, 200), 90, np.uint8), box)
    assert shown.shape == (SIZE, SIZE)
    assert shown.dtype == np.uint8


def test_a_frame_within_a_larger_box_stays_whole() -> None:
    shown = crop(np.full((100, 200), 90, np.uint8), (-300, -350, 499, 449))
    scale = SIZE / (799 * 1.5)
    assert (shown > 45).sum() == pytest.approx(100 * 200 * scale**2, rel=0.1)
