"""A frame in, outlined lesions out: pre- and post-processing round the U-Net."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.engines.base import Engine
from senoscope.models.engines.falling import fell
from senoscope.models.odds import logistic, logit
from senoscope.models.package import ModelPackage

WINDOW = 16
"""Network pixels: presence also rests on the most convincing window of this side."""
MOST_LESIONS = 3
"""As many as the page has cards for; each costs a run of the classifier."""
OUTLINE_TOLERANCE = 0.5
"""Frame pixels an outline may leave out: below what an eye sees, a tenth of the points."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """`lesions` of one frame, the largest first, and `presence` of any lesion.

    `presence` is the probability, were frames as likely to show a lesion as not. `malignant` is
    the network's own logit for the frame as a whole, uncalibrated; nan of one without that head.
    `fell_back`: another engine than the one asked gave this.
    """

    lesions: tuple[Lesion, ...]
    presence: float
    malignant: float = math.nan
    fell_back: bool = False


class Seen(NamedTuple):
    """What the network says: `lesion` (size, size) and `presence` in 0..1, `malignant` a logit."""

    lesion: NDArray[np.float32]
    presence: float
    malignant: float


class Segmenter:
    """Outlines lesions. One thread's."""

    def __init__(self, engine: Engine, package: ModelPackage) -> None:
        self._engine = engine
        self._package = package
        self._head_share = package.setting("head_share")
        self._presence_from = package.setting("presence_from")
        self._slope = package.setting("presence_slope")
        self._intercept = package.setting("presence_intercept")
        self._lesion_from = package.setting("lesion_from")
        self._smallest_share = package.setting("smallest_share")

    def segment(self, pixels: Gray) -> Segmentation:
        """Lesions of a (rows, columns) frame, in that frame's pixels."""
        seen = self.look(pixels)
        fell_back = fell(self._engine)
        window = most_convincing_window(seen.lesion)
        score = self._head_share * seen.presence + (1 - self._head_share) * window
        presence = logistic(self._slope * logit(score) + self._intercept)
        if score < self._presence_from:
            return Segmentation((), presence, seen.malignant, fell_back)
        lesions = self._lesions(seen.lesion, (pixels.shape[0], pixels.shape[1]))
        return Segmentation(lesions, presence, seen.malignant, fell_back)

    def look(self, pixels: Gray) -> Seen:
        """The network's own outputs for a (rows, columns) frame."""
        size = self._package.size
        small = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
        outputs = self._engine.run(self._package.fed(np.asarray(small, np.uint8)[None]))
        malignant = float(outputs["malignant"][0]) if "malignant" in outputs else math.nan
        return Seen(outputs["lesion"][0, 0], float(outputs["presence"][0]), malignant)

    def _lesions(
        self, probability: NDArray[np.float32], shape: tuple[int, int]
    ) -> tuple[Lesion, ...]:
        inside = (probability >= self._lesion_from).astype(np.uint8)
        count, numbered, stats, _ = cv2.connectedComponentsWithStats(inside)
        labels = np.asarray(numbered, dtype=np.int32)
        order = sorted(range(1, count), key=lambda part: -int(stats[part, cv2.CC_STAT_AREA]))
        smallest = self._smallest_share * probability.size
        kept = [part for part in order if stats[part, cv2.CC_STAT_AREA] >= smallest]
        lesions = (
            _outline(probability, labels, part, tuple(stats[part, :4]), shape, self._lesion_from)
            for part in kept[:MOST_LESIONS]
        )
        return tuple(lesion for lesion in lesions if lesion is not None)


def most_convincing_window(probability: NDArray[np.float32]) -> float:
    """The largest mean of `probability` over a WINDOW x WINDOW square, in 0..1."""
    return float(cv2.blur(probability, (WINDOW, WINDOW), borderType=cv2.BORDER_CONSTANT).max())


def lesion_mask(lesions: tuple[Lesion, ...], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """(rows, columns): inside or on any outline."""
    mask = np.zeros(shape, np.uint8)
    for lesion in lesions:
        cv2.fillPoly(mask, [np.rint(lesion.contour).astype(np.int32)], (1,))
    return mask.astype(bool)


def _outline(
    probability: NDArray[np.float32],
    labels: NDArray[np.int32],
    part: int,
    box: tuple[int, ...],
    shape: tuple[int, int],
    level: float,
) -> Lesion | None:
    """Component `part`, outlined at the frame's own resolution.

    Only its own box is enlarged: the whole map would cost ten times as much.
    """
    left, top, width, height = box
    rows, columns = probability.shape
    scale = shape[1] / columns, shape[0] / rows
    x0, y0 = max(left - 2, 0), max(top - 2, 0)
    x1, y1 = min(left + width + 2, columns), min(top + height + 2, rows)
    mine = labels[y0:y1, x0:x1] == part
    own = cv2.dilate(mine.astype(np.uint8), np.ones((3, 3), np.uint8))
    patch = np.where(own > 0, probability[y0:y1, x0:x1], np.float32(0))
    large, first = _enlarged(patch, (x0, y0), scale)
    contours, _ = cv2.findContours(
        (large >= level).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    points = cv2.approxPolyDP(contour, OUTLINE_TOLERANCE, True)[:, 0].astype(np.float32)
    if len(points) < 3:
        return None
    points += np.array(first, dtype=np.float32)
    # A filled outline holds its boundary pixels, which cv2.contourArea leaves out by half.
    area = cv2.contourArea(contour) + len(contour) / 2 + 1
    presence = float(probability[y0:y1, x0:x1][mine].mean())
    return Lesion(contour=points, area_px=float(area), presence=presence)


def _enlarged(
    patch: NDArray[np.float32], at: tuple[int, int], scale: tuple[float, float]
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """The part `at` [x, y] of a map, at frame pixels; and where its first pixel lies in the frame.

    Sampled at whole frame pixels, so that outlines are not shifted where the scale is not whole.
    """
    (x0, y0), (scale_x, scale_y), (rows, columns) = at, scale, patch.shape
    first_x, first_y = math.floor(x0 * scale_x), math.floor(y0 * scale_y)
    onto = math.ceil((x0 + columns) * scale_x) - first_x, math.ceil((y0 + rows) * scale_y) - first_y
    to_patch = np.array(
        [
            [1 / scale_x, 0, (first_x + 0.5) / scale_x - 0.5 - x0],
            [0, 1 / scale_y, (first_y + 0.5) / scale_y - 0.5 - y0],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    large = cv2.warpAffine(patch, to_patch, onto, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(large, np.float32), (first_x, first_y)
