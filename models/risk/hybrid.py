"""Which values each model of risk weighs: traditional, image, and both together.

Density and texture with BMI as Zheng et al., Med Phys 2015, have them beside each other; image and
traditional factors together as Yala et al., Radiology 2019;292:60.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from senoscope.domain.risk import PatientFacts
from senoscope.models.programmed.mammography.parenchyma import FEATURES
from senoscope.models.risk.inputs import (
    FACTORS,
    MODALITIES,
    fact_values,
    percent_value,
    score_values,
)
from senoscope.models.risk.penalised import Floats

TRADITIONAL, IMAGE, HYBRID, FUSION = "traditional", "image", "hybrid", "fusion"
TEXTURE, DENSITY = "texture, density and BMI", "density and BMI"
EVERYTHING = "everything"
MEASURED = "measured texture, density and BMI"


def texture_name(feature: str) -> str:
    """What a feature of the parenchyma is called among the values of a woman."""
    return f"texture_{feature}"


TEXTURES = tuple(texture_name(each.name) for each in FEATURES)
FUSED = ("age", "bcrat", "density", "bmi", "polygenic", "pathology", "brca", *MODALITIES)
MODELS: Mapping[str, tuple[str, ...]] = {
    "baseline: age": ("age",),
    "BCRAT": ("bcrat",),
    TRADITIONAL: FACTORS,
    "density": ("density",),
    DENSITY: ("density", "bmi"),
    "texture": ("texture",),
    TEXTURE: ("texture", "density", "bmi"),
    "measured density and BMI": ("percent_density", "bmi"),
    MEASURED: ("percent_density", "bmi", *TEXTURES),
    IMAGE: ("image_risk",),
    HYBRID: ("image_risk", "density", "bmi", *FACTORS),
    **{f"{name} alone": (name,) for name in MODALITIES},
    FUSION: FUSED,
    EVERYTHING: (
        *FACTORS,
        "bmi",
        "density",
        "polygenic",
        "pathology",
        "brca",
        "texture",
        "image_risk",
        *MODALITIES,
    ),
}
"""By model, the names of what it weighs; without the first of them it is not that model."""


@dataclass(frozen=True, slots=True)
class RiskCase:
    """One woman at one time, and what became of her.

    `image_scores` by modality: probability, 0..1, that this image shows a cancer. `texture_sd`: of
    the parenchyma, in standard deviations; `image_risk`: what a network makes of the whole
    mammogram, 0..1. `cancer`: found within five years. `measured` on `image`: percent density, and
    TEXTURES.
    """

    woman: str
    facts: PatientFacts
    cancer: bool
    image_scores: Mapping[str, float] = field(default_factory=dict)
    texture_sd: float | None = None
    image_risk: float | None = None
    bcrat_five_year_percent: float | None = None
    image: Path | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


def case_values(case: RiskCase) -> dict[str, float]:
    """All that a model here weighs, by name; nan where it is not known."""
    risk = case.image_risk
    return {
        **fact_values(case.facts),
        **score_values(case.image_scores),
        "bcrat": percent_value(case.bcrat_five_year_percent, "bcrat_five_year_percent"),
        "texture": math.nan if case.texture_sd is None else case.texture_sd,
        **dict.fromkeys(("percent_density", *TEXTURES), math.nan),
        **case.measured,
        "image_risk": percent_value(None if risk is None else 100 * risk, "image_risk"),
    }


def table_of(cases: Sequence[RiskCase], names: Sequence[str]) -> Floats:
    """(cases, names), nan where not known."""
    rows = [[values[name] for name in names] for values in map(case_values, cases)]
    return np.array(rows, np.float64).reshape(len(cases), len(names))
