"""Phases of one series by the first attribute that tells them consistently, and their times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset

from senoscope.studies.mri.phase_times import NO_ORDER, NO_TIMES
from senoscope.studies.mri.phases import PhaseSet
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import (
    ENHANCED,
    ENHANCED_EACH,
    ONE,
    PER_PHASE,
    objects,
    table_of,
)

SLICES = SHAPE[0]


def changed(change: Callable[[Dataset, int, int], None], layout: str = ONE) -> list[Dataset]:
    """All phases taken at one time, by their headers, but for what `change` says of each slice."""
    made = objects(series(), layout, has_temporal=False)
    for number, each in enumerate(made):
        each.AcquisitionTime = each.ContentTime = "100000"
        change(each, *divmod(number, SLICES))
    return made


def only_set(folder: Path, made: list[Dataset]) -> PhaseSet:
    (found,) = table_of(folder, made).sets
    return found


def times(found: PhaseSet) -> list[float | None]:
    return [each.time_s for each in found.taking_part]


def series_order(found: PhaseSet) -> list[int]:
    """InstanceNumber of the first slice of each phase shows which it was."""
    return [(each.slices[0].image.instance_number or 0) // SLICES for each in found.taking_part]


def test_acquisition_times_that_differ_from_slice_to_slice_are_times(tmp_path: Path) -> None:
    def one_after_the_other(each: Dataset, phase: int, place: int) -> None:
        seconds = 90 * phase + 4 * ((7 * place) % SLICES)
        each.AcquisitionTime = f"10{seconds // 60:02d}{seconds % 60:02d}"

    found = only_set(tmp_path, changed(one_after_the_other))
    assert (found.trouble, times(found)) == ("", [0.0, 90.0, 180.0, 270.0, 360.0])
    assert series_order(found) == [0, 1, 2, 3, 4]
    assert found.phases[0].is_middle
    # Of the middle between the first and the last slice, 38 s after the start.
    assert found.injected_s == 60.0 - 38.0


def test_trigger_times_are_taken_where_they_rise_with_the_phases(tmp_path: Path) -> None:
    def triggered(each: Dataset, phase: int, _: int) -> None:
        each.TriggerTime = 30_000 + 90_000 * phase

    found = only_set(tmp_path, changed(triggered))
    assert times(found) == [0.0, 90.0, 180.0, 270.0, 360.0]
    assert found.phases[0].time_from == "AcquisitionTime and TriggerTime"


TRIGGERS_THAT_ARE_NO_TIMES: dict[str, Callable[[int, int], float]] = {
    "of a heart": lambda phase, place: 800 * ((place + phase) % 2) + 10 * place,
    "all alike": lambda _, __: 12_000,
    "milliseconds apart": lambda phase, _: 40 * phase,
    "falling": lambda phase, _: 400_000 - 90_000 * phase,
    "out of order": lambda phase, _: (0, 270_000, 90_000, 360_000, 180_000)[phase],
    "of years": lambda phase, _: 1e11 * phase,
}


@pytest.mark.parametrize("kind", TRIGGERS_THAT_ARE_NO_TIMES)
@pytest.mark.parametrize("temporal", [True, False])
def test_trigger_times_that_are_none_are_not_taken(
    tmp_path: Path, kind: str, temporal: bool
) -> None:
    def triggered(each: Dataset, phase: int, place: int) -> None:
        each.TriggerTime = TRIGGERS_THAT_ARE_NO_TIMES[kind](phase, place)
        if temporal:
            each.TemporalPositionIdentifier = phase + 1

    found = only_set(tmp_path, changed(triggered))
    assert found.trouble == ""
    assert series_order(found) == [0, 1, 2, 3, 4]
    assert times(found) == [None] * 5
    assert NO_TIMES in found.cautions
    is_warned = any("InstanceNumber alone" in each for each in found.cautions)
    assert is_warned is not temporal


def test_content_times_are_a_last_resort_and_said(tmp_path: Path) -> None:
    def made_later(each: Dataset, phase: int, _: int) -> None:
        each.ContentTime = f"10{2 * phase + 1:02d}00"

    found = only_set(tmp_path, changed(made_later))
    assert times(found) == [0.0, 120.0, 240.0, 360.0, 480.0]
    assert found.phases[0].time_from == "ContentTime"
    assert any("ContentTime" in each for each in found.cautions)


def test_times_over_midnight_rise(tmp_path: Path) -> None:
    def late(each: Dataset, phase: int, _: int) -> None:
        seconds = 24 * 3600 - 120 + 90 * phase
        each.AcquisitionDate = f"2026010{1 + seconds // 86400}"
        each.AcquisitionTime = (
            f"{seconds // 3600 % 24:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
        )
        if "ContrastBolusStartTime" in each:
            each.ContrastBolusStartTime = "235900"

    found = only_set(tmp_path, changed(late))
    assert times(found) == [0.0, 90.0, 180.0, 270.0, 360.0]
    assert found.injected_s == 60.0


def test_a_phase_before_contrast_in_a_series_of_its_own_joins_the_others(tmp_path: Path) -> None:
    made = objects(series(), ONE)
    for each in made[:SLICES]:
        each.SeriesNumber, each.SeriesInstanceUID = 8, "1.2.3"
        del each.TemporalPositionIdentifier
    found = only_set(tmp_path, made)
    assert times(found) == [0.0, 90.0, 180.0, 270.0, 360.0]
    assert [each.series_number for each in found.phases] == [8, 10, 10, 10, 10]


def test_nothing_that_tells_when_phases_of_several_series_were_is_trouble(tmp_path: Path) -> None:
    made = objects(series(), PER_PHASE)
    for each in made:
        each.AcquisitionTime = each.ContentTime = ""
    found = only_set(tmp_path, made)
    assert found.trouble == NO_ORDER
    assert found.is_mendable


def test_slices_that_nothing_tells_apart_are_left_out(tmp_path: Path) -> None:
    made = changed(lambda each, _phase, place: setattr(each, "InstanceNumber", place + 1))
    table = table_of(tmp_path, made)
    assert table.sets == ()
    assert "nothing tells which are one phase" in table.left_out[0]


@pytest.mark.parametrize("layout", [ENHANCED, ENHANCED_EACH])
@pytest.mark.parametrize("lacking", ["index", "times", "both"])
def test_frames_are_told_apart_by_what_is_left(tmp_path: Path, layout: str, lacking: str) -> None:
    made = objects(series(), layout)
    for each in made:
        for frame in each.PerFrameFunctionalGroupsSequence:
            content = frame.FrameContentSequence[0]
            if lacking != "times":
                del content.TemporalPositionIndex
            if lacking != "index":
                del content.FrameAcquisitionDateTime
                del content.FrameReferenceDateTime
    (found,) = table_of(tmp_path, made).sets
    assert (found.trouble, len(found.taking_part), found.pre_contrast) == ("", 5, 1)
    if layout == ENHANCED_EACH or lacking == "index":
        assert times(found) == [0.0, 90.0, 180.0, 270.0, 360.0]
    else:
        assert times(found) == [None] * 5


def test_the_middle_of_a_frame_is_taken_where_only_that_is_said(tmp_path: Path) -> None:
    (made,) = objects(series(), ENHANCED)
    for frame in made.PerFrameFunctionalGroupsSequence:
        del frame.FrameContentSequence[0].FrameAcquisitionDateTime
    (found,) = table_of(tmp_path, [made]).sets
    assert (times(found), found.injected_s) == ([0.0, 90.0, 180.0, 270.0, 360.0], 60.0)
