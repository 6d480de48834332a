"""Dark blobs of a frame, each with an outline: where a lesion may be.

Candidates are peaks of a difference of Gaussians over many sizes, as Moon et al. (IEEE Trans
Med Imaging 2013) detect blobs in breast ultrasound. Each is outlined by the closed path along
which grey rises most from inside to outside, found in polar coordinates by dynamic programming
(Timp & Karssemeijer, Med Phys 2004): the average radial gradient of Drukker et al. (Med Phys
2002), maximised over star-shaped outlines instead of over grown regions, which leak.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

LONGEST_SIDE = 256
"""Reduced pixels: the smallest lesions outlined here are a thirtieth of the picture wide."""
SQUEEZE = 1.5
"""Columns are reduced so much more than rows: lesions lie along the tissue planes, and the
median one becomes round."""
LEAST_RANGE = 60.0
"""Grey values from dark to bright tissue: 99 of 100 training images have more. A picture with
less, uniform speckle or air, is not stretched until its noise looks like lesions."""
RADII = tuple(6 * 1.35**step for step in range(9))
"""Reduced pixels, 6 to 66."""
DOG_RATIO = 1.6
"""Of the two Gaussians' widths: nearest to a Laplacian (Marr & Hildreth, Proc R Soc B 1980)."""
LEAST_RESPONSE = 0.02
MOST_BLOBS = 60
SMOOTHING = 1.2
"""Reduced pixels, standard deviation: speckle goes, edges of lesions stay."""

ANGLES, STEPS = 32, 32
REACH = 2.4
"""Of a blob's radius: how far out it is sampled, in STEPS."""
FIRST_STEP, LAST_STEP = 3, 24
"""Between these an outline may run: the rest of the reach shows what surrounds it."""
EDGE_WIDTH = 4
"""Steps averaged on each side of an edge."""
TURN_COST, LARGEST_TURN = 0.3, 2
"""Of a step in radius from one angle to the next, in standard deviations of edge; in steps."""
SIZE_COST = 0.3
"""Of an outline off the blob's radius, per squared natural logarithm."""

Singles = NDArray[np.float32]
Indices = NDArray[np.int64]

_ANGLE = 2 * np.pi * np.arange(ANGLES, dtype=np.float32) / ANGLES
DIRECTIONS = np.stack([np.cos(_ANGLE), np.sin(_ANGLE)], axis=-1)
"""(ANGLES, 2): [x, y] outwards, from the right through below."""
_DISTANCE = np.arange(STEPS, dtype=np.float32) * REACH / STEPS


@dataclass(frozen=True, slots=True)
class ReducedFrame:
    """`pixels` is (rows, columns): dark tissue 0, bright tissue 1, a little beyond both ends.

    `scale` is frame pixels per reduced pixel, [x, y].
    """

    pixels: Singles
    scale: NDArray[np.float64]

    def to_frame(self, points: NDArray[np.floating]) -> Singles:
        """[x, y] here to [x, y] in the frame; pixel centres are at integers in both."""
        return np.asarray((points + 0.5) * self.scale - 0.5, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Blobs:
    """n dark blobs in reduced pixels.

    `centre` is (n, 2), [x, y]; `radius` (n,) is the size they peaked at; `response` (n,) is the
    peak, in dark-to-bright ranges. `outline` is (n, ANGLES, 2), [x, y], in the order of
    DIRECTIONS; `step` (n, ANGLES) is the first step outside it. `polar` is (n, ANGLES, STEPS), what
    lies round the centre, and `seen` which of it the frame holds.
    """

    centre: Singles
    radius: Singles
    response: Singles
    outline: Singles
    step: Indices
    polar: Singles
    seen: NDArray[np.bool_]


def reduce_frame(pixels: Gray) -> ReducedFrame:
    """A (rows, columns) frame at the size and range that blobs are looked for in."""
    rows, columns = pixels.shape
    scale = LONGEST_SIDE / max(rows, columns)
    size = max(round(columns * scale / SQUEEZE), 16), max(round(rows * scale), 16)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    reduced = cv2.resize(pixels, size, interpolation=way).astype(np.float32)
    dark, bright = np.percentile(_halved(reduced), [5, 95])
    stretched = (reduced - np.float32(dark)) / np.float32(max(bright - dark, LEAST_RANGE))
    return ReducedFrame(stretched, np.array([columns / size[0], rows / size[1]]))


def find_blobs(frame: ReducedFrame) -> Blobs:
    """At most MOST_BLOBS, the strongest first."""
    centre, radius, response = _peaks(frame.pixels)
    smooth = cv2.GaussianBlur(frame.pixels, (0, 0), SMOOTHING)
    polar, seen = _sample(np.asarray(smooth, dtype=np.float32), centre, radius)
    step = _best_outline(polar)
    distance = radius[:, None] * _DISTANCE[step]
    outline = centre[:, None] + distance[..., None] * DIRECTIONS
    return Blobs(centre, radius, response, outline.astype(np.float32), step, polar, seen)


def _halved(picture: Singles) -> Singles:
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.float32)


