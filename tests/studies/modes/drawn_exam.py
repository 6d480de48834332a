"""Exams of drawn breasts, as files: a ball and a group of dots in the left one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset

from tests.models.programmed.mammography.drawn_breasts import (
    MM,
    Picture,
    plain_breast,
    with_ball,
    with_dots,
)
from tests.studies.mammograms import MOST, mammogram
from tests.studies.study_builders import folder_of

BALL = (200.0, 500.0)
DOTS = [(180.0, 300.0), (195.0, 315.0), (170.0, 320.0), (205.0, 295.0), (188.0, 278.0)]
FOUR = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
COLUMNS = 640
"""With air before the nipple."""


def sick() -> Picture:
    return with_ball(with_dots(plain_breast(), DOTS), BALL, 60)


def drawn(side: str, view: str, number: int, picture: Picture, **changed: Any) -> Dataset:
    """As it is stored: a right breast with its chest wall at the right."""
    rows = picture.shape[0]
    air = np.full((rows + 80, COLUMNS), 0.02, np.float32)
    air[40 : 40 + rows, : picture.shape[1]] = np.maximum(picture, 0.02)
    stored = np.asarray(np.clip(air, 0, 1) * MOST, np.uint16)
    given: dict[str, Any] = {
        "PixelSpacing": None,
        "ImagerPixelSpacing": [MM, MM],
        "PatientOrientation": _along(side),
    }
    return mammogram(
        side, view, stored if side == "L" else stored[:, ::-1], number, **given | changed
    )


def _along(side: str) -> list[str]:
    return ["A", "R"] if side == "L" else ["P", "L"]


def exam(folder: Path, views: tuple[tuple[str, str], ...] = FOUR, **changed: Any) -> Path:
    """The folder with these views; `changed` holds for all."""
    pictures = {"L": sick(), "R": plain_breast(seed=2)}
    headers = [
        drawn(side, view, number, pictures[side], **_of(view, side) | changed)
        for number, (side, view) in enumerate(views, start=1)
    ]
    return folder_of(folder, *headers)


def _of(view: str, side: str) -> dict[str, Any]:
    if view == "CC":
        return {}
    return {"PatientOrientation": ["A", "FR"] if side == "L" else ["P", "FL"]}
