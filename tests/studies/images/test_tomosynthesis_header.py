"""Order, heights, spacing and side of slices, by what their groups say."""

import struct
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.stored_tomosynthesis import (
    StoredTomosynthesis,
    read_tomosynthesis,
)
from tests.studies.tomosynthesis import (
    COUNT,
    HEIGHTS,
    STEP_MM,
    frame_groups,
    only_image,
    seen_places,
    slice_frames,
    view,
    write_view,
)

SHUFFLED = (2, 0, 4, 1, 3)
"""The place, by height, of each stored frame."""
IN_ORDER = (2, 4, 1, 5, 3)
"""The number of the frame at each place."""


def shuffled(path: Path, **changed: Any) -> StoredTomosynthesis:
    frames = slice_frames()
    return view(
        path,
        frames=[frames[place] for place in SHUFFLED],
        heights_mm=tuple(HEIGHTS[place] for place in SHUFFLED),
        **changed,
    )


def without(*keywords: str) -> Callable[[Dataset], object]:
    """What takes these from all functional groups."""

    def change(header: Dataset) -> None:
        for group in (*header.SharedFunctionalGroupsSequence, *frame_groups(header)):
            for keyword in keywords:
                if keyword in group:
                    del group[keyword]

    return change


def without_places(header: Dataset) -> None:
    without("PlanePositionSequence")(header)


def test_frames_out_of_order_are_put_in_order_of_height(tmp_path: Path) -> None:
    stored = shuffled(tmp_path)
    assert stored.frames == IN_ORDER
    assert stored.seen.heights_mm == HEIGHTS
    assert seen_places(stored) == [0, 1, 2, 3, 4]
    assert stored.cautions == ()


def test_without_places_the_number_in_the_stack_is_the_order(tmp_path: Path) -> None:
    stored = shuffled(tmp_path, change=without_places)
    assert stored.frames == IN_ORDER
    assert stored.seen.heights_mm == HEIGHTS
    assert stored.cautions == ("heights_assumed",)


@pytest.mark.parametrize("numbers", [(1, 1, 2, 3, 4), (3, 1, 5, 2, None)])
def test_numbers_that_are_doubled_or_missing_are_no_order(
    tmp_path: Path, numbers: tuple[int | None, ...]
) -> None:
    def change(header: Dataset) -> None:
        without_places(header)
        for group, number in zip(frame_groups(header), numbers, strict=True):
            group.FrameContentSequence[0].InStackPositionNumber = number

    assert view(tmp_path, change=change).frames == (1, 2, 3, 4, 5)


def test_without_both_the_stored_order_is(tmp_path: Path) -> None:
    stored = view(tmp_path, change=without("PlanePositionSequence", "FrameContentSequence"))
    assert stored.frames == (1, 2, 3, 4, 5)
    assert (stored.seen.heights_mm, stored.cautions) == (HEIGHTS, ("heights_assumed",))


