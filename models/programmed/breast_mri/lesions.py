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
from senoscope.models.programmed.breast_mri.coarse_grid import Three, blurred, dilated, sigmas_for

MOST = 8
"""Of candidates; what is no lesion once it is measured is dropped after this."""
LEAST_MM3 = 30.0
"""A ball of 4 mm."""
_SOFT_MM = 0.8
_ROUND_MM = 6.0
_HALF = 0.5
_OWN = 85.0
"""Percentile of its seed's rise that counts as a lesion's own: seeds reach into the tissue round
it, the median would be drawn down, and a rim that takes up more than the core would draw it up."""
_SEED_SHARE, _LEAST_SEEN = 0.9, 0.3
_SEEDS = ((1.0, 3.5), (2.0, 3.0))
"""Blurred by so many mm, a seed stands out by so many spreads. Background enhancement is finer than
a lesion: on the blurrier picture, where it is strong, it hides a mass less."""
_SOLID_MM, _WHOLE, _CORE_MM3, _CORE_MM, _LEAST_LEFT = 4.0, 0.9, 1000.0, 7.0, 0.02
"""What enhances in one piece: 9 in 10 of all round, by a window of 4 mm, over a millilitre. Such a
core ends 5 mm within the edge of a mass."""
_FAINT, _COMPACT = 3.5, 0.7
"""A region of less contrast is background, unless a ball of its volume is so wide against it."""
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
    floor, least = 0.6 * float(np.median(before[gland])), _SEED_SHARE * early_percent
    gland = _without_solid(gland, 100 * rise >= least * np.maximum(before, floor), mm)
    typical = float(np.median(rise[gland]))
    spread = 1.4826 * float(np.median(np.abs(rise[gland] - typical))) + 1e-6
    seed = _seeds(uptake, gland, floor, least)
    found = []
    for box, part in parts(seed, mm, LEAST_MM3 / 2):
        region = _grown(rise, uptake.inside, box, part, typical, mm)
        if region is None or region.mask.sum() * float(np.prod(mm)) < LEAST_MM3:
            continue
        contrast = (float(np.median(rise[region.box][region.mask])) - typical) / spread
        region = replace(region, contrast=contrast)
        if not is_line(region.mask, mm) and not is_patch(region, mm):
            found.append(region)
    found.sort(key=lambda each: -each.contrast * float(each.mask.sum()) ** (1 / 3))
    return _apart(found)[:MOST]


def _without_solid(gland: Mask, enhancing: Mask, mm: Three) -> Mask:
    """Gland beside what enhances in one piece: a mass that is most of it is not what is usual.

    All of it where next to none is left, as where background enhancement is marked and diffuse.
    """
    share = blurred((enhancing & gland).astype(np.float32), sigmas_for(_SOLID_MM, mm))
    solid = np.zeros(gland.shape, np.bool_)
    for box, core in parts(share > _WHOLE, mm, _CORE_MM3):
        solid[box] |= core
    rest = gland & ~dilated(solid, _CORE_MM, mm)
    return rest if rest.sum() >= _LEAST_LEFT * gland.sum() else gland


def _seeds(uptake: Uptake, gland: Mask, floor: float, least_percent: float) -> Mask:
    """What rises by so much, and stands out from gland, on pictures more or less blurred.

    Means are of the breast's voxels alone. No signal before contrast counts as below `floor`.
    """
    seen = uptake.inside.astype(np.float32)
    found = np.zeros(seen.shape, np.bool_)
    for blur_mm, stands_out in _SEEDS:
        sigmas = sigmas_for(blur_mm, uptake.spacing_mm)
        weight = np.maximum(blurred(seen, sigmas), _LEAST_SEEN)
        rise = blurred((uptake.early - uptake.before) * seen, sigmas) / weight
        before = blurred(uptake.before * seen, sigmas) / weight
        typical = float(np.median(rise[gland]))
        spread = 1.4826 * float(np.median(np.abs(rise[gland] - typical))) + 1e-6
        enough = 100 * rise >= least_percent * np.maximum(before, floor)
        found |= uptake.inside & enough & (rise > typical + stands_out * spread)
    return found


def is_line(mask: Mask, spacing_mm: Three) -> bool:
    """Long and thin, as vessels are, or flat and thin, as what moved at a surface."""
    thin, middle, long = _axes_mm(mask, spacing_mm)
    is_long = long > _LONG * middle and middle < _THIN_MM
    return bool(is_long or (middle > _LONG * thin and thin < _THIN_MM / 2))


def is_patch(region: Region, spacing_mm: Three) -> bool:
    """Ragged and little brighter than other tissue, as strong background enhancement is.

    A mass that is as faint is told by its shape, non-mass enhancement that is as faint is lost.
    """
    ball_mm = (6 / np.pi * float(region.mask.sum()) * float(np.prod(spacing_mm))) ** (1 / 3)
    longest_mm = _axes_mm(region.mask, spacing_mm)[2]
    return bool(region.contrast < _FAINT and ball_mm < _COMPACT * longest_mm)


def _axes_mm(mask: Mask, spacing_mm: Three) -> tuple[float, float, float]:
    """Of the ellipsoid that is spread as the region is, the shortest first."""
    places = np.argwhere(mask) * np.array(spacing_mm)
    spread = np.cov(places.T) + np.diag(np.square(spacing_mm) / 12)
    thin, middle, long = 2 * np.sqrt(5 * np.linalg.eigvalsh(spread))
    return float(thin), float(middle), float(long)


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


def _grown(
    rise: Volume, inside: Mask, box: Box, part: Mask, typical: float, mm: Three
) -> Region | None:
    """To where the rise has fallen to half of its own, from that of the tissue round it.

    Of the seed, too, what rises less is no lesion. None where none of it is left.
    """
    own = float(np.percentile(rise[box][part], _OWN))
    wide = padded(box, _ROUND_MM, mm, rise.shape)
    above = (rise[wide] > typical + _HALF * (own - typical)) & inside[wide]
    seed = np.zeros(above.shape, bool)
    seed[within(box, wide)] = part
    mask = np.zeros(above.shape, bool)
    for where, piece in parts(above, mm, 0):
        if (seed[where] & piece).any():
            mask[where] |= piece
    return Region(*trimmed(wide, mask), 0.0) if mask.any() else None
