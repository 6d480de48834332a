"""What is true of a simulated exam, on the disk: truth.json and arrays beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.calibration.phantoms.breast_mri.truth import SimulatedLesion

FORMAT = 1
TRUTH = "truth.json"


def write_truth(folder: Path, exam: SimulatedBreastMri) -> None:
    """Into `folder`, which is there: TRUTH and the arrays that it names.

    Arrays are of the voxels of the phase before contrast, (slices, rows, columns) as the series
    is: `breast` and `fibroglandular` bool, `lesions` uint8 with their numbers, `ktrans` (per
    minute) and `bias` float32. With motion also `motion`, (phases, slices, rows, columns, 3) as
    `analysis.Motion` has it.
    """
    arrays: dict[str, NDArray[Any]] = {
        "breast": exam.breast,
        "fibroglandular": exam.fibroglandular,
        "lesions": numbered(exam),
        "ktrans": exam.ktrans,
        "bias": exam.bias,
    }
    if exam.motion is not None:
        arrays["motion"] = exam.motion.displacement
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    said = _said(exam) | {"files": {name: f"{name}.npy" for name in arrays}}
    text = json.dumps(said, indent=1, allow_nan=False)
    (folder / TRUTH).write_text(text + "\n", encoding="utf-8")


def numbered(exam: SimulatedBreastMri) -> NDArray[np.uint8]:
    """(slices, rows, columns): the number of the lesion or cyst in each voxel, 0 for none."""
    found = np.zeros(exam.series.shape, np.uint8)
    for each in (*exam.lesions, *exam.cysts):
        found[each.box][each.mask] = each.number
    return found


def _said(exam: SimulatedBreastMri) -> dict[str, Any]:
    motion = exam.motion
    return {
        "format": FORMAT,
        "simulated": True,
        "seed": exam.seed,
        "shape": exam.series.shape,
        "spacing_mm": exam.series.geometry.spacing_mm,
        "orientation": exam.grid.orientation.value,
        "density": exam.density,
        "background": exam.background,
        "protocol": asdict(exam.protocol),
        "gland_signal": exam.gland_signal,
        "noise_sigma": exam.noise_sigma,
        "nipples": dict(exam.nipples),
        "motion_step": None if motion is None else motion.step,
        "functional_mm3": exam.functional_mm3,
        "lesions": [_lesion(each) for each in exam.lesions],
        "cysts": [_lesion(each) for each in exam.cysts],
    }


def _lesion(lesion: SimulatedLesion) -> dict[str, Any]:
    return {
        "number": lesion.number,
        "kind": lesion.kind,
        "malignant": lesion.malignant,
        "laterality": lesion.laterality.value,
        "centre": [round(float(each), 2) for each in lesion.centre],
        "corner": lesion.corner,
        "size_mm": lesion.size_mm,
        "volume_mm3": lesion.volume_mm3,
        "functional_mm3": lesion.functional_mm3,
        "ktrans_per_min": lesion.ktrans_per_min,
        "ve": lesion.ve,
        "vp": lesion.vp,
        "curve": None if lesion.curve is None else lesion.curve.name.lower(),
        "curve_percent": lesion.curve_percent,
        "adc": lesion.adc,
    }
