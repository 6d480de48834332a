from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, uid

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.results.cad_findings import (
    CadComposite,
    CadFinding,
    CadReading,
    CadRun,
    CompositeKind,
    Composition,
    FindingKind,
    Intent,
    OperatingPoints,
)
from senoscope.studies.results.cad_report import MammographyCadReport
from tests.studies.results.cad_builders import (
    CC,
    DENSITY,
    FAILURE,
    MASSES,
    MLO,
    OUTLINE,
    RUNS,
    UNTRIED,
    cad_reading,
    cluster,
    composition,
    density,
    everything,
    mass,
    run,
)
from tests.studies.results.cad_templates import CAD_REPORT
from tests.studies.results.conformance import dsrdump_complaints
from tests.studies.results.sr_builders import CHINESE, MammogramHeaders, kept, referenced
from tests.studies.results.template_rows import broken_rows, concept_of, items_of, value_of
from tests.studies.study_builders import SERIES, STUDY

SUMMARY, DETECTIONS, ANALYSES = ("111017", "DCM"), ("111064", "DCM"), ("111065", "DCM")
FINDING = ("111059", "DCM")


def document_of(given: CadReading) -> Dataset:
    return MammographyCadReport(given, MammogramHeaders()).document()


def values(document: Dataset, concept: tuple[str, str]) -> list[str]:
    return [
        each.ConceptCodeSequence[0].CodeValue
        for each in items_of(document)
        if concept_of(each) == concept and each.ValueType == "CODE"
    ]


def below(item: Dataset, concept: tuple[str, str]) -> list[Dataset]:
    return [each for each in item.ContentSequence if concept_of(each) == concept]


@pytest.mark.parametrize(
    "given",
    [
        everything(),
        cad_reading(),
        cad_reading(runs=(FAILURE,)),
        cad_reading(runs=(UNTRIED,)),
        cad_reading(density()),
    ],
    ids=["everything", "nothing found", "failed", "not attempted", "one finding"],
)
def test_it_reads_back_row_by_row(given: CadReading, tmp_path: Path) -> None:
    document = kept(document_of(given), tmp_path)
    assert document.SOPClassUID == uid.MammographyCADSRStorage
    assert broken_rows(document, CAD_REPORT) == []


def test_marks_beyond_the_recommended_point_are_no_findings() -> None:
    document = document_of(cad_reading(density(operating_point=2)))
    assert values(document, SUMMARY) == ["111241"]


def test_it_is_complete_and_not_verified_and_of_the_patient(tmp_path: Path) -> None:
    document = kept(document_of(everything()), tmp_path)
    assert (document.CompletionFlag, document.VerificationFlag) == ("COMPLETE", "UNVERIFIED")
    assert document.StudyInstanceUID == STUDY
    assert document.PatientName == CHINESE
    listed = referenced(document, "CurrentRequestedProcedureEvidenceSequence")
    assert listed == [f"{SERIES}.1", f"{SERIES}.2"]


@pytest.mark.parametrize(
    ("runs", "found", "summary", "detections", "analyses"),
    [
        (RUNS, False, "111241", "111222", "111222"),
        (RUNS, True, "111242", "111222", "111222"),
        ((*RUNS, FAILURE), False, "111243", "111223", "111222"),
        ((*RUNS, FAILURE), True, "111244", "111223", "111222"),
        ((FAILURE,), False, "111245", "111224", "111225"),
        ((UNTRIED,), False, "111245", "111225", "111225"),
        ((*RUNS[:3], UNTRIED), False, "111241", "111222", "111225"),
    ],
)
def test_nothing_found_failed_and_not_tried_are_different_codes(
    runs: tuple[CadRun, ...], found: bool, summary: str, detections: str, analyses: str
) -> None:
    shown = [density(operating_point=1)] if found else []
    document = document_of(cad_reading(*shown, runs=runs))
    assert values(document, SUMMARY) == [summary]
    assert values(document, DETECTIONS) == [detections]
    assert values(document, ANALYSES) == [analyses]


