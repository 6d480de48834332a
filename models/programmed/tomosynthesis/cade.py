"""Programmed CADe on the tomosynthesis views of one exam: marks with scores, no network.

Trained and measured on simulated breasts alone: on real ones its sensitivity is not known. A
mark is a place to look at again, never a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography.cade import ViewCandidates, alone, comparison
from senoscope.models.programmed.mammography.marks import Candidate, MarkKind
from senoscope.models.programmed.mammography.second_stage import SecondStage
from senoscope.models.programmed.tomosynthesis.brought_marks import brought_marks
from senoscope.models.programmed.tomosynthesis.depth import Depth, height_at
from senoscope.models.programmed.tomosynthesis.grain_clusters import GrainCluster, grain_clusters
from senoscope.models.programmed.tomosynthesis.join import APART_MM, DEEP_MM
from senoscope.models.programmed.tomosynthesis.pooling import FLOOR
from senoscope.models.programmed.tomosynthesis.second_stage import VolumeStage
from senoscope.models.programmed.tomosynthesis.slice_detector import SliceDetector
from senoscope.models.programmed.tomosynthesis.soft_volumes import SliceStage, soft_volumes
from senoscope.models.programmed.tomosynthesis.sought import Sought, seek
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark

MOST_MARKS = 12
"""Of a kind in a view."""


@dataclass(frozen=True, eq=False)
class VolumeMarks:
    """Of one view, best first within a kind. With a `trouble` there are none: not sought."""

    marks: tuple[VolumeMark, ...]
    trouble: str | None


@dataclass(frozen=True, eq=False)
class VolumeCandidates:
    """Before scoring: `flat` as those of a mammogram are, and the depth of each."""

    flat: ViewCandidates
    depths: tuple[Depth, ...]
    sought: Sought


def find_volume_marks(
    views: Sequence[TomosynthesisView],
    stage: VolumeStage,
    detectors: Sequence[SliceDetector] = (),
) -> tuple[VolumeMarks, ...]:
    """Marks on each view of one exam, down to FLOOR: the caller sets the threshold.

    Each view's slices are gone through once. CC and MLO of one breast are compared. What
    `detectors` find is joined over slices in the same way, and scored as they say.
    """
    found: list[VolumeCandidates | str] = []
    for view in views:
        try:
            found.append(volume_candidates(seek(view, detectors).sought, stage.slices))
        except ImageError as error:
            found.append(str(error))
    marks = iter(scored([each for each in found if not isinstance(each, str)], stage.volumes))
    return tuple(VolumeMarks((), each) if isinstance(each, str) else next(marks) for each in found)


def volume_candidates(sought: Sought, slices: SliceStage) -> VolumeCandidates:
    """All places of one view that the second stage scores; `slices` are the stage's."""
    about = sought.about
    steps = np.array([about.spacing.column_mm, about.spacing.row_mm], np.float32)
    candidates: list[Candidate] = []
    depths: list[Depth] = []
    for cluster in grain_clusters(sought.grains, about.slice_mm):
        x, y = (np.array(cluster.at_mm) / steps).tolist()
        outline = np.asarray(cluster.outline_mm / steps, np.float32)
        candidates.append(Candidate(MarkKind.CALCIFICATIONS, outline, (x, y), cluster.features))
        depths.append(_cluster_depth(cluster, about.slices))
    for each in soft_volumes(sought, slices):
        outline = sought.places.outlines[each.place]
        x, y = (sought.places.at_mm[each.place] / steps).tolist()
        candidates.append(Candidate(each.kind, outline, (x, y), each.features))
        depths.append(each.depth)
    at_mm = np.array([each.centre for each in candidates], np.float32).reshape(-1, 2) * steps
    flat = ViewCandidates(
        tuple(candidates),
        at_mm.astype(np.float32),
        about.nipple_mm,
        None,
        about.laterality,
        about.view,
        about.spacing,
    )
    return VolumeCandidates(flat, tuple(depths), sought)


def scored(found: Sequence[VolumeCandidates], stage: SecondStage) -> tuple[VolumeMarks, ...]:
    """Marks of each view's candidates."""
    flat = [each.flat for each in found]
    logits = [alone(its, stage) for its in flat]
    results = []
    for one, its in enumerate(found):
        compared = comparison(flat, logits, one)
        marks = []
        for candidate, depth, seen in zip(its.flat.candidates, its.depths, compared, strict=True):
            score = stage.compared[candidate.kind].opinion(seen).probability
            marks.append(_mark(candidate, depth, score, seen, its.sought))
        results.append(VolumeMarks(kept([*marks, *brought_marks(its.sought)], its.sought), None))
    return tuple(results)


def _cluster_depth(cluster: GrainCluster, slices: int) -> Depth:
    last = slices - 1
    first, at, end = (
        min(max(each, 0.0), float(last))
        for each in (cluster.first_at, cluster.slice_at, cluster.last_at)
    )
    return Depth(at, 0.0, int(first), min(int(np.ceil(end)), last))


def _mark(
    candidate: Candidate, depth: Depth, score: float, compared: Mapping[str, float], sought: Sought
) -> VolumeMark:
    index = min(max(depth.slice_index, depth.first), depth.last)
    return VolumeMark(
        candidate.kind,
        candidate.outline,
        candidate.centre,
        index,
        depth.first,
        depth.last,
        height_at(sought.about.heights_mm, depth.at),
        score,
        {**candidate.features, **compared},
    )


def kept(marks: Sequence[VolumeMark], sought: Sought) -> tuple[VolumeMark, ...]:
    """Of each kind the best first, none at the place of a better one, none below FLOOR."""
    steps = np.array([sought.about.spacing.column_mm, sought.about.spacing.row_mm])
    result: list[VolumeMark] = []
    for kind in MarkKind:
        best: list[VolumeMark] = []
        for mark in sorted((e for e in marks if e.kind is kind), key=lambda e: -e.score):
            if mark.score < FLOOR or len(best) == MOST_MARKS:
                break
            if not any(_is_same(mark, each, steps, sought.about.slice_mm) for each in best):
                best.append(mark)
        result += best
    return tuple(result)


def _is_same(
    one: VolumeMark, other: VolumeMark, steps_mm: NDArray[np.float64], slice_mm: float
) -> bool:
    flat = float(np.hypot(*(np.subtract(one.centre, other.centre) * steps_mm)))
    return flat < APART_MM and abs(one.slice_index - other.slice_index) * slice_mm < DEEP_MM
