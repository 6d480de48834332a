"""Phases near a lesion, aligned once more at full resolution.

What is left of the whole breasts' registration, 0.1 to 0.2 mm, is little to look at and too much
for a volume by thresholds: half of a small lesion's voxels are rim. So is interpolation: what is
moved there loses of its contrast, and the rim falls below the thresholds. Whoever counts voxels
that have taken up contrast therefore leaves that phase as it is and moves the others, which are
smoother there, onto it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.boxes import Box, padded, ranges, within
from senoscope.models.programmed.breast_mri.coarse_grid import Field, in_box
from senoscope.models.programmed.breast_mri.motion import moved_box, moved_slice
from senoscope.models.programmed.breast_mri.registration import Registration

AROUND_MM = 20.0
_EDGE_MM = 5.0
"""Of the surroundings, what may have come from beyond them."""
_WINDOW_MM, _ROUNDS = 10.0, 3
_INVERSE_ROUNDS = 4


class NearPhases:
    """Phases of a series in a box, `breasts` of the whole volume.

    Without motion, or breast in the box's surroundings, nothing is aligned once more.
    """

    def __init__(
        self, series: DynamicSeries, motion: Motion | None, breasts: Mask, box: Box
    ) -> None:
        mm = series.geometry.spacing_mm
        self._series, self._motion, self._box = series, motion, box
        self._last = series.pre_contrast - 1
        self._wide = padded(box, AROUND_MM, mm, series.shape)
        inner = within(padded(box, AROUND_MM - _EDGE_MM, mm, series.shape), self._wide)
        counts = np.zeros([each.stop - each.start for each in self._wide], np.bool_)
        counts[inner] = breasts[self._wide][inner]
        self._away: list[Field] = []
        if motion is not None and counts.any():
            self._away = self._closer(motion, counts)

    def before_contrast(self) -> list[Volume]:
        """Each phase on the voxels of the last one before contrast."""
        phases = list(enumerate(self._series.phases))
        if not self._away:
            return [moved_box(each, self._motion, index, self._box) for index, each in phases]
        return [
            _as_float(each[self._box])
            if index == self._last
            else self._taken(each, self._away[index][within(self._box, self._wide)])
            for index, each in phases
        ]

    def onto(self, index: int, phases: Sequence[int], mask: Mask) -> tuple[list[Volume], Mask]:
        """Those phases on the voxels of phase `index`, which stays as it is, and a mask so moved.

        `mask` of the box, on the voxels of the last phase before contrast. What is given follows
        the tissue by whole voxels, so that it does not leave the box.
        """
        if not self._away:
            still = self.before_contrast()
            return [still[each] for each in phases], mask
        inner = within(self._box, self._wide)
        by = np.rint(self._away[index][inner].mean(axis=(0, 1, 2)))
        back = self._back(self._away[index] - by.astype(np.float32))
        found = []
        for each in phases:
            whole = self._series.phases[each]
            if each == index:
                found.append(_shifted(whole, self._box, by))
                continue
            away = back + self._at(self._away[each], back)
            found.append(self._taken(whole, away[inner]))
        wide = np.zeros([part.stop - part.start for part in self._wide], np.float32)
        wide[inner] = mask
        return found, self._sampled(wide, back)[inner] >= 0.5

    def _closer(self, motion: Motion, counts: Mask) -> list[Field]:
        """Where each voxel of the surroundings went, in voxels, by phase."""
        series, places = self._series, ranges(self._wide)
        before = _as_float(series.phases[self._last][self._wide])
        way = Registration(before, counts, series.geometry.spacing_mm, (_WINDOW_MM,))
        found = []
        for index, phase in enumerate(series.phases):
            away = np.asarray(in_box(motion.displacement[index], motion.step, places), np.float32)
            if index != self._last:
                away = way.closer(_as_float(phase[self._wide]), away, _ROUNDS)
            found.append(away)
        return found

    def _back(self, away: Field) -> Field:
        """Where each voxel came from: b(v) = -a(v + b(v)), by iteration."""
        back = -away
        for _ in range(_INVERSE_ROUNDS):
            back = -self._at(away, back)
        return back

    def _at(self, field: Field, back: Field) -> Field:
        return np.stack(
            [self._sampled(np.ascontiguousarray(field[..., axis]), back) for axis in range(3)], -1
        )

    def _sampled(self, wide: Volume, back: Field) -> Volume:
        rows, columns = (range(extent) for extent in wide.shape[1:])
        slices = [moved_slice(wide, each, at, rows, columns) for at, each in enumerate(back)]
        return np.stack(slices)

    def _taken(self, phase: NDArray[np.generic], away: Field) -> Volume:
        deep, rows, columns = ranges(self._box)
        return np.stack(
            [moved_slice(phase, away[at], place, rows, columns) for at, place in enumerate(deep)]
        )


def _shifted(phase: NDArray[np.generic], box: Box, by: NDArray[np.float64]) -> Volume:
    """The box so many whole voxels on; beyond the volume its outermost voxels count."""
    along = [
        np.clip(np.arange(its.start, its.stop) + int(each), 0, extent - 1)
        for its, each, extent in zip(box, by, phase.shape, strict=True)
    ]
    return _as_float(phase[np.ix_(*along)])


def _as_float(volume: NDArray[np.generic]) -> Volume:
    return np.ascontiguousarray(volume, np.float32)
