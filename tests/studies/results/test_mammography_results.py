"""What a reading of mammograms becomes: objects that conform, and words in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.studies.images.series import Study
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.results.cad_findings import CompositeKind, FindingKind, Outcome
from senoscope.studies.results.mammography_cad import cad_reading_of
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.results.report import Report, report_of
from senoscope.studies.results.report_html import html_report
from senoscope.studies.results.report_patient import ReportHeader
from senoscope.studies.results.report_words_mammography import MAMMOGRAPHY
from senoscope.studies.results.segments import segments_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_reading import FindingKind as Kind
from senoscope.studies.study_reading import ReadingFact, StudyReading
from tests.studies.modes.drawn_exam import exam
from tests.studies.results.cad_templates import CAD_REPORT
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.report_builders import AT
from tests.studies.results.template_rows import broken_rows
from tests.studies.results.test_write_results import signed_of
from tests.studies.study_builders import read

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    [study], _ = read(exam(tmp_path_factory.mktemp("exam")))
    return study


@pytest.fixture(scope="module")
def reading(study: Study) -> StudyReading:
    found = Mammography().read(study)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def made(
    study: Study, reading: StudyReading, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, Dataset]:
    results = write_results(study, reading, tmp_path_factory.mktemp("made") / "out")
    return {each.path: dcmread(each.path) for each in results if each.instance_uid is not None}


def of(made: dict[Path, Dataset], sop_class: str) -> list[Dataset]:
    return [each for each in made.values() if each.SOPClassUID == sop_class]


def test_every_object_conforms(made: dict[Path, Dataset]) -> None:
    kinds = {each.SOPClassUID.name for each in made.values()}
    assert kinds == {
        "Segmentation Storage",
        "Secondary Capture Image Storage",
        "Grayscale Softcopy Presentation State Storage",
        "Mammography CAD SR Storage",
        "Comprehensive SR Storage",
        "Encapsulated PDF Storage",
    }
    for path in made:
        assert dciodvfy_errors(path) == [], path.name
    [cad] = of(made, uid.MammographyCADSRStorage)
    assert broken_rows(cad, CAD_REPORT) == []


def test_a_segmentation_has_breast_dense_tissue_and_marks(
    made: dict[Path, Dataset], reading: StudyReading
) -> None:
    found = of(made, uid.SegmentationStorage)
    assert len(found) == 4
    for segmentation in found:
        labels = [each.SegmentLabel for each in segmentation.SegmentSequence]
        assert labels[0] == "Breast"
        assert "Fibroglandular tissue" in labels
        masks = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
        by_label = dict(zip(labels, masks, strict=True))
        breast = by_label["Breast"] > 0
        assert (by_label["Fibroglandular tissue"][~breast] > 0).sum() < 0.01 * breast.sum()
        [source] = segmentation.ReferencedSeriesSequence[0].ReferencedInstanceSequence
        facts = next(
            {fact.name: fact.number for fact in each.facts}
            for each in reading.images
            if each.instance_uid == source.ReferencedSOPInstanceUID
        )
        assert breast.sum() * 1e-4 >= (facts["breast_area"] or 0) * 0.99
        dense = (by_label["Fibroglandular tissue"] > 0).sum() * 1e-4
        assert dense == pytest.approx(facts["dense_area"], abs=0.05 * breast.sum() * 1e-4)
    tracked = {
        segment.TrackingUID
        for each in found
        for segment in each.SegmentSequence
        if "TrackingUID" in segment
    }
    assert tracked == {each.tracking_uid for each in reading.findings}


def test_pieces_of_a_part_leave_holes_open_and_findings_do_not(reading: StudyReading) -> None:
    [parts, *_] = segments_of(reading).values()
    regions = [each for each in parts if each.is_region]
    findings = [each for each in parts if not each.is_region]
    assert {each.label for each in regions} >= {"Breast", "Fibroglandular tissue"}
    assert findings and all(each.tracking_uid for each in findings)
    source = Dataset()
    source.Rows = source.Columns = 20
    square = np.array([[2, 2], [12, 2], [12, 12], [2, 12]], np.float32)
    inner = np.array([[5, 5], [9, 5], [9, 9], [5, 9]], np.float32)
    part = replace(regions[0], contours={1: (square, inner)})
    assert part.mask(1, source).sum() == 11 * 11 - 5 * 5
    assert replace(part, is_region=False).mask(1, source).sum() == 11 * 11


def test_a_mass_in_both_views_is_one_composite(study: Study, reading: StudyReading) -> None:
    cad = cad_reading_of(reading, SourceImages(study))
    assert cad is not None
    masses = [each for each in reading.findings if each.kind is Kind.MASS]
    both = [each for each in masses if len(each.outlines) == 2]
    assert both
    assert [each.tracking_uid for each in cad.composites] == [each.tracking_uid for each in both]
    assert {each.kind for each in cad.composites} == {CompositeKind.MASS}
    points = {each.operating_point for each in cad.findings if each.centre is not None}
    assert points == {1, 2}
    composed = [each for each in cad.findings if each.kind is FindingKind.COMPOSITION]
    assert len(composed) == 4
    assert all(each.composition and each.percent_dense is not None for each in composed)


def outcomes(cad_of: StudyReading, study: Study) -> set[tuple[str, Outcome]]:
    cad = cad_reading_of(cad_of, SourceImages(study))
    assert cad is not None
    return {(each.task.value, each.outcome) for each in cad.runs}


def test_not_sought_failed_and_nothing_found_are_told_apart(
    study: Study, reading: StudyReading
) -> None:
    assert {each for _, each in outcomes(reading, study)} == {Outcome.SUCCEEDED}
    first, *others = reading.images
    unsought = replace(first, facts=(*first.facts, ReadingFact("caution", word="no_marks_sought")))
    empty = replace(reading, findings=(), below=())
    said = outcomes(replace(empty, images=(unsought, *others)), study)
    assert ("density", Outcome.NOT_ATTEMPTED) in said
    assert ("breast composition", Outcome.NOT_ATTEMPTED) not in said
    broken = replace(first, read=0, trouble="It is damaged.", facts=first.facts[:2])
    assert ("density", Outcome.FAILED) in outcomes(replace(empty, images=(broken, *others)), study)


def test_a_mammogram_that_says_nothing_of_its_pixels_gives_results_that_conform(
    tmp_path: Path,
) -> None:
    unsaid = {"PatientOrientation": None, "ImagerPixelSpacing": None, "ViewPosition": None}
    folder = exam(tmp_path / "in", (("L", "CC"),), ViewCodeSequence=None, **unsaid)
    [study], _ = read(folder)
    found = Mammography().read(study)
    assert found is not None
    results = write_results(study, found, tmp_path / "out")
    kinds = [each.sop_class for each in results]
    assert uid.MammographyCADSRStorage not in kinds
    for each in results:
        if each.instance_uid is not None:
            assert dciodvfy_errors(each.path) == []


def test_without_side_or_view_there_is_no_cad_report(study: Study, reading: StudyReading) -> None:
    unknown = [replace(each, facts=()) for each in reading.images]
    assert cad_reading_of(replace(reading, images=tuple(unknown)), SourceImages(study)) is None


def test_a_signed_one_succeeds_what_the_machine_wrote(
    study: Study, reading: StudyReading, tmp_path: Path
) -> None:
    write_results(study, reading, tmp_path / "machine")
    signed = signed_of(reading)
    results = write_results(study, reading, tmp_path / "s", signed, machine=tmp_path / "machine")
    [report] = [
        dcmread(each.path) for each in results if each.sop_class == uid.ComprehensiveSRStorage
    ]
    assert report.VerificationFlag == "VERIFIED"
    # What the reader drew has words; no mark of the software has.
    assert "Margins" in report.to_json() or "Calcification Type" in report.to_json()
    page = (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
    assert "Words are of the reader" in page
    assert "Words are of the reader" not in (tmp_path / "machine" / "report.html").read_text()
    assert dciodvfy_errors(tmp_path / "s" / "sr_1.dcm") == []


def report(reading: StudyReading, language: str) -> Report:
    return report_of(reading, ReportHeader(), at=AT, language=language)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_report_says_density_marks_and_no_malignancy(
    reading: StudyReading, language: str
) -> None:
    page = html_report(report(reading, language))
    assert MAMMOGRAPHY["title_mammography"][language != "en"] in page
    assert MAMMOGRAPHY["density"][language != "en"] in page
    assert MAMMOGRAPHY["mark_score"][language != "en"] in page
    assert "malignan" not in page.replace("Suspicion", "")
    assert "恶性概率" not in page


@pytest.mark.parametrize("letter", ["A", "B", "C", "D"])
def test_in_dense_breasts_ultrasound_is_to_be_considered(
    reading: StudyReading, letter: str
) -> None:
    facts = tuple(
        replace(each, word=letter) if each.name == "density_category" else each
        for each in reading.facts
    )
    lines = list(reading_lines(replace(reading, facts=facts)))
    assert any("supplemental ultrasound" in each for each in lines) == (letter in "CD")
    assert any(each.startswith(f"Breast density (suggestion): {letter}") for each in lines)


def test_every_caution_has_words() -> None:
    sources = [
        ROOT / "studies" / "images" / "stored_mammogram.py",
        ROOT / "studies" / "images" / "mammogram_greys.py",
        ROOT / "studies" / "modes" / "mammogram_view.py",
    ]
    text = "".join(each.read_text(encoding="utf-8") for each in sources if each.exists())
    keys = {each.removeprefix("caution_") for each in MAMMOGRAPHY if each.startswith("caution_")}
    assert len(keys) >= 11
    others = "eight_bits|lossy|window_unused|contradicting_greys|side_contradicted"
    named = set(re.findall(rf'"(no_[a-z_]+|{others})"', text))
    assert named - keys == set()
