"""Whether a frame may be read, and if not why not: the reading abstains, the picture goes on.

    frame --> the same pixels as before, or all but a few? --> what was said of them, or frozen
         `--> appearance --> reasons of this frame --> votes of the last frames --> reason
         `--> motion     --'

Every limit is a constant here, and `senoscope evaluate suitability` makes their figures
(docs/suitability.md).
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import Unsuitable
from senoscope.realtime.appearance import Appearance, appearance, averaged, handy
from senoscope.realtime.picture import same_pixels

VOTES, TO_HOLD, TO_KEEP = 9, 5, 3
"""A reason holds from 5 of the last 9 frames on, and goes below 3. Of fewer frames: of most."""
LOOK_EVERY = 2
"""Live, one frame of two is looked at; what was seen in it holds for the next: half the cost."""
FROZEN_S = 2.0
"""The same pixels for longer, while the clock goes on, are a frozen picture."""
DRAWN_SHARE = 0.02
"""Of the pixels. Where fewer change the picture stands still, and something was drawn on it."""

FASTEST = 1.5
"""Widths of the picture a second, along it; heights down it. In 4 cm of breast 6 cm/s."""
LEAST_MATCH = 0.4
"""Of a phase correlation, 0 to 1: with less the way the tissue went is not known."""
LEAST_ALIKE, ALIKE_S = 0.3, 0.05
"""Correlation of two frames, and how near in time they must be for less to mean a fast sweep."""
LONGEST_STEP_S = 0.15
"""Frames further apart say nothing of speed."""

COLOUR_SHARE = 0.0015
"""Of the scan area in a strong colour. A maker's logo has less."""
TEXT_STROKES = 7
SEAM, GUTTER = 0.4, 0.2
AIR_BANDED, AIR_DEEP, AIR_TOP = 0.75, 45, 30
FLAT, EMPTY = 0.6, 0.6
NO_LIGHT = 12
LOW_BRIGHT, LOW_BLACK = 60, 0.55
HIGH_WHITE, HIGH_MIDDLE, HIGH_DARK = 0.1, 180, 115

USUAL = (-0.612, -1.12, -0.546, 0.827, -2.623)
SPREAD = (
    (7.118, 4.399, -4.337, 0.819, 2.634),
    (4.399, 165.757, -124.563, -27.348, 9.135),
    (-4.337, -124.563, 175.566, 26.167, -12.191),
    (0.819, -27.348, 26.167, 39.578, 11.19),
    (2.634, 9.135, -12.191, 11.19, 19.062),
)
FURTHEST = 5.51
"""Median and inverse covariance of `texture` over the training images, BUS-BRA folds 1 and 2 and
BUSI train, and the distance (Mahalanobis 1936) that 3 in 1000 of them exceed.
Made by `senoscope evaluate suitability --limits`."""

_ORDER = (
    Unsuitable.IN_AIR,
    Unsuitable.NO_ULTRASOUND,
    Unsuitable.COLOUR,
    Unsuitable.GAIN_LOW,
    Unsuitable.GAIN_HIGH,
    Unsuitable.DUAL,
    Unsuitable.TEXT,
    Unsuitable.TOO_FAST,
    Unsuitable.UNLIKE_TRAINING,
)
"""Which is said where several hold: what explains the others comes first."""

_MOTION = (64, 48)  # columns, rows: an echo of a millimetre is a pixel, speckle is averaged
_SAMPLE = np.s_[::7, ::7]
_FAINT = 1.0  # grey values of structure: with less there is nothing to follow
_WINDOW = np.asarray(cv2.createHanningWindow(_MOTION, cv2.CV_32F), np.float32)
Structure = NDArray[np.float32]


