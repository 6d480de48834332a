"""Outlines lie where the network saw the lesion, at the frame's own resolution."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.models.evaluation.metrics import dice, iou
from senoscope.models.segmenter import (
    MOST_LESIONS,
    Segmentation,
    Segmenter,
    lesion_mask,
    most_convincing_window,
)
from tests.models.scripted import ScriptedEngine, ellipse, ellipse_map, package

FRAMES = [(768, 1024), (391, 517)]


def segment(
    probability: np.ndarray, shape: tuple[int, int], presence: float = 0.9, **settings: float
) -> Segmentation:
    engine = ScriptedEngine(lesion=probability[None, None], presence=[presence])
    return Segmenter(engine, package(256, **settings)).segment(np.zeros(shape, np.uint8))


def placed(shape: tuple[int, int], x: float, y: float) -> tuple[float, float]:
    return x * shape[1], y * shape[0]


@pytest.mark.parametrize("shape", FRAMES)
@pytest.mark.parametrize(("x", "y", "angle"), [(0.5, 0.5, 0.0), (0.31, 0.68, 0.6), (0.77, 0.29, 2)])
def test_an_ellipse_is_outlined_as_drawn(
    shape: tuple[int, int], x: float, y: float, angle: float
) -> None:
    drawn = placed(shape, x, y), (0.16 * shape[0], 0.11 * shape[0]), angle
    lesions = segment(ellipse_map(shape, *drawn), shape).lesions
    assert len(lesions) == 1
    assert iou(lesion_mask(lesions, shape), ellipse(shape, *drawn)) > 0.97


@pytest.mark.parametrize("shape", FRAMES)
def test_outlines_are_not_shifted(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    shifts = []
    for _ in range(12):
        centre = placed(shape, *rng.uniform(0.25, 0.75, 2))
        drawn = centre, (0.15 * shape[0], 0.15 * shape[0])
        outlined = lesion_mask(segment(ellipse_map(shape, *drawn), shape).lesions, shape)
        rows, columns = np.nonzero(outlined)
        shifts.append((columns.mean() - centre[0], rows.mean() - centre[1]))
    assert np.abs(shifts).max() < 0.5
    assert np.abs(np.mean(shifts, axis=0)).max() < 0.25


@pytest.mark.parametrize("shape", FRAMES)
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_the_area_said_is_the_mask_s(shape: tuple[int, int], share: float) -> None:
    drawn = placed(shape, 0.45, 0.55), (share * shape[0], 0.8 * share * shape[0]), 0.4
    lesions = segment(ellipse_map(shape, *drawn), shape).lesions
    area = lesions[0].area_px
    assert area == pytest.approx(float(lesion_mask(lesions, shape).sum()), rel=0.02)
    assert area == pytest.approx(float(ellipse(shape, *drawn).sum()), rel=0.05)


@pytest.mark.parametrize("shape", FRAMES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_outlines_filled_are_the_map_enlarged(shape: tuple[int, int], seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal((256, 256)).astype(np.float32)
    blobs = cv2.GaussianBlur(noise, (0, 0), 14)
    probability = np.clip(0.2 + blobs / blobs.std() * 0.25, 0, 1)
    probability[np.hypot(*(np.mgrid[:256, :256] - 128)) > 60] = 0
    lesions = segment(probability, shape).lesions
    enlarged = cv2.resize(probability, shape[::-1], interpolation=cv2.INTER_LINEAR) >= 0.5
    assert 1 <= len(lesions) <= MOST_LESIONS
    assert dice(lesion_mask(lesions, shape), enlarged) > 0.98


def test_two_lesions_come_largest_first() -> None:
    shape = FRAMES[0]
    small = ellipse_map(shape, placed(shape, 0.25, 0.3), (60, 50))
    large = ellipse_map(shape, placed(shape, 0.7, 0.6), (120, 100))
    first, second = segment(np.maximum(small, large), shape).lesions
    assert first.area_px > second.area_px
    assert first.box[0] > second.box[2]


def test_at_most_so_many_lesions_are_named() -> None:
    shape = FRAMES[0]
    spots = [
        ellipse_map(shape, (100.0 + 130 * k, 300.0), (40, 40)) for k in range(MOST_LESIONS + 2)
    ]
    assert len(segment(np.maximum.reduce(spots), shape).lesions) == MOST_LESIONS


@pytest.mark.parametrize("shape", FRAMES)
@pytest.mark.parametrize(("x", "y"), [(0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0), (1.0, 1.0)])
def test_a_lesion_cut_by_the_picture_s_edge_reaches_it(
    shape: tuple[int, int], x: float, y: float
) -> None:
    drawn = placed(shape, x, y), (0.15 * shape[0], 0.15 * shape[0])
    lesions = segment(ellipse_map(shape, *drawn), shape).lesions
    contour = lesions[0].contour
    assert (contour >= 0).all()
    assert (contour <= [shape[1] - 0.5, shape[0] - 0.5]).all()
    assert iou(lesion_mask(lesions, shape), ellipse(shape, *drawn)) > 0.96


def test_a_lesion_as_large_as_the_picture_is_the_picture() -> None:
    shape = FRAMES[1]
    lesions = segment(np.ones((256, 256), np.float32), shape).lesions
    assert lesion_mask(lesions, shape).all()
    assert lesions[0].area_px == pytest.approx(shape[0] * shape[1], rel=0.001)


def test_specks_are_dropped() -> None:
    probability = ellipse_map(FRAMES[0], (512, 384), (120, 100))
    probability[10:16, 10:20] = 0.99
    assert len(segment(probability, FRAMES[0]).lesions) == 1
    assert len(segment(probability, FRAMES[0], smallest_share=0.0005).lesions) == 2


def test_too_little_presence_leaves_no_lesion_but_is_said() -> None:
    probability = ellipse_map(FRAMES[0], (512, 384), (120, 100))
    sure = segment(probability, FRAMES[0], presence=0.8, presence_from=0.85)
    unsure = segment(probability, FRAMES[0], presence=0.2, presence_from=0.85)
    assert len(sure.lesions) == 1
    assert unsure.lesions == ()
    assert unsure.presence == pytest.approx(0.5 * (0.2 + 0.99), abs=1e-3)


def test_a_map_without_a_lesion_gives_none() -> None:
    said = segment(np.full((256, 256), 0.1, np.float32), FRAMES[0], presence=1.0)
    assert said.lesions == ()
    assert lesion_mask(said.lesions, FRAMES[0]).sum() == 0


def test_a_lesion_s_presence_is_the_mean_of_its_own_pixels() -> None:
    probability = np.full((256, 256), 0.05, np.float32)
    probability[100:140, 100:140] = 0.8
    probability[200:220, 200:220] = 0.6
    first, second = segment(probability, FRAMES[0]).lesions
    assert [first.presence, second.presence] == pytest.approx([0.8, 0.6])


def test_the_most_convincing_window_is_found_at_a_corner_too() -> None:
    probability = np.zeros((256, 256), np.float32)
    probability[240:, 240:] = 0.7
    assert most_convincing_window(probability) == pytest.approx(0.7)
    assert most_convincing_window(np.zeros((256, 256), np.float32)) == 0


def test_the_network_is_fed_the_normalised_frame_at_its_size() -> None:
    engine = ScriptedEngine(lesion=np.zeros((1, 1, 128, 128)), presence=[0.0])
    Segmenter(engine, package(size=128)).segment(np.full((391, 517), 102, np.uint8))
    assert engine.fed[0].shape == (1, 1, 128, 128)
    assert engine.fed[0].dtype == np.float32
    np.testing.assert_allclose(engine.fed[0], (0.4 - 0.25) / 0.2, atol=1e-6)
