"""Small breasts that the tests of marks draw: half a disc of grey with noise, hung."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.nipple import Nipple, skin_line
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.working_picture import (
    WorkingPicture,
    working_picture,
)

ROWS, COLUMNS = 800, 520
MM = 0.1
GREY = 0.4

Picture = NDArray[np.float32]


def plain_breast(noise: float = 0.006, seed: int = 1) -> Picture:
    """(ROWS, COLUMNS) with a nipple at row 400, column 450."""
    row, column = np.mgrid[:ROWS, :COLUMNS]
    inside = ((row - ROWS / 2) / 390) ** 2 + (column / 450) ** 2 < 1
    draw = np.random.default_rng(seed)
    tissue = cv2.GaussianBlur(draw.normal(0, 1, (ROWS, COLUMNS)), (0, 0), 25)
    picture = GREY + 0.02 * tissue / tissue.std() + draw.normal(0, noise, (ROWS, COLUMNS))
    return np.asarray(np.where(inside, picture, 0), np.float32)


def with_dots(picture: Picture, places: list[tuple[float, float]], height: float = 0.2) -> Picture:
    """Points of 0.3 mm across at [x, y]."""
    dots = np.zeros_like(picture)
    for x, y in places:
        cv2.circle(dots, (round(x), round(y)), 1, height, -1)
    return picture + cv2.GaussianBlur(dots, (0, 0), 0.7)


def with_ball(picture: Picture, at: tuple[float, float], radius_px: float) -> Picture:
    """The shadow of a ball."""
    row, column = np.mgrid[: picture.shape[0], : picture.shape[1]]
    away = np.hypot(column - at[0], row - at[1]) / radius_px
    return np.asarray(picture + 0.2 * np.sqrt(np.maximum(1 - away**2, 0)), np.float32)


def with_star(picture: Picture, at: tuple[float, float], count: int = 14) -> Picture:
    """Lines of 1 mm that run to `at` from 10 mm away."""
    lines = np.zeros_like(picture)
    for angle in np.arange(count) * 2 * np.pi / count:
        along = np.array([np.cos(angle), np.sin(angle)])
        ends = [np.round(np.array(at) + along * reach).astype(int).tolist() for reach in (15, 110)]
        cv2.line(lines, ends[0], ends[1], 0.08, 8)
    return picture + cv2.GaussianBlur(lines, (0, 0), 2)


def as_view(
    picture: Picture,
    view: str = "CC",
    side: Laterality = Laterality.LEFT,
    spacing: PixelSpacing | None = PixelSpacing(MM, MM),  # noqa: B008 - frozen
    intent: Intent = Intent.PRESENTATION,
) -> Mammogram:
    return Mammogram(picture, intent, side, view, spacing)


def at_step(picture: Picture, step_mm: float) -> WorkingPicture:
    breast = cv2.morphologyEx((picture > 0.1).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    parts = BreastParts(breast > 0, None, Nipple((449.0, 400.0), True), skin_line(breast > 0))
    return working_picture(as_view(picture), parts, step_mm)
