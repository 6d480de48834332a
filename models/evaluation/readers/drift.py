"""Has an AI's output changed, on one scanner or all? Told within some hundred exams, at few alarms.

Scores: two sums (Page, Biometrika 1954;41:100), one up and one down, of each exam's mean logit as
its normal score among the reference window's (van der Waerden), less the allowance of half the
shift to find. The rank makes it hold for any distribution of logits, whose tails are not normal.

Outcomes: two sums of log likelihood ratios of doubled and of halved odds of cancer against those
that the reference window's calibration gives (Steiner et al., Biostatistics 2000;1:441).

Limits are calculated (run_length.py), with what chance the reference's own mean is off by: a short
window needs a higher limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.evaluation.platt_fit import scaled
from senoscope.models.evaluation.readers.reader_study import DriftAlarm, DriftPoint
from senoscope.models.evaluation.readers.run_length import Steps, limit_for

REFERENCE_EXAMS = 500
LEAST_REFERENCE = 200
"""Below, the limit that keeps false alarms rare would find too little."""
SHIFT_SD = 0.5
"""What the sums of scores are tuned to find, in standard deviations of the logit."""
FALSE_ALARMS_PER_EXAM = 0.0007
"""Of the two sums of scores together; what is promised is 0.001."""
FALSE_ALARMS_PER_CASE = 0.0002
"""Of the two sums of outcomes together."""
ODDS_CHANGE = 2.0
REFERENCE_CANCERS = 10
_NODES = 9
_PARTS = 40
"""Of the cases, by chance of cancer, that a limit is calculated of."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One exam or case in the order of time."""

    at: datetime
    exam: str


@dataclass(frozen=True, slots=True)
class Watched:
    """Points and alarms of one pair of sums."""

    limit: float
    points: tuple[DriftPoint, ...]
    alarms: tuple[DriftAlarm, ...]


def watch_scores(reference: Floats, logits: Floats, moments: Sequence[Moment]) -> Watched:
    """Of (n,) later `logits` against the (m,) `reference`, m at least LEAST_REFERENCE."""
    if len(reference) < LEAST_REFERENCE:
        raise SettingsError(
            f"A reference of {len(reference)} exams was given; expected at least "
            f"{LEAST_REFERENCE}. Wait for more, or compare with those of all scanners."
        )
    scores = normal_scores(reference, logits)
    allowance = SHIFT_SD / 2
    return _watch(scores - allowance, -scores - allowance, score_limit(len(reference)), moments)


def watch_outcomes(
    reference: Floats,
    later: tuple[Bools, Floats],
    moments: Sequence[Moment],
    fit: tuple[float, float],
) -> Watched:
    """Of later cases (cancer, logit), (n,) each, against the reference window's (m,) logits.

    `fit`: slope and intercept that make the reference's logits its probabilities.
    """
    chances = scaled(later[1], *fit)
    up, down = _likelihood_steps(later[0], chances)
    return _watch(up, down, outcome_limit(scaled(reference, *fit)), moments)


def normal_scores(reference: Floats, values: Floats) -> Floats:
    """(n,): the normal quantile of each value's rank in the reference, ties in the middle."""
    ordered = np.sort(reference)
    twice = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    found: Floats = _quantiles(len(ordered))[twice]
    return found


@lru_cache(maxsize=64)
def _quantiles(count: int) -> Floats:
    """(2 count + 1,): of each half rank among `count` values."""
    return np.array(
        [NormalDist().inv_cdf((half / 2 + 0.5) / (count + 1)) for half in range(2 * count + 1)]
    )


@lru_cache(maxsize=64)
def score_limit(reference: int) -> float:
    """For a window of so many exams: its mean is off by 1 / sqrt(reference) standard deviations."""
    return limit_for(
        [
            (2 * weight, Steps.normal(off / reference**0.5 - SHIFT_SD / 2))
            for off, weight in _normal_nodes()
        ],
        FALSE_ALARMS_PER_EXAM,
    )


def outcome_limit(chances: Floats) -> float:
    """For cases with such chances, (m,), of which as many told the calibration."""
    error = 1 / float(np.sqrt((chances * (1 - chances)).sum()))
    parts = np.array_split(np.sort(chances), min(_PARTS, len(chances)))
    means = np.array([part.mean() for part in parts])
    share = np.array([len(part) for part in parts]) / len(chances)
    log_odds = np.log(means / (1 - means))
    cancer = np.repeat([True, False], len(means))
    sides = []
    for off, weight in _normal_nodes():
        true = scaled(log_odds, 1.0, off * error)
        mass = np.concatenate([share * true, share * (1 - true)])
        for steps in _likelihood_steps(cancer, np.tile(means, 2)):
            sides.append((weight, Steps(steps, mass)))
    return limit_for(sides, FALSE_ALARMS_PER_CASE)


def _likelihood_steps(cancer: Bools, chances: Floats) -> tuple[Floats, Floats]:
    """Log likelihood ratios of odds times and by ODDS_CHANGE."""
    up, down = (
        np.where(cancer, np.log(ratio), 0.0) - np.log(1 - chances + ratio * chances)
        for ratio in (ODDS_CHANGE, 1 / ODDS_CHANGE)
    )
    return up, down


def _watch(up: Floats, down: Floats, limit: float, moments: Sequence[Moment]) -> Watched:
    points: list[DriftPoint] = []
    alarms: list[DriftAlarm] = []
    sums = {"up": 0.0, "down": 0.0}
    since = {"up": 0, "down": 0}
    for place, moment in enumerate(moments):
        for way, step in (("up", float(up[place])), ("down", float(down[place]))):
            if sums[way] == 0:
                since[way] = place
            sums[way] = max(0.0, sums[way] + step)
        points.append(DriftPoint(moment.at, moment.exam, sums["up"], sums["down"]))
        for way, height in sums.items():
            if height > limit:
                alarms.append(DriftAlarm(moment.at, moment.exam, place, way, since[way]))
                sums[way] = 0.0
    return Watched(limit, tuple(points), tuple(alarms))


@lru_cache(maxsize=1)
def _normal_nodes() -> tuple[tuple[float, float], ...]:
    """Places and weights that average a function over a standard normal (Gauss-Hermite)."""
    places, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    return tuple(zip(places.tolist(), (weights / weights.sum()).tolist(), strict=True))
