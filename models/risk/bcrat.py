"""The Breast Cancer Risk Assessment Tool (Gail model): absolute risk of invasive breast cancer.

Gail et al., J Natl Cancer Inst 1989;81:1879, with the models for African American (2007), Asian
and Pacific Islander (2011) and Hispanic women (2017). Written from the published method and
constants; held to results of NCI's own program.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from senoscope.models.risk.bcrat_constants import (
    BAND_YEARS,
    FIRST_AGE,
    OLDER,
    BcratConstants,
    bcrat_constants,
)
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.bcrat_recoding import (
    BcratCategories,
    bcrat_categories,
    is_implausible,
)

YOUNGEST = 35
"""Years: of younger women the tool's makers say that it is not for them."""
BELOW_35 = "below_35"
IMPLAUSIBLE = "implausible_value"


@dataclass(frozen=True, slots=True)
class BcratRisk:
    """Risk of invasive breast cancer between two ages, death of something else considered.

    `average_percent`: of an average woman of her age and group; for white, Native American and
    other women with the rates of 1992 to 1996, for the others with those of their model.
    `relative_risk` below age 50 and `relative_risk_from_50` are against a woman without any of the
    factors. `cautions`: keys of sentences that a person must know.
    """

    absolute_percent: float
    average_percent: float
    relative_risk: float
    relative_risk_from_50: float
    cautions: tuple[str, ...] = ()


def bcrat(facts: BcratFacts) -> BcratRisk:
    """SettingsError names the field where the reference refuses."""
    categories = bcrat_categories(facts)
    constants = bcrat_constants()[categories.race]
    younger, older = _relative_risks(categories, constants)
    span = categories.start_age, categories.end_age
    below, above = constants.one_minus_attributable_risk
    risk = _absolute(
        constants.incidence, constants.mortality, span, (below * younger, above * older)
    )
    average = _absolute(constants.average_incidence, constants.average_mortality, span, (1.0, 1.0))
    told = {BELOW_35: categories.start_age < YOUNGEST, IMPLAUSIBLE: is_implausible(facts)}
    cautions = (*facts.cautions, *(key for key, is_so in told.items() if is_so))
    return BcratRisk(100 * risk, 100 * average, younger, older, cautions)


def _relative_risks(steps: BcratCategories, constants: BcratConstants) -> tuple[float, float]:
    """Below OLDER, and from it on."""
    biopsies, menarche, first_birth, relatives, biopsies_older, birth_x_relatives = constants.beta
    log = (
        steps.biopsies * biopsies
        + steps.menarche * menarche
        + steps.first_birth * first_birth
        + steps.relatives * relatives
        + steps.first_birth * steps.relatives * birth_x_relatives
        + math.log(steps.hyperplasia)
    )
    return math.exp(log), math.exp(log + steps.biopsies * biopsies_older)


def _absolute(
    incidence: Sequence[float],
    mortality: Sequence[float],
    span: tuple[float, float],
    factors: tuple[float, float],
) -> float:
    """Probability, 0..1: hazards are constant within a year of age, so each is integrated exactly.

    `span` in years of age; `factors` of the incidence below OLDER and from it on.
    """
    risk, cumulated = 0.0, 0.0
    for year, length in _years(*span):
        band = (year - FIRST_AGE) // BAND_YEARS
        cancer = incidence[band] * factors[year >= OLDER]
        either = cancer + mortality[band]
        risk += cancer / either * math.exp(-cumulated) * -math.expm1(-either * length)
        cumulated += either * length
    return risk


def _years(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Each whole year of age that is touched, and how much of it lies between."""
    for year in range(math.floor(start), math.ceil(end)):
        yield year, min(end, year + 1) - max(start, year)
