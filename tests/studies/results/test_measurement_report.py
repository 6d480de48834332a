from dataclasses import replace
from pathlib import Path

import highdicom.sr as hd
import numpy as np
import pytest
from pydicom import Dataset, uid
from pydicom.sr.codedict import codes

from senoscope.domain.errors import ImageError
from senoscope.studies.results.identity import MODEL_NAME
from senoscope.studies.results.measurement_report import measurement_report
from senoscope.studies.results.segmentation import segmentation_of
from senoscope.studies.study_reading import FindingWord, ImageReading, StudyReading
from tests.studies.results.image_builders import KINDS, public_study, reading_of, still, study_of
from tests.studies.results.measurement_templates import MACHINE_REPORT
from tests.studies.results.report_builders import (
    CLASS,
    abstained,
    ellipse,
    finding,
    full,
    measurements,
    reading,
    words,
)
from tests.studies.results.sr_builders import CHINESE, UltrasoundHeaders, kept, referenced
from tests.studies.results.template_rows import broken_rows, concept_of, items_of, value_of
from tests.studies.study_builders import SERIES, STUDY

OURS = "99SENOSCOPE"
SUMMARY, DETECTIONS = ("111017", "DCM"), ("111064", "DCM")


def written(given: StudyReading, folder: Path) -> Dataset:
    return kept(measurement_report(given, UltrasoundHeaders()), folder)


def groups_of(document: Dataset) -> list[hd.PlanarROIMeasurementsAndQualitativeEvaluations]:
    report = hd.ComprehensiveSR.from_dataset(document)
    assert isinstance(report.content, hd.MeasurementReport)
    return report.content.get_planar_roi_measurement_groups()


def said_of_study(document: Dataset, concept: tuple[str, str]) -> list[str]:
    """In the last container: of codes their value, of texts the text."""
    return [
        each.get("TextValue") or each.ConceptCodeSequence[0].CodeValue
        for each in document.ContentSequence[-1].ContentSequence
        if concept_of(each) == concept
    ]


@pytest.mark.parametrize("given", [full(), reading(), abstained()], ids=["full", "none", "unread"])
def test_it_reads_back_row_by_row(given: StudyReading, tmp_path: Path) -> None:
    document = written(given, tmp_path)
    assert document.SOPClassUID == uid.ComprehensiveSRStorage
    assert broken_rows(document, MACHINE_REPORT) == []


def test_it_is_complete_and_not_verified(tmp_path: Path) -> None:
    document = written(full(), tmp_path)
    assert (document.CompletionFlag, document.VerificationFlag) == ("COMPLETE", "UNVERIFIED")
    assert document.PreliminaryFlag == "PRELIMINARY"
    assert "VerifyingObserverSequence" not in document
    assert document.Modality == "SR"
    assert document.ContributingEquipmentSequence[0].Manufacturer == "Senoscope"
    assert document.ManufacturerModelName == MODEL_NAME


def test_each_report_is_a_new_instance_of_the_patients_study(tmp_path: Path) -> None:
    first, second = (written(full(), tmp_path) for _ in range(2))
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID"):
        assert first[keyword].value != second[keyword].value
        assert first[keyword].value.startswith("2.25.")
    assert first.StudyInstanceUID == STUDY
    assert first.PatientName == CHINESE
    assert first.PatientName.alphabetic == "王^小东"


def test_highdicom_reads_the_same_values(tmp_path: Path) -> None:
    first, second = groups_of(written(full(), tmp_path))
    wanted = measurements()
    assert first.tracking_uid == "2.25.1"
    assert first.finding_type == codes.SCT.Lesion
    assert first.finding_sites[0].value == codes.SCT.Breast
    assert first.finding_sites[0].laterality == codes.SCT.Left
    for name, measured, unit in (
        (codes.SCT.LongAxis, wanted.long_axis, "mm"),
        (codes.SCT.ShortAxis, wanted.short_axis, "mm"),
        (codes.SCT.Area, wanted.area, "mm2"),
        (codes.DCM.ProbabilityOfCancer, None, "%"),
    ):
        item = first.get_measurements(name)[0]
        assert item.unit.value == unit
        if measured is None:
            assert item.value == pytest.approx(37)
            continue
        assert item.value == pytest.approx(measured.value, abs=1e-4)
        upper, lower = (
            each.MeasuredValueSequence[0].FloatingPointValue for each in item[0].ContentSequence
        )
        assert item.value + upper == pytest.approx(measured.upper, abs=1e-3)
        assert item.value - lower == pytest.approx(measured.lower, abs=1e-3)
    assert second.get_measurements(codes.SCT.LongAxis) == []


