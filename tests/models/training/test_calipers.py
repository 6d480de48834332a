"""Calipers come off a lesion, tissue and what is far from it stay."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.models.training.calipers import without_calipers

SIDE = 200
MASK = cv2.ellipse(np.zeros((SIDE, SIDE), np.uint8), (100, 100), (40, 25), 0, 0, 360, 255, -1)


def tissue() -> np.ndarray:
    grain = np.random.default_rng(0).normal(90, 8, (SIDE, SIDE))
    grain[MASK > 0] -= 50
    return grain.clip(0, 255).astype(np.uint8)


def test_crosses_at_the_edge_are_filled_with_what_surrounds_them() -> None:
    marked = tissue()
    for x in (60, 140):
        cv2.drawMarker(marked, (x, 100), 255, cv2.MARKER_CROSS, 9, 1)
    cleaned = without_calipers(marked, MASK)
    assert int(cleaned.max()) < 150
    assert np.abs(cleaned.astype(int) - tissue()).mean() < 1


def test_text_far_from_the_lesion_stays() -> None:
    marked = tissue()
    cv2.putText(marked, "QSE", (5, 190), cv2.FONT_HERSHEY_PLAIN, 1, 255)
    np.testing.assert_array_equal(without_calipers(marked, MASK)[170:], marked[170:])


def test_a_long_bright_interface_stays() -> None:
    marked = tissue()
    marked[122:124] = 220
    cleaned = without_calipers(marked, MASK)
    assert cleaned[122:124].mean() > 210


def test_the_picture_given_is_not_changed() -> None:
    marked = tissue()
    before = marked.copy()
    without_calipers(marked, MASK)
    np.testing.assert_array_equal(marked, before)
