"""BI-RADS density A to D from percent density, as a suggestion with probabilities.

Proportional odds (McCullagh, J R Stat Soc B 1980) over the square root of percent density. What
is in density_category.json was fitted on simulated breasts: a radiologist's letter may differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.domain.errors import ModelPackageError, SettingsError

SHIPPED = Path(__file__).with_name("density_category.json")
CARD_FORMAT = 1
LETTERS = ("A", "B", "C", "D")
SURE = 0.6
"""From this probability of the likeliest letter on, it is said without its neighbour."""


@dataclass(frozen=True, slots=True)
class CategoryScale:
    """P(denser than LETTERS[k]) is logistic in slope * sqrt(percent) - limits[k]."""

    slope: float
    limits: tuple[float, float, float]

    def __post_init__(self) -> None:
        if not (self.slope > 0 and self.limits[0] < self.limits[1] < self.limits[2]):
            raise ModelPackageError(
                f"A density scale of slope {self.slope} and limits {self.limits} was given; "
                "expected a positive slope and rising limits. Fit it again or reinstall Senoscope."
            )


@dataclass(frozen=True, slots=True)
class DensityCategory:
    """`probabilities` are those of LETTERS, 1 together."""

    probabilities: tuple[float, float, float, float]

    @property
    def letter(self) -> str:
        """The likeliest."""
        return LETTERS[int(np.argmax(self.probabilities))]

    @property
    def is_sure(self) -> bool:
        """Whether the likeliest is likely enough to be said alone."""
        return max(self.probabilities) >= SURE

    @property
    def dense_probability(self) -> float:
        """Of C or D, which hide cancers and raise risk (BI-RADS atlas, 5th ed., 2013)."""
        return self.probabilities[2] + self.probabilities[3]


def density_category(percent: float, scale: CategoryScale | None = None) -> DensityCategory:
    """Of an area percent density, 0..100; of both views or breasts, give their mean."""
    if not 0 <= percent <= 100:
        raise SettingsError(
            f"A percent density of {percent} was given; expected 0 to 100. Measure it again."
        )
    scale = scale or load_scale()
    odds = scale.slope * np.sqrt(percent) - np.array(scale.limits)
    beyond = np.concatenate([[1.0], 0.5 + 0.5 * np.tanh(odds / 2), [0.0]])
    a, b, c, d = (float(each) for each in beyond[:-1] - beyond[1:])
    return DensityCategory((a, b, c, d))


def load_scale(path: Path = SHIPPED) -> CategoryScale:
    """The shipped one. ModelPackageError where the file is missing or of another version."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["format"] != CARD_FORMAT:
            raise ValueError(f"format {card['format']}, expected {CARD_FORMAT}")
        first, second, third = (float(limit) for limit in card["limits"])
        return CategoryScale(float(card["slope"]), (first, second, third))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelPackageError(
            f"{path.name} holds no density scale of this version ({error}). Reinstall Senoscope."
        ) from error


def write_scale(scale: CategoryScale, about: Mapping[str, Any], path: Path) -> None:
    """What `load_scale` reads; `about` says how it was made."""
    card = {
        "format": CARD_FORMAT,
        "of": "sqrt(percent density)",
        "slope": round(scale.slope, 5),
        "limits": [round(limit, 5) for limit in scale.limits],
        **about,
    }
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
