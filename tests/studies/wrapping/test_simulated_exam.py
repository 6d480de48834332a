"""Simulated exams on the disk."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.mammogram import Intent, Laterality
from senoscope.studies.images.stored_mammogram import read_mammogram
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from senoscope.studies.results.write_results import is_simulated
from senoscope.studies.wrapping.mammogram_object import (
    PictureToWrap,
    WrappedExam,
    mammogram_object,
)
from senoscope.studies.wrapping.simulated_exam import (
    BACKGROUND,
    FIBROGLANDULAR,
    PECTORAL,
    ExamToSimulate,
    write_simulated_exam,
)
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.study_builders import read

EXAM = ExamToSimulate(42, Laterality.LEFT, ("spiculated mass", "calcifications"), "C")


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_simulated_exam(tmp_path_factory.mktemp("sets"), EXAM, tuple(Intent))


def test_every_object_is_as_the_standard_asks(exam: Path) -> None:
    files = sorted(exam.glob("*.dcm"))
    assert len(files) == 8
    assert [error for file in files for error in dciodvfy_errors(file)] == []


def test_nothing_contradicts_itself_and_all_say_that_they_are_simulated(exam: Path) -> None:
    [study], left_out = read(exam)
    facts = quality_of(study, left_out, edges_of(study)).facts
    assert [each.text for each in facts if each.severity != "note"] == []
    assert all(is_simulated(dcmread(each)) for each in exam.glob("*.dcm"))


def test_truth_lies_where_the_picture_shows_it(exam: Path) -> None:
    [study], _ = read(exam)
    views = {
        (str(each.seen.laterality), str(each.seen.view)): each
        for each in map(read_mammogram, study.images)
        if each.seen.intent is Intent.PRESENTATION
    }
    assert set(views) == {("R", "CC"), ("R", "MLO"), ("L", "CC"), ("L", "MLO")}
    assert all(each.cautions == () for each in views.values())
    for (side, view), each in views.items():
        mask = cv2.imread(str(exam / f"{side}-{view}-mask.png"), cv2.IMREAD_UNCHANGED)
        seen = each.hanging.back(each.seen.pixels)
        assert mask.shape == seen.shape
        assert seen[mask == FIBROGLANDULAR].mean() > seen[mask == BACKGROUND].mean() + 0.3
        assert (mask == PECTORAL).any() == (view == "MLO")
    with (exam / "growths.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert {(each["image"], each["kind"]) for each in rows} == {
        (f"L-{view}.dcm", kind) for view in ("CC", "MLO") for kind in EXAM.growths
    }


def test_the_same_seed_gives_the_same_exam(exam: Path, tmp_path: Path) -> None:
    again = write_simulated_exam(tmp_path, EXAM, (Intent.PRESENTATION,))
    for file in again.iterdir():
        assert file.read_bytes() == (exam / file.name).read_bytes(), file.name


def test_what_is_there_stays_and_nothing_half_written_is_left(exam: Path) -> None:
    before = sorted(each.name for each in exam.parent.iterdir())
    with pytest.raises(StorageError, match="exam00042"):
        write_simulated_exam(exam.parent, EXAM)
    assert sorted(each.name for each in exam.parent.iterdir()) == before


def test_a_view_without_a_code_and_a_picture_of_another_form_are_refused() -> None:
    picture = np.zeros((80, 70), np.uint16)
    with pytest.raises(SettingsError, match="XCCL"):
        PictureToWrap(picture, 12, Laterality.LEFT, "XCCL", Intent.PRESENTATION, None)
    with pytest.raises(SettingsError, match="float32"):
        PictureToWrap(
            picture.astype(np.float32),  # type: ignore[arg-type]
            12, Laterality.LEFT, "CC", Intent.PRESENTATION, None,
        )  # fmt: skip


def test_what_is_not_known_is_not_said() -> None:
    exam = WrappedExam("a key", "P1", "Nobody^Real", "Films", "20260101", is_simulated=False)
    picture = PictureToWrap(
        np.zeros((80, 70), np.uint8), 8, Laterality.RIGHT, "CC", Intent.PRESENTATION, None,
        is_lossy=True,
    )  # fmt: skip
    made = mammogram_object(exam, picture, 1)
    assert "ImagerPixelSpacing" not in made
    assert "BodyPartThickness" not in made
    assert (made.LossyImageCompression, made.QualityControlImage) == ("01", "NO")
