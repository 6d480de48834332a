import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.phantoms.folder import COLUMNS, write_phantom
from senoscope.domain.errors import StorageError


def test_a_phantom_is_written_with_its_truth(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "phantom"
    write_phantom(folder, seed=7, frames=3, size=(256, 192))
    with (folder / "phantom.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert tuple(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [f"seed0007_f{index:03d}.png" for index in range(3)]
    for row, frame in zip(rows, BModePhantom(7, 256, 192).sweep(3), strict=True):
        image = cv2.imread(str(folder / "Images" / row["file"]), cv2.IMREAD_UNCHANGED)
        mask = cv2.imread(str(folder / "Masks" / row["file"]), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(image, frame.pixels)
        assert set(np.unique(mask)) <= {0, 255}
        assert (mask > 0).any() == bool(frame.truth)
        assert row["kinds"] == "+".join(lesion.kind for lesion in frame.truth)


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "phantom").mkdir()
    with pytest.raises(StorageError, match="exists already"):
        write_phantom(tmp_path / "phantom", seed=0, frames=1)
    assert [each.name for each in tmp_path.iterdir()] == ["phantom"]
    assert not list((tmp_path / "phantom").iterdir())


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="could not be written"):
        write_phantom(tmp_path / "file" / "phantom", seed=0, frames=1)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