def test_without_thickness_too_nothing_is_said_in_millimetres(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        without_places(header)
        del header.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness

    stored = view(tmp_path, change=change)
    assert (stored.seen.heights_mm, stored.cautions) == (None, ("no_heights",))
    assert len(list(stored.seen.slices)) == COUNT


def test_some_places_missing_and_the_others_out_of_order_leave_no_heights(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        del frame_groups(header)[2].PlanePositionSequence
        for group in frame_groups(header):
            del group.FrameContentSequence

    assert shuffled(tmp_path / "a", change=change).seen.heights_mm is None
    assert view(tmp_path / "b", change=change).seen.heights_mm == HEIGHTS, "these are in order"


def test_the_spacing_between_slices_goes_before_their_thickness(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        without_places(header)
        measures = header.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.SpacingBetweenSlices, measures.SliceThickness = 1, 2

    assert view(tmp_path, change=change).seen.heights_mm == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("heights_mm", "seen", "caution"),
    [
        ((0, 1, 2, 4, 5), (0, 1, 2, 4, 5), "gap_between_slices"),
        ((0, 1, 1, 2, 3), None, "slices_at_one_place"),
        ((7,) * 5, HEIGHTS, "slices_at_one_place"),
        ((0, 1, 2, 3, 40), None, "no_heights"),
        ((-3, -2, -1, 0, 1), (0, 1, 2, 3, 4), None),
    ],
)
def test_places_that_cannot_be_right_are_said(
    tmp_path: Path, heights_mm: tuple[float, ...], seen: object, caution: str | None
) -> None:
    stored = view(tmp_path, heights_mm=heights_mm)
    assert stored.seen.heights_mm == seen
    assert caution in stored.cautions if caution else stored.cautions == ()


def test_planes_that_are_not_parallel_have_no_heights_by_place(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        tilted = Dataset()
        tilted.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        frame_groups(header)[3].PlaneOrientationSequence = [tilted]

    assert view(tmp_path, change=change).cautions == ("heights_assumed",)


def with_sides(shared: str | None, each: tuple[str, ...] = (), top: str | None = None) -> Any:
    def change(header: Dataset) -> None:
        group = header.SharedFunctionalGroupsSequence[0]
        anatomy = group.FrameAnatomySequence[0]
        del group.FrameAnatomySequence
        for side, owner in [(shared, group), *zip(each, frame_groups(header), strict=False)]:
            if side is not None:
                item = deepcopy(anatomy)
                item.FrameLaterality = side
                owner.FrameAnatomySequence = [item]
        if top is not None:
            header.ImageLaterality = top

    return change


@pytest.mark.parametrize(
    ("change", "side", "caution"),
    [
        (with_sides(None, tuple("LLLLL")), "L", None),
        (with_sides(None, top="L"), "L", None),
        (with_sides("L", top="R"), "L", "two_sides"),
        (with_sides(None, tuple("LLRLL")), None, "two_sides"),
        (with_sides(None), None, "no_side"),
        (with_sides("B"), None, "no_side"),
    ],
)
def test_the_side_is_that_of_the_frames(
    tmp_path: Path, change: Any, side: str | None, caution: str | None
) -> None:
    stored = view(tmp_path, change=change)
    assert stored.seen.laterality == side
    assert caution in stored.cautions if caution else stored.cautions == ()


@pytest.mark.parametrize(
    ("spacings", "caution"),
    [
        ([[0.1, 0.1]] * 5, None),
        ([[0.1, 0.1]] * 4 + [[0.12, 0.12]], "spacing_differs"),
        ([[0.1, 0.1]] * 4 + [None], "spacing_differs"),
        ([[0, 0]] * 5, "no_spacing"),
        ([[1e9, 1e9]] * 5, "no_spacing"),
    ],
)
def test_the_spacing_of_each_frame_has_to_be_one(
    tmp_path: Path, spacings: list[Any], caution: str | None
) -> None:
    def change(header: Dataset) -> None:
        del header.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
        for group, spacing in zip(frame_groups(header), spacings, strict=True):
            if spacing is not None:
                item = Dataset()
                item.PixelSpacing, item.SliceThickness = spacing, STEP_MM
                group.PixelMeasuresSequence = [item]

    stored = view(tmp_path, change=change)
    assert (stored.seen.spacing is None) == (caution is not None)
    assert caution in stored.cautions if caution else stored.cautions == ()


def test_groups_for_other_frames_than_there_are_refuse_it(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        header.PerFrameFunctionalGroupsSequence = frame_groups(header)[:3]

    with pytest.raises(SourceUnavailable, match="announces 5 frames and says of 3"):
        view(tmp_path, change=change)


def test_without_groups_of_frames_it_is_read_as_it_is_stored(tmp_path: Path) -> None:
    stored = view(
        tmp_path, change=lambda header: delattr(header, "PerFrameFunctionalGroupsSequence")
    )
    assert stored.cautions == ("heights_assumed",)
    assert seen_places(stored) == [0, 1, 2, 3, 4]


def test_groups_of_two_million_empty_items_are_not_believed(tmp_path: Path) -> None:
    path = write_view(tmp_path)
    content = path.read_bytes()
    head = b"\x00\x52\x30\x92SQ\0\0"
    at = content.index(head)
    (length,) = struct.unpack_from("<L", content, at + 8)
    items = (b"\xfe\xff\x00\xe0" + bytes(4)) * 1_900_000
    path.write_bytes(
        content[:at] + head + struct.pack("<L", len(items)) + items + content[at + 12 + length :]
    )
    stored = read_tomosynthesis(only_image(tmp_path))
    assert stored.cautions == ("heights_assumed",)
    assert not stored.slices.frames.stored.header.PerFrameFunctionalGroupsSequence
