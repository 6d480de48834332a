"""What detectors that were brought have found in slices, as marks of the volume."""

from __future__ import annotations

import numpy as np

from senoscope.models.odds import logistic
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.depth import depth_of, height_at
from senoscope.models.programmed.tomosynthesis.join import Joined, joined
from senoscope.models.programmed.tomosynthesis.sought import Sought
from senoscope.models.programmed.tomosynthesis.volume_marks import SliceMark, VolumeMark

MOST = 40
"""Of a kind in a view."""


def brought_marks(sought: Sought) -> list[VolumeMark]:
    """One for each place, with the score of its best slab, which nothing here changes."""
    steps = np.array([sought.about.spacing.column_mm, sought.about.spacing.row_mm], np.float32)
    marks = []
    for kind in MarkKind:
        its = [each for each in sought.others if each.kind is kind]
        at_mm = np.array([each.centre for each in its], np.float32).reshape(-1, 2) * steps
        slice_at = np.array([each.slice_at for each in its], np.float32)
        logits = np.array([each.logit for each in its], np.float32)
        for each in joined(at_mm, slice_at * sought.about.slice_mm, logits, MOST):
            marks.append(_mark(its, each, sought))
    return marks


def _mark(its: list[SliceMark], joined_: Joined, sought: Sought) -> VolumeMark:
    best, last = its[joined_.best], sought.about.slices - 1
    members = [its[one] for one in joined_.members.tolist()]
    # Between slabs the score is taken to run straight, so that they may be of any thickness.
    middles = sorted({each.slice_at for each in members})
    highest = [max(logistic(e.logit) for e in members if e.slice_at == at) for at in middles]
    every = np.arange(sought.about.slices)
    profile = np.interp(every, middles, highest).astype(np.float32)
    reach = max(0, int(middles[0])), min(last, int(np.ceil(middles[-1])))
    depth = depth_of(profile, *reach)
    return VolumeMark(
        best.kind,
        best.outline,
        best.centre,
        min(max(depth.slice_index, reach[0]), reach[1]),
        *reach,
        height_at(sought.about.heights_mm, depth.at),
        logistic(best.logit),
        {"brought": best.logit},
    )