class SuitabilityGate:
    """One source's frames, within one scan area, in their order. Use a new one for the next.

    `stills`: each frame stands for itself, as in a folder of images. Then nothing is said of speed
    or of a frozen picture, and no frame's reason waits for another's.
    """

    def __init__(self, stills: bool = False) -> None:
        self._stills = stills
        self._votes: deque[frozenset[Unsuitable]] = deque(maxlen=1 if stills else VOTES)
        self._held: frozenset[Unsuitable] = frozenset()
        self._seen: frozenset[Unsuitable] = frozenset()
        self._changes = 0
        self._before: Frame | None = None
        self._structure: Structure | None = None
        self._still_since_ns = 0
        self._drawn_on = False

    @property
    def drawn_on(self) -> bool:
        """Whether a few pixels of a picture that stands still have changed: calipers, a note.

        It warns and is no reason: what held of the picture before goes on to hold.
        """
        return self._drawn_on

    def judge(self, frame: Frame) -> Unsuitable | None:
        """Why this frame is not to be read; None where it may be."""
        before, self._before = self._before, frame
        if before is None or self._stills:
            changed = 1.0
        else:
            changed = _changed_share(before.pixels, frame.pixels)
        if changed >= DRAWN_SHARE:
            self._drawn_on = False
            self._vote(frame, before)
        elif changed > 0:
            self._drawn_on = True
        if changed > 0:
            self._still_since_ns = frame.captured_at_ns
        held = next((reason for reason in _ORDER if reason in self._held), None)
        if held is None and not self._drawn_on and self._still_s(frame) > FROZEN_S:
            return Unsuitable.FROZEN
        return held

    def _still_s(self, frame: Frame) -> float:
        return (frame.captured_at_ns - self._still_since_ns) / 1e9

    def _vote(self, frame: Frame, before: Frame | None) -> None:
        picture = handy(frame.pixels)
        if self._stills or self._changes % LOOK_EVERY == 0:
            self._seen = still_reasons(appearance(picture), frame.colour_share)
        self._changes += 1
        reasons = self._seen
        if not self._stills:
            structure = _structure(picture)
            if before is not None and self._structure is not None:
                step_s = (frame.captured_at_ns - before.captured_at_ns) / 1e9
                if too_fast(self._structure, structure, step_s):
                    reasons = reasons | {Unsuitable.TOO_FAST}
            self._structure = structure
        self._votes.append(reasons)
        counts = {reason: sum(reason in each for each in self._votes) for reason in _ORDER}
        most = len(self._votes) // 2 + 1
        self._held = frozenset(
            reason
            for reason, count in counts.items()
            if count >= min(TO_KEEP if reason in self._held else TO_HOLD, most)
        )


def still_reasons(seen: Appearance, colour_share: float) -> frozenset[Unsuitable]:
    """All that speaks against reading a picture, of whatever can be said of it alone."""
    in_air = seen.banded >= AIR_BANDED and seen.deep_bright <= AIR_DEEP and seen.top >= AIR_TOP
    # A picture of too low a gain is nearly empty too, but nothing is written in it.
    written = seen.empty >= EMPTY and seen.strokes >= TEXT_STROKES
    bare = seen.brightest <= NO_LIGHT or seen.flat >= FLAT or written
    high = seen.white >= HIGH_WHITE or seen.middle >= HIGH_MIDDLE or seen.dark >= HIGH_DARK
    speaks = {
        Unsuitable.IN_AIR: in_air,
        Unsuitable.NO_ULTRASOUND: bare,
        Unsuitable.COLOUR: colour_share >= COLOUR_SHARE,
        Unsuitable.DUAL: seen.seam >= SEAM or seen.gutter <= GUTTER,
        Unsuitable.TEXT: seen.strokes >= TEXT_STROKES,
        Unsuitable.GAIN_LOW: seen.bright < LOW_BRIGHT or seen.black >= LOW_BLACK,
        Unsuitable.GAIN_HIGH: high,
        Unsuitable.UNLIKE_TRAINING: unlikeness(seen) > FURTHEST,
    }
    return frozenset(reason for reason, holds in speaks.items() if holds)


def texture(seen: Appearance) -> NDArray[np.float64]:
    """(5,): what speckle and layers of tissue look like whatever the gain, as logarithms."""
    shares = seen.banded, seen.grain, seen.coarse_grain, seen.layered, seen.rough
    return np.log(np.maximum(shares, 1e-3))


def unlikeness(seen: Appearance) -> float:
    """Distance from the usual texture, 1 for what is ordinarily away from it in one direction."""
    away = texture(seen) - USUAL
    return float(np.sqrt(away @ np.asarray(SPREAD) @ away))


def too_fast(before: Structure, now: Structure, step_s: float) -> bool:
    """Whether the tissue of two frames `step_s` apart moved by too much, or is another's."""
    if not 0 < step_s <= LONGEST_STEP_S:
        return False
    spread = float(np.sqrt(cv2.norm(before, cv2.NORM_L2) * cv2.norm(now, cv2.NORM_L2)))
    if spread < _FAINT * np.sqrt(now.size):
        return False
    if step_s <= ALIKE_S and float(np.vdot(before, now)) / spread**2 < LEAST_ALIKE:
        return True
    (across, down), match = cv2.phaseCorrelate(before, now, _WINDOW)
    way = float(np.hypot(across / _MOTION[0], down / _MOTION[1]))
    return match >= LEAST_MATCH and way / step_s > FASTEST


def _structure(picture: Gray) -> Structure:
    """(rows, columns) of what moves with the tissue: neither speckle nor the depth gain."""
    small = averaged(picture, _MOTION).astype(np.float32)
    small -= cv2.blur(small, (17, 17))
    smooth = cv2.GaussianBlur(small, (0, 0), 0.8)
    return np.asarray(smooth - smooth.mean(axis=1, keepdims=True), np.float32)


def _changed_share(before: Gray, now: Gray) -> float:
    """Of the pixels, 0..1: exactly 0 only where all are the same."""
    if same_pixels(before, now):
        return 0.0
    if before.shape != now.shape:
        return 1.0
    share = float((before[_SAMPLE] != now[_SAMPLE]).mean())
    return max(share, 1 / now.size)
