"""The curve of a voxel, or of a region that a reader drew on a plane, and what is said of it."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.kinetics.curve_types import CurveThresholds, curve_types
from senoscope.models.programmed.kinetics.enhancement import curve_measures, percent_curves
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice, phase_choice
from senoscope.ui.frames.overlay import Header
from senoscope.ui.mri.cut_planes import Corrected, CutSeries, Plane

MOST_COORDINATES = 2 * 400
_FINE = 8
"""Sub-pixels of a drawn outline."""


class DrawnArea(BaseModel):
    """On a plane: x, y, x, y ... in its pixels; two opposite corners, or all points round it."""

    plane: Plane
    place: int
    shape: Literal["rectangle", "ellipse", "outline"]
    points: Annotated[list[float], Field(min_length=4, max_length=MOST_COORDINATES)]


class CurveAsked(BaseModel):
    """Of the `area` where one is drawn, else of the voxel [z, y, x]."""

    voxel: Annotated[list[int], Field(min_length=3, max_length=3)]
    area: DrawnArea | None = None
    registered: bool = True
    evened: bool = True


def curve_of(cut: CutSeries, asked: CurveAsked) -> Header:
    """Percent enhancement by phase, what is measured of it, how many voxels, and their mm2."""
    corrected = Corrected(asked.registered, asked.evened)
    area = asked.area or _at_voxel(cut, asked.voxel)
    inside = _mask(area, cut.size(area.plane))
    if not inside.any():
        raise SettingsError(
            "The region that was drawn holds no voxel of the picture. Draw a larger one, on it."
        )
    signals = np.array(
        [
            float(cut.signal(phase, area.plane, area.place, corrected)[inside].mean())
            for phase in range(len(cut.series.phases))
        ],
        np.float32,
    )
    choice = phase_choice(cut.series)
    before = float(signals[: choice.pre_contrast].mean())
    rows, columns = area.plane.axes
    mm2 = cut.spacing_mm[rows] * cut.spacing_mm[columns]
    count = int(inside.sum())
    told: Header = {"voxels": count, "mm2": round(count * mm2, 1), "percent": None, "measures": {}}
    if before <= 0:  # air: there is nothing to divide by
        return told
    percent = percent_curves(signals[:, None], choice.pre_contrast, before)[:, 0]
    measures = curve_measures(signals, choice, before)
    told["percent"] = [round(float(each), 2) for each in percent]
    told["measures"] = {name: round(value, 4) for name, value in measures.items()}
    told["type"] = _type_of(signals, choice)
    return told


def _type_of(signals: NDArray[np.float32], choice: PhaseChoice) -> int | None:
    """`CurveType`; 0 where it does not enhance, None where no phase is late."""
    if choice.late is None:
        return None
    before = signals[: choice.pre_contrast].mean(keepdims=True)
    early, late = (signals[each : each + 1] for each in (choice.early, choice.late))
    # Whatever rises is told a type: a reader has asked for it.
    return int(curve_types(before, early, late, CurveThresholds(rise_percent=1.0))[0])


def _at_voxel(cut: CutSeries, voxel: list[int]) -> DrawnArea:
    z, y, x = voxel
    cut.require((z, y, x))
    return DrawnArea(plane=Plane.AXIAL, place=z, shape="rectangle", points=[x, y, x, y])


def _mask(area: DrawnArea, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(rows, columns): pixels whose centre lies inside, or on the edge."""
    points = np.array(area.points[: len(area.points) // 2 * 2], np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise SettingsError("The region that was drawn has points that are no numbers. Draw anew.")
    rows, columns = np.ogrid[: size[0], : size[1]]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if area.shape == "rectangle":
        return np.asarray((rows >= top) & (rows <= bottom) & (columns >= left) & (columns <= right))
    if area.shape == "ellipse":
        wide, high = max((right - left) / 2, 0.5), max((bottom - top) / 2, 0.5)
        across, down = columns - (left + right) / 2, rows - (top + bottom) / 2
        return np.asarray((across / wide) ** 2 + (down / high) ** 2 <= 1)
    found = np.zeros(size, np.uint8)
    limited = np.clip(points, -1, max(size) + 1)
    cv2.fillPoly(found, [np.round(limited * _FINE).astype(np.int32)], 1, shift=3)
    return found > 0
