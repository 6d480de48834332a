"""Whether a screen is still the one on which the field was found."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.field_screens import made_screen
from senoscope.calibration.screen.field_of_view import FieldOfView, find_field_of_view
from senoscope.calibration.screen.surroundings import Surroundings
from senoscope.domain.frame import Gray, ScanArea

SEEDS = (0, 4, 5, 6, 9)


def surroundings(seed: int) -> tuple[Surroundings, tuple[Gray, ...], FieldOfView]:
    pictures = made_screen(seed, 12).pictures
    field = find_field_of_view(pictures[:8])
    assert isinstance(field, FieldOfView)
    return Surroundings.of(field, pictures[0]), pictures, field


@pytest.mark.parametrize("seed", SEEDS)
def test_tissue_that_moves_and_a_clock_that_goes_on_change_nothing(seed: int) -> None:
    around, pictures, _ = surroundings(seed)
    assert all(around.still_there(picture) for picture in pictures)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_screen_is_told_at_once(seed: int) -> None:
    around, pictures, _ = surroundings(seed)
    rows, columns = pictures[0].shape
    random = np.random.default_rng(seed)
    # A list of patients over all of it, white on black: rows of letters.
    names = np.zeros((rows, columns), np.uint8)
    for top in range(20, rows - 20, 24):
        names[top : top + 10, 10:-10] = 220 * (random.random((10, columns - 20)) < 0.3)
    assert not around.still_there(names)
    assert not around.still_there(np.full((rows, columns), 128, np.uint8))
    assert not around.still_there(pictures[0][:-2])


def test_a_small_menu_beside_the_picture_changes_nothing() -> None:
    around, pictures, field = surroundings(0)
    menu = pictures[1].copy()
    menu[:40, -60:] = 90
    assert not field.inside[:40, -60:].any()
    assert around.still_there(menu)


def test_a_picture_that_is_all_tissue_has_none() -> None:
    tissue = np.full((100, 100), 90, np.uint8)
    around = Surroundings.of(FieldOfView(ScanArea(0, 0, 100, 100, (100, 100))), tissue)
    assert around.still_there(np.zeros((100, 100), np.uint8))
