"""Programmed CADe: marks where a lesion may be on a B-mode frame. No network file.

Dark blobs are found and outlined (`dark_blobs`), measured (`blob_features`) and scored by a
logistic model (blob detection and a logistic score: Moon et al., IEEE Trans Med Imaging 2013;
radial gradient: Drukker et al., Med Phys 2002). A feature's contribution is its weight times how
far it lies from the usual; the score is the logistic function of their sum.

The weights in cade.json are fitted by `senoscope train cade` on 250 lesion images and
the normal ones of BUS-BRA folds 1 and 2 and BUSI `train`, operators' marks taken off: logistic
regression with a ridge, a blob being a lesion from an overlap of 0.4 on. The threshold and the
figures in the file come from the inner split of the same parts, no patient of which was fitted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.frame import Gray, require_usable
from senoscope.models.programmed.blob_features import (
    FEATURES,
    Boxes,
    blob_boxes,
    box_overlaps,
    measure_blobs,
)
from senoscope.models.programmed.dark_blobs import find_blobs, reduce_frame

SHIPPED = Path(__file__).with_name("cade.json")
CARD_FORMAT = 1
MOST_CANDIDATES = 10
MOST_OVERLAP = 0.2
"""Intersection over union of the boxes of two candidates; more is one thing marked twice."""
LIMIT = 4.0
"""Spreads from the usual beyond which a feature counts no further."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a lesion may be.

    `contour` is (n, 2) float32, [x, y] in frame pixels, pixel centres at integers, not repeated
    at the end. `score` in 0..1 ranks candidates; it is no calibrated probability. `values` and
    `contributions` (in logit, the strongest first) are by the name of a feature in FEATURES.
    """

    contour: NDArray[np.float32]
    score: float
    values: Mapping[str, float]
    contributions: Mapping[str, float]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in frame pixels."""
        left, top = self.contour.min(axis=0)
        right, bottom = self.contour.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


@dataclass(frozen=True, slots=True)
class CadeWeights:
    """A logistic model, columns in the order of FEATURES.

    `usual` and `spread` standardise a feature; `weight` is per spread, in logit, as is
    `intercept`. A candidate is marked from a score of `marked_from` on.
    """

    intercept: float
    usual: Floats
    spread: Floats
    weight: Floats
    marked_from: float

    def __post_init__(self) -> None:
        each = (self.usual, self.spread, self.weight)
        numbers = np.concatenate([*each, [self.intercept, self.marked_from]])
        sizes = {len(one) for one in each}
        if sizes != {len(FEATURES)} or not np.isfinite(numbers).all() or not self.spread.all():
            raise ModelPackageError(
                f"CADe weights hold {sorted(sizes)} features, smallest spread "
                f"{self.spread.min(initial=np.inf)}; expected finite numbers for {len(FEATURES)} "
                "features and no spread of 0. Reinstall Senoscope, or fit again."
            )

    def contributions(self, measured: Floats) -> Floats:
        """(n, features) to the same in logit."""
        off = (measured - self.usual) / self.spread
        return np.asarray(self.weight * np.clip(off, -LIMIT, LIMIT), dtype=np.float64)


def load_cade(path: Path = SHIPPED) -> CadeWeights:
    """The shipped weights. ModelPackageError where the file is missing or of other features."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        rows = card["features"]
        if card["format"] != CARD_FORMAT:
            raise ValueError(f"format {card['format']}, expected {CARD_FORMAT}")
        if [row["name"] for row in rows] != [feature.name for feature in FEATURES]:
            raise ValueError("its features are not those of blob_features.py")
        usual, spread, weight = (
            np.array([row[key] for row in rows], dtype=np.float64)
            for key in ("usual", "spread", "weight")
        )
        return CadeWeights(
            float(card["intercept"]), usual, spread, weight, float(card["marked_from"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelPackageError(
            f"{path.name} holds no CADe weights of this version ({error}). Reinstall Senoscope."
        ) from error


def write_cade(weights: CadeWeights, about: Mapping[str, Any], path: Path) -> None:
    """What `load_cade` reads, each feature with its definition; `about` says how it was made."""
    columns = zip(FEATURES, weights.usual, weights.spread, weights.weight, strict=True)
    card = {
        "format": CARD_FORMAT,
        "intercept": round(weights.intercept, 5),
        "marked_from": round(weights.marked_from, 5),
        "features": [
            {
                "name": feature.name,
                "unit": feature.unit,
                "meaning": feature.meaning,
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


def find_candidates(pixels: Gray, weights: CadeWeights) -> tuple[Candidate, ...]:
    """At most MOST_CANDIDATES on a (rows, columns) frame, the best first, none twice.

    ImageError for a picture that is not 8-bit grey or of a size that cannot be read.
    """
    require_usable(pixels)
    frame = reduce_frame(pixels)
    blobs = find_blobs(frame)
    measured = measure_blobs(frame, blobs)
    parts = weights.contributions(measured)
    scores = 0.5 + 0.5 * np.tanh((weights.intercept + parts.sum(axis=1)) / 2)
    limit = np.array([pixels.shape[1] - 1, pixels.shape[0] - 1], dtype=np.float32)
    names = [feature.name for feature in FEATURES]
    return tuple(
        Candidate(
            contour=np.clip(frame.to_frame(blobs.outline[one]), 0, limit),
            score=float(scores[one]),
            values=dict(zip(names, measured[one].tolist(), strict=True)),
            contributions={
                names[column]: float(parts[one, column]) for column in np.argsort(-abs(parts[one]))
            },
        )
        for one in _kept(blob_boxes(frame, blobs), scores, weights.marked_from)
    )


def _kept(boxes: Boxes, scores: Floats, marked_from: float) -> list[int]:
    """The best first, without those that overlap a better one or sit in it, or it in them."""
    overlaps = box_overlaps(boxes)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = boxes[None, :, :2], boxes[None, :, 2:]
    within = ((middle[:, None] > low) & (middle[:, None] < high)).all(axis=2)
    same = (overlaps >= MOST_OVERLAP) | within | within.T
    kept: list[int] = []
    for one in np.argsort(-scores, kind="stable").tolist():
        if scores[one] < marked_from or len(kept) == MOST_CANDIDATES:
            break
        if not same[one, kept].any():
            kept.append(one)
    return kept
