"""How well models of risk do: discrimination, calibration, differences, and known odds ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.calibration_error import (
    ReliabilityBin,
    brier,
    equal_mass_bins,
    platt_scaling,
)
from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats, auc, bootstrap
from senoscope.models.evaluation.published import Published
from senoscope.models.evaluation.risk.nested import Judged, usable_models
from senoscope.models.risk.hybrid import (
    DENSITY,
    EVERYTHING,
    FUSION,
    HYBRID,
    IMAGE,
    MEASURED,
    TEXTURE,
    TRADITIONAL,
    RiskCase,
    table_of,
)
from senoscope.models.risk.inputs import MODALITIES
from senoscope.models.risk.risk_model import Z_95, FilledTable

RESAMPLES = 2000
SLOPE_RESAMPLES = 300
"""Of calibration slopes, each of which is a fit."""
LEAST = 10
"""Women with and without a cancer for a group's AUC to be told."""
RECOVERY_IMPUTATIONS = 20
EVENTS = 10
PAIRS = (
    (HYBRID, IMAGE),
    (HYBRID, TRADITIONAL),
    (HYBRID, DENSITY),
    (TEXTURE, DENSITY),
    (MEASURED, "measured density and BMI"),
    (TRADITIONAL, "baseline: age"),
    (FUSION, "BCRAT"),
    *((FUSION, f"{name} alone") for name in MODALITIES),
)
"""Of which the first is to be better than the second."""
PUBLISHED = (
    Published(
        source="Yala 2019",
        reference="Radiology 292:60, 10.1148/radiol.2019182716",
        network="hybrid of image and traditional factors",
        tested="8751 mammograms of 3937 women",
        auc=0.70,
        note="image alone 0.68, traditional factors by regression 0.67, Tyrer-Cuzick 0.62",
    ),
    Published(
        source="texture, density and BMI",
        reference="as quoted; its source was not at hand",
        network="parenchymal texture with density and BMI",
        tested="not known",
        auc=0.84,
        note="0.80 without texture",
    ),
)
"""On patients, of other data: a scale, no rows to compare with."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """`slope` 1 and `expected_observed` 1 are perfect; `brier_of_prevalence`: one risk for all."""

    slope: Estimate
    expected_observed: Estimate
    brier: float
    brier_of_prevalence: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A log odds ratio that is known, and what was found of it with 95 % interval."""

    known: float
    found: float
    ci: tuple[float, float]

    @property
    def is_inside(self) -> bool:
        """Whether the interval holds what is known: of many, one in twenty does not."""
        return self.ci[0] <= self.known <= self.ci[1]

    def is_inside_of(self, count: int) -> bool:
        """Likewise of the interval that with `count - 1` others holds all of them at 95 %."""
        reach = NormalDist().inv_cdf(0.5 + 0.95 ** (1 / count) / 2)  # Sidak, JASA 1967;62:626
        half = (self.ci[1] - self.ci[0]) / 2 / Z_95 * reach
        return abs(self.known - self.found) <= half


def areas(read: Judged) -> dict[str, Estimate]:
    """AUC by model; intervals from drawing whole women."""
    return {model: _area(read, each) for model, each in read.log_odds.items()}


def differences(read: Judged) -> dict[str, Difference]:
    """AUC of the first of each pair less that of the second, on the same women."""
    there = [pair for pair in PAIRS if set(pair) <= set(read.log_odds)]
    return {f"{one} - {other}": _less(read, one, other) for one, other in there}


def calibration(read: Judged, model: str) -> Calibration:
    """Of one model, as it foretold women that it was not fitted on."""
    cancer, log_odds = read.cancer, read.log_odds[model]
    probability = _probability(log_odds)

    def slope(rows: NDArray[np.int64]) -> float:
        return platt_scaling(log_odds[rows], cancer[rows])[0]

    return Calibration(
        bootstrap(slope, read.women, SLOPE_RESAMPLES),
        _expected_observed(read, model),
        brier(cancer, probability),
        brier(cancer, np.full(len(cancer), cancer.mean())),
        equal_mass_bins(cancer, probability),
    )


def by_group(read: Judged, model: str) -> dict[str, dict[str, Estimate]]:
    """AUC and expected over observed by race group, where there are LEAST of either outcome."""
    groups: dict[str, list[int]] = {}
    for row, case in enumerate(read.cases):
        race = case.facts.race
        groups.setdefault("not known" if race is None else race.name.lower(), []).append(row)
    told = {}
    for name, rows in groups.items():
        part = _part(read, model, np.array(rows))
        found = int(part.cancer.sum())
        if min(found, len(rows) - found) >= LEAST:
            told[name] = {
                "auc": _area(part, part.log_odds[model]),
                "expected_observed": _expected_observed(part, model),
            }
    return told


def recovered(cases: Sequence[RiskCase], effects: Mapping[str, float]) -> dict[str, Recovered]:
    """Known log odds ratios of a simulated cohort beside those that are fitted, unpenalised.

    Only what the cohort tells of can be found; the rest is not in the answer, and nothing is where
    there are fewer than EVENTS women of either outcome to a value (Peduzzi et al., J Clin Epidemiol
    1996;49:1373).
    """
    used, _ = usable_models(cases)
    names = used.get(EVERYTHING, ())
    cancer = np.array([case.cancer for case in cases], np.bool_)
    if not names or min(int(cancer.sum()), int((~cancer).sum())) < EVENTS * len(names):
        return {}
    women = [case.woman for case in cases]
    filled = FilledTable.of(names, table_of(cases, names), cancer, women, RECOVERY_IMPUTATIONS)
    model = filled.fitted(names, 0.0)
    told = {}
    for name in names:
        if name in effects:
            found, error = model.of_unit(name)
            reach = Z_95 * error
            told[name] = Recovered(effects[name], found, (found - reach, found + reach))
    return told


def _part(read: Judged, model: str, rows: NDArray[np.int64]) -> Judged:
    return Judged(
        tuple(read.cases[row] for row in rows),
        read.cancer[rows],
        read.folds[rows],
        {model: read.log_odds[model][rows]},
        read.names,
        read.penalties,
        read.left_out,
    )


def _expected_observed(read: Judged, model: str) -> Estimate:
    cancer, probability = read.cancer, _probability(read.log_odds[model])

    def ratio(rows: NDArray[np.int64]) -> float:
        found = int(cancer[rows].sum())
        return float(probability[rows].sum()) / found if found else math.nan

    return bootstrap(ratio, read.women, RESAMPLES)


def _area(read: Judged, log_odds: Floats) -> Estimate:
    cancer: Bools = read.cancer
    return bootstrap(lambda rows: auc(cancer[rows], log_odds[rows]), read.women, RESAMPLES)


def _less(read: Judged, one: str, other: str) -> Difference:
    cancer, first, second = read.cancer, read.log_odds[one], read.log_odds[other]

    def less(rows: NDArray[np.int64]) -> float:
        return auc(cancer[rows], first[rows]) - auc(cancer[rows], second[rows])

    return paired_bootstrap(less, read.women, RESAMPLES)


def _probability(log_odds: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(log_odds / 2), np.float64)
