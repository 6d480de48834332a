"""What is true of an exam, on the disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.calibration.phantoms.breast_mri.truth_files import TRUTH, write_truth


def test_arrays_and_numbers_are_those_of_the_exam(tmp_path: Path) -> None:
    exam = SimulatedBreastMri.drawn(
        14, kinds=("malignant mass", "cyst"), motion_mm=3, phases=4, spacing_mm=(3.0, 2.4, 2.4)
    )
    write_truth(tmp_path, exam)
    said = json.loads((tmp_path / TRUTH).read_text(encoding="utf-8"))
    arrays = {
        name: np.load(tmp_path / file, allow_pickle=False) for name, file in said["files"].items()
    }
    assert said["simulated"] is True
    assert said["functional_mm3"] == exam.functional_mm3
    assert said["protocol"]["times_s"] == list(exam.series.times_s or ())
    (lesion,), (cyst,) = said["lesions"], said["cysts"]
    assert (lesion["malignant"], cyst["kind"]) == (True, "cyst")
    voxel = np.prod(said["spacing_mm"])
    for each in (lesion, cyst):
        volume = (arrays["lesions"] == each["number"]).sum() * voxel
        assert volume == np.float64(each["volume_mm3"])
    assert np.array_equal(arrays["breast"], exam.breast)
    assert np.array_equal(arrays["fibroglandular"], exam.fibroglandular)
    assert np.array_equal(arrays["ktrans"], exam.ktrans)
    assert exam.motion is not None
    assert np.array_equal(arrays["motion"], exam.motion.displacement)
