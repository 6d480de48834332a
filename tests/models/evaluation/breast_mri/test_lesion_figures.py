"""Lesions are split by anatomy, kept whole, and compared on the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.breast_mri.lesion_case import keep_lesion, kept_lesion
from senoscope.models.evaluation.breast_mri.lesion_figures import (
    FOLDS,
    ReadLesions,
    folds_by_anatomy,
)
from tests.models.evaluation.breast_mri.drawn_exams import drawn_lesion


def test_folds_hang_on_names_alone_and_keep_anatomies_together() -> None:
    names = [f"seed {k // 2}" for k in range(40)]
    folds = folds_by_anatomy(names)
    assert np.array_equal(folds[::2], folds[1::2])
    assert set(folds.tolist()) == set(range(FOLDS))
    back = folds_by_anatomy(names[::-1])
    assert np.array_equal(back[::-1], folds)


def test_too_few_anatomies_are_refused() -> None:
    with pytest.raises(DataSetError, match="anatomies"):
        folds_by_anatomy(["a", "b", "a"])


def test_a_lesion_is_read_as_it_was_kept(tmp_path: Path) -> None:
    case = drawn_lesion(1, True)
    keep_lesion(case, tmp_path / "a.npz")
    read = kept_lesion(tmp_path / "a.npz")
    assert (read.anatomy, read.is_malignant) == (case.anatomy, True)
    assert read.series.times_s == case.series.times_s and read.series.injected_s == 10
    assert read.series.geometry.spacing_mm == case.series.geometry.spacing_mm
    assert np.array_equal(read.outline, case.outline)
    assert np.array_equal(read.others["t2"], case.others["t2"])
    for one, other in zip(read.series.phases, case.series.phases, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("content", [b"", b"no lesion", b"PK\x03\x04" + bytes(40)])
def test_a_file_that_is_no_lesion_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataSetError, match="no kept lesion"):
        kept_lesion(tmp_path / "a.npz")


def test_figures_and_differences_are_of_the_same_lesions() -> None:
    truth = np.tile([True, False], 20)
    good, bad = np.where(truth, 1.0, -1.0), np.where(np.arange(40) % 3 == 0, 1.0, -1.0)
    read = ReadLesions(tuple(f"seed {k}" for k in range(40)), truth, {"good": good, "bad": bad})
    assert read.figures()["good"]["auc"].value == 1
    assert read.figures()["good"]["specificity"].value == 1
    gap = read.differences([("good", "bad")])["good - bad"]
    assert gap.value == 1 - read.figures()["bad"]["auc"].value and gap.patients == 40
