from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.ui.review.clip_outlines import ClipOutlines, painted
from tests import builders

SQUARE = np.array([[20, 20], [60, 20], [60, 50], [20, 50]], np.float32)
SIZE = (96, 64)
KEY = (3, 1)


def area(points: np.ndarray) -> float:
    return float(cv2.contourArea(points))


def test_what_was_drawn_takes_the_place_of_what_was_read_and_can_be_taken_back() -> None:
    outlines, read = ClipOutlines(), builders.lesion()
    assert outlines.lesion(KEY, read) is read
    outlines.draw(KEY, SQUARE)
    outlines.draw(KEY, SQUARE / 2)
    assert outlines.lesion(KEY, read).area_px == pytest.approx(300)
    assert outlines.lesion((4, 1), read) is read
    outlines.undo(KEY)
    assert np.array_equal(outlines.lesion(KEY, read).contour, SQUARE)
    assert outlines.lesion(KEY, read).presence == read.presence
    outlines.undo(KEY)
    outlines.undo(KEY)
    assert outlines.lesion(KEY, read) is read
    assert len(outlines) == 0


def test_the_ai_outline_is_one_step_away() -> None:
    outlines, read = ClipOutlines(), builders.lesion()
    for _ in range(3):
        outlines.draw(KEY, SQUARE)
    outlines.draw((5, 2), SQUARE)
    assert (outlines.places(1), outlines.places(2)) == ((3,), (5,))
    outlines.reset(KEY)
    assert outlines.lesion(KEY, read) is read
    assert outlines.places(1) == ()


@pytest.mark.parametrize(
    "outline",
    [
        SQUARE[:2],
        SQUARE[[0, 0, 0]],
        np.full((5, 2), np.nan, np.float32),
        np.zeros((4, 3), np.float32),
        np.zeros((2001, 2), np.float32),
    ],
)
def test_what_encloses_nothing_is_refused(outline: np.ndarray) -> None:
    outlines = ClipOutlines()
    with pytest.raises(SettingsError, match="Draw it again"):
        outlines.draw(KEY, outline)
    assert len(outlines) == 0


def test_a_stroke_adds_what_the_brush_covers() -> None:
    dot = np.array([[60, 35]], np.float32)
    grown = painted(SQUARE, dot, 8, True, SIZE)
    assert area(grown) == pytest.approx(1200 + np.pi * 64 / 2, rel=0.02)
    assert grown[:, 0].max() == pytest.approx(68, abs=0.5)


def test_a_stroke_takes_away_what_the_brush_covers() -> None:
    edge = np.array([[20, 10], [20, 60]], np.float32)
    shrunk = painted(SQUARE, edge, 5, False, SIZE)
    assert area(shrunk) == pytest.approx(1200 - 5 * 30, rel=0.03)
    assert shrunk[:, 0].min() == pytest.approx(25, abs=0.5)


def test_strokes_that_change_nothing_do_not_wear_the_outline_down() -> None:
    outline = SQUARE
    for _ in range(20):
        outline = painted(outline, np.array([[40, 35]], np.float32), 3, True, SIZE)
    assert area(outline) == pytest.approx(1200, rel=0.02)


def test_of_two_parts_the_larger_stays() -> None:
    across = np.array([[30, 0], [30, 63]], np.float32)
    left = painted(SQUARE, across, 2, False, SIZE)
    assert left[:, 0].min() == pytest.approx(32, abs=0.5)


def test_nothing_is_drawn_beyond_the_picture() -> None:
    out = np.array([[60, 35], [200, 35]], np.float32)
    grown = painted(SQUARE, out, 5, True, SIZE)
    assert grown[:, 0].max() <= 95


def test_a_stroke_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="smaller brush"):
        painted(SQUARE, np.array([[40, 35]], np.float32), 60, False, SIZE)


@pytest.mark.parametrize("radius", [0.1, 501, float("nan")])
def test_a_brush_has_a_size(radius: float) -> None:
    with pytest.raises(SettingsError, match=r"expected 0\.5 to 500"):
        painted(SQUARE, np.array([[40, 35]], np.float32), radius, True, SIZE)


def test_a_stroke_far_outside_makes_no_huge_canvas() -> None:
    far = np.array([[1e9, -1e9], [40, 35]], np.float32)
    grown = painted(SQUARE, far, 2, True, SIZE)
    assert grown.max() <= 95
