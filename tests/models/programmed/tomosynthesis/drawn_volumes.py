"""A small tomosynthesis view that tests draw: a breast with a ball and dots at known heights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from tests.models.programmed.mammography.drawn_breasts import MM, plain_breast, with_ball, with_dots

SLICES = 18
DOTS = [(180.0, 300.0), (195.0, 315.0), (170.0, 320.0), (205.0, 295.0), (188.0, 278.0)]
DOTS_MM, BALL_MM = 5.0, 11.0
PLAIN = plain_breast(noise=0.0)
BALL, BALL_RADIUS_MM = (200.0, 500.0), 6.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """Made anew at each pass; `passes` counts them."""

    dots: Sequence[tuple[float, float]]
    ball: tuple[float, float] | None
    slices: int
    passes: list[int]

    def __len__(self) -> int:
        return self.slices

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        self.passes.append(1)
        for z in range(self.slices):
            yield self._slice(float(z))

    def _slice(self, z: float) -> NDArray[np.float32]:
        noise = np.random.default_rng(int(z)).standard_normal(PLAIN.shape, np.float32)
        picture = PLAIN + np.float32(0.006) * noise
        off = abs(z - DOTS_MM)
        # A slice away each point is a row of faint ones, as long as the sweep is wide.
        sharp = with_dots(np.zeros_like(picture), list(self.dots))
        length = 2 * round(0.47 * off / MM) + 1
        picture += cv2.blur(sharp, (1, length))
        if self.ball is not None:
            high = BALL_RADIUS_MM**2 - (z - BALL_MM) ** 2
            if high > 0:
                picture = with_ball(picture, self.ball, np.sqrt(high) / MM)
        return np.where(PLAIN > 0.1, np.clip(picture, 0, 1), 0).astype(np.float32)


def drawn_view(
    dots: Sequence[tuple[float, float]] = DOTS,
    ball: tuple[float, float] | None = BALL,
    slices: int = SLICES,
    heights: bool = True,
    spacing: PixelSpacing | None = PixelSpacing(MM, MM),  # noqa: B008 - frozen
    view: str = "CC",
) -> TomosynthesisView:
    heights_mm = tuple(float(z) for z in range(slices)) if heights else None
    made = Drawn(dots, ball, slices, [])
    return TomosynthesisView(made, heights_mm, Laterality.LEFT, view, spacing)
