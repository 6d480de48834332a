"""The seam for a network that reads slices: what it finds is joined as programmed marks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from senoscope.domain.mammogram import Mammogram
from senoscope.models.odds import logit
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.marks import MarkKind, circle
from senoscope.models.programmed.mammography.masses import highest_places
from senoscope.models.programmed.tomosynthesis.volume_marks import SliceMark


class SliceDetector(Protocol):
    """Looks at one thin slab after another, in order of height."""

    def look(self, slab: Mammogram, slice_at: float) -> Sequence[SliceMark]:
        """Places in `slab`, whose pixels it must not keep; `slice_at` as of `SliceMark`."""


def marks_of_map(
    scores: Grey, slab: Mammogram, slice_at: float, kind: MarkKind, least: float, radius_px: float
) -> list[SliceMark]:
    """The peaks of a network's map, (rows, columns) of 0 to 1 that covers `slab`, from `least` on.

    Each is outlined by a circle of `radius_px` of the slab, and no other lies in it.
    """
    rows, columns = slab.pixels.shape
    zoom = np.array([columns / scores.shape[1], rows / scores.shape[0]])
    apart = 2 * radius_px / float(zoom.mean())
    found = []
    for x, y in highest_places(scores, scores >= least, apart, scores.size):
        at = (np.array([x, y]) + 0.5) * zoom - 0.5
        centre = float(at[0]), float(at[1])
        certain = logit(float(scores[y, x]))
        found.append(SliceMark(kind, circle(centre, radius_px), centre, slice_at, certain))
    return found
