"""The part of a frame the classifier reads: a square round a lesion, alike in training and use."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray


def crop_affine(
    box: tuple[float, float, float, float], size: int, margin: float
) -> NDArray[np.float64]:
    """(2, 3) map from frame [x, y, 1] to a `size` x `size` crop with `margin` round `box`.

    `margin` is a share of the longer side, added on each side. `box` is (left, top, right,
    bottom) in frame pixels, pixel centres at integers. The crop is square, so that "taller than
    wide" survives.
    """
    left, top, right, bottom = box
    side = max(right - left, bottom - top, 8.0) * (1 + 2 * margin)
    scale = size / side
    return np.array(
        [
            [scale, 0, (size - 1) / 2 - scale * (left + right) / 2],
            [0, scale, (size - 1) / 2 - scale * (top + bottom) / 2],
        ]
    )


def sample_crop(pixels: Gray, affine: NDArray[np.float64], size: int) -> Gray:
    """`pixels` through `affine` onto (size, size); outside the frame is black.

    Reduced by area first where the crop shrinks the frame, since sampling would alias speckle.
    """
    scale = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    if scale < 0.75:
        corners = np.linalg.inv(affine[:, :2]) @ (
            np.array([[-2, size + 2, -2, size + 2], [-2, -2, size + 2, size + 2]]) - affine[:, 2:]
        )
        limit = np.array([pixels.shape[1], pixels.shape[0]])
        left, top = np.clip(np.floor(corners.min(axis=1)), 0, limit - 1).astype(int)
        right, bottom = np.clip(np.ceil(corners.max(axis=1)), [left + 1, top + 1], limit).astype(
            int
        )
        part = pixels[top:bottom, left:right]
        shape = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        reduced = cv2.resize(part, shape, interpolation=cv2.INTER_AREA)
        # Pixel centres: reduced = (frame - offset + 0.5) * ratio - 0.5 along each axis.
        ratio = np.array([shape[0] / part.shape[1], shape[1] / part.shape[0]])
        back = np.diag(1 / ratio)
        shift = np.array([left, top]) - 0.5 + 0.5 / ratio
        affine = np.hstack([affine[:, :2] @ back, affine[:, :2] @ shift[:, None] + affine[:, 2:]])
        pixels = np.asarray(reduced, dtype=np.uint8)
    return np.asarray(
        cv2.warpAffine(pixels, affine, (size, size), flags=cv2.INTER_LINEAR), dtype=np.uint8
    )


def lesion_crops(
    pixels: Gray, box: tuple[float, float, float, float], size: int, margins: Sequence[float]
) -> NDArray[np.uint8]:
    """(margins, size, size): the squares round `box` of a (rows, columns) frame."""
    affines = (crop_affine(box, size, margin) for margin in margins)
    return np.stack([sample_crop(pixels, affine, size) for affine in affines])
