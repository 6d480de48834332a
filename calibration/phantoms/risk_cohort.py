"""A cohort of women who never were: factors of risk, image scores, and an outcome with known odds.

Everything is drawn before the outcome, which comes from a logistic model of it alone (EFFECTS), so
nothing that is known of a woman leaks what becomes of her. Gaps are drawn without the outcome too.
Effects are near published ones; frequencies are made up to be likely, of women who are screened.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import Density, PatientFacts, PriorPathology, RaceGroup
from senoscope.models.odds import logistic
from senoscope.models.risk.hybrid import EVERYTHING, MODELS, RiskCase, table_of
from senoscope.models.risk.inputs import MODALITIES

EFFECTS: Mapping[str, float] = {
    "age": 0.25,
    "menarche": 0.094,
    "first_birth": 0.20,
    "biopsies": 0.35,
    "relatives": 0.75,
    "african_american": -0.10,
    "hispanic": -0.35,
    "asian": -0.30,
    "bmi": 0.08,
    "density": 0.45,
    "polygenic": math.log(1.61),
    "pathology": 0.80,
    "brca": 1.5,
    "texture": 0.40,
    "image_risk": 0.50,
    "ultrasound": 0.35,
    "mammography": 0.55,
    "tomosynthesis": 0.60,
    "breast_mri": 0.80,
}
"""Natural log of the odds ratio of a unit, as models/risk/inputs.py counts units."""
SHARES: Mapping[RaceGroup, float] = dict(
    zip(RaceGroup, (60, 13, 8, 2, 6, 3, 1, 3, 1, 1, 2), strict=True)
)
"""Of women, in percent, unless told."""
YOUNGEST, OLDEST = 35.0, 74.0


class Gaps(StrEnum):
    """What decides whether a value is missing."""

    RANDOM = "random"
    BY_KNOWN = "by-known"


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """`cancer_share`: of women, expected. `missing`: of values that may be missing, 0 to 0.9.

    Gaps `BY_KNOWN` hang on age and on relatives, which are then known of all; `shares` by race
    group, of any sum. `texture_effect` in place of that of EFFECTS: for images, of which there are
    few. SettingsError for what is outside.
    """

    women: int = 5000
    seed: int = 0
    cancer_share: float = 0.10
    missing: float = 0.0
    gaps: Gaps = Gaps.RANDOM
    shares: Mapping[RaceGroup, float] | None = None
    texture_effect: float | None = None

    def __post_init__(self) -> None:
        if self.women < 20 or not 0.001 <= self.cancer_share <= 0.5 or not 0 <= self.missing <= 0.9:
            raise SettingsError(
                f"{self.women} women, a share of {self.cancer_share:g} with cancer and "
                f"{self.missing:g} of values missing were given; expected 20 women or more, "
                "0.001 to 0.5, and 0 to 0.9."
            )

    @property
    def effects(self) -> dict[str, float]:
        """Log odds ratios that the outcome is drawn with."""
        told = {} if self.texture_effect is None else {"texture": self.texture_effect}
        return {**EFFECTS, **told}


def draw_cohort(plan: CohortPlan) -> tuple[RiskCase, ...]:
    """The same women again for the same plan."""
    random = np.random.default_rng([plan.seed, 40])
    shares = np.array([(plan.shares or SHARES)[group] for group in RaceGroup], np.float64)
    women = [
        _woman(random, f"w{number:06d}", shares / shares.sum())
        for number in range(1, plan.women + 1)
    ]
    names = MODELS[EVERYTHING]
    effects = plan.effects
    log_odds = table_of(women, names) @ [effects[name] for name in names]
    base = _base(log_odds, plan.cancer_share)
    sick = random.random(plan.women) < 0.5 + 0.5 * np.tanh((log_odds + base) / 2)
    cases = [replace(case, cancer=bool(one)) for case, one in zip(women, sick, strict=True)]
    return _with_gaps(cases, plan)


def _woman(random: np.random.Generator, name: str, shares: np.ndarray) -> RiskCase:
    age = round(float(np.clip(random.normal(54, 9), YOUNGEST, OLDEST)), 1)
    heavy = 0.2 * (age - 54) / 9 + random.normal()
    dense = -0.45 * heavy - 0.3 * (age - 54) / 9 + 0.8 * random.normal()
    texture = 0.35 * dense + 0.93 * random.normal()
    image = 0.4 * texture + 0.3 * dense + 0.8 * random.normal()
    relatives = min(int(random.poisson(0.16)), 3)
    suspicion = random.normal()
    scores = {
        modality: logistic(-1.5 + 0.5 * suspicion + 0.866 * random.normal())
        for modality in MODALITIES
    }
    first = _first_birth(random, age)
    biopsies, found = _biopsies(random)
    atypia = found in (PriorPathology.ATYPIA, PriorPathology.LCIS)
    facts = PatientFacts(
        age=age,
        race=RaceGroup(int(random.choice(list(RaceGroup), p=shares))),
        menarche_age=int(np.clip(round(random.normal(12.8, 1.4)), 8, 17)),
        has_given_birth=first is not None,
        first_birth_age=first,
        biopsies=biopsies,
        atypical_hyperplasia=atypia if biopsies else None,
        relatives=relatives,
        prior_pathology=found,
        carries_brca=bool(random.random() < 0.015),
        bmi=round(float(27 * math.exp(0.19 * heavy)), 1),
        density=_letter(dense),
        polygenic_sd=round(float(np.clip(0.2 * relatives + random.normal(), -5, 5)), 3),
    )
    return RiskCase(
        name,
        facts,
        False,
        {modality: round(score, 4) for modality, score in scores.items()},
        round(texture, 3),
        round(logistic(-2.2 + 0.8 * image), 4),
    )


def _letter(dense: float) -> Density:
    return list(Density)[sum(dense > limit for limit in (-1.25, 0.0, 1.25))]


def _first_birth(random: np.random.Generator, age: float) -> int | None:
    first = int(np.clip(round(random.normal(25.5, 5)), 14, min(45, int(age))))
    return None if random.random() < 0.17 else first


def _biopsies(random: np.random.Generator) -> tuple[int, PriorPathology]:
    count, drawn = min(int(random.poisson(0.3)), 6), random.random()
    if not count:
        return 0, PriorPathology.NEVER_BIOPSIED
    if drawn < 0.86:
        return count, PriorPathology.BENIGN
    return count, PriorPathology.ATYPIA if drawn < 0.96 else PriorPathology.LCIS


def _base(log_odds: np.ndarray, share: float) -> float:
    """What added to all makes `share` the mean probability, by halving."""
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        mean = float((0.5 + 0.5 * np.tanh((log_odds + middle) / 2)).mean())
        low, high = (middle, high) if mean < share else (low, middle)
    return (low + high) / 2


_MAY_LACK = (
    ("race",),
    ("menarche_age",),
    ("has_given_birth", "first_birth_age"),
    ("biopsies", "atypical_hyperplasia", "prior_pathology"),
    ("relatives",),
    ("bmi",),
    ("density",),
    ("polygenic_sd",),
    ("carries_brca",),
)
"""What one does not know together."""


def _with_gaps(cases: Sequence[RiskCase], plan: CohortPlan) -> tuple[RiskCase, ...]:
    if not plan.missing:
        return tuple(cases)
    random = np.random.default_rng([plan.seed, 41])
    base = math.log(plan.missing / (1 - plan.missing))
    kept = []
    for case in cases:
        share = plan.missing
        if plan.gaps is Gaps.BY_KNOWN:
            # The older, and those without relatives, are asked less.
            lean = 0.9 * (case.facts.age - 54) / 9 - 0.8 * min(case.facts.relatives or 0, 2) + 0.1
            share = logistic(base + lean)
        kept.append(_lacking(random, case, share, plan.gaps))
    return tuple(kept)


def _lacking(random: np.random.Generator, case: RiskCase, share: float, gaps: Gaps) -> RiskCase:
    lost: dict[str, Any] = {}
    for group in _MAY_LACK:
        if random.random() < share and not (gaps is Gaps.BY_KNOWN and group == ("relatives",)):
            lost |= dict.fromkeys(group)
    scores = {name: s for name, s in case.image_scores.items() if random.random() >= share}
    texture, image = random.random(2) >= share
    return replace(
        case,
        facts=replace(case.facts, **lost),
        image_scores=scores,
        texture_sd=case.texture_sd if texture else None,
        image_risk=case.image_risk if image else None,
    )
