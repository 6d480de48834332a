"""What is known of a woman beside her images, and what a model of risk makes of it.

None is "not known" everywhere; it is never the same as no, none or zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from senoscope.domain.errors import SettingsError

LEAST_AGE, MOST_AGE = 18.0, 120.0
LIMITS: Mapping[str, tuple[float, float]] = {
    "menarche_age": (7, 25),
    "first_birth_age": (9, 60),
    "biopsies": (0, 30),
    "relatives": (0, 30),
    "bmi": (10.0, 80.0),
    "polygenic_sd": (-6.0, 6.0),
}
"""By the name of a fact: the least and the most that is taken for true."""


class RaceGroup(IntEnum):
    """Numbered as the Breast Cancer Risk Assessment Tool numbers them."""

    WHITE = 1
    AFRICAN_AMERICAN = 2
    HISPANIC_US_BORN = 3
    NATIVE_AMERICAN_OR_OTHER = 4
    HISPANIC_FOREIGN_BORN = 5
    CHINESE = 6
    JAPANESE = 7
    FILIPINO = 8
    HAWAIIAN = 9
    OTHER_PACIFIC_ISLANDER = 10
    OTHER_ASIAN = 11


class Density(StrEnum):
    """ACR BI-RADS composition of the breast."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"


class PriorPathology(StrEnum):
    """The gravest that a biopsy found so far."""

    NEVER_BIOPSIED = "never biopsied"
    BENIGN = "benign, no atypia"
    ATYPIA = "atypical hyperplasia"
    LCIS = "lobular carcinoma in situ"
    DCIS = "ductal carcinoma in situ"
    CANCER = "invasive cancer"


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Of one woman on one day.

    Ages in years, `bmi` in kg/m2, `polygenic_sd` in standard deviations from her group's mean.
    `first_birth_age`: of her first live birth; `has_given_birth` False: none. `biopsies`: how many
    breast biopsies she had. `relatives`: first-degree relatives with breast cancer. `carries_brca`:
    a pathogenic BRCA1 or BRCA2 variant is known. `outside_percent`: absolute risks in percent
    that others computed, by the model's name ("tyrer-cuzick 10 years").
    """

    age: float
    race: RaceGroup | None = None
    menarche_age: int | None = None
    has_given_birth: bool | None = None
    first_birth_age: int | None = None
    biopsies: int | None = None
    atypical_hyperplasia: bool | None = None
    relatives: int | None = None
    prior_pathology: PriorPathology | None = None
    carries_brca: bool | None = None
    bmi: float | None = None
    density: Density | None = None
    polygenic_sd: float | None = None
    outside_percent: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not LEAST_AGE <= self.age <= MOST_AGE:
            raise SettingsError(
                f"An age of {self.age:g} was given; expected {LEAST_AGE:g} to {MOST_AGE:g} years."
            )
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise SettingsError(
                    f"{name} was given as {value:g}; expected {low:g} to {high:g}. Leave it empty "
                    "where it is not known."
                )
        if self.first_birth_age is not None and self.has_given_birth is not True:
            raise SettingsError(
                "An age at first birth was given for a woman of whom no birth is known; expected "
                "has_given_birth with it."
            )
        for place in ("menarche_age", "first_birth_age"):
            value = getattr(self, place)
            if value is not None and value > self.age:
                raise SettingsError(f"{place} was given as {value}, above her age of {self.age:g}.")
        for name, value in self.outside_percent.items():
            if not 0 <= value <= 100:
                raise SettingsError(f"{name} was given as {value:g} %; expected 0 to 100.")


@dataclass(frozen=True, slots=True)
class RiskTerm:
    """What one input adds to the average woman's log-odds; 0 and `value` None if not known."""

    name: str
    value: float | None
    log_odds: float


@dataclass(frozen=True, slots=True)
class FusedRisk:
    """`probability` = logistic(`base_log_odds` + all terms); `lower` to `upper`: 95 %.

    `cautions`: keys of sentences that a person must know, such as "simulated_weights".
    """

    probability: float
    lower: float
    upper: float
    base_log_odds: float
    terms: tuple[RiskTerm, ...]
    cautions: tuple[str, ...] = ()
