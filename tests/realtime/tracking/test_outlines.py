"""Two outlines overlap as their areas say, and their mean lies between them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.realtime.tracking.outlines import Contour, mean_outline, overlap


def ellipse(x: float, y: float, across: float, down: float) -> Contour:
    turn = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], 1).astype(np.float32)


def test_overlap_is_intersection_over_union() -> None:
    first = np.array([[0, 0], [100, 0], [100, 50], [0, 50]], np.float32)
    assert overlap(first, first) == 1
    assert overlap(first, first + np.float32([50, 0])) == pytest.approx(1 / 3, abs=0.03)
    assert overlap(first, first + np.float32([500, 0])) == 0


@pytest.mark.parametrize("aside", [(100.5, 0), (-40.5, 0), (0, 50.5), (0, -20.5)])
def test_outlines_that_only_nearly_touch_do_not_overlap(aside: tuple[float, float]) -> None:
    """Not even where both edges are in one cell."""
    first = np.array([[0, 0], [100, 0], [100, 50], [0, 50]], np.float32)
    size = np.array([0.4, 1] if aside[0] else [1, 0.4], np.float32)
    assert overlap(first, first * size + np.array(aside, np.float32)) == 0


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_mean_of_two_sizes_lies_between_them(share: float) -> None:
    contour, area = mean_outline(ellipse(300, 200, 60, 40), ellipse(300, 200, 80, 60), share)
    radius = np.abs(contour - [300, 200]).max(axis=0)
    # The cells, of two pixels, that lie on a contour count as inside.
    assert radius == pytest.approx([60.5 + 20 * share, 40.5 + 20 * share], abs=0.8)
    assert area == pytest.approx(cv2.contourArea(contour), rel=0.03)
    assert area == pytest.approx(np.pi * radius[0] * radius[1], rel=0.06)


def test_the_mean_of_two_places_is_in_the_middle() -> None:
    contour, _ = mean_outline(ellipse(300, 200, 60, 60), ellipse(320, 200, 60, 60), 0.5)
    assert (contour.min(axis=0) + contour.max(axis=0)) / 2 == pytest.approx([310, 200], abs=0.1)


def test_outlines_far_from_each_other_leave_the_newest() -> None:
    now = ellipse(900, 700, 20, 20)
    contour, area = mean_outline(ellipse(50, 50, 20, 20), now, 0.5)
    assert contour is now
    assert area == pytest.approx(np.pi * 400, rel=0.02)
