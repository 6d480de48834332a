"""Phases near a lesion, aligned once more: what the whole breasts' registration left is gone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.motion import moved_box
from senoscope.models.programmed.breast_mri.near_motion import moved_near

SHAPE = (32, 48, 48)
BOX = (slice(11, 21), slice(18, 30), slice(18, 30))
LEFT = np.array([0.2, -0.35, 0.3], np.float32)
"""Voxels of 1 mm, which the motion that is known lacks."""


def textured() -> np.ndarray:
    """Gland and fat in strands, (slices, rows, columns), none finer than two voxels."""
    noise = np.random.default_rng(5).standard_normal(SHAPE).astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(each, (0, 0), 2.0) for each in noise])
    soft = cv2.GaussianBlur(soft.reshape(SHAPE[0], -1), (1, 13), sigmaX=0.01, sigmaY=2.0)
    soft = soft.reshape(SHAPE) / soft.std()
    return 300 + 80 * soft.astype(np.float32)


def motion_by(voxels: np.ndarray) -> Motion:
    """Everywhere the same, after contrast."""
    nodes = np.zeros((2, 2, 2, 2, 3), np.float32)
    nodes[1] = voxels
    return Motion(tuple(float(extent - 1) for extent in SHAPE), nodes)


def shifted(volume: np.ndarray, by: np.ndarray) -> np.ndarray:
    """What the volume shows after each place went by so many voxels."""
    return moved_box(volume, motion_by(-by), 1, tuple(slice(0, extent) for extent in SHAPE))


@pytest.fixture(scope="module")
def exam() -> tuple[DynamicSeries, np.ndarray]:
    """She moved by LEFT as a lesion in the middle took up contrast; and that phase, unmoved."""
    before = textured()
    after = before.copy()
    after[13:19, 21:27, 21:27] *= 2.5
    geometry = VolumeGeometry((1.0, 1.0, 1.0), AXIAL, (0.0, 0.0, 0.0))
    series = DynamicSeries((before, shifted(after, LEFT)), geometry, (0.0, 90.0), 1, 10.0, True)
    return series, after


NO_MOTION = motion_by(np.full(3, 1e-6, np.float32))
"""As a registration leaves it that found next to none."""


def test_what_was_left_of_a_motion_is_found(exam: tuple[DynamicSeries, np.ndarray]) -> None:
    series, unmoved = exam
    _, found = moved_near(series, NO_MOTION, np.ones(SHAPE, bool), BOX)
    was = moved_box(series.phases[1], NO_MOTION, 1, BOX)
    known = moved_box(series.phases[1], motion_by(LEFT), 1, BOX)
    error, without, least = (np.abs(each - unmoved[BOX]).mean() for each in (found, was, known))
    assert error - least < 0.25 * (without - least)


def test_the_phase_before_contrast_stays_as_it_is(exam: tuple[DynamicSeries, np.ndarray]) -> None:
    series, _ = exam
    before, _ = moved_near(series, NO_MOTION, np.ones(SHAPE, bool), BOX)
    assert np.array_equal(before, series.phases[0][BOX])


@pytest.mark.parametrize("motion", [None, NO_MOTION], ids=["no motion", "no breast"])
def test_without_motion_or_breast_nothing_is_aligned(
    exam: tuple[DynamicSeries, np.ndarray], motion: Motion | None
) -> None:
    series, _ = exam
    breasts = np.full(SHAPE, motion is None)
    _, found = moved_near(series, motion, breasts, BOX)
    assert np.array_equal(found, moved_box(series.phases[1], motion, 1, BOX))
