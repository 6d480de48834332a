"""Lesions whose measurements are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHAPE = (220, 260)
Mask = NDArray[np.bool_]


class Ellipse(NamedTuple):
    """Centre and half axes in pixels of 0.1 mm, the first the longer, turned by `tilt` radians."""

    x: float
    y: float
    long: float
    short: float
    tilt: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Ellipse:
        long = rng.uniform(15, 70)
        return cls(
            rng.uniform(100, 160), rng.uniform(90, 130), long, long * rng.uniform(0.4, 0.9),
            rng.uniform(-np.pi / 2, np.pi / 2),
        )  # fmt: skip

    def mask(self, shape: tuple[int, int] = SHAPE, per_pixel: float = 1.0) -> Mask:
        """On a grid of `per_pixel` rows and columns for each pixel."""
        y, x = ((np.mgrid[: shape[0], : shape[1]] + 0.5) / per_pixel - 0.5).astype(np.float64)
        cosine, sine = np.cos(self.tilt), np.sin(self.tilt)
        along = ((x - self.x) * cosine + (y - self.y) * sine) / self.long
        across = ((y - self.y) * cosine - (x - self.x) * sine) / self.short
        return np.asarray(along**2 + across**2 <= 1)

    def truth(self) -> tuple[float, ...]:
        """As LesionMeasurements has them, in mm where the upper edge of the picture is the skin."""
        half_height = np.hypot(self.long * np.sin(self.tilt), self.short * np.cos(self.tilt))
        return (
            0.2 * self.long,
            0.2 * self.short,
            float(np.degrees(abs(self.tilt))),
            0.01 * np.pi * self.long * self.short,
            0.1 * (self.y + 0.5),
            0.1 * float(self.y - half_height + 0.5),
        )


def lobed(rng: np.random.Generator) -> tuple[Mask, Mask]:
    """A lesion with lobes, and the same at three times the resolution."""
    waves = [(rng.uniform(0, 0.3) / wave, rng.uniform(0, 6.3)) for wave in (2, 3, 4, 5)]

    def mask(times: int) -> Mask:
        y, x = (np.mgrid[: 120 * times, : 120 * times] + 0.5) / times - 60
        turn = np.arctan2(y, x)
        edge = 1 + sum(high * np.cos(n * turn + at) for n, (high, at) in enumerate(waves, 2))
        return np.asarray(np.hypot(x, y) <= 30 * edge)

    return mask(1), mask(3)
