"""What is measured of a woman, from FHIR R4 Observations with codes of LOINC and units of UCUM."""

from __future__ import annotations

from datetime import date

from senoscope.domain.errors import SettingsError
from senoscope.studies.facts.fhir_json import FhirNode, named

LOINC = "http://loinc.org"
BMI, HEIGHT, WEIGHT, MENARCHE, PARITY = "39156-5", "8302-2", "29463-7", "42798-9", "11977-6"
UNITS = {
    BMI: {"kg/m2": 1.0},
    HEIGHT: {"m": 1.0, "cm": 0.01, "[in_i]": 0.0254},
    WEIGHT: {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237},
    MENARCHE: {"a": 1.0},
    PARITY: {"1": 1.0, "{#}": 1.0, "{count}": 1.0},
}
"""Of each code, the units that are understood, in kg/m2, m, kg, years and pregnancies."""
_ONCE = (MENARCHE, PARITY)
"""Of these two values cannot both be right; of the others the latest counts."""


class Measurements:
    """Values by code with the day of each; what is not understood goes to `not_taken`."""

    def __init__(self, not_taken: list[str]) -> None:
        self._not_taken = not_taken
        self._values: dict[str, list[tuple[date, float]]] = {}

    def take(self, resource: FhirNode) -> None:
        """SettingsError where a known code has no number or a unit that is not one of UNITS."""
        codes = resource.codes("code")
        known = {code for system, code in codes if system == LOINC and code in UNITS}
        told = ", ".join(named(code) for _, code in codes) or "without a code"
        status = resource.text("status")
        if not known or status not in ("final", "amended", "corrected"):
            why = "not read" if not known else named(status)
            self._not_taken.append(f"Observation {told}: {why}")
            return
        if len(known) > 1:
            resource.refuse("code", f"one of {', '.join(UNITS)}")
        code = known.pop()
        quantity = resource.node("valueQuantity")
        value = None if quantity is None else quantity.number("value")
        if quantity is None or value is None:
            if resource.node("dataAbsentReason") is None:
                resource.refuse("valueQuantity", "a number with its unit")
            self._not_taken.append(f"Observation {told}: without a value")
            return
        unit = quantity.text("code") or quantity.text("unit")
        if unit not in UNITS[code] or value < 0:
            quantity.refuse("code", f"a value in {' or '.join(UNITS[code])} (UCUM)")
        day = resource.day("effectiveDateTime") or date.min
        self._values.setdefault(code, []).append((day, value * UNITS[code][unit]))

    def menarche_age(self) -> int | None:
        """Completed years."""
        found = self._one(MENARCHE)
        return None if found is None else int(found)

    def has_given_birth(self) -> bool | None:
        """False where she never carried one so far; of others it is not known whether it lived."""
        parity = self._one(PARITY)
        if parity:
            self._not_taken.append(f"Observation {PARITY}: births, not live ones")
        return False if parity == 0 else None

    def bmi(self) -> float | None:
        """kg/m2: measured, or else of height and weight."""
        found = self._one(BMI)
        height, weight = self._one(HEIGHT), self._one(WEIGHT)
        if found is None and height and weight:
            return weight / height**2
        return found

    def _one(self, code: str) -> float | None:
        values = self._values.get(code, [])
        if not values:
            return None
        last = max(day for day, _ in values)
        said = {value for day, value in values if code in _ONCE or day == last}
        if len(said) > 1:
            raise SettingsError(
                f"The FHIR text has several values of {code}; expected one, or each with its day. "
                "Correct it."
            )
        return said.pop()
