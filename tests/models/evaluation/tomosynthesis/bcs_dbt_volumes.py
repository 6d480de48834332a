"""Volumes of BCS-DBT as they are stored, of drawn breasts with a bright mark in each slice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.tomosynthesis.bcs_dbt import BcsDbtLabel
from tests.models.evaluation.tomosynthesis.bcs_dbt_tables import image_of, write_part
from tests.studies.mammograms import COLUMNS, breast
from tests.studies.tomosynthesis import COUNT, write_view

TOP, HEIGHT, WIDTH = 180, 20, 12


def frames(side: str, is_turned: bool = False) -> list[NDArray[np.uint16]]:
    """COUNT, of a breast of that side; turned by half where it is stored so."""
    drawn = []
    for place in range(COUNT):
        frame = breast(label=False)
        frame[TOP : TOP + HEIGHT, left_of(place) : left_of(place) + WIDTH] = 3900
        frame = frame if side == "L" else frame[:, ::-1]
        drawn.append(np.ascontiguousarray(frame[::-1, ::-1] if is_turned else frame))
    return drawn


def left_of(place: int) -> int:
    """The mark's first column, of a left breast."""
    return 40 + 15 * place


def box_line(key: str, place: int, class_: str) -> str:
    """The mark in that frame as a published box: of the turned picture."""
    patient, _, view = key.split(",")
    left = left_of(place) if view[0] == "l" else COLUMNS - left_of(place) - WIDTH
    return f"{key},{patient},{place},{left},{TOP},{WIDTH},{HEIGHT},{class_},0,{COUNT}"


def write_volume(folder: Path, key: str, is_turned: bool = False) -> None:
    """Where the tables say; its header calls a turned one by the other side, as some do."""
    side = key.split(",")[2][0].upper()
    other = {"L": "R", "R": "L"}[side]
    path = folder / image_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = write_view(
        path.parent, other if is_turned else side, frames=frames(side, is_turned)
    )  # fmt: skip
    written.rename(path)


def write_set(folder: Path) -> None:
    """Of each part a normal, a benign, an actionable and a malignant volume."""
    for part, first in (("train", 0), ("validation", 10), ("test", 20)):
        keys = [f"DBT-P{first + k},1.{first + k},{('lcc', 'rcc')[k % 2]}" for k in range(4)]
        labels = dict(
            zip(
                keys,
                (
                    BcsDbtLabel.NORMAL,
                    BcsDbtLabel.BENIGN,
                    BcsDbtLabel.CANCER,
                    BcsDbtLabel.ACTIONABLE,
                ),
                strict=True,
            )
        )
        boxes = (box_line(keys[1], 1, "benign"), box_line(keys[2], 3, "cancer"))
        write_part(folder, part, labels, boxes)
        for k, key in enumerate(keys):
            write_volume(folder, key, is_turned=k == 2)
