"""Tissue that moved is found where it went; where there is nothing to see, it stands still."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.realtime.tracking.motion import motions, reduced


def tissue(x: float = 0, y: float = 0) -> np.ndarray:
    noise = np.random.default_rng(5).integers(0, 256, (96, 128), np.uint8)
    picture = cv2.GaussianBlur(
        cv2.resize(noise, (1024, 768), interpolation=cv2.INTER_CUBIC), (0, 0), 4
    )
    moved = cv2.warpAffine(
        picture, np.float64([[1, 0, x], [0, 1, y]]), (1024, 768), borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (12, -5), (-30, 20)])
def test_what_moved_is_followed(x: float, y: float) -> None:
    (before, scale), (now, _) = reduced(tissue()), reduced(tissue(x, y))
    boxes = [(400, 300, 600, 450), (100, 500, 200, 600)]
    for moved in motions(before, now, boxes, scale):
        assert moved == pytest.approx([x, y], abs=0.2)


def test_an_even_picture_stands_still() -> None:
    even, scale = reduced(np.full((768, 1024), 90, np.uint8))
    (moved,) = motions(even, even, [(400, 300, 600, 450)], scale)
    assert moved == pytest.approx([0, 0])


def test_a_picture_is_reduced_to_its_long_side_and_never_enlarged() -> None:
    small, scale = reduced(np.zeros((768, 1024), np.uint8))
    assert (small.shape, scale) == ((153, 204), 5)
    assert reduced(np.zeros((64, 96), np.uint8))[1] == 1