def test_the_probability_comes_with_its_range_over_single_frames(tmp_path: Path) -> None:
    group = groups_of(written(full(), tmp_path))[0]
    found = group.get_measurements(codes.DCM.ProbabilityOfCancer)
    derived = {each.derivation.value if each.derivation else "": each.value for each in found}
    assert derived == pytest.approx({"": 37, "255605001": 18.5, "56851009": 68.5})


def test_the_region_is_the_closed_outline_in_dicoms_coordinates(tmp_path: Path) -> None:
    group = groups_of(written(full(), tmp_path))[0]
    region = group.roi
    assert isinstance(region, hd.ImageRegion)
    points = region.value
    assert np.array_equal(points[0], points[-1])
    assert points[:-1] == pytest.approx(ellipse() + 0.5)
    reference = region.ContentSequence[0].ReferencedSOPSequence[0]
    assert reference.ReferencedSOPInstanceUID == f"{SERIES}.1"
    assert reference.ReferencedFrameNumber == 1


def test_an_image_of_one_frame_is_referred_to_without_a_frame(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "in", still())
    document = kept(measurement_report(reading_of(study), sources), tmp_path / "out")
    references = [each for each in items_of(document) if each.get("ValueType") == "IMAGE"]
    assert len(references) > 2
    assert not any("ReferencedFrameNumber" in each.ReferencedSOPSequence[0] for each in references)


def test_the_words_are_coded_and_say_how_sure_they_are(tmp_path: Path) -> None:
    document = written(full(), tmp_path)
    found = {concept_of(each): each for each in items_of(document)}
    shape = found["107644003", "SCT"]
    assert value_of(shape) == ("49608001", "SCT")
    sure = shape.ContentSequence[0].MeasuredValueSequence[0].FloatingPointValue
    assert sure == pytest.approx(90)
    assert value_of(found["111354", "DCM"]) == ("111356", "DCM")


def test_a_word_that_was_not_assessed_is_a_text_that_says_why(tmp_path: Path) -> None:
    unsure = FindingWord("shape", None, 0.0, "cut off at the edge")
    given = reading(finding(1, said=(unsure, *words()[1:])))
    document = written(given, tmp_path)
    [item] = [each for each in items_of(document) if concept_of(each) == ("107644003", "SCT")]
    assert item.TextValue == "Not assessed: cut off at the edge"
    assert broken_rows(document, MACHINE_REPORT) == []


def test_the_algorithm_is_named_with_its_models(tmp_path: Path) -> None:
    said = [
        each.TextValue
        for each in items_of(written(full(), tmp_path))
        if concept_of(each) in (("111001", "DCM"), ("111002", "DCM"))
    ]
    assert MODEL_NAME in said
    for each in ("Engine: OpenVINO int8", "Model: segmenter 3.1", "Model: classifier 2.0"):
        assert each in said


def test_found_nothing_and_read_nothing_are_two_statements(tmp_path: Path) -> None:
    whole = replace(reading().images[0], read=40, unsuitable={})
    clear = written(reading(images=(whole,)), tmp_path)
    partly = written(reading(), tmp_path)
    unread = written(abstained(), tmp_path)
    summaries = [said_of_study(each, SUMMARY) for each in (clear, partly, unread)]
    assert summaries == [["111241"], ["111243"], ["111245"]]
    detections = [said_of_study(each, DETECTIONS) for each in (clear, partly, unread)]
    assert detections == [["111222"], ["111223"], ["111225"]]
    assert "No lesion was marked" in said_of_study(clear, ("121106", "DCM"))[1]
    assert "NOT READ" in said_of_study(unread, ("121106", "DCM"))[1]


