"""What the lesion sends back, and what it does to the tissue behind it."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.region import DIAMETER, Bools, LesionRegion

CORE = 0.06
"""Of DIAMETER: this close to the outline grey is the margin's, not the inside's."""
ANECHOIC_SHARE = 0.25
"""Of the surroundings' median: darker than this sends back next to nothing."""
BEHIND = 0.75
"""Of DIAMETER: how far behind the lesion its effect on the beam is looked for."""
LEAST_BEHIND, LEAST_ABOVE = 0.25, 0.2
"""Of DIAMETER: with less tissue in view it cannot be assessed."""

LEXICON = "ACR BI-RADS Atlas 2013, ultrasound"
SHEN = "Shen et al., Ultrasound Med Biol 2007"
STAVROS = "Stavros et al., Radiology 1995"
HORSCH = "Horsch et al., Med Phys 2002"

FEATURES = (
    Feature("echogenicity", "grey", "median inside minus median of tissue at the same depth", SHEN),
    Feature(
        "contrast_to_fat", "grey", "median inside minus median of the tissue above: fat", LEXICON
    ),
    Feature("echo_variation", "1", "standard deviation over mean, inside", SHEN),
    Feature(
        "coarse_variation", "grey", "standard deviation inside after blurring: mixed echoes", SHEN
    ),
    Feature(
        "anechoic_share", "1", "share of the inside below a quarter of the surroundings", STAVROS
    ),
    Feature("bright_share", "1", "share of the inside above the surroundings' median", LEXICON),
    Feature("top_to_bottom", "grey", "upper half inside minus lower half", STAVROS),
    Feature(
        "posterior", "grey", "behind the lesion minus beside that: over 0 is enhancement", HORSCH
    ),
    Feature(
        "posterior_spread", "grey", "standard deviation over columns behind it: combined", HORSCH
    ),
)


def measure_echo(region: LesionRegion) -> Values:
    """`FEATURES` by name; nan where the frame ends too soon."""
    core = region.seen & (region.distance < -CORE * DIAMETER)
    inside = region.pixels[core]
    aside, above = _aside(region), _above(region)
    median = float(np.median(inside)) if inside.size else np.nan
    around = _median(region, aside)
    soft = cv2.GaussianBlur(region.pixels, (0, 0), 0.06 * DIAMETER)
    behind, beside, spread = _behind(region)
    rows = np.flatnonzero(region.inside.any(axis=1))
    middle = (rows[0] + rows[-1] + 1) // 2
    upper, lower = core.copy(), core.copy()
    upper[middle:], lower[:middle] = False, False
    return {
        "echogenicity": median - around,
        "contrast_to_fat": median - _median(region, above),
        "echo_variation": float(inside.std() / max(inside.mean(), 1e-3)) if inside.size else np.nan,
        "coarse_variation": float(soft[core].std()) if inside.size else np.nan,
        "anechoic_share": _share(inside, inside < ANECHOIC_SHARE * around, around),
        "bright_share": _share(inside, inside > around, around),
        "top_to_bottom": _median(region, upper) - _median(region, lower),
        "posterior": behind - beside,
        "posterior_spread": spread,
    }


def _median(region: LesionRegion, where: Bools) -> float:
    """Nan where fewer than 30 pixels are seen."""
    values = region.pixels[where & region.seen]
    return float(np.median(values)) if values.size >= 30 else np.nan


def _share(inside: np.ndarray, chosen: np.ndarray, around: float) -> float:
    return float(chosen.mean()) if inside.size and not np.isnan(around) else np.nan


def _aside(region: LesionRegion) -> Bools:
    """Tissue left and right at the lesion's own depth."""
    ring = region.band(0.1, 0.6)
    rows = np.flatnonzero(region.inside.any(axis=1))
    ring[: rows[0]], ring[rows[-1] + 1 :] = False, False
    return ring


def _above(region: LesionRegion) -> Bools:
    """Tissue between skin and lesion. The skin is bright and near the frame's top: left out."""
    where = region.band(0.1, 1.5)
    columns, rows = (np.flatnonzero(region.inside.any(axis=axis)) for axis in (0, 1))
    where[:, : columns[0]], where[:, columns[-1] + 1 :] = False, False
    first = int(np.argmax(region.seen.any(axis=1)))
    if rows[0] - first < LEAST_ABOVE * DIAMETER:
        return np.zeros_like(where)
    where[: first + (rows[0] - first) // 4] = False
    where[rows[0] :] = False
    return where


def _behind(region: LesionRegion) -> tuple[float, float, float]:
    """Medians behind the lesion and beside that, and the spread over columns behind it."""
    columns, rows = (
        np.flatnonzero(region.inside.any(axis=0)),
        np.flatnonzero(region.inside.any(axis=1)),
    )
    width = columns[-1] - columns[0]
    # The middle two thirds: refraction at the edges throws shadows of its own.
    left, right = columns[0] + width // 6, columns[-1] - width // 6 + 1
    top = rows[-1] + 1 + int(CORE * DIAMETER)
    bottom = min(top + int(BEHIND * DIAMETER), len(region.pixels))
    band = np.zeros_like(region.seen)
    band[top:bottom] = True
    band &= region.seen
    if band.any(axis=1).sum() < LEAST_BEHIND * DIAMETER:
        return np.nan, np.nan, np.nan
    behind, beside = band.copy(), band
    behind[:, :left], behind[:, right:] = False, False
    beside[:, columns[0] : columns[-1] + 1] = False
    seen = region.seen[top:bottom, left:right]
    part = np.where(seen, region.pixels[top:bottom, left:right], np.nan)
    by_column = np.nanmean(part[:, seen.any(axis=0)], axis=0) if seen.any() else np.array([np.nan])
    return _median(region, behind), _median(region, beside), float(by_column.std())
