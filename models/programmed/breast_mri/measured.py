"""A region as an `EnhancingLesion`: its size, its place and its curve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import SMALLEST, DynamicSeries, Mask, VolumeGeometry
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion, Motion, MriSettings
from senoscope.models.programmed.breast_mri.bias import evened
from senoscope.models.programmed.breast_mri.boxes import Box, at_least, padded, within
from senoscope.models.programmed.breast_mri.coarse_grid import Three, dilated
from senoscope.models.programmed.breast_mri.lesion_maps import exchange_measures
from senoscope.models.programmed.breast_mri.lesion_model import LesionModel, lesion_features
from senoscope.models.programmed.breast_mri.lesions import Region
from senoscope.models.programmed.breast_mri.near_motion import NearPhases
from senoscope.models.programmed.breast_mri.words import lesion_words
from senoscope.models.programmed.kinetics.curve_types import (
    CurveType,
    curve_types,
    type_shares,
    worst_curve,
)
from senoscope.models.programmed.kinetics.enhancement import (
    before_contrast,
    curve_measures,
    percent_curves,
)
from senoscope.models.programmed.kinetics.functional_volume import (
    FunctionalThresholds,
    functional_volume,
)
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice
from senoscope.models.programmed.radiomics.diameter import diameters

AROUND_MM = 5.0
"""Beyond a lesion's box, what its functional volume is looked for in."""