def test_what_failed_is_listed_apart_and_what_was_not_tried_only_in_words() -> None:
    document = document_of(everything())
    [detections] = [each for each in items_of(document) if concept_of(each) == DETECTIONS]
    groups = {concept_of(each): each for each in detections.ContentSequence}
    names = {
        concept: [below(each, ("111001", "DCM"))[0].TextValue for each in group.ContentSequence]
        for concept, group in groups.items()
    }
    assert names == {
        ("111063", "DCM"): ["Mass detector", "Calcification detector", "Composition"],
        ("111025", "DCM"): ["Calcification detector"],
    }
    [description] = [each for each in items_of(document) if concept_of(each) == ("111033", "DCM")]
    assert description.TextValue.splitlines() == [
        "Not a medical device. Suggestion, not a diagnosis.",
        "calcification cluster, Calcification detector 1.0: failed (no breast was found)",
        "spatial proximity, Mass detector 2.1: not attempted (one view is missing)",
    ]


def test_marks_lie_in_dicoms_coordinates_on_their_image_of_the_library() -> None:
    document = document_of(everything())
    findings = [each for each in items_of(document) if concept_of(each) == FINDING]
    on_cc, on_mlo = findings[:2]
    [centre] = below(on_cc, ("111010", "DCM"))
    [outline] = below(on_cc, ("111041", "DCM"))
    assert (centre.GraphicType, list(centre.GraphicData)) == ("POINT", [15.5, 14.75])
    points = np.array(outline.GraphicData).reshape(-1, 2)
    assert outline.GraphicType == "POLYLINE"
    assert points[:-1] == pytest.approx(OUTLINE + 0.5)
    assert np.array_equal(points[0], points[-1])
    for finding, image in ((on_cc, CC), (on_mlo, MLO)):
        [mark] = below(finding, ("111010", "DCM"))
        _, library, entry = mark.ContentSequence[0].ReferencedContentItemIdentifier
        target = document.ContentSequence[library - 1].ContentSequence[entry - 1]
        shown = target.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        assert shown == image.instance_uid


def test_numbers_are_those_that_were_given() -> None:
    document = document_of(everything())
    found = {
        concept_of(each): float(each.MeasuredValueSequence[0].NumericValue)
        for each in items_of(document)
        if each.get("ValueType") == "NUM"
    }
    wanted = {
        ("111012", "DCM"): 80,
        ("111047", "DCM"): 37.5,
        ("111011", "DCM"): 90,
        ("111038", "DCM"): 7,
        ("111046", "DCM"): 21.5,
        ("111071", "DCM"): 2,
        ("111072", "DCM"): 3,
        ("111092", "DCM"): 1,
        ("111026", "DCM"): 80,
        ("111066", "DCM"): 70,
    }
    assert {key: found[key] for key in wanted} == wanted


def test_the_library_says_side_view_and_orientation() -> None:
    library = document_of(everything()).ContentSequence[1]
    first, second = library.ContentSequence
    assert value_of(below(first, ("111027", "DCM"))[0]) == ("80248007", "SCT")
    assert value_of(below(first, ("111031", "DCM"))[0]) == ("399162004", "SCT")
    view = below(second, ("111031", "DCM"))[0]
    assert value_of(view) == ("399368009", "SCT")
    assert value_of(view.ContentSequence[0]) == ("399226006", "SCT")
    assert below(first, ("111044", "DCM"))[0].TextValue == "A"
    assert below(first, ("111043", "DCM"))[0].TextValue == "FR"


def test_a_mass_is_what_densities_on_two_views_are_together() -> None:
    document = document_of(everything())
    [feature] = [each for each in items_of(document) if concept_of(each) == ("111015", "DCM")]
    assert value_of(feature) == ("129788004", "SCT")
    parts = below(feature, FINDING)
    assert [value_of(each) for each in parts] == [("129793001", "SCT")] * 2
    assert {each.RelationshipType for each in parts} == {"INFERRED FROM"}


