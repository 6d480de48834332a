"""Single points that may be calcifications, slab by slab, and each at the height it is sharpest.

In the slices above and below its own a grain is a row of faint shadows, one for each projection; so
peaks of neighbouring slabs at one place are one grain, where the peak is highest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography import calcifications
from senoscope.models.programmed.mammography.breast import Grey, breast_mask
from senoscope.models.programmed.mammography.nipple import find_nipple, skin_line
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.working_picture import working_picture
from senoscope.models.programmed.tomosynthesis.slab_points import slab_points
from senoscope.models.programmed.tomosynthesis.slabs import Span

SAME_MM = 0.5
"""Peaks of two slabs, one above the other, that lie so near are of one grain."""


@dataclass(frozen=True, eq=False)
class VolumeGrains:
    """Of n grains: `at_mm` (n, 2) [x, y] from the chest wall and the upper edge; the rest (n,).

    `slice_at` is between slices, where the peak is highest; `height` in noise, `next_height` that
    of the next slab that sees it less, 0 where none does; `contrast`, `lineness` and `roughness`
    as of `Grains`.
    """

    at_mm: Grey
    slice_at: Grey
    height: Grey
    next_height: Grey
    contrast: Grey
    lineness: Grey
    roughness: Grey


@dataclass(eq=False)
class GrainSearch:
    """Takes slabs in order of height, and tells their grains when all have been looked at."""

    rows: list[NDArray[np.float32]] = field(default_factory=list)
    middles: list[float] = field(default_factory=list)

    def look(self, slab: Mammogram, span: Span) -> None:
        """At one slab. In one that shows no breast there are no grains."""
        self.middles.append(span.middle)
        self.rows.append(_points(slab))

    def grains(self, allowed: NDArray[np.bool_], steps_mm: NDArray[np.float32]) -> VolumeGrains:
        """Those on `allowed`, (rows, columns) of the view, whose pixels are `steps_mm` [x, y]."""
        kept = []
        for points in self.rows:
            x, y = (np.rint(points[:, axis]).astype(int) for axis in (0, 1))
            rows, columns = allowed.shape
            inside = allowed[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)]
            kept.append(points[inside])
            kept[-1][:, :2] *= steps_mm
        return _joined(kept, self.middles)


def _points(slab: Mammogram) -> NDArray[np.float32]:
    """(n, 6): x and y in pixels of the slab, height, contrast, lineness, roughness."""
    try:
        breast = breast_mask(slab.pixels)
    except ImageError:  # a slab above the breast: what is asked is whether there is one
        return np.zeros((0, 6), np.float32)
    parts = BreastParts(breast, None, find_nipple(breast, None), skin_line(breast))
    picture = working_picture(slab, parts, calcifications.STEP_MM)
    found = slab_points(picture)
    others = np.stack([found.height, found.contrast, found.lineness, found.roughness], axis=1)
    return np.hstack([picture.to_view(found.at), others]).astype(np.float32)


def _joined(slabs: list[NDArray[np.float32]], middles: list[float]) -> VolumeGrains:
    """A peak that one of the slabs next to it has higher is a shadow of that one's grain."""
    rows = []
    for one, points in enumerate(slabs):
        beside = [
            _heights_near(points, slabs[other]) if 0 <= other < len(slabs) else _nowhere(points)
            for other in (one - 1, one + 1)
        ]
        highest = (points[:, 2] >= beside[0]) & (points[:, 2] > beside[1])
        if not highest.any():
            continue
        own = points[highest]
        below, above = (each[highest] for each in beside)
        bend = np.minimum(below + above - 2 * own[:, 2], -1e-6)
        off = np.clip((below - above) / (2 * bend), -0.5, 0.5)
        step = np.where(off > 0, _gap(middles, one, one + 1), _gap(middles, one - 1, one))
        at = middles[one] + off * step
        beside_it = np.maximum(below, above)
        rows.append(np.column_stack([own[:, :2], at, own[:, 2], beside_it, own[:, 3:]]))
    table = np.concatenate(rows or [np.zeros((0, 8))]).astype(np.float32)
    table = table[np.argsort(-table[:, 3], kind="stable")]
    return VolumeGrains(table[:, :2], *table[:, 2:].T)


def _gap(middles: list[float], below: int, above: int) -> float:
    """Slices from one slab's middle to the next's; as usual beyond the first and the last."""
    if below < 0 or above >= len(middles):
        return middles[1] - middles[0] if len(middles) > 1 else 0.0
    return middles[above] - middles[below]


def _nowhere(points: NDArray[np.float32]) -> Grey:
    return np.zeros(len(points), np.float32)


def _heights_near(points: NDArray[np.float32], other: NDArray[np.float32]) -> Grey:
    """(n,): the highest peak of the `other` slab within SAME_MM of each; 0 where there is none."""
    if not len(other):
        return _nowhere(points)
    apart = np.linalg.norm(points[:, None, :2] - other[None, :, :2], axis=2)
    return np.asarray(np.where(apart < SAME_MM, other[None, :, 2], 0).max(axis=1), np.float32)
