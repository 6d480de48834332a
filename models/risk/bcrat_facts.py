"""What the Breast Cancer Risk Assessment Tool asks, in the codes that it asks them in."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts, PriorPathology, RaceGroup
from senoscope.models.risk.fusion import AFTER_CANCER, MUTATION

UNKNOWN = 99.0
NULLIPAROUS = 98.0
"""As age at first live birth: she has not given birth."""
RACE_UNKNOWN = "race_unknown"
AT_LEAST_ONE_BIOPSY = "at_least_one_biopsy"
UNKNOWN_IS_LOWEST = "unknown_is_lowest"
"""The tool counts an answer that is not known as the one of the lowest risk."""
_AFTER = (PriorPathology.LCIS, PriorPathology.DCIS, PriorPathology.CANCER)


@dataclass(frozen=True, slots=True)
class BcratFacts:
    """Of one woman, as the columns Race, T1, T2, N_Biop, HypPlas, AgeMen, Age1st, N_Rels have it.

    Ages in years; `start_age` to `end_age` is what the risk is of. UNKNOWN where an answer is not
    known, NULLIPAROUS as `first_birth_age`; `hyperplasia` 1 yes, 0 no, UNKNOWN without a biopsy.
    None: no answer at all, which the tool mostly refuses. `cautions` are keys of sentences.
    Nothing is checked here: `bcrat` refuses.
    """

    race: float | None
    start_age: float | None
    end_age: float | None
    biopsies: float | None = UNKNOWN
    hyperplasia: float | None = UNKNOWN
    menarche_age: float | None = UNKNOWN
    first_birth_age: float | None = UNKNOWN
    relatives: float | None = UNKNOWN
    cautions: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: PatientFacts, years: float) -> BcratFacts:
        """Of the `years` from today. SettingsError where facts contradict one another."""
        return cls.until(facts, facts.age + years)

    @classmethod
    def until(cls, facts: PatientFacts, end_age: float) -> BcratFacts:
        """From today to that age in years. SettingsError where facts contradict one another."""
        biopsies, hyperplasia = _biopsies(facts)
        race = RaceGroup.NATIVE_AMERICAN_OR_OTHER if facts.race is None else facts.race
        answers = (
            biopsies,
            _or_unknown(facts.menarche_age),
            NULLIPAROUS if facts.has_given_birth is False else _or_unknown(facts.first_birth_age),
            _or_unknown(facts.relatives),
        )
        told = {
            RACE_UNKNOWN: facts.race is None,
            UNKNOWN_IS_LOWEST: UNKNOWN in answers,
            AT_LEAST_ONE_BIOPSY: facts.biopsies is None and biopsies == 1,
            AFTER_CANCER: facts.prior_pathology in _AFTER,
            MUTATION: facts.carries_brca is True,
        }
        return cls(
            float(race),
            facts.age,
            end_age,
            biopsies,
            hyperplasia,
            *answers[1:],
            tuple(key for key, is_so in told.items() if is_so),
        )


def _or_unknown(value: float | None) -> float:
    return UNKNOWN if value is None else float(value)


def _biopsies(facts: PatientFacts) -> tuple[float, float]:
    """How many, and whether with atypical hyperplasia; what pathology says counts too."""
    pathology, count, atypia = facts.prior_pathology, facts.biopsies, facts.atypical_hyperplasia
    was_biopsied = pathology not in (None, PriorPathology.NEVER_BIOPSIED)
    if pathology is PriorPathology.NEVER_BIOPSIED and (count or atypia):
        raise SettingsError(
            "prior_pathology was given as never biopsied, beside a biopsy; expected one of them. "
            "Correct prior_pathology, biopsies or atypical_hyperplasia."
        )
    if count == 0 and (was_biopsied or atypia):
        raise SettingsError(
            "biopsies was given as 0, beside what a biopsy found; expected 1 or more. Correct "
            "biopsies, prior_pathology or atypical_hyperplasia."
        )
    if pathology is PriorPathology.BENIGN and atypia:
        raise SettingsError(
            "prior_pathology was given as without atypia, beside atypical hyperplasia; expected "
            "one of them. Correct prior_pathology or atypical_hyperplasia."
        )
    if pathology is PriorPathology.ATYPIA:
        if atypia is False:
            raise SettingsError(
                "prior_pathology was given as atypical hyperplasia, beside none of it; expected "
                "one of them. Correct prior_pathology or atypical_hyperplasia."
            )
        atypia = True
    if pathology is PriorPathology.BENIGN:
        atypia = False
    if count is None and pathology is not None:
        count = int(was_biopsied)
    if count == 0:
        atypia = None  # without a biopsy nobody looked
    return _or_unknown(count), _or_unknown(atypia)
