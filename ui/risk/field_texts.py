"""Facts of a woman as the form's fields have them: the way back."""

from __future__ import annotations

from senoscope.domain.risk import PatientFacts
from senoscope.ui.risk.risk_form import OUTSIDE

_BY_MODEL = {model: field for field, model in OUTSIDE.items()}


def texts_of(facts: PatientFacts) -> dict[str, str]:
    """By field; what is not known is left out."""
    race, density, pathology = facts.race, facts.density, facts.prior_pathology
    said: dict[str, str | None] = {
        "race": None if race is None else str(race.value),
        "has_given_birth": _yes_no(facts.has_given_birth),
        "atypical_hyperplasia": _yes_no(facts.atypical_hyperplasia),
        "carries_brca": _yes_no(facts.carries_brca),
        "density": None if density is None else density.value,
        "prior_pathology": None if pathology is None else pathology.name.lower(),
    }
    numbers = ("age", "menarche_age", "first_birth_age", "biopsies", "relatives", "polygenic_sd")
    said |= {name: _number(getattr(facts, name)) for name in numbers}
    said["bmi"] = None if facts.bmi is None else f"{facts.bmi:.1f}"
    outside = {
        _BY_MODEL[model]: f"{percent:g}"
        for model, percent in facts.outside_percent.items()
        if model in _BY_MODEL
    }
    return {name: text for name, text in said.items() if text is not None} | outside


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"
