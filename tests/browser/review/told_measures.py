"""What a fake clip says of lengths."""

from __future__ import annotations

from typing import Any

from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.ui.frames.measured_facts import distance_facts

SPACING = CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.RULER, 0.6)

Json = dict[str, Any]


def apart(body: Json, uncalibrated: bool) -> Json:
    """The answer to two calipers."""
    (ax, ay), (bx, by) = body["a"], body["b"]
    return distance_facts((ax, ay), (bx, by), None if uncalibrated else SPACING)


def measured(drawn: bool) -> Json:
    """As `measured_facts` tells it: `drawn` by a reader, or by the AI."""

    def mm(value: float, unit: str = "mm") -> Json:
        return {"value": value, "lower": value - 1.3, "upper": value + 1.4, "unit": unit}

    return {
        "long_axis": mm(14.2),
        "short_axis": mm(9.1),
        "orientation": mm(12.0, "°"),
        "area": mm(101.3, "mm²"),
        "depth": mm(12.3),
        "skin_distance": None,
        "scale": {"origin": "ruler", "percent": 2.1},
        "outline": "reader" if drawn else "AI",
    }
