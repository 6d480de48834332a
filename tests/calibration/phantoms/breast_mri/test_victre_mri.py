"""VICTRE's breast as dynamic MRI."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.victre import MASS, SHAPE
from senoscope.calibration.phantoms.breast_mri.victre_mri import victre_breast_mri
from senoscope.domain.errors import DataSetError


def test_a_mass_enhances_where_the_labels_have_it(tmp_path: Path) -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[20:240, 60:480, :250] = 1
    labels[100:160, 100:300, 60:200] = 29
    labels[120:150, 150:180, 100:130] = MASS
    path = tmp_path / "v.raw.gz"
    path.write_bytes(gzip.compress(labels.tobytes(), 1))
    exam = victre_breast_mri(path, 1)
    assert exam.mass is not None
    assert exam.series.geometry.spacing_mm == (1.0, 1.0, 1.0)
    assert exam.mass.volume_mm3 == pytest.approx(216)
    # Planes from the support; the chest wall at the back; rows from side to side.
    places = [27 - 0.5 + 4, exam.series.shape[1] - 23 - 0.5, 33 - 0.5 + 4]
    assert exam.mass.centre == pytest.approx(places, abs=0.6)
    rise = exam.series.phases[2].astype(float) - exam.series.phases[0].astype(float)
    assert rise[exam.mass.box].mean() > 3 * rise[exam.fibroglandular].mean()
    assert exam.breast.sum() == pytest.approx(44 * 84 * 50, rel=0.02)
    assert not exam.breast[:, :5].any()


def test_what_is_no_such_volume_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.raw.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(DataSetError, match=r"v\.raw\.gz"):
        victre_breast_mri(path, 1)


def test_the_breast_itself_holds_its_mass(public_data: Path) -> None:
    exam = victre_breast_mri(public_data / "victre-phantoms" / "pcl_1.raw.gz", 1)
    assert exam.mass is not None
    assert 150 < exam.mass.volume_mm3 < 300
    assert 0.1 < exam.fibroglandular.sum() / exam.breast.sum() < 0.6
