"""A sweep simulated from one real still: the same pictures for the same seed, truth in each.

The view pans, zooms and turns over the still, which its mirror image continues to either side;
speckle decorrelates, the gain drifts, and the probe is lifted once. The tissue is real and
everything that happens to it is not: no lesion changes its section, no tissue is pressed, and what
was burnt into the still moves along. Figures measured on it compare ways of reading; they are no
scanner's and no patient's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.sweep import Mask, SweepFrame, TrueLesion
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray, require_usable
from senoscope.models.evaluation.matching import lesion_components

SPECKLE_PX = (1.6, 0.9)
"""Standard deviation of a speckle (lateral, axial) in a still 512 pixels wide."""
SPECKLE_STRENGTH = 0.1
"""Of the grey value, which a display has compressed: received speckle varies by half."""
SPECKLE_KEPT_S = 0.15
"""After so long the noise has fallen to 1/e of what it shares with itself."""
GAIN_DRIFT = 0.08
LIFT_S, FADE_S = 0.5, 0.15
"""The probe is away from the skin for so long, with a fade before and after."""
LIFTED_FROM_S = 2.0
"""In a shorter sweep the probe stays on."""
IN_AIR = 0.5
"""Share of the lifted picture from which no lesion is seen."""
IN_VIEW = 0.5
"""Of a lesion's area, below which it need not be outlined."""

Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Motion:
    """How the view moves. Lengths are shares of the still's width, times in seconds.

    It pans by `pan` to either side in `period_s`. Beyond about 0.5 a lesion in the middle leaves
    the view and returns. `zoom` is the share by which it grows and shrinks, `turn_deg` the angle
    to either side. `phase` in radians is where each begins. The probe comes off at `lift_at` of
    the sweep.
    """

    pan: float
    period_s: float
    zoom: float
    turn_deg: float
    phase: tuple[float, float, float]
    lift_at: float

    @classmethod
    def drawn(cls, seed: int) -> Motion:
        """The motion of `seed`. With an odd one the view goes far enough for lesions to leave."""
        random = np.random.default_rng([seed, 0])
        across, zoomed, turned = random.uniform(0, 2 * np.pi, 3)
        return cls(
            pan=float(random.uniform(0.6, 0.8) if seed % 2 else random.uniform(0.1, 0.25)),
            period_s=float(random.uniform(6, 9)),
            zoom=float(random.uniform(0.02, 0.08)),
            turn_deg=float(random.uniform(1, 4)),
            phase=(float(across), float(zoomed), float(turned)),
            lift_at=float(random.uniform(0.35, 0.65)),
        )

    def view(self, at_s: float, columns: int, rows: int) -> NDArray[np.float64]:
        """(2, 3): from a pixel of the picture [x, y, 1] to one of the still."""
        across, zoomed, turned = (
            np.sin(2 * np.pi * at_s / (self.period_s * slower) + phase)
            for slower, phase in zip((1.0, 1.3, 1.7), self.phase, strict=True)
        )
        middle = (columns - 1) / 2, (rows - 1) / 2
        view = cv2.getRotationMatrix2D(middle, self.turn_deg * turned, 1 + self.zoom * zoomed)
        view[0, 2] += self.pan * across * columns
        return np.asarray(view, np.float64)


@dataclass(frozen=True, eq=False)
class StillSweep:
    """The sweep of one still, (rows, columns) uint8, fixed by `seed`.

    `mask` is (rows, columns), True inside a lesion; None of a still without any. ImageError where
    the two differ in size or the still cannot be read; SettingsError where the seed is negative.
    """

    still: Gray
    mask: Mask | None
    seed: int

    def __post_init__(self) -> None:
        require_usable(self.still)
        if self.mask is not None and self.mask.shape != self.still.shape:
            raise ImageError(
                f"A still of shape {self.still.shape} was given with a mask of {self.mask.shape}; "
                "expected one size. Read both from the same data set."
            )
        if self.seed < 0:
            raise SettingsError(f"Seed {self.seed} was given; expected 0 or more.")

    def frames(self, frames: int, rate_hz: float) -> Iterator[SweepFrame]:
        """So many pictures of the still's size, `rate_hz` a second. One is held at a time."""
        if frames < 1 or not rate_hz > 0:
            raise SettingsError(
                f"{frames} frames at {rate_hz} a second were asked for; expected 1 or more, at "
                "more than 0 a second. Try 300 at 30."
            )
        return self._frames(frames, rate_hz)

    def _frames(self, frames: int, rate_hz: float) -> Iterator[SweepFrame]:
        motion, tissue = Motion.drawn(self.seed), _Tissue(self.still, self.mask)
        rows, columns = self.still.shape
        random = np.random.default_rng([self.seed, 1])
        speckle = _Speckle(random, rows, columns, float(np.exp(-1 / (rate_hz * SPECKLE_KEPT_S))))
        air = in_air(rows, columns)
        lasts_s = frames / rate_hz
        lift_s = motion.lift_at * lasts_s if lasts_s >= LIFTED_FROM_S else np.inf
        drift = random.uniform(0, 2 * np.pi)
        for index in range(frames):
            at_s = index / rate_hz
            view = motion.view(at_s, columns, rows)
            gain = 1 + GAIN_DRIFT * np.sin(2 * np.pi * at_s / 11 + drift)
            lifted = lift_share(at_s, lift_s)
            picture = (1 - lifted) * gain * tissue.pixels(view) + lifted * air
            picture *= 1 + SPECKLE_STRENGTH * speckle.next()
            yield SweepFrame(
                np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8),
                tissue.lesions(view) if lifted < IN_AIR else (),
            )


