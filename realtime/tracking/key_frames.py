"""How well one frame shows a lesion: what the best frame of each lesion is chosen by."""

from __future__ import annotations

import math

import cv2
import numpy as np

from senoscope.domain.frame import Frame
from senoscope.domain.track import Track
from senoscope.realtime.tracking.outlines import overlap

CLEARLY_BETTER = 1.15
"""So much better a frame must be to take another's place: a filmstrip that flickers is no help."""


def frame_score(track: Track, before: Track | None, frame: Frame) -> float:
    """Sharpness, steadiness, certainty and size of a lesion on a frame, multiplied.

    `before`: the lesion as it was on the frame before, None where it was not.
    """
    steadiness = 0.1
    if before is not None:
        steadiness = overlap(before.lesion.contour, track.lesion.contour)
    size = math.sqrt(max(track.lesion.area_px, 1.0) / frame.pixels.size)
    return sharpness(frame, track) * steadiness * track.lesion.presence * size


def sharpness(frame: Frame, track: Track) -> float:
    """Of the lesion's box: grey levels that neighbours differ by, the mean of what is beyond noise.

    The root mean square of a Laplacian (Pech-Pacheco 2000) after halving, which averages speckle.
    """
    rows, columns = frame.pixels.shape
    left, top, right, bottom = (round(edge) for edge in track.lesion.box)
    across = slice(max(left, 0), min(right + 1, columns))
    patch = frame.pixels[max(top, 0) : min(bottom + 1, rows), across]
    if min(patch.shape) < 4:
        return 0.0
    half = cv2.resize(patch, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return float(np.sqrt(np.square(cv2.Laplacian(half, cv2.CV_32F)).mean()))
