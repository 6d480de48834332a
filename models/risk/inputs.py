"""What is known of a woman and of her images, as the numbers that models of risk weigh.

Steps are those of the Breast Cancer Risk Assessment Tool (Gail et al., J Natl Cancer Inst
1989;81:1879), so that a unit means what it means there. nan is "not known".
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import Density, PatientFacts, PriorPathology, RaceGroup
from senoscope.models.odds import logit

MODALITIES = ("ultrasound", "mammography", "tomosynthesis", "breast_mri")
"""Of image scores: probabilities that this image shows a cancer."""
FACTORS = (
    "age",
    "menarche",
    "first_birth",
    "biopsies",
    "relatives",
    "african_american",
    "hispanic",
    "asian",
)
"""Of the traditional model."""
GRAVITY = {
    PriorPathology.NEVER_BIOPSIED: 0.0,
    PriorPathology.BENIGN: math.log(1.17),
    PriorPathology.ATYPIA: math.log(3.93),
    PriorPathology.LCIS: math.log(7.0),
    PriorPathology.DCIS: math.log(8.0),
    PriorPathology.CANCER: math.log(9.0),
}
"""Natural log of a relative risk: benign and atypia of Dyrstad et al., Breast Cancer Res Treat
2015;149:569, a meta-analysis; the others are assumed, in their order."""
_HISPANIC = (RaceGroup.HISPANIC_US_BORN, RaceGroup.HISPANIC_FOREIGN_BORN)
_ASIAN = (
    RaceGroup.CHINESE,
    RaceGroup.JAPANESE,
    RaceGroup.FILIPINO,
    RaceGroup.HAWAIIAN,
    RaceGroup.OTHER_PACIFIC_ISLANDER,
    RaceGroup.OTHER_ASIAN,
)
_UNKNOWN = math.nan


def fact_values(facts: PatientFacts) -> dict[str, float]:
    """By name; age in decades, BMI in 5 kg/m2, density, menarche and others in steps."""
    return {
        "age": facts.age / 10,
        "menarche": _menarche_step(facts.menarche_age),
        "first_birth": _first_birth_step(facts),
        "biopsies": _up_to_two(facts.biopsies),
        "relatives": _up_to_two(facts.relatives),
        "african_american": _is(facts.race, (RaceGroup.AFRICAN_AMERICAN,)),
        "hispanic": _is(facts.race, _HISPANIC),
        "asian": _is(facts.race, _ASIAN),
        "bmi": _UNKNOWN if facts.bmi is None else facts.bmi / 5,
        "density": _UNKNOWN if facts.density is None else float(list(Density).index(facts.density)),
        "polygenic": _UNKNOWN if facts.polygenic_sd is None else facts.polygenic_sd,
        "pathology": _gravity(facts),
        "brca": _UNKNOWN if facts.carries_brca is None else float(facts.carries_brca),
    }


def score_values(scores: Mapping[str, float]) -> dict[str, float]:
    """Log odds of each of MODALITIES. SettingsError for another name or no probability."""
    for name, score in scores.items():
        if name not in MODALITIES:
            raise SettingsError(
                f"A score of {name!r} was given; expected one of {', '.join(MODALITIES)}. It would "
                "not be looked at."
            )
        if not 0 <= score <= 1:
            raise SettingsError(
                f"{name} was given the score {score:g}; expected a probability, 0 to 1."
            )
    return {name: logit(scores[name]) if name in scores else _UNKNOWN for name in MODALITIES}


def percent_value(percent: float | None, name: str) -> float:
    """Log odds of a risk in percent. SettingsError for what is none."""
    if percent is None:
        return _UNKNOWN
    if not 0 <= percent <= 100:
        raise SettingsError(f"{name} was given as {percent:g} %; expected 0 to 100.")
    return logit(percent / 100)


def _menarche_step(age: int | None) -> float:
    if age is None:
        return _UNKNOWN
    return 2.0 if age < 12 else 1.0 if age < 14 else 0.0


def _first_birth_step(facts: PatientFacts) -> float:
    if facts.has_given_birth is False:
        return 2.0
    if facts.first_birth_age is None:
        return _UNKNOWN
    return float(sum(facts.first_birth_age >= limit for limit in (20, 25, 30)))


def _up_to_two(count: int | None) -> float:
    return _UNKNOWN if count is None else float(min(count, 2))


def _is(race: RaceGroup | None, group: tuple[RaceGroup, ...]) -> float:
    return _UNKNOWN if race is None else float(race in group)


def _gravity(facts: PatientFacts) -> float:
    if facts.prior_pathology is not None:
        return GRAVITY[facts.prior_pathology]
    if facts.atypical_hyperplasia:
        return GRAVITY[PriorPathology.ATYPIA]
    return GRAVITY[PriorPathology.NEVER_BIOPSIED] if facts.biopsies == 0 else _UNKNOWN
