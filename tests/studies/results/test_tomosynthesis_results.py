"""What a reading of tomosynthesis becomes: frames are named wherever a mark is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.domain.reading import ReaderDescription, Suspicion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.studies.images.series import Study
from senoscope.studies.modes.mammography import Mammography
from senoscope.studies.modes.read_view import empty_reading
from senoscope.studies.results.identity import new_uid
from senoscope.studies.results.made_object import written
from senoscope.studies.results.presentation import presentations_of
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.results.report import report_of
from senoscope.studies.results.report_html import html_report
from senoscope.studies.results.report_json import reading_json, reading_of_json
from senoscope.studies.results.report_patient import ReportHeader
from senoscope.studies.results.report_words_mammography import MAMMOGRAPHY as WORDS
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_reading import (
    EXAM_SCORE,
    MAMMOGRAPHY,
    VIEW_SCORE,
    FindingKind,
    ImageReading,
    Outlined,
    ReadingFact,
    StudyFinding,
    StudyReading,
)
from tests.models.programmed.mammography.drawn_breasts import plain_breast
from tests.studies.modes.drawn_exam import drawn
from tests.studies.results.cad_templates import CAD_REPORT
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.report_builders import AT
from tests.studies.results.template_rows import broken_rows
from tests.studies.results.test_write_results import signed_of
from tests.studies.study_builders import folder_of, read
from tests.studies.tomosynthesis import (
    COUNT,
    STEP_MM,
    ct_slices,
    hologic_private,
    projections,
    slice_frames,
    write_view,
)

ROOT = Path(__file__).parents[3]
SQUARE = np.array([[30, 230], [60, 230], [60, 260], [30, 260]], np.float32)
BEST = {"CC": (3, 2, 4), "MLO": (2, 1)}
"""Frames on which the mark is outlined, the best first, by view."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("in")
    for number, view in enumerate(BEST, start=1):
        write_view(folder, "L", view, slice_frames("L"), number=number)
    [study], _ = read(folder)
    return study


def image_reading(study: Study, place: int) -> ImageReading:
    image = study.images[place]
    empty = empty_reading(image)
    return replace(
        empty,
        read=image.frames,
        spacing=CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.DICOM_SPACING),
        facts=(*empty.facts, ReadingFact(VIEW_SCORE, 0.4 + 0.1 * place)),
        heights_mm=tuple(STEP_MM * each for each in range(COUNT)),
    )


@pytest.fixture(scope="module")
def reading(study: Study) -> StudyReading:
    images = tuple(image_reading(study, place) for place in range(len(study.images)))
    views = [next(each.word for each in image.facts if each.name == "view") for image in images]
    outlines = tuple(
        Outlined(study.images[place].frame_place(frame), SQUARE)
        for place, view in enumerate(views)
        for frame in BEST[view]
    )
    finding = StudyFinding(
        1, str(new_uid()), outlines[0], outlines, 0.7, 0.6, 0.7,
        Suspicion.UNCERTAIN, None, kind=FindingKind.MASS,
    )  # fmt: skip
    return StudyReading(
        study.uid,
        MAMMOGRAPHY,
        ReaderDescription(engine="programmed features, no network", models=("programmed CADe",)),
        images,
        (finding,),
        datetime.now(UTC),
        (ReadingFact(EXAM_SCORE, 0.55),),
    )


@pytest.fixture(scope="module")
def made(
    study: Study, reading: StudyReading, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, Dataset]:
    results = write_results(study, reading, tmp_path_factory.mktemp("made") / "out")
    return {each.path: dcmread(each.path) for each in results if each.instance_uid is not None}


def of(made: dict[Path, Dataset], sop_class: str) -> list[Dataset]:
    return [each for each in made.values() if each.SOPClassUID == sop_class]


def test_every_object_conforms(made: dict[Path, Dataset]) -> None:
    assert len({each.SOPClassUID for each in made.values()}) == 6
    for path in made:
        assert dciodvfy_errors(path) == [], path.name
    [cad] = of(made, uid.MammographyCADSRStorage)
    assert broken_rows(cad, CAD_REPORT) == []


def test_a_segmentation_is_of_the_slices_in_which_the_mark_is_seen(
    made: dict[Path, Dataset], study: Study
) -> None:
    found = of(made, uid.SegmentationStorage)
    assert len(found) == len(study.images)
    for segmentation in found:
        sources = [
            (each.ReferencedSOPInstanceUID, each.ReferencedFrameNumber)
            for group in segmentation.PerFrameFunctionalGroupsSequence
            for derived in group.DerivationImageSequence
            for each in derived.SourceImageSequence
        ]
        view = next(each for each in study.images if each.instance_uid == sources[0][0])
        assert view.mammogram is not None and view.mammogram.view is not None
        assert [frame for _, frame in sources] == sorted(BEST[view.mammogram.view])
        heights = [
            group.PlanePositionSequence[0].ImagePositionPatient
            for group in segmentation.PerFrameFunctionalGroupsSequence
        ]
        apart = np.linalg.norm(np.diff(np.array(heights, np.float64), axis=0), axis=1)
        assert apart == pytest.approx(np.diff([frame for _, frame in sources]) * STEP_MM)
        assert segmentation.pixel_array.reshape(len(sources), -1).any(axis=1).all()


