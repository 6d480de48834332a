"""What a breast MRI becomes: read from files, by an analysis made by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import highdicom as hd
import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import ParametricMapStorage

from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.studies.images.series import Study
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.mri.kept_analysis import kept_analysis_of
from senoscope.studies.results.made_results import WrittenResult
from senoscope.studies.results.reading_lines import reading_lines
from senoscope.studies.results.report_json import reading_json, reading_of_json
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_reading import FindingKind, StudyReading
from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS
from tests.studies.mri.analyses import SHAPE, small_analysis
from tests.studies.results.breast_mri.read_exam import by_hand, read_by_hand, study_of
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.test_write_results import signed_of

Written = dict[str, list[WrittenResult]]


def by_kind(results: tuple[WrittenResult, ...]) -> Written:
    kinds: Written = {}
    for each in results:
        kinds.setdefault(each.kind, []).append(each)
    return kinds


@pytest.fixture(scope="module", params=LAYOUTS)
def exam(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Study, StudyReading, Written]:
    folder = tmp_path_factory.mktemp("mri")
    study = study_of(folder / "in", request.param)
    reading = read_by_hand(study)
    return study, reading, by_kind(write_results(study, reading, folder / "out"))


def header(result: WrittenResult) -> Dataset:
    return dcmread(result.path)


def test_every_object_conforms(exam: tuple[Study, StudyReading, Written]) -> None:
    kinds = exam[2]
    assert set(kinds) == {
        "segmentation", "map", "key image", "volumes", "measurements", "report", "data",
    }  # fmt: skip
    for results in kinds.values():
        for each in results:
            if each.instance_uid is not None:
                assert dciodvfy_errors(each.path) == [], each.kind


def test_the_lesion_is_outlined_where_it_lies(exam: tuple[Study, StudyReading, Written]) -> None:
    _, reading, _ = exam
    (finding,) = reading.findings
    assert finding.kind is FindingKind.ENHANCEMENT
    assert len(finding.outlines) == 4
    x, y = finding.key.contour.T
    np.testing.assert_allclose([x.min(), x.max(), y.min(), y.max()], [4.75, 11.25, 7.75, 13.25])
    facts = {each.name: each for each in finding.facts}
    assert facts["side"].word == "R"
    assert facts["curve"].word == "III"
    assert facts["volume"].number == pytest.approx(0.501)
    assert facts["share_washout"].number == pytest.approx(70)
    assert "kep" not in facts


def test_segments_are_the_masks_one_for_one(exam: tuple[Study, StudyReading, Written]) -> None:
    _, reading, kinds = exam
    (result,) = kinds["segmentation"]
    made = hd.seg.segread(result.path)
    labels = [each.SegmentLabel for each in made.SegmentSequence]
    assert labels == ["Breast", "Fibroglandular tissue", "Enhancing lesion 1"]
    assert made.SegmentSequence[2].TrackingUID == reading.findings[0].tracking_uid
    volume = made.get_volume(combine_segments=False)
    array = volume.match_geometry(_whole(reading)).array
    tissue = small_analysis().tissue
    np.testing.assert_array_equal(array[..., 0] > 0, (tissue & Tissue.BREAST) > 0)
    np.testing.assert_array_equal(array[..., 1] > 0, (tissue & Tissue.FIBROGLANDULAR) > 0)
    lesion = small_analysis().lesions[0]
    assert array[..., 2].sum() == lesion.mask.sum()
    assert not array[3, 8, 5, 2]
    assert array[6, 13, 11, 2]


def _whole(reading: StudyReading) -> hd.VolumeGeometry:
    geometry = reading.volumes[0].series.geometry
    affine = np.eye(4)
    affine[:3, :3] = (geometry.axes * np.array(geometry.spacing_mm)[:, None]).T
    affine[:3, 3] = geometry.origin_mm
    return hd.VolumeGeometry(affine, SHAPE, coordinate_system="PATIENT")


def test_maps_hold_the_ratio_and_ktrans(exam: tuple[Study, StudyReading, Written]) -> None:
    maps = [header(each) for each in exam[2]["map"]]
    assert {each.SOPClassUID for each in maps} == {ParametricMapStorage}
    ratio, ktrans = (hd.imread(each.path) for each in exam[2]["map"])
    values = ratio.get_volume(apply_real_world_transform=True).array
    # (200 - 100) / (160 - 100) within the lesion, nothing around it.
    assert set(np.round(np.unique(values), 3)) == {0.0, 1.667}
    assert (values > 0).sum() == 4 * 6 * 7
    exchange = ktrans.get_volume(apply_real_world_transform=True).array
    assert ((exchange > 0) == (values > 0)).all()
    said = [each.RealWorldValueMappingSequence[0].LUTLabel for each in _mappings(maps)]
    assert said == ["SER", "Ktrans"]


def _mappings(maps: list[Dataset]) -> list[Dataset]:
    return [each.SharedFunctionalGroupsSequence[0] for each in maps]


def test_the_report_refers_to_the_segment(exam: tuple[Study, StudyReading, Written]) -> None:
    _, reading, kinds = exam
    (result,) = kinds["measurements"]
    report = hd.sr.srread(result.path)
    (group,) = report.content.get_volumetric_roi_measurement_groups()
    assert group.tracking_uid == reading.findings[0].tracking_uid
    segment = group.reference_type
    assert segment.meaning == "Referenced Segment"
    values = {each.name.meaning: each.value for each in group.get_measurements()}
    assert values["Volume"] == pytest.approx(0.501)
    assert values["Distance from nipple"] == 21.5
    said = [each.value.meaning for each in group.get_qualitative_evaluations()]
    assert "Washout delayed phase: Type 3 curve" in said


def test_what_is_kept_is_what_was_read(exam: tuple[Study, StudyReading, Written]) -> None:
    _, reading, kinds = exam
    (result,) = kinds["volumes"]
    kept = kept_analysis_of(result.path.read_bytes())
    np.testing.assert_array_equal(kept.analysis.tissue, small_analysis().tissue)
    assert len(kept.slices) == SHAPE[0]
    assert kept.phases["sets"][0]["phases"][0]["pre_contrast"]
    assert kept.pictures[1].shape == SHAPE[1:]
    assert kept.pictures[1][10, 8] == 255
    assert kept.pictures[1][0, 0] == 0
    back = reading_of_json(json.loads(json.dumps(reading_json(reading))))
    assert back.facts == reading.facts
    assert back.volumes == ()
    assert back.findings[0].facts == reading.findings[0].facts


def test_it_is_said_in_words(exam: tuple[Study, StudyReading, Written]) -> None:
    _, reading, kinds = exam
    lines = "\n".join(reading_lines(reading))
    assert "Phases: 4; in seconds 0, 90, 180, 270" in lines
    assert "Most suspicious curve III" in lines
    assert "Phase 3 was not registered." in lines
    page = next(each.path for each in kinds["report"] if each.path.suffix == ".html").read_text()
    assert "Breast MRI report" in page
    assert "Functional tumour volume" in page
    assert "Probability of each letter" not in page
    assert "no probability of cancer" in page


def test_a_signed_one_shows_the_kept_pictures(
    exam: tuple[Study, StudyReading, Written], tmp_path: Path
) -> None:
    study, reading, kinds = exam
    back = reading_of_json(reading_json(reading))
    machine = tmp_path / "machine"
    machine.mkdir()
    for kind in ("segmentation", "measurements", "volumes"):
        for each in kinds[kind]:
            (machine / each.path.name).write_bytes(each.path.read_bytes())
    signed = signed_of(back)
    results = by_kind(write_results(study, back, tmp_path / "out", signed, machine=machine))
    assert set(results) == {"measurements", "report", "data"}
    assert dciodvfy_errors(results["measurements"][0].path) == []
    page = next(each.path for each in results["report"] if each.path.suffix == ".html")
    assert "data:image/jpeg" in page.read_text()


def test_a_cancelled_reading_is_none(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    cancelled = Event()
    cancelled.set()
    assert BreastMri(analyser=by_hand).read(study, cancelled=cancelled) is None


def test_what_is_read_says_when(exam: tuple[Study, StudyReading, Written]) -> None:
    assert (datetime.now(UTC) - exam[1].read_at).total_seconds() < 600
