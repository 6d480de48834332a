from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import (
    MALIGNANT,
    OTHER,
    MarkedView,
    Region,
    box,
    hung_view,
    truth_map,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import SHAPE, read_film, write_film


def marked(path: Path, *regions: Region) -> MarkedView:
    return MarkedView("one", "patient", Laterality.RIGHT, "CC", path, Diagnosis.MALIGNANT, regions)


def test_a_region_hangs_where_its_tissue_hangs(tmp_path: Path) -> None:
    write_film(tmp_path / "r.png", is_right=True)
    region = Region(True, box(150, 140, 170, 160))
    hung = hung_view(marked(tmp_path / "r.png", region), read_film)
    rows, columns = np.nonzero(hung.truth == MALIGNANT)
    assert hung.truth.shape == hung.mammogram.pixels.shape
    assert (round(rows.mean()), round(columns.mean())) == (150, 239 - 160)
    assert hung.mammogram.pixels[:, :100].mean() > 10 * hung.mammogram.pixels[:, -50:].mean()


def test_a_malignant_region_covers_another_one(tmp_path: Path) -> None:
    regions = Region(True, box(10, 10, 20, 20)), Region(False, box(15, 15, 40, 40))
    truth = truth_map(marked(tmp_path, *regions), SHAPE, read_film)
    assert (truth[18, 18], truth[30, 30], truth[60, 60]) == (MALIGNANT, OTHER, 0)


def test_a_region_that_lies_beyond_the_picture_marks_nothing(tmp_path: Path) -> None:
    region = Region(True, box(5000, 5000, 5010, 5010))
    assert not truth_map(marked(tmp_path, region), SHAPE, read_film).any()


def test_a_blank_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no breast"):
        hung_view(marked(tmp_path), lambda _: np.zeros(SHAPE, np.float32))
