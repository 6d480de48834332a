"""What is true of one simulated lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid, Three
from senoscope.calibration.phantoms.breast_mri.lesions import DrawnLesion
from senoscope.calibration.phantoms.breast_mri.signals import Signals
from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.kinetics.curve_types import CurveType, curve_types
from senoscope.models.programmed.kinetics.enhancement import (
    percent_above,
    signal_enhancement_ratio,
)
from senoscope.models.programmed.kinetics.functional_volume import PUBLISHED
from senoscope.models.programmed.kinetics.phase_choice import phase_choice


@dataclass(frozen=True, eq=False)
class SimulatedLesion:
    """In the voxels of the phase before contrast.

    `corner` is the first voxel of its box, `mask` of the box: voxels of which it is half or more.
    `kind` of `appearance.KINDS`. `centre` is the place it was drawn at, a voxel. `ktrans_per_min`
    and `ve`, `vp` are means over the mask. `curve_percent`: of its mean signal, without noise,
    shading and motion, for each phase; `curve` its type, None where it does not rise by 50 % or no
    phase is late. `functional_mm3`: voxels of the mask whose own signal without noise rises by
    70 % early and whose SER is 0 or more (Hylton et al., Radiology 2016;279:44).
    """

    number: int
    kind: str
    malignant: bool
    laterality: Laterality
    centre: Three
    corner: tuple[int, int, int]
    mask: Mask
    size_mm: float
    volume_mm3: float
    ktrans_per_min: float
    ve: float
    vp: float
    curve_percent: tuple[float, ...]
    curve: CurveType | None
    functional_mm3: float
    adc: float

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Of the volume."""
        z, y, x = (
            slice(low, low + count) for low, count in zip(self.corner, self.mask.shape, strict=True)
        )
        return z, y, x


def lesion_truth(
    drawn: DrawnLesion, grid: SimulatedGrid, signals: Signals, series: DynamicSeries
) -> SimulatedLesion:
    """Of a lesion in `signals`' tissue."""
    choice = phase_choice(series)
    mask, look = drawn.mask, drawn.look
    count = int(mask.sum())
    voxels = [
        signals.box_of(phase, drawn.box)[mask].astype(np.float64)
        for phase in range(len(series.phases))
    ]
    mean = np.array([each.mean() if count else 0.0 for each in voxels])
    floor = max(float(mean[0]), 1e-6)
    functional, curve = 0.0, None
    if count and choice.late is not None:
        before, early, late = voxels[0], voxels[choice.early], voxels[choice.late]
        counts = percent_above(before, early, 1e-6) >= PUBLISHED.early_percent
        counts &= signal_enhancement_ratio(before, early, late) >= PUBLISHED.ser_from
        functional = float(counts.sum()) * series.geometry.voxel_mm3
        kind = int(curve_types(mean[:1], mean[[choice.early]], mean[[choice.late]])[0])
        curve = CurveType(kind) if kind else None
    corner = grid.kept_corner(drawn.box)
    ktrans = signals.tissue.ktrans[drawn.box][mask]
    return SimulatedLesion(
        number=drawn.number,
        kind=look.kind,
        malignant=look.is_malignant,
        laterality=drawn.laterality,
        centre=grid.kept_voxel(grid.voxel(drawn.place_mm)),
        corner=corner,
        mask=grid.kept(mask),
        size_mm=look.size_mm,
        volume_mm3=count * series.geometry.voxel_mm3,
        ktrans_per_min=float(ktrans.mean()) if count else 0.0,
        ve=look.ve,
        vp=look.vp,
        curve_percent=tuple(float(each) for each in 100 * (mean - mean[0]) / floor),
        curve=curve,
        functional_mm3=functional,
        adc=look.adc,
    )