def test_an_abstention_says_why_image_by_image(tmp_path: Path) -> None:
    document = written(abstained(), tmp_path)
    assert said_of_study(document, ("reason_not_read", OURS)) == [
        "Image 1, 30 frames, none read: 30 of probe in air",
        "Image 2, 1 frames, none read: Its pixels are gone.",
    ]
    coded = [
        value_of(each)
        for each in items_of(document)
        if concept_of(each) == ("reason_not_read", OURS) and each.ValueType == "CODE"
    ]
    assert coded == [("in_air", OURS)]


def test_images_that_all_failed_are_said_to_have_failed(tmp_path: Path) -> None:
    gone = ImageReading(1, SERIES, f"{SERIES}.1", CLASS, 1, trouble="Its pixels are gone.")
    document = written(reading(images=(gone,)), tmp_path)
    assert said_of_study(document, DETECTIONS) == ["111224"]
    assert said_of_study(document, SUMMARY) == ["111245"]


def test_every_image_is_evidence(tmp_path: Path) -> None:
    document = written(abstained(), tmp_path)
    listed = referenced(document, "CurrentRequestedProcedureEvidenceSequence")
    assert listed == [f"{SERIES}.1", f"{SERIES}.2"]


@pytest.mark.parametrize("kind", ["grey cine", "grey still", "colour cine"])
def test_a_finding_with_a_segment_refers_to_it(kind: str, tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "in", KINDS[kind]())
    given = reading_of(study)
    segmentations = segmentation_of(given, sources)
    document = kept(measurement_report(given, sources, segmentations), tmp_path / "out")
    assert broken_rows(document, MACHINE_REPORT) == []
    listed = referenced(document, "CurrentRequestedProcedureEvidenceSequence")
    assert set(listed) == {
        *(each.instance_uid for each in study.images),
        *(each.SOPInstanceUID for each in segmentations),
    }
    [made] = segmentations
    for number, group in enumerate(groups_of(document), 1):
        reference = group.referenced_segmentation_frame
        assert reference is not None
        item = reference[0].ReferencedSOPSequence[0]
        assert item.ReferencedSOPInstanceUID == made.SOPInstanceUID
        frame = made.PerFrameFunctionalGroupsSequence[item.ReferencedFrameNumber - 1]
        segment = frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        assert segment == number
        assert source.get("ReferencedFrameNumber", 1) == given.findings[number - 1].key.at.frame


@pytest.mark.parametrize("name", ["US1_UNCR.dcm", "examples_ybr_color.dcm"])
def test_public_samples_are_reported_on(name: str, public_data: Path, tmp_path: Path) -> None:
    study, sources = public_study(public_data, name)
    document = kept(measurement_report(reading_of(study), sources), tmp_path)
    assert broken_rows(document, MACHINE_REPORT) == []


def test_a_reading_of_no_images_has_no_report() -> None:
    with pytest.raises(ImageError, match="no images"):
        measurement_report(replace(reading(), images=()), UltrasoundHeaders())


def test_the_check_of_the_rows_finds_what_is_broken() -> None:
    document = measurement_report(full(), UltrasoundHeaders())
    [lesion, *_] = document.ContentSequence[-2].ContentSequence
    finding_code = next(
        each for each in lesion.ContentSequence if concept_of(each) == ("121071", "DCM")
    )
    finding_code.RelationshipType = "HAS PROPERTIES"
    assert len(broken_rows(document, MACHINE_REPORT)) == 2
    finding_code.RelationshipType = "CONTAINS"
    finding_code.ConceptCodeSequence[0].CodeValue = "1"
    assert broken_rows(document, MACHINE_REPORT) == ["1410:5: ('1', 'SCT') is not of the value set"]
    del document.ContentSequence[0]
    assert "1204:1: 0 times below 1500:1, not 1..1" in broken_rows(document, MACHINE_REPORT)