def test_a_side_that_only_slices_say_is_said_of_what_is_found(made: dict[Path, Dataset]) -> None:
    for segmentation in of(made, uid.SegmentationStorage):
        (region,) = segmentation.SegmentSequence[0].AnatomicRegionSequence
        assert region.AnatomicRegionModifierSequence[0].CodeMeaning.startswith("Left")


def frames_named(document: Dataset) -> set[int]:
    """Wherever in the tree."""
    return {
        int(each.value)
        for each in document.iterall()
        if each.keyword == "ReferencedFrameNumber" and each.value is not None
    }


def test_reports_and_captures_name_the_best_slices(made: dict[Path, Dataset]) -> None:
    best = {frames[0] for frames in BEST.values()}
    [cad] = of(made, uid.MammographyCADSRStorage)
    assert frames_named(cad) == best
    captures = of(made, uid.SecondaryCaptureImageStorage)
    assert {frame for each in captures for frame in frames_named(each)} == best
    [measured] = of(made, uid.ComprehensiveSRStorage)
    assert BEST["CC"][0] in frames_named(measured)


def test_a_presentation_state_keeps_the_window_of_each_slice(
    study: Study, reading: StudyReading, made: dict[Path, Dataset], tmp_path: Path
) -> None:
    for state in of(made, uid.GrayscaleSoftcopyPresentationStateStorage):
        (window,) = state.SoftcopyVOILUTSequence
        assert (window.WindowCenter, window.WindowWidth) == (2048, 4096)
        assert (state.RescaleSlope, state.RescaleIntercept) == (1, 0)
    own = [(1000.0, 2000.0), (2000.0, 2000.0), (1000.0, 2000.0), (2000.0, 2000.0), (1, 3)]
    write_view(tmp_path / "in", windows=tuple(own))
    [other], _ = read(tmp_path / "in")
    at = replace(reading.findings[0].key.at, instance_uid=other.images[0].instance_uid)
    outline = replace(reading.findings[0].key, at=at)
    finding = replace(reading.findings[0], key=outline, outlines=(outline,))
    given = replace(reading, images=(image_reading(other, 0),), findings=(finding,))
    (state,) = presentations_of(given, SourceImages(other))
    frames = {
        float(each.WindowCenter): each.ReferencedImageSequence[0].ReferencedFrameNumber
        for each in state.SoftcopyVOILUTSequence
    }
    assert frames == {1000.0: [1, 3], 2000.0: [2, 4], 1.0: 5}
    assert dciodvfy_errors(written(state, tmp_path)) == []


def test_it_is_kept_and_read_back(reading: StudyReading) -> None:
    again = reading_of_json(reading_json(reading))
    assert again.images[0].height_mm(3) == 2 * STEP_MM
    assert again.images[0].height_mm(COUNT + 1) is None
    assert again.findings[0].images == reading.findings[0].images


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_report_says_how_high_a_mark_lies_and_what_the_exam_scores(
    reading: StudyReading, language: str
) -> None:
    page = html_report(report_of(reading, ReportHeader(), at=AT, language=language))
    place = language != "en"
    assert WORDS["height"][place].format(mm="3.0") in page
    assert WORDS["exam_score"][place] in page
    assert WORDS["slices"][place].format(n=COUNT) in page
    assert "malignan" not in page.replace("Suspicion", "")


def test_a_terminal_is_told_the_same(reading: StudyReading) -> None:
    lines = "\n".join(reading_lines(reading))
    assert "frame 3, 3.0 mm above the lowest slice; outlined on 2" in lines
    assert re.search(r"tomosynthesis of 5 slices; over 6 mm; view score 0\.40", lines)


def test_a_signed_one_succeeds_what_the_machine_wrote(
    study: Study, reading: StudyReading, tmp_path: Path
) -> None:
    write_results(study, reading, tmp_path / "machine")
    signed = signed_of(reading)
    write_results(study, reading, tmp_path / "s", signed, machine=tmp_path / "machine")
    assert dciodvfy_errors(tmp_path / "s" / "sr_1.dcm") == []


@pytest.mark.parametrize("others", [[projections()], [hologic_private()], ct_slices()])
def test_what_is_not_read_is_named_in_results_that_conform(
    tmp_path: Path, others: list[Dataset]
) -> None:
    for each in others:
        each.StudyInstanceUID = "2.25.4711"
    flat = drawn("L", "CC", 70, plain_breast(), StudyInstanceUID="2.25.4711")
    [study], _ = read(folder_of(tmp_path / "in", *others, flat))
    found = Mammography().read(study)
    assert found is not None
    assert sum(each.read for each in found.images) == 1
    for each in write_results(study, found, tmp_path / "out"):
        if each.instance_uid is not None:
            assert dciodvfy_errors(each.path) == [], each.path.name
    assert "not read" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_every_caution_of_slices_has_words() -> None:
    folder = ROOT / "studies" / "images"
    text = (folder / "tomosynthesis_header.py").read_text(encoding="utf-8")
    named = set(re.findall(r'= "([a-z_]+)"|, "([a-z_]+)"\n', text))
    keys = {key for pair in named for key in pair if key}
    assert {"no_heights", "gap_between_slices"} <= keys
    assert {f"caution_{each}" for each in keys} - set(WORDS) == set()
