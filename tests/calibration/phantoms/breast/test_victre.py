"""VICTRE's breast, projected."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.victre import MASS, SHAPE, VictreBreast
from senoscope.domain.errors import DataSetError
from senoscope.models.programmed.mammography.parts import find_parts


def test_a_volume_is_projected_along_the_beam(tmp_path: Path) -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[30:230, 60:480, :250] = 1
    labels[100:120, 200:220, 100:140] = 29
    labels[130:150, 300:340, 50:90] = MASS
    path = tmp_path / "v.raw.gz"
    path.write_bytes(gzip.compress(labels.tobytes(), 1))
    breast = VictreBreast.read(path)
    assert breast.mass_mm == pytest.approx((14.0, 64.0, 4.0))
    view = breast.mammogram(1)
    assert view.pixels.shape == (1078, 662)
    assert view.pixels[:100].max() == view.pixels[:, 520:].max() == 0
    fat = view.pixels[700:900, 300:400].mean()
    assert view.pixels[402:438, 202:278].mean() > fat + 0.02
    assert np.array_equal(view.pixels, breast.mammogram(1).pixels)
    assert not np.array_equal(view.pixels, breast.mammogram(2).pixels)


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"short", mtime=0), b"\x1f\x8b\x08\x00"]
)
def test_what_is_no_such_volume_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.raw.gz"
    path.write_bytes(content)
    with pytest.raises(DataSetError, match=r"v\.raw\.gz"):
        VictreBreast.read(path)


def test_the_real_one_has_a_breast_and_one_mass(public_data: Path) -> None:
    breast = VictreBreast.read(public_data / "victre-phantoms" / "pcl_1.raw.gz")
    assert breast.mass_mm == pytest.approx((33.1, 72.9, 5.7), abs=0.1)
    parts = find_parts(breast.mammogram(0))
    assert parts.nipple.point == pytest.approx((600, 447), abs=25)