def lift_share(at_s: float, lift_s: float) -> float:
    """0 with the probe on the skin, 1 with it lifted: from `lift_s` for LIFT_S, and fades."""
    before, after = lift_s - at_s, at_s - lift_s - LIFT_S
    return float(np.clip(1 - max(before, after, 0.0) / FADE_S, 0, 1))


def in_air(rows: int, columns: int) -> Map:
    """(rows, columns): a probe's own ringing, bright at the top and its echoes below, then dark."""
    depth = np.linspace(0, 1, rows, dtype=np.float32)
    ringing = 190 * np.exp(-depth / 0.04)
    echoes = 60 * np.exp(-depth / 0.12) * np.cos(np.pi * depth / 0.06) ** 2
    return np.tile((ringing + echoes + 6).astype(np.float32)[:, None], (1, columns))


class _Tissue:
    """The still between its mirror images. What is mirrored is a lesion of its own number."""

    def __init__(self, still: Gray, mask: Mask | None) -> None:
        self._rows, self._columns = still.shape
        self._wide = np.hstack([still[:, ::-1], still, still[:, ::-1]])
        parts = [] if mask is None else lesion_components(mask)
        self._areas: dict[int, int] = {}
        numbers = np.zeros(self._wide.shape, np.uint8)
        for copy in (1, 0, 2):  # the still itself first
            columns = slice(copy * self._columns, (copy + 1) * self._columns)
            for part in parts:
                number = len(self._areas) + 1
                self._areas[number] = int(np.count_nonzero(part))
                numbers[:, columns][part if copy == 1 else part[:, ::-1]] = number
        self._numbers = numbers

    def pixels(self, view: NDArray[np.float64]) -> Map:
        """What is in view, (rows, columns)."""
        return np.asarray(self._warped(self._wide, view, cv2.INTER_LINEAR), np.float32)

    def lesions(self, view: NDArray[np.float64]) -> tuple[TrueLesion, ...]:
        """Of which any pixel is in view."""
        if not self._areas:
            return ()
        seen = self._warped(self._numbers, view, cv2.INTER_NEAREST)
        area_of_pixel = abs(float(np.linalg.det(view[:, :2])))
        found = np.bincount(seen.ravel(), minlength=len(self._areas) + 1)
        return tuple(
            TrueLesion(number, seen == number, found[number] * area_of_pixel >= IN_VIEW * area)
            for number, area in self._areas.items()
            if found[number]
        )

    def _warped(self, wide: Gray, view: NDArray[np.float64], how: int) -> Gray:
        moved = view.copy()
        moved[0, 2] += self._columns
        size = self._columns, self._rows
        flags = how | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REFLECT
        return np.asarray(cv2.warpAffine(wide, moved, size, flags=flags, borderMode=border))


class _Speckle:
    """Noise of mean 0 and variance 1, as wide as speckle, of which `kept` stays to the next."""

    def __init__(self, random: np.random.Generator, rows: int, columns: int, kept: float) -> None:
        self._random, self._kept = random, kept
        self._shape = rows, columns
        self._sigma = tuple(max(side * columns / 512, 0.5) for side in SPECKLE_PX)
        self._now = self._fresh()

    def next(self) -> Map:
        """(rows, columns)."""
        now = self._now
        new = np.float32(np.sqrt(1 - self._kept**2))
        self._now = np.asarray(np.float32(self._kept) * now + new * self._fresh(), np.float32)
        return now

    def _fresh(self) -> Map:
        white = self._random.standard_normal(self._shape, dtype=np.float32)
        across, down = self._sigma
        smooth = cv2.GaussianBlur(white, (0, 0), sigmaX=across, sigmaY=down)
        return np.asarray(smooth / smooth.std(), np.float32)
