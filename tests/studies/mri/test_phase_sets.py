"""Which volumes of a study are phases of one injection, and which are of another kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset

from senoscope.studies.images.mri_header import LEGACY_CONVERTED
from senoscope.studies.images.mri_kind import MriKind
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import (
    ENHANCED_EACH,
    ONE,
    PER_PHASE,
    objects,
    renewed,
    table_of,
)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_subtractions_and_t2_that_say_so_are_no_phases(tmp_path: Path, layout: str) -> None:
    given = series()
    made = objects(given, layout, subtractions=True, t2=given.phases[0])
    table = table_of(tmp_path, made)
    assert [len(each.taking_part) for each in table.sets] == [5]
    kinds = [each.kind for each in table.others]
    assert kinds == [MriKind.T2, *[MriKind.SUBTRACTION] * 4]
    assert {each.like_set for each in table.others} == {1}


def test_a_phase_on_another_grid_is_told(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made[80:]:
        each.PixelSpacing = [4.2, 4.2]
    table = table_of(tmp_path, made)
    (found,) = table.sets
    assert len(found.phases) == 4
    assert "another than that of the phases of set 1" in table.others[0].why


def test_two_directions_in_one_series_are_told_apart(tmp_path: Path) -> None:
    axial = objects(series(), ONE)
    other = objects(series("sagittal"), ONE, parts=("other",))
    for each in other:
        each.StudyInstanceUID = axial[0].StudyInstanceUID
        each.SeriesInstanceUID = axial[0].SeriesInstanceUID
    table = table_of(tmp_path, axial + other)
    assert sorted(each.plane for each in table.readable) == ["axial", "sagittal"]
    assert all(len(each.phases) == 5 for each in table.sets)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("one_series", [True, False])
def test_left_and_right_of_a_sagittal_study_are_two_sets(
    tmp_path: Path, layout: str, one_series: bool
) -> None:
    left = series("sagittal", across_mm=40.0)
    right = series("sagittal", seed=2, across_mm=-90.0)
    made = [objects(left, layout), objects(right, layout, parts=("right",))]
    for each in made[1]:
        each.StudyInstanceUID = made[0][0].StudyInstanceUID
        if one_series:
            each.SeriesInstanceUID = made[0][0].SeriesInstanceUID
    if one_series and layout == PER_PHASE:
        for first, second in zip(*made, strict=True):
            second.SeriesInstanceUID = first.SeriesInstanceUID
    table = table_of(tmp_path, made[0] + made[1])
    found = {each.laterality: each for each in table.readable}
    assert sorted(found) == ["L", "R"]
    for side, given in (("L", left), ("R", right)):
        read = dynamic_series_of(found[side])
        assert read is not None
        assert all(map(np.array_equal, read.phases, given.phases))


@pytest.mark.parametrize("is_said", [True, False])
def test_motion_corrected_phases_are_a_set_of_their_own(tmp_path: Path, is_said: bool) -> None:
    made = objects(series(), ONE)
    moved = [renewed(each, "moved") for each in made]
    for each in moved:
        each.SeriesNumber = 20
        pixels = np.frombuffer(each.PixelData, np.uint16).reshape(SHAPE[1:])
        each.PixelData = np.roll(pixels, 1, axis=1).tobytes()
        if is_said:
            each.ImageType = ["DERIVED", "PRIMARY", "M", "MOCO"]
    table = table_of(tmp_path, moved + made)
    assert [len(each.taking_part) for each in table.readable] == [5, 5]
    assert table.sets[0].phases[0].series_number == 10
    kinds = [each.kind for each in table.sets]
    assert kinds == [MriKind.RAW, MriKind.MOTION_CORRECTED if is_said else MriKind.RAW]


@pytest.mark.parametrize("change", ["EchoTime", "FlipAngle", "ScanOptions"])
def test_a_volume_of_another_sequence_is_no_phase(tmp_path: Path, change: str) -> None:
    made = objects(series(), PER_PHASE)
    for each in made[80:]:
        setattr(each, change, {"EchoTime": 4.8, "FlipAngle": 20}.get(change, ""))
        if change == "ScanOptions":
            each.SeriesDescription = "t1 non fs"
    (found,) = table_of(tmp_path, made).sets
    assert len(found.phases) == 4


def test_water_and_fat_of_one_series_are_told_apart(tmp_path: Path) -> None:
    given = series()
    made = objects(given, ONE)
    fat = [renewed(each, "") for each in made]
    for each, other in zip(made, fat, strict=True):
        each.ImageType = ["DERIVED", "PRIMARY", "DIXON", "WATER"]
        other.ImageType = ["DERIVED", "PRIMARY", "DIXON", "FAT"]
        other.InstanceNumber += 500
    table = table_of(tmp_path, made + fat)
    (found,) = table.sets
    read = dynamic_series_of(found)
    assert read is not None
    assert all(map(np.array_equal, read.phases, given.phases))
    assert found.fat_suppressed
    assert {each.kind for each in table.others} == {MriKind.DERIVED}


def test_a_side_that_contradicts_the_place_is_said(tmp_path: Path) -> None:
    made = objects(series("sagittal", across_mm=40.0), PER_PHASE, laterality="R")
    (found,) = table_of(tmp_path, made).sets
    assert found.laterality == "R"
    assert "the header says the right breast, but by their place" in found.cautions[0]


def test_legacy_converted_objects_are_read_by_what_they_kept(tmp_path: Path) -> None:
    made = objects(series(), ENHANCED_EACH)
    for each in made:
        each.SOPClassUID = each.file_meta.MediaStorageSOPClassUID = LEGACY_CONVERTED
        each.ContrastBolusAgentSequence = []
        phase = int(each.InstanceNumber) - 1
        for frame in each.PerFrameFunctionalGroupsSequence:
            content = frame.FrameContentSequence[0]
            for keyword in ("TemporalPositionIndex", "FrameAcquisitionDateTime"):
                delattr(content, keyword)
            del content.FrameReferenceDateTime
            del frame.ContrastBolusUsageSequence
            kept = Dataset()
            kept.AcquisitionDate = "20260101"
            kept.AcquisitionTime = f"10{2 * phase:02d}00"
            kept.ContrastBolusAgent = "Gadolinium" if phase else ""
            frame.UnassignedPerFrameConvertedAttributesSequence = [kept]
    (found,) = table_of(tmp_path, made).sets
    assert (found.trouble, found.pre_contrast) == ("", 1)
    assert found.pre_from == "ContrastBolusAgent"
    assert [each.time_s for each in found.phases] == [0.0, 120.0, 240.0, 360.0, 480.0]


@pytest.mark.parametrize("layout", [PER_PHASE, ONE])
def test_a_slice_that_came_twice_is_read_once(tmp_path: Path, layout: str) -> None:
    given = series()
    made = objects(given, layout)
    again = renewed(made[47], "")
    again.InstanceNumber += 500
    table = table_of(tmp_path, [*made, again])
    (found,) = table.sets
    read = dynamic_series_of(found)
    assert read is not None
    assert all(map(np.array_equal, read.phases, given.phases))
    assert "pictures that came twice, left out once: 1" in table.left_out[0]


def test_two_slices_of_one_place_and_time_that_differ_are_not_guessed_at(tmp_path: Path) -> None:
    made = objects(series(), ONE)
    again = renewed(made[47], "")
    again.InstanceNumber += 500
    pixels = np.frombuffer(again.PixelData, np.uint16) + np.uint16(1)
    again.PixelData = pixels.astype(np.uint16).tobytes()
    table = table_of(tmp_path, [*made, again])
    assert table.sets == ()
    assert "nothing tells which are one phase" in table.left_out[0]
