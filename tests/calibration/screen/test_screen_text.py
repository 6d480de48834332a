"""Lines of letters are found whole on tissue, short words by the longer ones they stand with."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.screen.screen_text import text_lines, writing_on_tissue
from senoscope.domain.frame import Gray

SEEDS = range(4)


def tissue(seed: int) -> Gray:
    return next(BModePhantom(seed, 640, 480).sweep(1)).pixels


def written(
    pixels: Gray, *words: tuple[str, tuple[int, int]], grey: int = 230
) -> tuple[Gray, Gray]:
    """The picture with the words, each with its foot at [x, y], and the words alone."""
    only = np.zeros_like(pixels)
    for word, at in words:
        cv2.putText(only, word, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, grey, 1, cv2.LINE_AA)
    return np.maximum(pixels, only), only


def covered(pixels: Gray, only: Gray) -> float:
    """Share of the letters' bright pixels that lie in the lines found."""
    found = np.zeros(pixels.shape, np.bool_)
    for line in writing_on_tissue(pixels):
        found[line.top : line.bottom, line.left : line.right] = True
    return float((found & (only > 150)).sum() / (only > 150).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_of_two_letters_is_found_by_the_line_it_stands_under(seed: int) -> None:
    name, short = ("MAMA DIREITA", (300, 420)), ("QS", (310, 445))
    assert covered(*written(tissue(seed), short)) == 0, "alone it is no line"
    assert covered(*written(tissue(seed), name, short)) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_far_off_is_found_where_it_is_written_as_the_line_is(seed: int) -> None:
    noted, _ = written(tissue(seed), ("MAMA DIREITA", (300, 440)))
    far, only = written(noted, ("QS", (60, 300)))
    assert covered(far, only) > 0.95
    faint, only = written(noted, ("QS", (60, 300)), grey=190)
    assert covered(faint, only) == 0, "of another grey it is no kin"


def test_a_letter_far_beside_its_line_and_small_letters_after_it_are_found() -> None:
    noted, only = written(tissue(1), ("D", (200, 440)), ("10.4mm", (250, 440)))
    assert covered(noted, only) > 0.95


def test_even_letters_are_found_on_white_tissue_uneven_spots_are_not() -> None:
    ground = np.full((480, 640), 215, np.uint8)
    ground[238:256, 90:210] = 120
    noted, only = written(ground, ("EHLN", (100, 252)), grey=255)
    assert covered(noted, only) > 0.9
    spots = ground.copy()
    for place, high in enumerate((13, 10, 13, 10)):
        left = 100 + 16 * place
        spots[253 - high : 253, left : left + 5] = 255
    assert writing_on_tissue(spots) == []


def test_a_streak_as_bright_as_a_line_is_not_taken_for_letters_that_touch() -> None:
    noted, _ = written(np.full((480, 640), 40, np.uint8), ("DOE, JANE", (300, 440)), grey=200)
    known = writing_on_tissue(noted)
    height = known[0].height
    for row in (0, height - 1):
        noted[200 + row : 202 + row, 100:240] = 200
    noted[200 : 200 + height, 100:240:45] = 200
    assert writing_on_tissue(noted) == known


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_screen_only_the_sure_lines_are_given(seed: int) -> None:
    noted, _ = written(tissue(seed), ("MAMA DIREITA", (300, 420)), ("QS", (60, 300)))
    assert not any(line.top < 310 for line in text_lines(noted))
    assert any(line.top > 400 for line in text_lines(noted))


@pytest.mark.parametrize("seed", range(20, 32))
def test_nothing_is_found_on_tissue(seed: int) -> None:
    assert writing_on_tissue(tissue(seed)) == []
