"""Outlines of a tumour that anyone could draw: what a network has to be better than."""

from __future__ import annotations

import numpy as np

from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.models.programmed.breast_mri.coarse_grid import blurred
from senoscope.models.programmed.breast_mri.itk import simple_itk
from senoscope.models.programmed.kinetics.functional_volume import functional_volume
from senoscope.models.programmed.kinetics.phase_choice import phase_choice

BALL_MM = 20.0
"""Across: about a median tumour."""
_SOFT_MM = 3.0
_AIR = 0.05
"""Of the brightest signal before contrast: what is darker is none of the region."""
NONE = "baseline: nothing"
THRESHOLD = "baseline: functional volume, all of it"
BALL = "baseline: ball of 20 mm where it enhances most"
SEED = "seed: functional volume, largest part"


def enhancing(series: DynamicSeries, region: Mask | None = None) -> Mask:
    """Voxels of the functional tumour volume by its published thresholds, within `region`.

    Without one, in all that is not air.
    """
    pre = np.asarray(series.phases[series.pre_contrast - 1], np.float32)
    choice = phase_choice(series)
    late = None if choice.late is None else series.phases[choice.late]
    if region is None:
        region = np.asarray(pre > _AIR * float(np.percentile(pre[::2, ::3, ::3], 99)))
    if not region.any():
        return np.zeros(series.shape, np.bool_)
    mm3 = series.geometry.voxel_mm3
    return functional_volume(pre, series.phases[choice.early], late, region, mm3).mask


def ball(series: DynamicSeries, region: Mask | None = None) -> Mask:
    """Where softened early enhancement is highest, of `region`."""
    pre = np.asarray(series.phases[series.pre_contrast - 1], np.float32)
    rise = np.asarray(series.phases[phase_choice(series).early], np.float32) - pre
    steps = series.geometry.spacing_mm
    thick = blurred(rise, (_SOFT_MM / steps[0], _SOFT_MM / steps[1], _SOFT_MM / steps[2]))
    if region is not None:
        thick = np.where(region, thick, -np.inf)
    at = np.unravel_index(int(np.argmax(thick)), rise.shape)
    away = [
        (np.arange(side) - here) * step
        for side, here, step in zip(rise.shape, at, steps, strict=True)
    ]
    squares = away[0][:, None, None] ** 2 + away[1][:, None] ** 2 + away[2] ** 2
    return np.asarray(squares <= (BALL_MM / 2) ** 2)


def largest_part(mask: Mask) -> Mask:
    """Of those that hang together by faces; empty where `mask` is."""
    if not mask.any():
        return mask
    sitk = simple_itk()
    parts = sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8)))
    labels = np.asarray(sitk.GetArrayFromImage(parts))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == int(sizes.argmax()))


def seed(series: DynamicSeries, region: Mask | None = None) -> Mask:
    """The largest part of `enhancing`."""
    return largest_part(enhancing(series, region))


def nothing(series: DynamicSeries, _region: Mask | None = None) -> Mask:
    """What an outline is worth that is not drawn."""
    return np.zeros(series.shape, np.bool_)


BASELINES = {NONE: nothing, THRESHOLD: enhancing, BALL: ball, SEED: seed}
"""By name."""
