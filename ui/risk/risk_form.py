"""The risk page's form: texts by field, as they were typed, to what is known of a woman.

An empty field is "not known", which is never the same as none, no or zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from senoscope.domain.risk import (
    LEAST_AGE,
    LIMITS,
    MOST_AGE,
    Density,
    PatientFacts,
    PriorPathology,
    RaceGroup,
)
from senoscope.models.risk.inputs import MODALITIES
from senoscope.studies.facts.found_facts import completed_years
from senoscope.ui.risk.refusals import FieldRefused, Refusal, shown
from senoscope.ui.risk.typed_fields import choice, day, number, plain, whole

YES_OR_NO = {"yes": True, "no": False}
HEIGHT_CM, WEIGHT_KG = (100.0, 230.0), (25.0, 350.0)
BMI_APART = 0.5
"""kg/m2 by which a typed BMI may differ from that of height and weight."""
OUTSIDE = {
    "tyrer_cuzick_10": "tyrer-cuzick 10 years",
    "tyrer_cuzick_lifetime": "tyrer-cuzick lifetime",
    "canrisk_10": "canrisk 10 years",
    "canrisk_lifetime": "canrisk lifetime",
}
"""By field, what others computed, in percent."""
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "race": {str(each.value): each for each in RaceGroup},
    "has_given_birth": YES_OR_NO,
    "atypical_hyperplasia": YES_OR_NO,
    "carries_brca": YES_OR_NO,
    "density": {each.value: each for each in Density},
    "prior_pathology": {each.name.lower(): each for each in PriorPathology},
}
WHOLE = {"menarche_age": "years", "first_birth_age": "years", "biopsies": "", "relatives": ""}
"""Fields of whole numbers, and their unit."""
FIELDS = (
    *("age", "birth_date", "on_day", *WHOLE, "height_cm", "weight_kg", "bmi", "polygenic_sd"),
    *CHOICES,
    *OUTSIDE,
    *MODALITIES,
)
_NO_TISSUE = (None, PriorPathology.NEVER_BIOPSIED)
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """`facts` is None where a field was `refused`; `image_scores` are probabilities, 0..1."""

    facts: PatientFacts | None
    image_scores: Mapping[str, float] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def filled(fields: Fields, today: date) -> Filled:
    """What the form says; of every field that is wrong, why."""
    form = _Form(fields, today)
    facts = form.facts()
    scores = {name: form.number(name, (0.0, 1.0), "probability") for name in MODALITIES}
    known = {name: value for name, value in scores.items() if value is not None}
    if form.refused:
        return Filled(None, {}, tuple(form.refused))
    return Filled(PatientFacts(**facts), known)


class _Form:
    def __init__(self, fields: Fields, today: date) -> None:
        self._fields, self._today = fields, today
        self.refused: list[Refusal] = []

    def facts(self) -> dict[str, Any]:
        """The arguments of PatientFacts; as far as fields are not refused."""
        facts: dict[str, Any] = {"age": self._age(), "bmi": self._bmi()}
        for name, unit in WHOLE.items():
            facts[name] = self._of(name, partial(whole, limits=LIMITS[name], unit=unit))
        facts["polygenic_sd"] = self.number("polygenic_sd", LIMITS["polygenic_sd"], "sd")
        for name, choices in CHOICES.items():
            facts[name] = self._of(name, partial(choice, choices=choices))
        outside = {name: self.number(name, (0.0, 100.0), "percent") for name in OUTSIDE}
        facts["outside_percent"] = {
            OUTSIDE[name]: value for name, value in outside.items() if value is not None
        }
        self._require_births(facts)
        self._require_tissue(facts)
        return facts

    def number(self, name: str, limits: tuple[float, float], unit: str) -> float | None:
        """Of a field."""
        found: float | None = self._of(name, partial(number, limits=limits, unit=unit))
        return found

    def _of(self, name: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(self._fields.get(name, ""))
        except FieldRefused as error:
            self.refused.append(error.of(name))
            return None

    def _refuse(self, name: str, why: str, **said: object) -> None:
        if all(each.field != name for each in self.refused):
            self.refused.append(Refusal(name, why, said))

    def _is_typed(self, name: str) -> bool:
        return bool(plain(self._fields.get(name, "")))

    def _age(self) -> float | None:
        age = self.number("age", (LEAST_AGE, MOST_AGE), "years")
        born = self._of("birth_date", lambda text: day(text, self._today))
        on = self._of("on_day", lambda text: day(text, self._today)) or self._today
        if born is None:
            if not self._is_typed("age") and not self._is_typed("birth_date"):
                self._refuse("age", "needed")
            return age
        told = float(completed_years(born, on))
        if not LEAST_AGE <= told <= MOST_AGE:
            self._refuse(
                "birth_date", "born", born=born.isoformat(), on=on.isoformat(),
                age=told, low=LEAST_AGE, high=MOST_AGE,
            )  # fmt: skip
            return age
        if age is not None and abs(age - told) >= 1:
            self._refuse("age", "age_differs", given=age, age=told, born=born.isoformat())
        return told if age is None else age

    def _bmi(self) -> float | None:
        bmi = self.number("bmi", LIMITS["bmi"], "bmi")
        height = self._height()
        weight = self.number("weight_kg", WEIGHT_KG, "kg")
        if self._is_typed("height_cm") != self._is_typed("weight_kg"):
            lacking = "weight_kg" if self._is_typed("height_cm") else "height_cm"
            self._refuse(lacking, "both")
        if height is None or weight is None:
            return bmi
        told = weight / (height / 100) ** 2
        low, high = LIMITS["bmi"]
        if not low <= told <= high:
            self._refuse("weight_kg", "bmi_far", bmi=round(told, 1), low=low, high=high)
        elif bmi is not None and abs(bmi - told) > BMI_APART:
            self._refuse("bmi", "bmi_differs", given=bmi, bmi=round(told, 1))
        return told if bmi is None else bmi

    def _height(self) -> float | None:
        text = self._fields.get("height_cm", "")
        try:
            return number(text, HEIGHT_CM, "cm")
        except FieldRefused as error:
            said = error.of("height_cm")
            if error.why == "range" and 1 <= float(plain(text)) <= HEIGHT_CM[1] / 100:
                said = Refusal("height_cm", "metres", {"given": shown(plain(text))})
            self.refused.append(said)
            return None

    def _require_births(self, facts: dict[str, Any]) -> None:
        if facts["first_birth_age"] is not None:
            if facts["has_given_birth"] is False:
                self._refuse("first_birth_age", "no_birth")
            facts["has_given_birth"] = True
        for name in ("menarche_age", "first_birth_age"):
            value, age = facts[name], facts["age"]
            if value is not None and age is not None and value > age:
                self._refuse(name, "above_age", given=value, age=round(age, 1))
        first, menarche = facts["first_birth_age"], facts["menarche_age"]
        if first is not None and menarche is not None and first < menarche:
            self._refuse("first_birth_age", "before_menarche", given=first, age=menarche)

    def _require_tissue(self, facts: dict[str, Any]) -> None:
        biopsies, found = facts["biopsies"], facts["prior_pathology"]
        if biopsies == 0 and found not in _NO_TISSUE:
            self._refuse("prior_pathology", "no_biopsy")
        if biopsies == 0 and facts["atypical_hyperplasia"]:
            self._refuse("atypical_hyperplasia", "no_biopsy")
        if biopsies and found is PriorPathology.NEVER_BIOPSIED:
            self._refuse("prior_pathology", "biopsied", given=biopsies)
        if facts["atypical_hyperplasia"] and found in (
            PriorPathology.NEVER_BIOPSIED,
            PriorPathology.BENIGN,
        ):
            self._refuse("prior_pathology", "atypia")
        if found is PriorPathology.ATYPIA and facts["atypical_hyperplasia"] is False:
            self._refuse("prior_pathology", "no_atypia")
