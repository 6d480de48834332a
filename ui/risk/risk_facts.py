"""What the models of risk make of a woman's facts, as the page shows it, JSON-ready."""

from __future__ import annotations

from collections.abc import Mapping

from senoscope.domain.errors import SenoscopeError
from senoscope.domain.risk import FusedRisk, PatientFacts
from senoscope.models.risk.bcrat import BcratRisk, bcrat
from senoscope.models.risk.bcrat_constants import LAST_AGE
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.fusion import fused_risk
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import said
from senoscope.ui.risk.natural_frequency import CROWDS, frequencies

FIVE_YEARS = 5.0


def risk_facts(facts: PatientFacts, image_scores: Mapping[str, float]) -> Header:
    """Of BCRAT over five years and to the age of 90, and of the fusion.

    Where a model refuses the facts, its sentence in place of its figures; the other stands.
    """
    five, percent = _bcrat(facts, facts.age + FIVE_YEARS)
    lifetime, _ = _bcrat(facts, LAST_AGE)
    return {
        "age": round(facts.age, 1),
        "bmi": None if facts.bmi is None else round(facts.bmi, 1),
        "bcrat": {"five_years": five, "lifetime": lifetime},
        "fusion": _fusion(facts, image_scores, percent),
    }


def _bcrat(facts: PatientFacts, end_age: float) -> tuple[Header, float | None]:
    try:
        risk = bcrat(BcratFacts.until(facts, end_age))
    except SenoscopeError as error:
        return {"trouble": said(error)}, None
    return _shown(risk), risk.absolute_percent


def _shown(risk: BcratRisk) -> Header:
    percents = (risk.absolute_percent, risk.average_percent)
    fitting = frequencies(percents)
    return {
        "percent": round(risk.absolute_percent, 3),
        "average_percent": round(risk.average_percent, 3),
        "relative": round(risk.relative_risk, 3),
        "relative_from_50": round(risk.relative_risk_from_50, 3),
        "cautions": list(risk.cautions),
        "of": fitting.of,
        "women": {str(crowd): list(frequencies(percents, crowd).counts) for crowd in CROWDS},
    }


def _fusion(
    facts: PatientFacts, image_scores: Mapping[str, float], percent: float | None
) -> Header:
    try:
        fused = fused_risk(facts, image_scores, percent)
    except SenoscopeError as error:
        return {"trouble": said(error)}
    return fusion_shown(fused)


def fusion_shown(fused: FusedRisk) -> Header:
    """`terms` in their order; those without a value are not known and add nothing."""
    percents = [100 * each for each in (fused.probability, fused.lower, fused.upper)]
    return {
        "percent": round(percents[0], 3),
        "lower_percent": round(percents[1], 3),
        "upper_percent": round(percents[2], 3),
        "base_log_odds": round(fused.base_log_odds, 4),
        "terms": [
            {
                "name": each.name,
                "value": None if each.value is None else round(each.value, 3),
                "log_odds": round(each.log_odds, 4),
            }
            for each in fused.terms
        ],
        "cautions": list(fused.cautions),
    }
