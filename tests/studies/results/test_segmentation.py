from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from pydicom import Dataset

from senoscope.studies.results.made_object import written
from senoscope.studies.results.outline_mask import mask_of
from senoscope.studies.results.segmentation import segmentation_of
from senoscope.studies.study_reading import StudyReading
from tests.studies.results.conformance import dciodvfy_errors, own_errors
from tests.studies.results.image_builders import (
    CHINESE,
    COLUMNS,
    KINDS,
    PUBLIC,
    ROWS,
    grey_cine,
    public_study,
    reading_of,
    study_of,
)
from tests.studies.study_builders import SERIES, STUDY


def planes(segmentation: Dataset) -> dict[tuple[str, int, int], np.ndarray]:
    """Each mask by SOPInstanceUID of its source, frame and segment, as highdicom reads them."""
    masks = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
    found = {}
    for group, mask in zip(segmentation.PerFrameFunctionalGroupsSequence, masks, strict=True):
        [derived] = group.DerivationImageSequence
        [source] = derived.SourceImageSequence
        segment = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        frame = int(source.get("ReferencedFrameNumber", 1))
        found[str(source.ReferencedSOPInstanceUID), frame, int(segment)] = mask > 0
    return found


def expected(reading: StudyReading, rows: int, columns: int) -> dict:
    """The same from the reading; segments count from 1 in each image."""
    found: dict[tuple[str, int, int], np.ndarray] = {}
    for uid in {each.at.instance_uid for one in reading.findings for each in one.outlines}:
        here = [
            one
            for one in reading.findings
            if any(each.at.instance_uid == uid for each in one.outlines)
        ]
        for segment, finding in enumerate(here, start=1):
            for each in finding.outlines:
                if each.at.instance_uid == uid:
                    found[uid, each.at.frame, segment] = mask_of(each.contour, rows, columns)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_dciodvfy_finds_no_error_and_masks_are_those_of_the_outlines(
    tmp_path: Path, kind: str
) -> None:
    study, sources = study_of(tmp_path / "study", KINDS[kind](1), KINDS[kind](2))
    reading = reading_of(study)
    found = {}
    for made in segmentation_of(reading, sources):
        path = written(made, tmp_path / "out")
        assert dciodvfy_errors(path) == []
        found |= planes(hd.seg.segread(path))
    wanted = expected(reading, ROWS, COLUMNS)
    assert found.keys() == wanted.keys()
    assert all((found[each] == wanted[each]).all() and found[each].any() for each in found)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_samples_become_segmentations_without_an_error(
    public_data: Path, tmp_path: Path, name: str
) -> None:
    study, sources = public_study(public_data, name)
    reading = reading_of(study)
    [made] = segmentation_of(reading, sources)
    path = written(made, tmp_path / "out")
    assert own_errors(path) == []
    found = planes(hd.seg.segread(path))
    wanted = expected(reading, made.Rows, made.Columns)
    assert found.keys() == wanted.keys()
    assert all((found[each] == wanted[each]).all() for each in found)


def test_a_segment_says_which_lesion_it_is_and_who_found_it(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine(Laterality="L"))
    reading = reading_of(study)
    [made] = segmentation_of(reading, sources)
    first, second = made.SegmentSequence
    assert (first.SegmentNumber, first.TrackingID) == (1, "Lesion 1")
    assert [first.TrackingUID, second.TrackingUID] == [
        each.tracking_uid for each in reading.findings
    ]
    assert first.SegmentAlgorithmType == "AUTOMATIC"
    assert first.SegmentedPropertyCategoryCodeSequence[0].CodeValue == "49755003"
    assert first.SegmentedPropertyTypeCodeSequence[0].CodeValue == "52988006"
    [region] = first.AnatomicRegionSequence
    assert region.CodeValue == "76752008"
    assert region.AnatomicRegionModifierSequence[0].CodeMeaning == "Left"
    [algorithm] = first.SegmentationAlgorithmIdentificationSequence
    assert algorithm.AlgorithmParameters == (
        "engine=OpenVINO int8,models=segmenter 3.1; classifier 2.0"
    )


def test_one_of_each_image_in_one_series_of_the_study(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine(1), grey_cine(2))
    made = segmentation_of(reading_of(study), sources)
    assert [each.InstanceNumber for each in made] == [1, 2]
    assert len({each.SeriesInstanceUID for each in made}) == 1
    assert len({each.SOPInstanceUID for each in made}) == 2
    assert {each.StudyInstanceUID for each in made} == {STUDY}
    # Lesion 2 is only on the last image, and has the number 1 or 2 there as its place is.
    assert [len(each.SegmentSequence) for each in made] == [1, 2]
    [series] = made[1].ReferencedSeriesSequence
    assert series.SeriesInstanceUID == SERIES
    assert series.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == f"{SERIES}.2"


def test_whether_segments_overlap_is_said(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    reading = reading_of(study)
    assert segmentation_of(reading, sources)[0].SegmentsOverlap == "YES"
    far = reading.findings[1].outlines[0]
    corner = np.array([[0, 0], [4, 0], [4, 4]], np.float32)
    away = replace(far, contour=corner)
    second = replace(reading.findings[1], key=away, outlines=(away,))
    apart = replace(reading, findings=(reading.findings[0], second))
    assert segmentation_of(apart, sources)[0].SegmentsOverlap == "NO"


def test_two_outlines_of_a_lesion_on_one_frame_are_one_mask(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    reading = reading_of(study)
    one = reading.findings[0].outlines[0]
    corner = replace(one, contour=np.array([[0, 0], [4, 0], [4, 4]], np.float32))
    both = replace(reading.findings[0], outlines=(one, corner))
    [made] = segmentation_of(replace(reading, findings=(both,)), sources)
    mask = made.pixel_array > 0
    assert (
        mask == mask_of(one.contour, ROWS, COLUMNS) | mask_of(corner.contour, ROWS, COLUMNS)
    ).all()


def test_no_findings_no_segmentation(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    assert segmentation_of(replace(reading_of(study), findings=()), sources) == []


def test_names_survive_and_private_elements_do_not(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine())
    [made] = segmentation_of(reading_of(study), sources)
    path = written(made, tmp_path / "out")
    read_back = hd.seg.segread(path)
    assert read_back.PatientName == CHINESE
    assert read_back.SpecificCharacterSet == "GB18030"
    assert b"SECRET" not in path.read_bytes()
    assert read_back.LossyImageCompression == "00"


def test_lossy_pixels_leave_a_lossy_segmentation(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, KINDS["JPEG cine"]())
    [made] = segmentation_of(reading_of(study), sources)
    assert made.LossyImageCompression == "01"
    assert made.LossyImageCompressionMethod == "ISO_10918_1"
