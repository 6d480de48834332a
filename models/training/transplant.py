"""Moves tissue between training pictures: a lesion onto bare tissue, bare tissue over a lesion.

Copy and paste (Ghiasi 2021) makes new pairs of lesion and surroundings out of few images. Bare
tissue is pasted the same way, so that a seam says nothing about what lies within.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

RIM = 0.2
"""Of a lesion's longer side: how far beyond its outline tissue comes along."""
GAIN_LIMIT = 1.6
"""Brightness of what is pasted is matched to its surroundings up to this factor."""


def with_lesion(
    pixels: Gray, donor: Gray, donor_mask: Gray, rng: np.random.Generator
) -> tuple[Gray, Gray] | None:
    """Copies of `pixels` with `donor`'s lesion in it, and the mask; None where it does not fit.

    All are (rows, columns) uint8, masks 0 or 255; `pixels` shows no lesion.
    """
    left, top, wide, high = _box_with_rim(donor_mask)
    patch = donor[top : top + high, left : left + wide]
    mask = donor_mask[top : top + high, left : left + wide]
    rows, columns = pixels.shape
    # The lesion's share of the picture stays about what it was.
    scale = min(rows / donor.shape[0], columns / donor.shape[1]) * rng.uniform(0.7, 1.3)
    size = max(8, round(wide * scale)), max(8, round(high * scale))
    if size[0] >= columns or size[1] >= rows:
        return None
    patch, mask = (np.asarray(cv2.resize(each, size), dtype=np.uint8) for each in (patch, mask))
    if rng.random() < 0.5:
        patch, mask = np.ascontiguousarray(patch[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
    x = int(rng.integers(0, columns - size[0]))
    y = int(np.clip(round(top * rows / donor.shape[0]), 0, rows - size[1] - 1))
    there = slice(y, y + size[1]), slice(x, x + size[0])
    pasted, outlined = pixels.copy(), np.zeros_like(pixels)
    outlined[there] = np.where(mask > 127, 255, 0)
    pasted[there] = _blend(pixels[there], patch, _soft(mask))
    return pasted, outlined


def without_lesion(pixels: Gray, mask: Gray, rng: np.random.Generator) -> Gray | None:
    """A copy of `pixels` with tissue of the same depth over its lesion; None where none fits."""
    left, top, wide, high = _box_with_rim(mask)
    columns = pixels.shape[1]
    places = [
        x
        for x in range(0, columns - wide + 1, 8)
        if abs(x - left) >= wide and not mask[top : top + high, x : x + wide].any()
    ]
    if not places:
        return None
    x = places[int(rng.integers(len(places)))]
    patch = pixels[top : top + high, x : x + wide]
    if rng.random() < 0.5:
        patch = np.ascontiguousarray(patch[:, ::-1])
    here = slice(top, top + high), slice(left, left + wide)
    # A little more, since shadow and halo tell of a lesion too.
    own = cv2.dilate(
        mask[here], np.ones((3, 3), np.uint8), iterations=max(1, min(wide, high) // 16)
    )
    covered = pixels.copy()
    covered[here] = _blend(pixels[here], patch, _soft(np.asarray(own, dtype=np.uint8)))
    return covered


def _box_with_rim(mask: Gray) -> tuple[int, int, int, int]:
    left, top, wide, high = cv2.boundingRect(mask)
    rim = max(4, round(RIM * max(wide, high)))
    right, bottom = min(left + wide + rim, mask.shape[1]), min(top + high + rim, mask.shape[0])
    left, top = max(left - rim, 0), max(top - rim, 0)
    return left, top, right - left, bottom - top


def _soft(mask: Gray) -> NDArray[np.float32]:
    """1 on the lesion, falling to 0 at the patch's edge."""
    rim = max(2, round(0.12 * max(mask.shape)))
    wider = cv2.dilate(mask, np.ones((2 * (rim // 2) + 1,) * 2, np.uint8)).astype(np.float32) / 255
    soft = cv2.GaussianBlur(wider, (0, 0), rim / 3)
    frame = np.zeros_like(soft)
    frame[1:-1, 1:-1] = 1
    return np.asarray(soft * cv2.blur(frame, (5, 5)), dtype=np.float32)


def _blend(under: Gray, patch: Gray, alpha: NDArray[np.float32]) -> Gray:
    """`patch` over `under`, its rim brought to the brightness of what it covers."""
    rim = (1 - alpha) + 1e-3
    own, other = float((rim * patch).sum()), float((rim * under).sum())
    gain = np.clip((other + 1) / (own + 1), 1 / GAIN_LIMIT, GAIN_LIMIT)
    mixed = alpha * patch * np.float32(gain) + (1 - alpha) * under
    return np.asarray(np.clip(mixed, 0, 255), dtype=np.uint8)
