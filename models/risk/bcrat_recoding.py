"""How the Breast Cancer Risk Assessment Tool groups answers, and what it refuses.

As NCI's own programs do it (R package BCRA 2.1.2, function `recode.check`; the SAS macro), with
what they let through: counts and ages that cannot be, of which a caution tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import RaceGroup
from senoscope.models.risk.bcrat_constants import FIRST_AGE, LAST_AGE
from senoscope.models.risk.bcrat_facts import NULLIPAROUS, UNKNOWN, BcratFacts

HYPERPLASIA_FACTOR = {0.0: 0.93, 1.0: 1.82, UNKNOWN: 1.0}
"""Of the relative risk, where there was a biopsy."""
HISPANIC = (RaceGroup.HISPANIC_US_BORN, RaceGroup.HISPANIC_FOREIGN_BORN)
ASIAN = tuple(group for group in RaceGroup if group >= RaceGroup.CHINESE)


@dataclass(frozen=True, slots=True)
class BcratCategories:
    """Steps of the logs of relative risk; `hyperplasia` is a factor of the relative risk."""

    race: RaceGroup
    start_age: float
    end_age: float
    biopsies: int
    menarche: int
    first_birth: int
    relatives: int
    hyperplasia: float


def bcrat_categories(facts: BcratFacts) -> BcratCategories:
    """SettingsError names the field where the reference refuses, or has no number to give."""
    race = _race(facts.race)
    start, end = _ages(facts)
    biopsies, hyperplasia = _biopsies(facts.biopsies, facts.hyperplasia)
    menarche = _menarche(facts.menarche_age, start)
    first_birth = 0
    # In the model for African American women it is no factor, and so not looked at.
    if race is not RaceGroup.AFRICAN_AMERICAN:
        first_birth = _first_birth(facts.first_birth_age, facts.menarche_age, start)
    relatives = _relatives(facts.relatives)
    if race is RaceGroup.AFRICAN_AMERICAN:
        menarche = min(menarche, 1)
    if race in HISPANIC:
        biopsies = min(biopsies, 1)
        if facts.first_birth_age != NULLIPAROUS:
            first_birth = (0, 1, 1, 2)[first_birth]
    if race is RaceGroup.HISPANIC_US_BORN:
        menarche = 0
    if race in (*HISPANIC, *ASIAN):
        relatives = min(relatives, 1)
    return BcratCategories(
        race, start, end, biopsies, menarche, first_birth, relatives, hyperplasia
    )


def is_implausible(facts: BcratFacts) -> bool:
    """Whether the reference counts what cannot be: a count that is none, a child's childbirth."""
    biopsies, first_birth, menarche = facts.biopsies, facts.first_birth_age, facts.menarche_age
    return (
        (biopsies is not None and (biopsies < 0 or biopsies != math.floor(biopsies)))
        or (biopsies is not None and 30 < biopsies != UNKNOWN)
        or (first_birth is not None and first_birth < 9)
        or (menarche is not None and menarche < 7)
    )


def _refused(field: str, given: float | None, expected: str) -> SettingsError:
    said = "not given" if given is None or math.isnan(given) else f"given as {given:.12g}"
    return SettingsError(f"{field} was {said}; expected {expected}. Correct it.")


def _given(field: str, value: float | None, expected: str) -> float:
    if value is None or not math.isfinite(value):
        raise _refused(field, value, expected)
    return value


def _race(given: float | None) -> RaceGroup:
    if given is None or given not in tuple(RaceGroup):
        raise _refused("Race", given, "a whole number from 1 to 11")
    return RaceGroup(int(given))


def _ages(facts: BcratFacts) -> tuple[float, float]:
    expected = f"an age from {FIRST_AGE} to below {LAST_AGE} years"
    start = _given("T1 (age)", facts.start_age, expected)
    if not FIRST_AGE <= start < LAST_AGE:
        raise _refused("T1 (age)", start, expected)
    expected = f"an age above T1 ({start:.12g}), up to {LAST_AGE} years"
    end = _given("T2 (age of projection)", facts.end_age, expected)
    if not start < end <= LAST_AGE:
        raise _refused("T2 (age of projection)", end, expected)
    return start, end


def _biopsies(given: float | None, hyperplasia: float | None) -> tuple[int, float]:
    """Category and factor."""
    count = _given("N_Biop (biopsies)", given, "their number, or 99 where it is not known")
    if count in (0, UNKNOWN):
        if hyperplasia is not None and hyperplasia != UNKNOWN:
            raise _refused(
                "HypPlas (atypical hyperplasia)", hyperplasia, "99 where no biopsy is known"
            )
        return 0, 1.0
    if hyperplasia not in HYPERPLASIA_FACTOR:
        raise _refused("HypPlas (atypical hyperplasia)", hyperplasia, "0, 1 or 99")
    return (1 if count == 1 else 2), HYPERPLASIA_FACTOR[hyperplasia]


def _menarche(given: float | None, start: float) -> int:
    expected = f"an age above 0, up to T1 ({start:.12g}), or 99 where it is not known"
    age = _given("AgeMen (age at menarche)", given, expected)
    if age == UNKNOWN:
        return 0
    if not 0 < age <= start:
        raise _refused("AgeMen (age at menarche)", age, expected)
    return 2 if age < 12 else 1 if age < 14 else 0


def _first_birth(given: float | None, menarche: float | None, start: float) -> int:
    expected = (
        f"an age from AgeMen to T1 ({start:.12g}), 98 where she has not given birth, or 99 where "
        "it is not known"
    )
    age = _given("Age1st (age at first live birth)", given, expected)
    if age == UNKNOWN:
        return 0
    if age == NULLIPAROUS:
        return 2
    if age > start or (menarche is not None and menarche != UNKNOWN and age < menarche):
        raise _refused("Age1st (age at first live birth)", age, expected)
    return sum(age >= limit for limit in (20, 25, 30))


def _relatives(given: float | None) -> int:
    expected = "0, 1, a number from 2 to below 99, or 99 where it is not known"
    count = _given("N_Rels (relatives)", given, expected)
    if count in (0, UNKNOWN):
        return 0
    if count != 1 and not 2 <= count < UNKNOWN:
        raise _refused("N_Rels (relatives)", count, expected)
    return 1 if count == 1 else 2
