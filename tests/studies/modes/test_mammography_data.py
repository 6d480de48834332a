"""Real mammograms: they open, hang and are read, and what is wrong with them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.series import Study
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from senoscope.studies.study_reading import FindingKind, StudyReading
from senoscope.studies.wrapping.plain_pictures import (
    named_views,
    read_plain_picture,
    write_wrapped_exam,
)
from tests.studies.study_builders import read

L, R = Laterality.LEFT, Laterality.RIGHT
SAMPLES = {
    "A1": (R, "CC"), "A2": (L, "CC"), "B1": (R, "CC"), "B2": (L, "MLO"),
    "C1": (L, "MLO"), "C2": (R, "MLO"), "D1": (R, "CC"), "D2": (R, "MLO"),
}  # fmt: skip
"""Side and view as written on the picture, or as it lies; B2 is marked left."""
WRONG = "B2"


def reading_of(study: Study) -> StudyReading:
    reading = Mammography().read(study)
    assert reading is not None
    return reading


def faults(study: Study) -> list[str]:
    said = quality_of(study, (), edges_of(study)).facts
    return [each.text for each in said if each.severity == "fault"]


def test_a_real_mammogram_for_presentation_is_read(public_data: Path) -> None:
    [study], _ = read(public_data / "mammography-dicom" / "GH133.dcm")
    reading = reading_of(study)
    [image] = reading.images
    facts = {each.name: each.word or each.number for each in image.facts}
    assert (image.read, facts["laterality"], facts["view"]) == (1, "R", "MLO")
    assert 150 < float(facts["breast_area"] or 0) < 220
    assert {each.name for each in image.regions} == {"breast", "pectoral", "dense"}
    assert faults(study) == []


def test_cut_outs_of_film_are_not_measured_as_breasts(public_data: Path) -> None:
    studies, _ = read(public_data / "mammography-dicom")
    small = [each for each in studies if each.images[0].sop_class.endswith("1.7")]
    assert len(small) == 2
    for study in small:
        [image] = reading_of(study).images
        assert image.unsuitable == {Unsuitable.PART: 1}


@pytest.mark.parametrize("name", SAMPLES)
def test_density_samples_are_measured_and_the_wrong_side_is_caught(
    public_data: Path, tmp_path: Path, name: str
) -> None:
    path = public_data / "mammography-density" / f"sample_{name}.jpg"
    write_wrapped_exam(tmp_path / "w", [read_plain_picture(path, *SAMPLES[name])], None, "S")
    [study], _ = read(tmp_path / "w")
    reading = reading_of(study)
    [image] = reading.images
    assert image.read == 1
    cautions = {each.word for each in image.facts if each.name == "caution"}
    assert cautions >= {"eight_bits", "lossy", "no_spacing", "no_marks_sought"}
    assert ("side_contradicted" in cautions) == (name == WRONG)
    assert len(faults(study)) == (name == WRONG)
    assert reading.findings == reading.below == ()
    assert any(each.name == "density_category" for each in reading.facts)


def test_four_views_of_one_woman_are_read_together(public_data: Path, tmp_path: Path) -> None:
    given = sorted((public_data / "mammography-four-view").glob("*.png"))
    pictures = [read_plain_picture(each, *named_views(each)) for each in given]
    # This set has its right views mirrored.
    assert [each.lies_as_other_side for each in pictures] == [False, False, True, True]
    hung = [each.hung() for each in pictures]
    write_wrapped_exam(tmp_path / "w", hung, PixelSpacing(0.1, 0.1), "F")
    [study], _ = read(tmp_path / "w")
    reading = reading_of(study)
    assert [each.read for each in reading.images] == [1, 1, 1, 1]
    assert faults(study) == []
    assert 0 < len(reading.findings) <= 24
    assert {each.kind for each in reading.findings} <= {
        FindingKind.MASS, FindingKind.CALCIFICATIONS, FindingKind.DISTORTION
    }  # fmt: skip
