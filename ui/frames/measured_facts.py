"""A lesion's measurements as the page and every file tell them: each with its 95 % interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import Any

from senoscope.calibration.measurement import Measured, distance, measured
from senoscope.calibration.outline_error import DRAWN, network_error
from senoscope.calibration.spacing import Point
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import LARGEST_SIDE, ScanArea
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import CalibratedSpacing, SpacingOrigin
from senoscope.models.package import SEGMENTER, load_package

MEASURES = ("long_axis", "short_axis", "orientation", "area", "depth", "skin_distance")
"""In the order in which they are told."""
LINEAR_SOURCE = "phantom"
"""The word that begins the name of the one source known to be a linear probe's."""
FACE = -0.5
"""The upper edge of a picture that begins at the probe's face, in its rows."""

Facts = dict[str, Any]
"""JSON-ready: text, numbers, lists and None only."""


@dataclass(frozen=True, slots=True)
class MeasuredFrame:
    """What lengths on a frame rest on: its scale, `size` (columns, rows) and where its skin lies.

    `spacing` None: no millimetres. `skin_row` None: no depths.
    """

    spacing: CalibratedSpacing | None
    size: tuple[int, int]
    skin_row: float | None = None

    @classmethod
    def of(
        cls,
        spacing: CalibratedSpacing | None,
        size: tuple[int, int],
        source_name: str,
        *cuts: ScanArea | None,
    ) -> MeasuredFrame:
        """Of a frame of the source of that name; `cuts` say what of its pictures was kept."""
        return cls(spacing, size, _skin_row(spacing, source_name, *cuts))


def measured_facts(lesion: Lesion, on: MeasuredFrame, drawn: bool = False) -> Facts | None:
    """Each of MEASURES as an interval, and the scale; None where millimetres are unknown.

    `drawn`: a reader drew this outline. A depth is None where the skin line is unknown.
    """
    if on.spacing is None:
        return None
    error = DRAWN if drawn else network_error(lesion.presence, on.size, network_grid())
    found = measured(lesion, on.spacing, error, on.skin_row)
    told = {name: interval(getattr(found, name)) for name in MEASURES}
    return told | {"scale": scale_facts(on.spacing), "outline": "reader" if drawn else "AI"}


def distance_facts(a: Point, b: Point, spacing: CalibratedSpacing | None) -> Facts:
    """Between two calipers: `pixels` always, the rest None where millimetres are unknown.

    SettingsError where a point lies on no picture.
    """
    # Also refuses what is no number.
    if not all(-1 <= each <= LARGEST_SIDE for each in (*a, *b)):
        raise SettingsError(
            f"Calipers at {a} and {b} were given; expected two points [x, y] on the picture, in "
            "its pixels. Set both on it."
        )
    told = None if spacing is None else interval(distance(a, b, spacing))
    return {
        "pixels": round(hypot(b[0] - a[0], b[1] - a[1]), 1),
        "distance": told,
        "scale": scale_facts(spacing),
    }


def interval(of: Measured | None) -> Facts | None:
    """Value, lower and upper end, unit."""
    if of is None:
        return None
    value, lower, upper = (round(each, 2) for each in (of.value, of.lower, of.upper))
    return {"value": value, "lower": lower, "upper": upper, "unit": of.unit.value}


def scale_facts(spacing: CalibratedSpacing | None) -> Facts | None:
    """What says how large a pixel is, and how many percent it may be off, all counted."""
    if spacing is None:
        return None
    return {"origin": spacing.origin.value, "percent": round(spacing.total_percent, 1)}


@cache
def network_grid() -> int:
    """The side of the grid on which the shipped network outlines, from its card."""
    # The page's own parts are picked there, by way of this room.

    return load_package(SEGMENTER).size


def _skin_row(
    spacing: CalibratedSpacing | None, source_name: str, *cuts: ScanArea | None
) -> float | None:
    # Only the phantom is known to begin at a linear probe's face. A DICOM region may be a curved
    # probe's, and begin above or below the skin; nothing that is read of it says which.
    simulated = spacing is not None and spacing.origin is SpacingOrigin.PHANTOM
    if not (simulated and source_name.partition(" ")[0] == LINEAR_SOURCE):
        return None
    return FACE - sum(cut.top for cut in cuts if cut is not None)
