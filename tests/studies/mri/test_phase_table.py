"""From files to phases: right, or refused with the reason, for every way that phases are stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import read_studies
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS
from tests.studies.dicom_files import cine, grey_frames
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import (
    ENHANCED,
    ENHANCED_EACH,
    ONE,
    PER_PHASE,
    dropped,
    objects,
    renewed,
    shuffled,
    study_of,
    table_of,
    with_frames,
)

CLASSIC_LAYOUTS = (PER_PHASE, ONE)


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_shuffled_files_come_back_as_the_phases_they_were(
    tmp_path: Path, layout: str, plane: str
) -> None:
    given = series(plane, pre=2)
    table = table_of(tmp_path, shuffled(objects(given, layout)))
    (found,) = table.sets
    assert (found.trouble, table.others, table.left_out) == ("", (), ())
    assert (found.plane, found.pre_contrast, found.injected_s) == (plane, 2, 150.0)
    made = dynamic_series_of(found)
    assert made is not None
    assert all(map(np.array_equal, made.phases, given.phases))
    assert made.times_s == given.times_s
    assert (made.pre_contrast, made.injected_s, made.fat_suppressed) == (2, 150.0, True)
    np.testing.assert_allclose(made.geometry.axes, given.geometry.axes)
    np.testing.assert_allclose(made.geometry.origin_mm, given.geometry.origin_mm)
    assert made.geometry.spacing_mm == given.geometry.spacing_mm


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_phase_that_lacks_a_slice_is_left_out_and_the_slice_named(
    tmp_path: Path, layout: str
) -> None:
    made = dropped(
        objects(series(), layout), SHAPE[0], lambda phase, place: (phase, place) == (2, 7)
    )
    (found,) = table_of(tmp_path, made).sets
    assert found.trouble == ""
    assert [each.time_s for each in found.taking_part] == [0.0, 90.0, 270.0, 360.0]
    (left,) = [each for each in found.phases if not each.takes_part]
    assert "1 of 20 slices are missing, at -12.5 mm" in left.why_not
    assert not left.is_usable


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_the_phase_before_contrast_whole_the_set_is_refused(
    tmp_path: Path, layout: str
) -> None:
    made = dropped(
        objects(series(), layout), SHAPE[0], lambda phase, place: (phase, place) == (0, 7)
    )
    (found,) = table_of(tmp_path, made).sets
    assert "no phase before the contrast" in found.trouble
    with pytest.raises(SourceUnavailable, match="no phase before the contrast"):
        dynamic_series_of(found)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_slice_missing_in_all_phases_is_a_hole_that_nothing_fills(
    tmp_path: Path, layout: str
) -> None:
    made = dropped(objects(series(), layout), SHAPE[0], lambda _, place: place == 7)
    (found,) = table_of(tmp_path, made).sets
    assert "a slice is missing in every phase: 5.00 mm to the next one" in found.trouble


@pytest.mark.parametrize("layout", LAYOUTS)
def test_slices_that_one_phase_lacks_at_the_end_are_cropped_from_all(
    tmp_path: Path, layout: str
) -> None:
    given = series()
    made = dropped(
        objects(given, layout), SHAPE[0], lambda phase, place: phase == 1 and place == 19
    )
    (found,) = table_of(tmp_path, made).sets
    assert (found.trouble, found.shape) == ("", (19, 48, 64))
    assert any("1 slices at the ends" in each for each in found.cautions)
    read = dynamic_series_of(found)
    assert read is not None
    assert all(np.array_equal(a, b[:19]) for a, b in zip(read.phases, given.phases, strict=True))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_phase_that_came_twice_is_read_once(tmp_path: Path, layout: str) -> None:
    made = objects(series(), layout)
    if layout == ENHANCED:
        frames = list(range(5 * SHAPE[0]))
        made = [with_frames(made[0], [*frames, *frames[2 * SHAPE[0] : 3 * SHAPE[0]]])]
    elif layout == ENHANCED_EACH:
        made.append(renewed(made[2], ""))
    else:
        again = [renewed(each, "again" if layout == PER_PHASE else "") for each in made[40:60]]
        for each in again:
            each.InstanceNumber += 200
        made += again
    (found,) = table_of(tmp_path, made).sets
    assert found.trouble == ""
    assert [each.time_s for each in found.taking_part] == [0.0, 90.0, 180.0, 270.0, 360.0]
    (left,) = [each for each in found.phases if not each.takes_part]
    assert "it is a copy" in left.why_not


def test_two_different_volumes_of_one_time_are_no_two_phases(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    again = [renewed(each, "again") for each in made[40:60]]
    for each in again:
        pixels = np.frombuffer(each.PixelData, np.uint16) + np.uint16(3)
        each.PixelData = pixels.astype(np.uint16).tobytes()
        each.SeriesNumber = 90
    (found,) = table_of(tmp_path, made + again).sets
    assert (found.trouble, len(found.taking_part)) == ("", 5)
    (left,) = [each for each in found.phases if not each.takes_part]
    assert "it was taken when series 12 was and differs" in left.why_not
    assert left.series_number == 90


def _as_difference(made: list, phase: int, signed: bool) -> None:
    """The slices of that phase become those of it less the first one."""
    for place in range(SHAPE[0]):
        own, first = made[phase * SHAPE[0] + place], made[place]
        values = np.frombuffer(own.PixelData, np.uint16).astype(int)
        values = values - np.frombuffer(first.PixelData, np.uint16)
        own.PixelRepresentation = int(signed)
        kind = np.int16 if signed else np.uint16
        own.PixelData = (values if signed else np.maximum(values, 0)).astype(kind).tobytes()


@pytest.mark.parametrize("layout", CLASSIC_LAYOUTS)
@pytest.mark.parametrize("signed", [True, False])
def test_a_subtraction_sent_as_a_phase_is_seen_by_its_pixels(
    tmp_path: Path, layout: str, signed: bool
) -> None:
    made = objects(series(), layout)
    extra = [renewed(each, "sub") for each in made[60:80]]
    _as_difference_of = made[:60] + extra
    _as_difference(_as_difference_of, 3, signed)
    if layout == ONE:
        for each in extra:
            each.SeriesInstanceUID = made[0].SeriesInstanceUID
            each.TemporalPositionIdentifier = 6
            each.AcquisitionTime = "101000"
    else:
        for each in extra:
            each.SeriesNumber, each.AcquisitionTime = 70, "101000"
    (found,) = table_of(tmp_path, made + extra).sets
    assert found.trouble == ""
    assert len(found.taking_part) == 5
    (left,) = [each for each in found.phases if not each.takes_part]
    assert "it is a subtraction" in left.why_not


@pytest.mark.parametrize("signed", [True, False])
def test_subtractions_alone_that_say_they_are_phases_are_refused(
    tmp_path: Path, signed: bool
) -> None:
    made = objects(series(count=6), PER_PHASE)
    for phase in range(1, 6):
        _as_difference(made, phase, signed)
    (found,) = table_of(tmp_path, made[SHAPE[0] :]).sets
    assert "subtraction" in found.trouble


@pytest.mark.parametrize("layout", LAYOUTS)
def test_contrast_that_no_header_tells_is_seen_in_the_pixels(tmp_path: Path, layout: str) -> None:
    given = replace(series(pre=2), injected_s=None)
    made = objects(given, layout)
    for each in made:
        each.pop("ContrastBolusAgent", None)
        each.pop("ContrastBolusAgentSequence", None)
        each.SeriesDescription = "t1"
        for frame in each.get("PerFrameFunctionalGroupsSequence", ()):
            del frame.ContrastBolusUsageSequence
    (found,) = table_of(tmp_path, made).sets
    assert (found.trouble, found.pre_contrast) == ("", 2)
    assert found.pre_from == "the first rise of the signal"
    assert found.injected_s is None


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("has_header", [True, False])
def test_without_a_phase_before_contrast_it_is_refused(
    tmp_path: Path, layout: str, has_header: bool
) -> None:
    given = series(count=6)
    if not has_header:
        given = replace(given, injected_s=None)
    made = dropped(objects(given, layout), SHAPE[0], lambda phase, _: phase == 0)
    (found,) = table_of(tmp_path, made).sets
    assert "no phase before the contrast was found" in found.trouble
    assert found.is_mendable


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_phase_alone_is_told(tmp_path: Path, layout: str) -> None:
    made = dropped(objects(series(), layout), SHAPE[0], lambda phase, _: phase > 0)
    table = table_of(tmp_path, made)
    assert table.sets == ()
    assert "no phase of a dynamic series" in table.others[0].why


def test_a_study_without_mr_is_refused(tmp_path: Path) -> None:
    made = cine(grey_frames(2))
    made.StudyInstanceUID = made.SeriesInstanceUID = made.SOPInstanceUID
    made.Modality = "US"
    with pytest.raises(SourceUnavailable, match="holds no MR images"):
        phase_table_of(study_of(tmp_path, [made]))


def test_an_enhanced_object_that_says_nothing_of_its_frames_is_refused(public_data: Path) -> None:
    with StudyFiles(public_data / "breast-mr" / "emri_small.dcm") as files:
        (study,), _ = read_studies(files)
        table = phase_table_of(study)
    assert table.sets == ()
    assert "of 10 frames, and its functional groups say of 0" in table.left_out[0]
