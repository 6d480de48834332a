"""Regions that take up contrast more than the tissue round them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.boxes import (
    Box,
    outside,
    padded,
    parts,
    trimmed,
    within,
)
from senoscope.models.programmed.breast_mri.coarse_grid import Three, blurred, sigmas_for

MOST = 8
"""Of candidates; what is no lesion once it is measured is dropped after this."""
LEAST_MM3 = 30.0
"""A ball of 4 mm."""
_SOFT_MM = 0.8
_ROUND_MM = 6.0
_HALF = 0.5
_SEED_MM, _SEED_SHARE, _STANDS_OUT = 1.0, 0.9, 3.5
_LONG, _THIN_MM = 2.2, 7.0
"""How much longer than wide, and how wide at most, a vessel is."""


@dataclass(frozen=True, eq=False)
class Region:
    """`mask` is of `box`. `contrast`: its rise over that of the tissue round it, in spreads."""

    box: Box
    mask: Mask
    contrast: float

    def moved_by(self, outer: Box) -> Region:
        """In voxels of the volume that `outer` is a box of."""
        return replace(self, box=outside(self.box, outer))


@dataclass(frozen=True, eq=False)
class Uptake:
    """Of one box of the volume: signals before and early, the breast, its fibroglandular tissue."""

    before: Volume
    early: Volume
    inside: Mask
    gland: Mask
    spacing_mm: Three


def find_regions(uptake: Uptake, early_percent: float) -> list[Region]:
    """At most MOST, the clearest first."""
    mm = uptake.spacing_mm
    sigmas = sigmas_for(_SOFT_MM, mm)
    rise = blurred(uptake.early - uptake.before, sigmas)
    before = blurred(uptake.before, sigmas)
    gland = uptake.gland if uptake.gland.any() else uptake.inside
    typical = float(np.median(rise[gland]))
    spread = 1.4826 * float(np.median(np.abs(rise[gland] - typical))) + 1e-6
    floor = 0.6 * float(np.median(before[gland]))
    # Seeds are asked of a blurrier picture: background enhancement is finer than a lesion.
    coarse = sigmas_for(_SEED_MM, mm)
    soft = blurred(uptake.early - uptake.before, coarse)
    percent = 100 * soft / np.maximum(blurred(uptake.before, coarse), floor)
    varies = 1.4826 * float(np.median(np.abs(soft[gland] - np.median(soft[gland])))) + 1e-6
    seed = uptake.inside & (percent >= _SEED_SHARE * early_percent)
    seed &= soft > float(np.median(soft[gland])) + _STANDS_OUT * varies
    found = []
    for box, part in parts(seed, mm, LEAST_MM3 / 2):
        region = _grown(rise, uptake.inside, box, part, typical, mm)
        if region.mask.sum() * float(np.prod(mm)) >= LEAST_MM3 and not is_line(region.mask, mm):
            contrast = (float(np.median(rise[region.box][region.mask])) - typical) / spread
            found.append(replace(region, contrast=contrast))
    found.sort(key=lambda each: -each.contrast * float(each.mask.sum()) ** (1 / 3))
    return _apart(found)[:MOST]


def is_line(mask: Mask, spacing_mm: Three) -> bool:
    """Long and thin, as vessels are, or flat and thin, as what moved at a surface."""
    places = np.argwhere(mask) * np.array(spacing_mm)
    spread = np.cov(places.T) + np.diag(np.square(spacing_mm) / 12)
    thin, middle, long = 2 * np.sqrt(5 * np.linalg.eigvalsh(spread))
    is_long = long > _LONG * middle and middle < _THIN_MM
    return bool(is_long or (middle > _LONG * thin and thin < _THIN_MM / 2))


def _apart(regions: list[Region]) -> list[Region]:
    """Without those that overlap a clearer one."""
    kept: list[Region] = []
    for one in regions:
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Region, other: Region) -> bool:
    starts = [max(a.start, b.start) for a, b in zip(one.box, other.box, strict=True)]
    stops = [min(a.stop, b.stop) for a, b in zip(one.box, other.box, strict=True)]
    if any(a >= b for a, b in zip(starts, stops, strict=True)):
        return False
    z, y, x = (slice(a, b) for a, b in zip(starts, stops, strict=True))
    ones, others = (each.mask[within((z, y, x), each.box)] for each in (one, other))
    return bool((ones & others).any())


def _grown(rise: Volume, inside: Mask, box: Box, part: Mask, typical: float, mm: Three) -> Region:
    """To where the rise has fallen to half of its own, from that of the tissue round it."""
    own = float(np.percentile(rise[box][part], 75))
    wide = padded(box, _ROUND_MM, mm, rise.shape)
    above = (rise[wide] > typical + _HALF * (own - typical)) & inside[wide]
    seed = np.zeros(above.shape, bool)
    seed[within(box, wide)] = part
    above |= seed & inside[wide]
    mask = np.zeros(above.shape, bool)
    for where, piece in parts(above, mm, 0):
        if (seed[where] & piece).any():
            mask[where] |= piece
    return Region(*trimmed(wide, mask), 0.0)