def _peaks(picture: Singles) -> tuple[Singles, Singles, Singles]:
    """Centres, radii and responses of dark peaks; each size has its own."""
    half = _halved(picture)
    found = []
    for radius in RADII:
        # A disc answers most to the Laplacian whose standard deviation is radius / sqrt(2).
        width, spread = radius / 2 / np.sqrt(2), np.sqrt(DOG_RATIO)
        narrow, wide = (
            cv2.GaussianBlur(half, (0, 0), each, borderType=cv2.BORDER_REPLICATE)
            for each in (width / spread, width * spread)
        )
        response = wide - narrow
        around = cv2.dilate(response, np.ones((5, 5), np.uint8))
        rows, columns = np.nonzero((response == around) & (response > LEAST_RESPONSE))
        found.append(
            np.stack(
                [
                    2 * columns + 0.5,
                    2 * rows + 0.5,
                    np.full(len(rows), radius),
                    response[rows, columns],
                ],
                axis=1,
            )
        )
    peaks = np.concatenate(found).astype(np.float32)
    peaks = peaks[np.argsort(-peaks[:, 3], kind="stable")[:MOST_BLOBS]]
    return peaks[:, :2], peaks[:, 2], peaks[:, 3]


def _sample(
    picture: Singles, centre: Singles, radius: Singles
) -> tuple[Singles, NDArray[np.bool_]]:
    """(n, ANGLES, STEPS) of grey in the middle of each step, and which the picture holds."""
    distance = radius[:, None] * (_DISTANCE + np.float32(REACH / STEPS / 2))
    x, y = (
        centre[:, None, None, axis] + distance[:, None, :] * DIRECTIONS[None, :, None, axis]
        for axis in (0, 1)
    )
    rows, columns = picture.shape
    seen = (x >= -0.5) & (y >= -0.5) & (x <= columns - 0.5) & (y <= rows - 0.5)
    if not len(centre):
        return np.zeros(x.shape, np.float32), seen
    grey = cv2.remap(
        picture,
        x.reshape(-1, STEPS).astype(np.float32),
        y.reshape(-1, STEPS).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(grey, dtype=np.float32).reshape(x.shape), seen


def _best_outline(polar: Singles) -> Indices:
    """(n, ANGLES): the steps of the path round the centre that is worth most."""
    worth = _worth(polar)
    turns = [turn for turn in range(-LARGEST_TURN, LARGEST_TURN + 1) if turn]
    # Twice round: the middle of the path has forgotten where it began, and so nearly closes.
    angles = [*range(ANGLES), *range(ANGLES), 0]
    total = worth[:, 0]
    came_from = []
    for angle in angles[1:]:
        padded = np.pad(total, ((0, 0), (LARGEST_TURN, LARGEST_TURN)), constant_values=-np.inf)
        best, turned = total, np.zeros(total.shape, np.int8)
        for turn in turns:
            start = LARGEST_TURN + turn
            other = padded[:, start : start + STEPS] - np.float32(TURN_COST * abs(turn))
            better = other > best
            best = np.where(better, other, best)
            turned[better] = turn
        came_from.append(turned)
        total = best + worth[:, angle]
    every = np.arange(len(polar))
    path = np.empty((len(polar), len(angles)), np.int64)
    path[:, -1] = total.argmax(axis=1)
    for place in range(len(angles) - 2, -1, -1):
        after = path[:, place + 1]
        path[:, place] = after + came_from[place][every, after]
    middle = path[:, ANGLES // 2 : ANGLES // 2 + ANGLES]
    return np.roll(middle, ANGLES // 2, axis=1)


def _worth(polar: Singles) -> Singles:
    """(n, ANGLES, STEPS): of an outline that passes before each step."""
    sums = np.zeros((*polar.shape[:2], STEPS + 1), np.float32)
    np.cumsum(polar, axis=2, out=sums[..., 1:])
    here = np.arange(FIRST_STEP, LAST_STEP)
    inner, outer = np.maximum(here - EDGE_WIDTH, 0), here + EDGE_WIDTH
    within = (sums[..., here] - sums[..., inner]) / (here - inner)
    beyond = (sums[..., outer] - sums[..., here]) / EDGE_WIDTH
    edge = beyond - within
    spread = edge.std(axis=(1, 2), keepdims=True) + 1e-3
    worth = np.full(polar.shape, -1e3, np.float32)
    worth[..., here] = edge / spread - SIZE_COST * np.log(_DISTANCE[here]) ** 2
    return worth
