"""What a few slices show: copies, subtractions, and where contrast arrives."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.studies.mri.phase_samples import (
    Samples,
    first_enhanced,
    looks_subtracted,
    subtraction_signs,
)
from tests.studies.mri.phantoms import phases

HEIGHTS = (9, 10, 11)


def samples(count: int = 5, pre: int = 1, seed: int = 1) -> list[Samples]:
    return [
        Samples(each[list(HEIGHTS)].astype(np.float32)) for each in phases(count, pre, seed=seed)
    ]


def less(one: Samples, other: Samples, moved: int = 0) -> NDArray[np.float32]:
    """The first less the second, which is moved aside by so many columns."""
    return one.pictures - np.roll(other.pictures, moved, axis=2)


def signs(given: Sequence[NDArray[np.float32]]) -> dict[int, str]:
    found = samples()
    return subtraction_signs([*found, *map(Samples, given)])


def test_phases_as_acquired_are_no_subtractions() -> None:
    for seed in range(5):
        assert subtraction_signs(samples(seed=seed)) == {}
        assert not looks_subtracted(samples(seed=seed))


def test_values_below_zero_are_of_a_subtraction() -> None:
    first, later = samples()[:2]
    assert "below zero" in signs([less(later, first)])[5]


def test_a_difference_cut_off_at_zero_is_seen() -> None:
    first, second, third = samples()[:3]
    found = signs([np.maximum(less(second, first), 0), np.maximum(less(second, third), 0)])
    assert sorted(found) == [5, 6]
    assert "the difference of two other phases" in found[5]


def test_a_subtraction_after_registration_is_far_darker() -> None:
    first, second = samples()[:2]
    moved = np.maximum(less(second, first, 1), 0)
    moved[moved < 60] = 0
    found = signs([0.5 * moved])
    assert "far darker" in found[5]


def test_subtractions_alone_are_seen_by_their_noise() -> None:
    first, *later = samples(6)
    assert looks_subtracted([Samples(np.maximum(less(each, first), 0)) for each in later])


def test_air_of_zeros_is_no_subtraction() -> None:
    masked = [
        Samples(np.where(cv2.blur(each.pictures[0], (3, 3)) > 30, each.pictures, 0))
        for each in samples()
    ]
    assert not looks_subtracted(masked)


def test_contrast_is_seen_at_its_first_phase() -> None:
    for pre in (1, 2, 3):
        assert first_enhanced(samples(6, pre)) == pre


def test_without_a_phase_before_it_no_contrast_is_seen() -> None:
    assert first_enhanced(samples(6)[1:]) is None
    assert first_enhanced(samples(2)[:1]) is None


def test_motion_alone_is_no_contrast() -> None:
    first = samples()[0]
    moved = [Samples(np.roll(first.pictures, aside, axis=2)) for aside in range(4)]
    assert first_enhanced(moved) is None
