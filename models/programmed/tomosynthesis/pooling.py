"""One score of a view, and of an exam, from the scores of its marks."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from senoscope.models.odds import logistic, logit
from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.feature_model import FeatureModel
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark

FLOOR = 0.004
"""Of a score: marks below are not even returned."""
_RANKS = ("first", "second")

FEATURES = tuple(
    Feature(f"{rank}_{kind}", "1", f"logit of the {rank} best mark of the kind", "this project")
    for kind in MarkKind
    for rank in _RANKS
)
NAMES = frozenset(each.name for each in FEATURES)


class Pooling(StrEnum):
    """How the scores of marks become one."""

    MAXIMUM = "maximum"
    NOISY_OR = "noisy-or"
    LEARNED = "learned"


def pooled(marks: Sequence[VolumeMark], way: Pooling, learned: FeatureModel) -> float:
    """0..1, of the marks of a view; 0 or what `learned` says where there are none.

    `Pooling.NOISY_OR` takes marks as causes that each suffice and that fail by themselves (Pearl
    1988): one less the product of what each leaves open.
    """
    scores = np.array([mark.score for mark in marks], np.float64)
    if way is Pooling.LEARNED:
        return learned.opinion(pooled_features(marks)).probability
    if way is Pooling.NOISY_OR:
        return float(1 - np.prod(1 - scores))
    return float(scores.max(initial=0.0))


def pooled_exam(view_scores: Sequence[float], way: Pooling) -> float:
    """0..1, of what `pooled` says of each view of one exam; 0 without a view.

    The highest of its views; by noisy-or, that of all marks of all views; learned, the mean logit
    of its views, since what is in one view should be in the other.
    """
    scores = np.array(view_scores, np.float64)
    if way is Pooling.NOISY_OR:
        return float(1 - np.prod(1 - scores))
    if way is Pooling.LEARNED and len(scores):
        return logistic(float(np.mean([logit(each) for each in scores.tolist()])))
    return float(scores.max(initial=0.0))


def pooled_features(marks: Sequence[VolumeMark]) -> Values:
    """By name as in FEATURES; a mark that is not there counts as one at FLOOR."""
    features = {}
    for kind in MarkKind:
        best = sorted((mark.score for mark in marks if mark.kind is kind), reverse=True)
        for place, rank in enumerate(_RANKS):
            score = best[place] if place < len(best) else FLOOR
            features[f"{rank}_{kind}"] = logit(max(score, FLOOR))
    return features