_BALL_SHARE, _VESSEL_MM2 = 0.42, 20.0
"""A vessel of the breast is no wider than 5 mm: what is wider is a mass that a vessel leads to."""
_SKIN_MM, _SMALL_MM3 = 3.7, 250.0
"""Chosen on 16 simulated exams, seeds 6100 to 6115: no lesion of theirs is dropped by either."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Of a whole volume: the left half, the skin's places in mm, nipples as voxels."""

    left: Mask
    skin_mm: NDArray[np.float64]
    nipples: dict[str, tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class Phases:
    """What lesions of one series are measured on."""

    series: DynamicSeries
    motion: Motion | None
    breasts: Mask
    choice: PhaseChoice
    settings: MriSettings
    model: LesionModel
    is_fat_bright: bool
    bias: NDArray[np.float32] | None = None
    bias_step: Three = (1.0, 1.0, 1.0)

    def near(self, box: Box) -> NearPhases:
        """Its phases, aligned once more."""
        return NearPhases(self.series, self.motion, self.breasts, box)

    def evened(self, signals: list[NDArray[np.float32]], box: Box) -> list[NDArray[np.float32]]:
        """Without the coil's shading, which ratios do not ask for, but a base's threshold does."""
        return [evened(each, self.bias, self.bias_step, box) for each in signals]


def measured(region: Region, of: Phases, around: Surroundings) -> EnhancingLesion:
    """Of one region, in voxels of the whole volume; its number is 0 still."""
    geometry = of.series.geometry
    wide = padded(region.box, AROUND_MM, geometry.spacing_mm, of.series.shape)
    wide = at_least(wide, SMALLEST, of.series.shape)
    near = of.near(wide)
    signals = of.evened(near.before_contrast(), wide)
    mask = np.zeros([each.stop - each.start for each in wide], bool)
    mask[within(region.box, wide)] = region.mask
    curve = np.array([each[mask].mean(dtype=np.float64) for each in signals])
    voxels = np.argwhere(region.mask) + [each.start for each in region.box]
    side = _side(voxels, around.left)
    mm = geometry.in_patient(voxels)
    shares, worst = _kinetics(signals, mask, curve, of.choice)
    corner = (region.box[0].start, region.box[1].start, region.box[2].start)
    nipple = around.nipples.get(side.value)
    features = _features(signals, mask, of.series)
    measures = curve_measures(curve, of.choice) | exchange_measures(of.series, curve)
    longest = longest_mm(region.mask, geometry.spacing_mm)
    return EnhancingLesion(
        number=0,
        corner=corner,
        mask=region.mask,
        laterality=side,
        volume_mm3=len(voxels) * geometry.voxel_mm3,
        extent_mm=_extent_mm(mm, geometry),
        longest_mm=longest,
        curve_percent=tuple(percent_curves(curve, of.choice.pre_contrast, 1e-6).tolist()),
        shares=shares,
        worst=worst,
        functional_mm3=_functional_mm3(near, wide, mask, of),
        nipple_mm=None
        if nipple is None
        else _nearest_mm(mm, geometry.in_patient(np.array([nipple]))),
        skin_mm=_nearest_mm(mm, around.skin_mm) if len(around.skin_mm) else None,
        score=of.model.score(features),
        measures=measures,
        words=lesion_words(region.mask, longest, geometry.spacing_mm, features, measures),
    )


def is_vessel(lesion: EnhancingLesion) -> bool:
    """Thin, and much longer than a ball of its volume, as what branches is."""
    ball_mm = (6 * lesion.volume_mm3 / np.pi) ** (1 / 3)
    is_thin = lesion.volume_mm3 < _VESSEL_MM2 * lesion.longest_mm
    return bool(is_thin and ball_mm < _BALL_SHARE * lesion.longest_mm)


def is_of_skin(lesion: EnhancingLesion) -> bool:
    """Small and right under the skin: areola, or a vessel of the skin."""
    near = lesion.skin_mm is not None and lesion.skin_mm < _SKIN_MM
    return near and lesion.volume_mm3 < _SMALL_MM3


def longest_mm(mask: Mask, spacing_mm: tuple[float, float, float]) -> float:
    """Between the farthest voxel centres, and a voxel more."""
    places = np.argwhere(mask).astype(np.int32)
    between = diameters(places, np.array(spacing_mm))[3] if len(places) > 1 else 0.0
    return between + float(np.mean(spacing_mm))


def _side(voxels: NDArray[np.intp], left: Mask) -> Laterality:
    is_left = left[tuple(voxels.T)].mean() >= 0.5
    return Laterality.LEFT if is_left else Laterality.RIGHT


def _extent_mm(mm: NDArray[np.float64], geometry: VolumeGeometry) -> tuple[float, float, float]:
    voxel = np.abs(geometry.axes.T) @ np.array(geometry.spacing_mm)
    across, deep, high = np.ptp(mm, axis=0) + voxel
    return float(across), float(deep), float(high)


def _nearest_mm(mm: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """From any of few places to any of many."""
    some = mm[:: max(1, len(mm) // 300)]
    return float(min(np.linalg.norm(others - each, axis=1).min() for each in some))


def _kinetics(
    signals: list[NDArray[np.float32]], mask: Mask, curve: NDArray[np.float64], choice: PhaseChoice
) -> tuple[tuple[float, float, float], CurveType]:
    """Shares of types among voxels that enhance, and the worst spot's type."""
    if choice.late is None:
        return (0.0, 0.0, 0.0), CurveType.PERSISTENT
    base = before_contrast(signals, choice.pre_contrast)
    early, late = signals[choice.early], signals[choice.late]
    shares = type_shares(curve_types(base[mask], early[mask], late[mask]))
    worst = worst_curve(signals, mask, choice)
    if worst is not None:
        return shares, worst.kind
    before = np.array([curve[: choice.pre_contrast].mean()])
    first, last = (np.array([curve[at]]) for at in (choice.early, choice.late))
    kind = int(curve_types(before, first, last)[0])
    return shares, CurveType(kind) if kind else CurveType.PERSISTENT


def _functional_mm3(near: NearPhases, box: Box, mask: Mask, of: Phases) -> float:
    """Of the lesion's voxels; neighbours count beyond its edge, which would be worn off else.

    On the early phase's voxels. Fat that is not suppressed is brighter than a tumour: a share of
    it is no threshold then.
    """
    settings, choice, geometry = of.settings, of.choice, of.series.geometry
    share = 0.0 if of.is_fat_bright else settings.background_share
    thresholds = FunctionalThresholds(
        settings.early_percent, share, settings.ser_from, settings.neighbours
    )
    phases = [*range(choice.pre_contrast), choice.early]
    if choice.late is not None:
        phases.append(choice.late)
    moved, mask = near.onto(choice.early, phases, mask)
    signals = of.evened(moved, box)
    late = None if choice.late is None else signals[-1]
    base = before_contrast(signals, choice.pre_contrast)
    region = mask | dilated(mask, max(geometry.spacing_mm[1:]), geometry.spacing_mm)
    found = functional_volume(
        base, signals[choice.pre_contrast], late, region, geometry.voxel_mm3, thresholds
    )
    return float((found.mask & mask).sum()) * geometry.voxel_mm3


def _features(
    signals: list[NDArray[np.float32]], mask: Mask, series: DynamicSeries
) -> dict[str, float]:
    return lesion_features(replace(series, phases=tuple(signals)), (0, 0, 0), mask)