def test_the_frame_of_a_tomosynthesis_is_an_entry_of_its_own() -> None:
    plane = replace(CC, frame=17)
    given = CadReading(STUDY, (CC, plane), (run(FindingKind.DENSITY, MASSES, images=(plane,)),))

    class Tomosynthesis(MammogramHeaders):
        def header(self, instance_uid: str) -> Dataset:
            made = super().header(instance_uid)
            made.NumberOfFrames = 60
            return made

    document = MammographyCadReport(given, Tomosynthesis()).document()
    entries = document.ContentSequence[1].ContentSequence
    frames = [each.ReferencedSOPSequence[0].get("ReferencedFrameNumber") for each in entries]
    assert frames == [None, 17]
    assert len(referenced(document, "CurrentRequestedProcedureEvidenceSequence")) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: replace(density(), certainty=101), "0..100"),
        (lambda: replace(density(), probability=-1), "0..100"),
        (lambda: replace(density(), centre=None), "centre None"),
        (lambda: replace(composition(), centre=(1.0, 1.0)), "breast composition"),
        (lambda: replace(density(), composition=Composition.FATTY), "breast composition only"),
        (lambda: replace(composition(), probability=3), "no probability"),
        (lambda: replace(density(), outline=OUTLINE[:2]), "expected \\(3 or more"),
        (lambda: CadComposite(CompositeKind.MASS, (density(),), MASSES), "two or more"),
        (lambda: replace(RUNS[0], images=()), "no images"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ImageError, match=said):
        make()


@pytest.mark.parametrize(
    "finding",
    [
        replace(density(), image=replace(CC, frame=3)),
        replace(density(), algorithm=DENSITY),
        replace(cluster(), image=MLO),
        replace(density(), operating_point=None),
        replace(density(), operating_point=4),
        replace(density(), intent=Intent.REQUIRED),
    ],
)
def test_a_finding_must_come_from_a_run_that_succeeded(finding: CadFinding) -> None:
    with pytest.raises(ImageError, match="expected"):
        cad_reading(finding, runs=(*RUNS, FAILURE))


def test_a_reading_has_images_of_its_study_only() -> None:
    with pytest.raises(ImageError, match="no images"):
        CadReading(STUDY, (), ())
    with pytest.raises(ImageError, match="not among"):
        CadReading(STUDY, (CC,), RUNS)
    with pytest.raises(ImageError, match="another study"):
        document_of(replace(cad_reading(), study_uid="1.2.9"))


def test_operating_points_are_within_their_range() -> None:
    with pytest.raises(SettingsError, match="0 to 2"):
        OperatingPoints(2, 3)


def test_the_check_of_the_rows_finds_what_is_broken() -> None:
    for item, line in (
        (4, "4000:6: 0 times"),
        (1, "4000:3: 0 times"),
        (0, "1204:1: 0 times"),
    ):
        document = document_of(everything())
        del document.ContentSequence[item]
        assert any(each.startswith(line) for each in broken_rows(document, CAD_REPORT))
    document = document_of(everything())
    [finding, *_] = [each for each in items_of(document) if concept_of(each) == FINDING]
    finding.ContentSequence[0].ConceptCodeSequence[0].CodeValue = "111222"
    assert "4006:2: ('111222', 'DCM') is not of the value set" in broken_rows(document, CAD_REPORT)
    finding.ContentSequence.insert(0, finding.ContentSequence.pop())
    assert any("comes too late" in each for each in broken_rows(document, CAD_REPORT))


def test_dsrdump_refuses_a_broken_tree(tmp_path: Path) -> None:
    document = document_of(everything())
    document.ContentSequence[2].RelationshipType = "HAS ACQ CONTEXT"
    path = tmp_path / "broken.dcm"
    document.save_as(path, enforce_file_format=True)
    assert dsrdump_complaints(path)


def test_a_mass_counts_as_a_finding() -> None:
    document = document_of(cad_reading(composites=(mass(),)))
    assert values(document, SUMMARY) == ["111242"]
