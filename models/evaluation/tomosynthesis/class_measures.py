"""What trivial readers of a view would go by: brightness, size, density, the best mark of CADe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.tomosynthesis.class_places import tissue
from senoscope.models.evaluation.tomosynthesis.class_view import GRID_MM, SLAB_MM
from senoscope.models.programmed.mammography.cade import find_marks
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import load_second_stage

BASELINES = {
    "baseline: brightness": ("slab_brightness",),
    "baseline: breast": ("area_cm2", "thickness_mm", "dense_share"),
    "baseline: CADe of the mammogram": ("cade_mass", "cade_distortion"),
}
"""By name, the measures that each goes by; fused as networks are."""


def class_measures(slabs: NDArray[np.uint8], mammogram: Mammogram | None) -> dict[str, float]:
    """By name; those of the mammogram are absent where there is none."""
    mask = tissue(slabs.mean(0).astype(np.float32) / np.float32(255))
    measures = {
        "slab_brightness": float(slabs[:, mask].mean()) / 255,
        "area_cm2": float(mask.sum()) * (GRID_MM / 10) ** 2,
        "thickness_mm": len(slabs) * SLAB_MM,
    }
    if mammogram is None:
        return measures
    parts = find_parts(mammogram)
    (found,) = find_marks([mammogram], [parts], load_second_stage())
    density = measure_density(mammogram, parts)
    measures["dense_share"] = float(density.dense.sum() / max(1, parts.tissue.sum()))
    for name, kind in (("cade_mass", MarkKind.MASS), ("cade_distortion", MarkKind.DISTORTION)):
        scores = [mark.score for mark in found.marks if mark.kind is kind]
        measures[name] = max(scores, default=0.0)
    return measures
