"""The trained second stage: which candidates become marks, and with what score.

For each kind two logistic models over named features (`feature_model`), fitted on simulated
breasts alone (`senoscope train mammography-cade`): one on what is seen at the place, one that
weighs its logit against the other view and the other breast. A view that is not there counts as
usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from senoscope.models.programmed.feature import Feature
from senoscope.models.programmed.feature_model import FeatureModel, read_feature_model
from senoscope.models.programmed.mammography import calcifications, mark_features
from senoscope.models.programmed.mammography.marks import MarkKind

SHIPPED = Path(__file__).parent
COMPARED = (
    Feature("alone", "1", "logit of the place by itself", "this project"),
    Feature("ipsilateral", "1", "best such logit in the other view's band", "van Engeland 2006"),
    Feature("mirrored", "1", "best such logit at the place in the other breast", "Karssemeijer"),
)
SHOWN_FROM = {MarkKind.CALCIFICATIONS: 0.079, MarkKind.MASS: 0.101, MarkKind.DISTORTION: 0.194}
"""Where a threshold may start: a quarter of a false mark an image for clusters and distortions and
one for masses, on the simulated exams of seeds 5000 to 5015. On real ones it is not known."""
_SEEN = {
    MarkKind.CALCIFICATIONS: frozenset(each.name for each in calcifications.FEATURES),
    MarkKind.MASS: frozenset(mark_features.NAMES),
    MarkKind.DISTORTION: frozenset(mark_features.NAMES),
}


@dataclass(frozen=True)
class SecondStage:
    """By kind: the model of the place alone, and of the place compared."""

    alone: Mapping[MarkKind, FeatureModel]
    compared: Mapping[MarkKind, FeatureModel]


def load_second_stage(folder: Path = SHIPPED) -> SecondStage:
    """ModelPackageError where a file is missing or weighs features that are not measured."""
    names = frozenset(each.name for each in COMPARED)
    return SecondStage(
        {
            kind: read_feature_model(folder / file_name(kind, "alone"), _SEEN[kind])
            for kind in MarkKind
        },
        {
            kind: read_feature_model(folder / file_name(kind, "compared"), names)
            for kind in MarkKind
        },
    )


def file_name(kind: MarkKind, stage: str) -> str:
    """Of a model's file; `stage` is "alone" or "compared"."""
    return f"{kind}_{stage}.json"
