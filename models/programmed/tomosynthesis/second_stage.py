"""The trained second stage of CADe on tomosynthesis, fitted on simulated breasts alone.

For masses and distortions a model scores each place in a slab, by the features of mammograms; for
all kinds one scores what the slabs show together, and one weighs that against the other view of
the breast, as for mammograms (`mammography.second_stage`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from senoscope.models.programmed.feature_model import FeatureModel, read_feature_model
from senoscope.models.programmed.mammography import mark_features
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import SecondStage, load_second_stage
from senoscope.models.programmed.tomosynthesis import grain_clusters, pooling, soft_volumes
from senoscope.models.programmed.tomosynthesis.soft_volumes import SliceStage

SHIPPED = Path(__file__).parent
COMPARED = ("alone", "ipsilateral")
"""Of the features of `mammography.second_stage`; the other breast is not compared."""
SHOWN_FROM = {MarkKind.CALCIFICATIONS: 0.155, MarkKind.MASS: 0.256, MarkKind.DISTORTION: 0.23}
"""Where a threshold may start: a quarter of a false mark a view for clusters and distortions and
one for masses, on the simulated breasts of the fit, each read by models that were not fitted on it.
On real ones it is not known."""
_ALONE = {
    MarkKind.CALCIFICATIONS: grain_clusters.NAMES,
    MarkKind.MASS: soft_volumes.NAMES_OF,
    MarkKind.DISTORTION: soft_volumes.NAMES_OF,
}


@dataclass(frozen=True)
class VolumeStage:
    """Of places in slabs; of those of a volume, as of a mammogram; `pooled` of a view's marks."""

    slices: SliceStage
    volumes: SecondStage
    pooled: FeatureModel


def load_volume_stage(folder: Path = SHIPPED) -> VolumeStage:
    """ModelPackageError where a file is missing or weighs features that are not measured."""
    seen, compared = frozenset(mark_features.NAMES), frozenset(COMPARED)

    def read(kind: MarkKind, part: str, known: frozenset[str]) -> FeatureModel:
        return read_feature_model(folder / file_name(kind, part), known)

    volumes = SecondStage(
        {kind: read(kind, "alone", _ALONE[kind]) for kind in MarkKind},
        {kind: read(kind, "compared", compared) for kind in MarkKind},
    )
    slices = {kind: read(kind, "slice", seen) for kind in soft_volumes.SOFT}
    stage = SliceStage(slices, load_second_stage().alone)
    return VolumeStage(stage, volumes, read_feature_model(folder / POOLED, pooling.NAMES))


POOLED = "pooled.json"
"""Of the model that makes one score of a view's marks."""


def file_name(kind: MarkKind, part: str) -> str:
    """Of a model's file; `part` is "slice", "alone" or "compared"."""
    return f"{kind}_{part}.json"
