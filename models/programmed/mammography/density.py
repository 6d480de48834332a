"""How much of a breast is dense on one mammogram: area percent density.

Fuzzy c-means on grey inside the breast, without muscle and skin rim, after its thin rim was
evened out (Keller et al., Med Phys 2012); a logistic rule over features of the clusters says which
are dense. Its weights are in density.json, fitted on simulated breasts by `senoscope train
density`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.density_clusters import (
    FEATURES,
    GreyClusters,
    grey_clusters,
)
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.periphery import evened, skin_distance

SHIPPED = Path(__file__).with_name("density.json")
CARD_FORMAT = 1
WORKING_PX = 480
"""Longest side of the picture that is looked at: half a millimetre or so."""
RIM = 0.03
"""Of the square root of the breast's area: skin, left out of what is looked at."""
LIMIT = 3.0
"""Spreads from the usual beyond which a feature counts no further."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DensityRule:
    """A logistic model over FEATURES of a cluster: whether it is dense."""

    intercept: float
    usual: Floats
    spread: Floats
    weight: Floats

    def odds(self, features: Floats) -> Floats:
        """(n,) in logit, of (n, FEATURES)."""
        off = np.clip((features - self.usual) / self.spread, -LIMIT, LIMIT)
        return np.asarray(self.intercept + off @ self.weight)


@dataclass(frozen=True, eq=False)
class BreastDensity:
    """`dense` is (rows, columns) of the hung mammogram.

    `percent` is of the breast's area without muscle. Areas are None where the pixels' size is
    not known.
    """

    dense: Mask
    percent: float
    dense_cm2: float | None
    breast_cm2: float | None


@dataclass(frozen=True, eq=False)
class TissueGrey:
    """Of a mammogram made small: `even` grey, `tissue` that is looked at, its `clusters`."""

    even: Grey
    tissue: Mask
    clusters: GreyClusters


def measure_density(
    mammogram: Mammogram, parts: BreastParts, rule: DensityRule | None = None
) -> BreastDensity:
    """ImageError where hardly any breast is left without the muscle."""
    seen = tissue_grey(mammogram.pixels, parts)
    begins = dense_from(seen.clusters, rule or load_rule())
    small = ((seen.even >= begins) & seen.tissue).astype(np.uint8)
    rows, columns = mammogram.pixels.shape
    # One pixel alone is noise, whichever it is.
    grown = cv2.resize(
        cv2.medianBlur(small, 3).astype(np.float32), (columns, rows), interpolation=1
    )
    tissue = parts.tissue
    dense = np.asarray(grown > 0.5) & tissue
    dense_px, tissue_px = int(dense.sum()), int(tissue.sum())
    spacing = mammogram.spacing
    pixel_cm2 = None if spacing is None else spacing.row_mm * spacing.column_mm / 100
    return BreastDensity(
        dense,
        100.0 * dense_px / tissue_px,
        None if pixel_cm2 is None else dense_px * pixel_cm2,
        None if pixel_cm2 is None else tissue_px * pixel_cm2,
    )


def tissue_grey(pixels: Grey, parts: BreastParts) -> TissueGrey:
    """Of a hung picture in 0..1. ImageError where too little is left to be looked at."""
    scale = min(1.0, WORKING_PX / max(pixels.shape))
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    breast = _reduced(parts.breast, size)
    pectoral = None if parts.pectoral is None else _reduced(parts.pectoral, size)
    far = skin_distance(breast)
    rim = RIM * float(np.sqrt(breast.sum()))
    tissue = breast & (far > rim)
    if pectoral is not None:
        # Its edge is not sharp, and bright.
        near = cv2.dilate(pectoral.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        tissue &= ~near
    if tissue.sum() < 400:
        raise ImageError(
            f"Of this breast {int(tissue.sum())} pixels are left without skin and muscle; expected "
            "400 at least. Look at its outline, or give a larger picture."
        )
    even = evened(np.asarray(small, np.float32), breast, pectoral)
    return TissueGrey(even, tissue, grey_clusters(even, tissue))


def dense_from(clusters: GreyClusters, rule: DensityRule) -> float:
    """The grey of the evened picture from which tissue is dense.

    The cut lies where most tissue is called as its own cluster would be; between the two clusters
    beside it, where the rule is as sure of either. Beyond the brightest it goes on as it came.
    """
    odds = rule.odds(clusters.features)
    surplus = clusters.shares * np.tanh(odds / 2)
    right = np.append(np.cumsum(surplus[::-1])[::-1], 0.0)
    cut = int(np.argmax(right))
    one = min(max(cut - 1, 0), len(odds) - 2)
    rise = float(odds[one + 1] - odds[one])
    step = float(clusters.levels[one + 1] - clusters.levels[one])
    if rise <= 1e-6:
        return float(np.append(clusters.begins, np.inf)[cut])
    along = float(np.clip(-odds[one] / rise, 0 if cut else -1, 1 if cut < len(odds) else 4))
    return float(clusters.levels[one]) + along * step


def load_rule(path: Path = SHIPPED) -> DensityRule:
    """The shipped one. ModelPackageError where the file is missing or of other features."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        rows = card["features"]
        if card["format"] != CARD_FORMAT:
            raise ValueError(f"format {card['format']}, expected {CARD_FORMAT}")
        if [row["name"] for row in rows] != [feature.name for feature in FEATURES]:
            raise ValueError("its features are not those of density_clusters.py")
        columns = (
            np.array([row[key] for row in rows], np.float64)
            for key in ("usual", "spread", "weight")
        )
        return DensityRule(float(card["intercept"]), *columns)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelPackageError(
            f"{path.name} holds no density rule of this version ({error}). Reinstall Senoscope."
        ) from error


def write_rule(rule: DensityRule, about: Mapping[str, Any], path: Path) -> None:
    """What `load_rule` reads, each feature with its meaning; `about` says how it was made."""
    columns = zip(FEATURES, rule.usual, rule.spread, rule.weight, strict=True)
    card = {
        "format": CARD_FORMAT,
        "intercept": round(rule.intercept, 5),
        "features": [
            {
                "name": feature.name,
                "meaning": feature.meaning,
                "unit": feature.unit,
                "source": feature.source,
                "usual": round(float(usual), 5),
                "spread": round(float(spread), 5),
                "weight": round(float(weight), 5),
            }
            for feature, usual, spread, weight in columns
        ],
        **about,
    }
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _reduced(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5)
