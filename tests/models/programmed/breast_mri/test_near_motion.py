"""Phases near a lesion, aligned once more: what the whole breasts' registration left is gone."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.motion import moved_box
from senoscope.models.programmed.breast_mri.near_motion import NearPhases

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


EVERYWHERE = np.ones(SHAPE, bool)
NO_MOTION = motion_by(np.full(3, 1e-6, np.float32))
"""As a registration leaves it that found next to none."""


def test_what_was_left_of_a_motion_is_found(exam: tuple[DynamicSeries, np.ndarray]) -> None:
    series, unmoved = exam
    _, found = NearPhases(series, NO_MOTION, EVERYWHERE, BOX).before_contrast()
    was = moved_box(series.phases[1], NO_MOTION, 1, BOX)
    known = moved_box(series.phases[1], motion_by(LEFT), 1, BOX)
    error, without, least = (np.abs(each - unmoved[BOX]).mean() for each in (found, was, known))
    assert error - least < 0.25 * (without - least)


def test_the_phase_before_contrast_stays_as_it_is(exam: tuple[DynamicSeries, np.ndarray]) -> None:
    series, _ = exam
    before, _ = NearPhases(series, NO_MOTION, EVERYWHERE, BOX).before_contrast()
    assert np.array_equal(before, series.phases[0][BOX])


@pytest.mark.parametrize("motion", [None, NO_MOTION], ids=["no motion", "no breast"])
def test_without_motion_or_breast_nothing_is_aligned(
    exam: tuple[DynamicSeries, np.ndarray], motion: Motion | None
) -> None:
    series, _ = exam
    breasts = np.full(SHAPE, motion is None)
    _, found = NearPhases(series, motion, breasts, BOX).before_contrast()
    assert np.array_equal(found, moved_box(series.phases[1], motion, 1, BOX))


def lesion_mask() -> np.ndarray:
    """Of the box."""
    mask = np.zeros(SHAPE, bool)
    mask[13:19, 21:27, 21:27] = True
    return mask[BOX]


def test_a_phase_is_left_as_it_is_where_the_others_are_moved_onto_it(
    exam: tuple[DynamicSeries, np.ndarray],
) -> None:
    series, _ = exam
    near = NearPhases(series, NO_MOTION, EVERYWHERE, BOX)
    (before, after), mask = near.onto(1, (0, 1), lesion_mask())
    assert np.array_equal(after, series.phases[1][BOX])
    known, unmoved = shifted(series.phases[0], LEFT)[BOX], series.phases[0][BOX]
    assert np.abs(before - known).mean() < 0.25 * np.abs(unmoved - known).mean()
    assert np.mean(mask != lesion_mask()) < 0.05


def test_what_went_far_is_followed_by_whole_voxels(
    exam: tuple[DynamicSeries, np.ndarray],
) -> None:
    """More than the box has room for: the lesion stays in its middle."""
    series, unmoved = exam
    far = np.array([3.0, -6.0, 7.0], np.float32)
    gone = replace(series, phases=(series.phases[0], shifted(unmoved, far)))
    near = NearPhases(gone, motion_by(far), EVERYWHERE, BOX)
    (before, after), mask = near.onto(1, (0, 1), lesion_mask())
    assert np.abs(after - unmoved[BOX]).mean() < 1.0
    still = series.phases[0][BOX]
    assert np.abs(before - still).mean() < 0.05 * still.std()
    assert np.array_equal(mask, lesion_mask())


def test_without_motion_every_phase_lies_on_every_other(
    exam: tuple[DynamicSeries, np.ndarray],
) -> None:
    series, _ = exam
    found, mask = NearPhases(series, None, EVERYWHERE, BOX).onto(1, (0, 1), lesion_mask())
    assert all(np.array_equal(a, b[BOX]) for a, b in zip(found, series.phases, strict=True))
    assert np.array_equal(mask, lesion_mask())
