"""What tells a lesion from other dark blobs: nine features a person chose.

All are measured on the reduced frame, so none hangs on the frame's size or gain. Where a lesion
lies sideways is left out: operators centre it before they store a picture, a moving probe does not.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.dark_blobs import (
    ANGLES,
    DIRECTIONS,
    LONGEST_SIDE,
    SMOOTHING,
    SQUEEZE,
    STEPS,
    Blobs,
    ReducedFrame,
    Singles,
)
from senoscope.models.programmed.feature import Feature

RING_SHARE, LEAST_RING = 0.45, 4
"""How wide the surroundings are: a share of the outline's distance, and in steps."""
SECTORS = 8
WEAKEST = 2
"""Of SECTORS: as many sides as a layer of tissue is open on."""
USUAL_DEPTH = 0.4
"""Of the frame's rows: above lies skin, below chest wall and the attenuated part."""

MOON = "Moon et al., IEEE Trans Med Imaging 2013"
DRUKKER = "Drukker et al., Med Phys 2002"
STAVROS = "Stavros et al., Radiology 1995"
HOUSE = "this project"

FEATURES = (
    Feature(
        "contrast",
        "1",
        "mean of the surroundings minus mean inside, in ranges of grey (dark to bright tissue)",
        STAVROS,
    ),
    Feature(
        "weak_side",
        "1",
        "contrast averaged over its weakest 2 of 8 sectors: lesions are bounded all round",
        HOUSE,
    ),
    Feature(
        "radial_gradient_index",
        "1",
        "outward part of the gradient along the outline over its length, -1 to 1",
        DRUKKER,
    ),
    Feature("blobness", "1", "peak of the difference of Gaussians, in ranges of grey", MOON),
    Feature(
        "size",
        "1",
        "log of the radius of the circle of equal area over the frame's longest side",
        MOON,
    ),
    Feature("off_depth", "1", "squared distance in depth from 0.4 of the frame's rows", HOUSE),
    Feature("cut_off", "1", "share of the outline at or beyond the frame's border", HOUSE),
    Feature("width_to_height", "1", "log of the box's width over its height", STAVROS),
    Feature(
        "agreement",
        "1",
        "log of how many boxes of blobs lie here, itself included, each by its overlap",
        HOUSE,
    ),
)
"""Logs are natural; overlap is intersection over union."""

Boxes = NDArray[np.float32]
"""(n, 4): left, top, right, bottom, in reduced pixels within the frame."""


def measure_blobs(frame: ReducedFrame, blobs: Blobs) -> NDArray[np.float64]:
    """(n, len(FEATURES)), columns in the order of FEATURES."""
    boxes = blob_boxes(frame, blobs)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    rows = frame.pixels.shape[0]
    cut = _cut_off(frame, blobs.outline)
    contrast, sectors = _contrast(blobs)
    depth = (boxes[:, 1] + boxes[:, 3] + 1) / 2 / rows
    columns = (
        contrast,
        np.sort(sectors, axis=1)[:, :WEAKEST].mean(axis=1),
        _radial_gradient_index(frame, blobs.outline, cut),
        blobs.response,
        np.log(_radius(blobs.outline) / LONGEST_SIDE),
        (depth - USUAL_DEPTH) ** 2,
        cut.mean(axis=1),
        np.log(SQUEEZE * np.maximum(width, 1) / np.maximum(height, 1)),
        np.log(box_overlaps(boxes).sum(axis=1)),
    )
    return np.stack(columns, axis=1).astype(np.float64)


def blob_boxes(frame: ReducedFrame, blobs: Blobs) -> Boxes:
    """The outlines' boxes, cut at the frame's border."""
    rows, columns = frame.pixels.shape
    limit = np.array([columns - 1, rows - 1], dtype=np.float32)
    within = np.clip(blobs.outline, 0, limit)
    return np.concatenate([within.min(axis=1), within.max(axis=1)], axis=1)


def box_overlaps(boxes: Boxes) -> Singles:
    """(n, n): intersection over union of each two boxes, pixels at their ends included."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low + 1, 0, None).prod(axis=2)
    area = (boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1)
    return np.asarray(shared / (area[:, None] + area[None] - shared), dtype=np.float32)


def _contrast(blobs: Blobs) -> tuple[Singles, Singles]:
    """(n,) over the whole ring and (n, SECTORS); 0 for a sector that the frame does not hold."""
    step = np.arange(STEPS)
    edge = blobs.step[..., None]
    ring_end = np.maximum((1 + RING_SHARE) * edge, edge + LEAST_RING)
    # A step farther out stands for as many more pixels.
    weight = (blobs.seen * (step + 0.5)).astype(np.float32)
    inside = weight * (step < edge)
    ring = weight * ((step > edge) & (step < ring_end))
    grey_ring, weight_ring = (blobs.polar * ring).sum(axis=2), ring.sum(axis=2)
    grey_in = (blobs.polar * inside).sum(axis=(1, 2)) / np.maximum(inside.sum(axis=(1, 2)), 1e-6)
    by_sector, sector_weight = _by_sector(grey_ring), _by_sector(weight_ring)
    sectors = by_sector / np.maximum(sector_weight, 1e-6) - grey_in[:, None]
    whole = grey_ring.sum(axis=1) / np.maximum(weight_ring.sum(axis=1), 1e-6) - grey_in
    return whole, np.where(sector_weight > 0, sectors, 0).astype(np.float32)


def _by_sector(along: Singles) -> Singles:
    """(n, ANGLES) summed over SECTORS, the first of them about straight right."""
    turned = np.roll(along, ANGLES // SECTORS // 2, axis=1)
    summed: Singles = turned.reshape(len(along), SECTORS, ANGLES // SECTORS).sum(axis=2)
    return summed


def _radial_gradient_index(
    frame: ReducedFrame, outline: Singles, cut: NDArray[np.bool_]
) -> Singles:
    """Where the frame cuts an outline off no gradient counts as outward."""
    if not len(outline):
        return np.zeros(0, np.float32)
    smooth = cv2.GaussianBlur(frame.pixels, (0, 0), SMOOTHING)
    x, y = np.ascontiguousarray(outline[..., 0]), np.ascontiguousarray(outline[..., 1])
    along = [
        cv2.remap(
            cv2.Sobel(smooth, cv2.CV_32F, *order),
            x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )
        for order in ((1, 0), (0, 1))
    ]  # fmt: skip
    outward = along[0] * DIRECTIONS[:, 0] + along[1] * DIRECTIONS[:, 1]
    length = np.hypot(along[0], along[1]).sum(axis=1)
    index = np.where(cut, 0, outward).sum(axis=1) / np.maximum(length, 1e-6)
    return np.asarray(index, dtype=np.float32)


def _cut_off(frame: ReducedFrame, outline: Singles) -> NDArray[np.bool_]:
    """(n, ANGLES): within a pixel of the border, or beyond."""
    rows, columns = frame.pixels.shape
    x, y = outline[..., 0], outline[..., 1]
    return np.asarray((x <= 1) | (y <= 1) | (x >= columns - 2) | (y >= rows - 2))


def _radius(outline: Singles) -> Singles:
    """Of the circle of equal area, in reduced rows."""
    x, y = outline[..., 0], outline[..., 1]
    cross = x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y
    area = SQUEEZE * np.abs(cross.sum(axis=1)) / 2
    return np.asarray(np.sqrt(np.maximum(area, 1) / np.pi), dtype=np.float32)
