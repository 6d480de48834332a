"""Image models, BCRAT, density, age, genes and pathology as one probability, each part in sight.

The weights that ship were fitted on a simulated cohort and say nothing of real women: they show
how the engine works. `senoscope train risk` fits others on a cohort of one's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from senoscope.domain.errors import DataSetError, ModelPackageError
from senoscope.domain.risk import FusedRisk, PatientFacts, PriorPathology, RiskTerm
from senoscope.models.odds import logistic
from senoscope.models.risk.hybrid import FUSED, RiskCase, case_values
from senoscope.models.risk.risk_model import Z_95, RiskModel

SHIPPED = Path(__file__).with_name("fusion.json")
FORMAT = 1
MOSTLY = 0.5
"""Of the terms: with more of them not known, it is said."""
SIMULATED = "simulated_weights"
OUT_OF_AGE = "age_out_of_range"
AFTER_CANCER = "after_in_situ_or_cancer"
MUTATION = "known_mutation"
BEYOND = "beyond_fitted_values"
NOT_FUSED = "outside_scores_not_fused"
NO_BCRAT = "bcrat_factors_not_used"
SPARSE = "mostly_unknown"
_AFTER = (PriorPathology.LCIS, PriorPathology.DCIS, PriorPathology.CANCER)


@dataclass(frozen=True, eq=False)
class FusionModel:
    """`model` weighs FUSED. `ages` in years, first and last of the women it was fitted on."""

    model: RiskModel
    trained_on: str
    is_simulated: bool
    ages: tuple[float, float]

    def __post_init__(self) -> None:
        if not set(self.model.names) <= set(FUSED):
            raise DataSetError(
                f"A model of {', '.join(self.model.names)} was given; expected some of "
                f"{', '.join(FUSED)}. Fit it again."
            )


def fused_risk(
    facts: PatientFacts,
    image_scores: Mapping[str, float],
    bcrat_five_year_percent: float | None,
    model: FusionModel | None = None,
) -> FusedRisk:
    """The probability that a cancer is found within five years; the shipped model's unless told.

    `image_scores` by modality of MODALITIES: probabilities, 0..1. What is not known has a term of
    0 and widens the interval. A term's `value` is in the unit it was given in: percent, years,
    kg/m2, standard deviations, 1 to 4 for density a to d, a relative risk for pathology, 0 or 1
    for a mutation. `cautions` are the keys above. SettingsError for a score of another name.
    """
    fusion = model or shipped_model()
    percent = bcrat_five_year_percent
    case = RiskCase("", facts, False, image_scores, bcrat_five_year_percent=percent)
    values = case_values(case)
    row = np.array([[values[name] for name in fusion.model.names]])
    foretold = fusion.model.foretold(row)
    centre, half = float(foretold.log_odds[0]), Z_95 * float(foretold.spread[0])
    terms = tuple(
        RiskTerm(name, _as_given(name, case, values[name]), float(part))
        for name, part in zip(fusion.model.names, foretold.terms[0], strict=True)
    )
    cautions = _cautions(fusion, case, terms)
    if fusion.model.is_beyond(row).any():
        cautions.append(BEYOND)
    return FusedRisk(
        logistic(centre),
        logistic(centre - half),
        logistic(centre + half),
        float(foretold.base[0]),
        terms,
        tuple(cautions),
    )


def _as_given(name: str, case: RiskCase, value: float) -> float | None:
    if math.isnan(value):
        return None
    told = {
        "bcrat": case.bcrat_five_year_percent,
        "age": case.facts.age,
        "bmi": case.facts.bmi,
        "density": value + 1,
        "pathology": math.exp(value),
        **case.image_scores,
    }
    return told.get(name, value)


def _cautions(fusion: FusionModel, case: RiskCase, terms: tuple[RiskTerm, ...]) -> list[str]:
    facts, (first, last) = case.facts, fusion.ages
    told = {
        SIMULATED: fusion.is_simulated,
        OUT_OF_AGE: not first <= facts.age <= last,
        AFTER_CANCER: facts.prior_pathology in _AFTER,
        MUTATION: facts.carries_brca is True,
        NOT_FUSED: bool(facts.outside_percent),
        NO_BCRAT: case.bcrat_five_year_percent is None and _has_factors(facts),
        SPARSE: sum(term.value is None for term in terms) > MOSTLY * len(terms),
    }
    return [key for key, is_so in told.items() if is_so]


def _has_factors(facts: PatientFacts) -> bool:
    """Whether something is known that only BCRAT weighs."""
    factors = (
        facts.race,
        facts.menarche_age,
        facts.has_given_birth,
        facts.biopsies,
        facts.relatives,
    )
    return any(each is not None for each in factors)


@cache
def shipped_model() -> FusionModel:
    """ModelPackageError where it is missing or damaged."""
    return load_fusion(SHIPPED)


def load_fusion(path: Path) -> FusionModel:
    """What `fusion_text` gave. ModelPackageError where the file holds something else."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']}, expected {FORMAT}")
        first, last = (float(age) for age in card["ages"])
        return FusionModel(
            RiskModel.from_json(card["model"]),
            str(card["trained_on"]),
            bool(card["is_simulated"]),
            (first, last),
        )
    except (OSError, ValueError, KeyError, TypeError, DataSetError) as error:
        raise ModelPackageError(
            f"{path.name} holds no fusion of this version ({error}). Fit one with `senoscope train "
            "risk`, or reinstall Senoscope."
        ) from error


def fusion_text(fusion: FusionModel, about: Mapping[str, object]) -> str:
    """The JSON that `load_fusion` reads; `about` says how it was made and how well it does."""
    card = {
        "format": FORMAT,
        "trained_on": fusion.trained_on,
        "is_simulated": fusion.is_simulated,
        "ages": fusion.ages,
        **about,
        "model": fusion.model.as_json(),
    }
    return json.dumps(card, indent=1) + "\n"
