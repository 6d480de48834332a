"""A small dynamic series and what is made of it, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.breast_mri.analysis import (
    EnhancingLesion,
    Motion,
    MriAnalysis,
    MriSettings,
    Tissue,
)
from senoscope.models.programmed.kinetics.curve_types import CurveType

SHAPE = (10, 24, 32)
BOX = (slice(3, 7), slice(8, 14), slice(5, 12))


def small_series() -> DynamicSeries:
    """Four phases; in BOX the signal rises to twice what it was and falls."""
    base = np.full(SHAPE, 100, np.uint16)
    phases = [base]
    for factor in (2.0, 1.8, 1.6):
        phase = base.copy()
        phase[BOX] = (100 * factor,)
        phases.append(phase)
    geometry = VolumeGeometry((3.0, 1.0, 1.0), AXIAL, (-16.0, -12.0, -15.0))
    return DynamicSeries(tuple(phases), geometry, (0.0, 90.0, 180.0, 270.0))


def small_analysis() -> MriAnalysis:
    """One lesion in BOX, in a breast that fills the front half."""
    tissue = np.zeros(SHAPE, np.uint8)
    tissue[:, :18] = Tissue.BREAST
    tissue[2:8, 6:16, 4:16] |= np.uint8(Tissue.FIBROGLANDULAR)
    mask = np.ones((4, 6, 7), bool)
    mask[0, 0, 0] = False
    lesion = EnhancingLesion(
        number=1,
        corner=(3, 8, 5),
        mask=mask,
        laterality=Laterality.RIGHT,
        volume_mm3=501.0,
        extent_mm=(7.0, 6.0, 12.0),
        longest_mm=14.0,
        curve_percent=(0.0, 100.0, 80.0, 60.0),
        shares=(0.1, 0.2, 0.7),
        worst=CurveType.WASHOUT,
        functional_mm3=480.0,
        nipple_mm=21.5,
        skin_mm=8.0,
        score=0.8,
        measures={"ser": 1.7, "peak_percent": 100.0, "ktrans_per_min": 0.3},
    )
    return MriAnalysis(
        settings=MriSettings(),
        tissue=tissue,
        lesions=(lesion,),
        motion=Motion((5.0, 12.0, 16.0), np.zeros((4, 3, 3, 3, 3), np.float32)),
        bias=np.ones((3, 3, 3), np.float32),
        bias_step=(5.0, 12.0, 16.0),
        dense_percent={"both": 20.0, "L": 18.0, "R": 22.0},
        background_percent={"both": 12.0},
        nipples={"R": (5.0, 2.0, 8.0)},
        cpu_s={"lesions": 1.0},
        troubles=("Phase 3 was not registered.",),
    )


def without_motion() -> MriAnalysis:
    """The same, neither registered nor evened out."""
    return replace(small_analysis(), motion=None, bias=None)
