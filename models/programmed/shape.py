"""Shape and orientation of an outline, in the image's own aspect."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.region import DIAMETER, Floats, LesionRegion, signed_area

LOBE_DEPTH = 0.04
"""Of DIAMETER: a shallower dent of the hull is the pen's, not the lesion's."""

STAVROS = "Stavros et al., Radiology 1995"
KILDAY = "Kilday et al., IEEE Trans Med Imaging 1993"
CHEN = "Chen et al., Ultrasound Med Biol 2003"
SHEN = "Shen et al., Ultrasound Med Biol 2007"
LEXICON = "ACR BI-RADS Atlas 2013, ultrasound"

FEATURES = (
    Feature("orientation", "deg", "long axis against the skin line, 0 parallel to 90", LEXICON),
    Feature(
        "depth_to_width", "1", "height over width of the box: over 1 is taller than wide", STAVROS
    ),
    Feature("axis_ratio", "1", "short over long axis of the ellipse of equal moments", SHEN),
    Feature("circularity", "1", "4 pi area over squared perimeter, 1 for a circle", SHEN),
    Feature("convexity", "1", "perimeter of the hull over the outline's", CHEN),
    Feature("solidity", "1", "area over the hull's", CHEN),
    Feature("lobulation", "1", f"dents of the hull deeper than {LOBE_DEPTH} of the diameter", CHEN),
    Feature("deepest_dent", "1", "depth of the deepest dent over the diameter", CHEN),
    Feature(
        "ellipse_residual",
        "1",
        "mean distance from the ellipse of equal moments over the diameter",
        CHEN,
    ),
    Feature("radial_deviation", "1", "standard deviation of the normalised radial length", KILDAY),
    Feature("radial_crossings", "1", "times the radial length crosses its mean", KILDAY),
)


def measure_shape(region: LesionRegion) -> Values:
    """`FEATURES` by name."""
    contour = region.contour
    corners = cv2.convexHull(contour.astype(np.float32), returnPoints=False)
    hull = np.sort(corners.ravel()).astype(np.int64)
    area, perimeter = signed_area(contour), _perimeter(contour)
    width, height = np.ptp(contour, axis=0)
    dents = _dents(contour, hull) / DIAMETER
    ellipse = _ellipse(contour)
    radial = np.hypot(*(contour - ellipse.centre).T)
    radial = radial / radial.max()
    return {
        "orientation": ellipse.tilt,
        "depth_to_width": float(height / max(width, 1.0)),
        "axis_ratio": ellipse.short / ellipse.long,
        "circularity": 4 * np.pi * area / perimeter**2,
        "convexity": _perimeter(contour[hull]) / perimeter,
        "solidity": area / signed_area(contour[hull]),
        "lobulation": float((dents > LOBE_DEPTH).sum()),
        "deepest_dent": float(dents.max()),
        "ellipse_residual": _ellipse_residual(contour, ellipse),
        "radial_deviation": float(radial.std()),
        "radial_crossings": _crossings(radial - radial.mean()),
    }


class _Ellipse(NamedTuple):
    """Half axes in region pixels; `direction` is the long axis's unit vector [x, y]."""

    centre: Floats
    long: float
    short: float
    direction: Floats

    @property
    def tilt(self) -> float:
        """Against the horizontal, degrees, 0 to 90."""
        return float(np.degrees(np.arctan2(abs(self.direction[1]), abs(self.direction[0]))))


def _ellipse(contour: Floats) -> _Ellipse:
    """The ellipse that has the outline's area moments up to the second."""
    moments = cv2.moments(contour.astype(np.float32)[:, None])
    area = moments["m00"]
    centre = np.array([moments["m10"], moments["m01"]]) / area
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
    values, vectors = np.linalg.eigh(spread / area)
    short, long = 2 * np.sqrt(np.maximum(values, 1e-6))
    return _Ellipse(centre, float(long), float(short), vectors[:, 1])


def _ellipse_residual(contour: Floats, ellipse: _Ellipse) -> float:
    offset = contour - ellipse.centre
    across = np.array([-ellipse.direction[1], ellipse.direction[0]])
    along = np.hypot(offset @ ellipse.direction / ellipse.long, offset @ across / ellipse.short)
    return float(np.mean(np.hypot(*offset.T) * np.abs(1 - 1 / along)) / DIAMETER)


def _perimeter(contour: Floats) -> float:
    return float(np.hypot(*(np.roll(contour, -1, axis=0) - contour).T).sum())


def _dents(contour: Floats, hull: NDArray[np.int64]) -> Floats:
    """How deep the outline lies within each edge of its hull, in region pixels."""
    depths = np.zeros(len(hull))
    for number, (start, end) in enumerate(zip(hull, np.roll(hull, -1), strict=True)):
        chord = contour[end] - contour[start]
        between = np.arange(start + 1, end if end > start else end + len(contour))
        if len(between) and chord.any():
            offset = contour[between % len(contour)] - contour[start]
            across = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
            depths[number] = np.abs(offset @ across).max()
    return depths


def _crossings(around: Floats) -> float:
    """Changes of sign of a closed curve."""
    positive = around > 0
    return float((positive != np.roll(positive, 1)).sum())
