"""Small dynamic series of a block of tissue with one round tumour, drawn in milliseconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, Mask, VolumeGeometry
from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase
from senoscope.models.evaluation.breast_mri.mama_mia import MamaMiaSplit
from senoscope.models.evaluation.breast_mri.mama_mia_folder import (
    WrittenExam,
    exam_of,
    write_exam,
    write_tables,
)

SHAPE = 20, 40, 48
SPACING_MM = 2.0, 1.0, 1.0
TIMES_S = 0.0, 100.0, 200.0, 400.0
BENIGN, MALIGNANT = (0.0, 0.6, 1.0, 1.4), (0.0, 1.6, 1.4, 1.1)
"""Enhancement of the tumour above its signal before contrast, by phase."""


def drawn_exam(
    seed: int, curve: tuple[float, ...] = MALIGNANT, radius_mm: float = 7.0
) -> tuple[DynamicSeries, Mask, np.ndarray]:
    """The series, its tumour, and bits of tissue: breast is 1, fibroglandular 2."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0.35, 0.65, 3) * SHAPE
    places = np.indices(SHAPE).reshape(3, -1).T
    away = ((places - middle) * SPACING_MM / rng.uniform(0.8, 1.2, 3)) ** 2
    tumour = (away.sum(1) <= radius_mm**2).reshape(SHAPE)
    breast = np.zeros(SHAPE, bool)
    breast[2:-2, 5:-5, 5:-5] = True
    dense = breast & (np.indices(SHAPE)[2] > 24)
    base = 10 + 190 * breast + 60 * dense
    phases = tuple(
        np.clip(
            np.round(base * (1 + 0.08 * breast * each + each * tumour) + rng.normal(0, 4, SHAPE)),
            0,
            3e4,
        ).astype(np.int16)
        for each in curve
    )
    geometry = VolumeGeometry(SPACING_MM, AXIAL, (-20.0, 5.0, 30.0))
    series = DynamicSeries(phases, geometry, TIMES_S, 1, 10.0, fat_suppressed=True)
    return series, tumour, (breast + 2 * dense).astype(np.uint8)


def drawn_folder(folder: Path, train: int = 4, test: int = 2) -> Path:
    """In MAMA-MIA's layout, with labels of tissue beside."""
    exams: list[WrittenExam] = []
    for seed in range(train + test):
        series, tumour, tissue = drawn_exam(seed)
        name = f"DRAWN_{seed:03}"
        write_exam(folder, name, series, tumour, tissue)
        split = MamaMiaSplit.TRAIN if seed < train else MamaMiaSplit.TEST
        exams.append(exam_of(name, split, series))
    write_tables(folder, exams)
    return folder


def drawn_lesion(seed: int, is_malignant: bool) -> LesionCase:
    """Of each anatomy one, told apart by its curve."""
    series, tumour, _ = drawn_exam(seed, MALIGNANT if is_malignant else BENIGN, 5.0 + seed % 4)
    t2 = np.asarray(series.phases[0], np.float32)
    return LesionCase(f"seed {seed}", is_malignant, series, tumour, {"t2": t2})
