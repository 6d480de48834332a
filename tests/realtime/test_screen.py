"""What leaves a screen: its tissue, and only millimetres that hold for this very picture."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import cycle, islice

import cv2
import numpy as np
import pytest

from benchmarks.field_screens import MadeScreen
from benchmarks.field_screens import made_screen as field_screen
from senoscope.calibration.phantoms.screens import made_screen
from senoscope.calibration.screen.field_of_view import MOST_PICTURES, FieldOfView
from senoscope.calibration.screen.ruler import Ruler, RulerRefusal, find_ruler
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.screen import LOOK_AT_FIRST, LOOK_EVERY, LOOK_SELDOM, Screen, Seen
from senoscope.realtime.sources.framing import Cut

HALF_A_SECOND = 15
"""Pictures of a live source."""
CHANGES = 100
SETTLED = (MOST_PICTURES - 1) * LOOK_AT_FIRST + 1


@cache
def tissue(seed: int) -> MadeScreen:
    """A screen whose pictures are drawn once: each takes as long as ten of them to be looked at."""
    return field_screen(seed, SETTLED + 12)


def taken(
    screen: Screen, pictures: Iterable[Gray], spacing: CalibratedSpacing | None = None
) -> list[Seen]:
    return [
        screen.take(Frame(pixels, index, index * 33_000_000, spacing, True))
        for index, pixels in enumerate(pictures)
    ]


def test_100_depth_changes_show_no_stale_millimetre_and_are_noticed_within_half_a_second() -> None:
    """A hundred scanners whose ruler is found, each turned to another depth in mid-sweep.

    Noticed: on some picture of the half second nothing is shown, or the new depth's millimetres.
    """
    noticed = found_again = seed = changes = 0
    while changes < CHANGES:
        seed += 1
        before = made_screen(3000 + seed)
        screen = Screen(Cut.WHOLE, in_line=True)
        (first,) = taken(screen, [before.pixels])
        if first.frame.spacing is None:
            continue
        changes += 1
        factor = (0.5, 0.75, 1.25, 1.5, 2.0)[seed % 5]
        after = made_screen(3000 + seed, before.depth_mm * factor)
        assert first.frame.spacing.spacing.row_mm == pytest.approx(before.row_mm, rel=0.02)
        seen = taken(screen, [after.pixels] * (HALF_A_SECOND + 1))
        assert after.row_mm is not None
        for each in seen:
            known = each.frame.pixel_spacing
            assert known is None or abs(known.row_mm / after.row_mm - 1) < 0.02, seed
            assert each.finding != first.finding, "what was read before is of another view"
        noticed += 1
        found_again += seen[-1].frame.spacing is not None
    assert noticed == CHANGES
    assert found_again >= CHANGES / 2


def test_a_ruler_that_was_hidden_for_a_moment_gives_the_very_same_scale() -> None:
    pixels = made_screen(2000).pixels
    screen = Screen(Cut.WHOLE, in_line=True)
    hidden = np.zeros_like(pixels)
    seen = taken(screen, [pixels, hidden, *[pixels] * (LOOK_EVERY + 1)])
    assert seen[0].frame.spacing is not None
    assert seen[1].frame.spacing is None
    assert seen[-1].frame.spacing == seen[0].frame.spacing


def test_what_a_source_knows_itself_is_kept_and_no_ruler_is_looked_for() -> None:
    own = CalibratedSpacing(PixelSpacing(0.3, 0.3), SpacingOrigin.DICOM_REGION)
    screen = Screen(Cut.WHOLE, in_line=True)
    (seen,) = taken(screen, [made_screen(2000).pixels], own)
    assert seen.frame.spacing == own
    assert screen.spacing is None


def test_two_points_hold_until_the_depth_changes() -> None:
    made = made_screen(2000)
    ruler = find_ruler(made.pixels)
    assert isinstance(ruler, Ruler)
    a, b = ((float(x), float(y)) for x, y in (ruler.ticks[0], ruler.ticks[-1]))
    screen = Screen(Cut.WHOLE, in_line=True)
    with pytest.raises(SettingsError, match="No picture has come"):
        screen.set_points(a, b, 20)
    taken(screen, [made.pixels])
    screen.set_points(a, b, ruler.row_mm * (b[1] - a[1]))
    (seen,) = taken(screen, [made.pixels])
    assert seen.frame.spacing is not None
    assert seen.frame.spacing.origin is SpacingOrigin.TWO_POINTS
    (changed,) = taken(screen, [made_screen(2000, made.depth_mm * 1.5).pixels])
    assert changed.frame.spacing is None or (
        changed.frame.spacing.origin is not SpacingOrigin.TWO_POINTS
    )
    screen.set_points(a, b, 20)
    screen.forget_scale()
    assert screen.spacing is None


def test_the_depth_that_the_operator_reads_settles_what_a_tick_is() -> None:
    picture = np.zeros((768, 640), np.uint8)
    for mm in range(0, 81, 5):
        row = 60 + 8 * mm
        picture[row : row + 2, 300 : 314 if mm % 10 == 0 else 308] = 220
    screen = Screen(Cut.WHOLE, in_line=True)
    (seen,) = taken(screen, [picture])
    assert (seen.frame.spacing, screen.refusal) == (None, RulerRefusal.STEP_UNKNOWN)
    with pytest.raises(SettingsError, match="With a depth of 60 mm"):
        screen.set_depth(60)
    screen.set_depth(82)
    (seen,) = taken(screen, [picture])
    assert seen.frame.pixel_spacing is not None
    assert seen.frame.pixel_spacing.row_mm == pytest.approx(1 / 8, rel=1e-3)


@pytest.mark.parametrize("seed", [0, 4, 5, 6])
def test_of_a_screen_its_tissue_leaves_and_nothing_else(seed: int) -> None:
    made = tissue(seed)
    screen = Screen(Cut.FOUND, in_line=True)
    seen = taken(screen, made.pictures)
    assert all(each.unsuitable is Unsuitable.LOOKING for each in seen[: SETTLED - 1])
    assert not any(each.frame.pixels.any() for each in seen[: SETTLED - 1])
    assert len({each.finding for each in seen[SETTLED:]}) == 1
    for each in seen[SETTLED:]:
        area = each.scan_area
        assert area is not None
        written = made.written[
            area.top : area.top + area.height, area.left : area.left + area.width
        ]
        assert each.frame.pixels.any()
        assert not each.frame.pixels[written].any()
        assert each.frame.pixels.shape == (area.height, area.width)
        assert each.unsuitable is None


def test_another_screen_is_black_from_its_first_picture_on_until_its_field_is_found() -> None:
    made, other = tissue(0), tissue(5)
    screen = Screen(Cut.FOUND, in_line=True)
    *_, first = taken(screen, made.pictures[: SETTLED + 1])
    assert other.pictures[0].shape == made.pictures[0].shape
    seen = taken(screen, other.pictures[:5])
    assert all(each.unsuitable is not None for each in seen)
    assert not any(each.frame.pixels.any() for each in seen)
    assert all(each.frame.size == first.frame.size for each in seen), "one size in a recording"
    back = taken(screen, made.pictures[-(LOOK_AT_FIRST + 1) :])
    assert back[-1].unsuitable is None, "this exam showed that screen before"


def test_the_same_screen_dark_on_light_keeps_the_picture_black_for_a_look_only() -> None:
    made = tissue(0)
    screen = Screen(Cut.FOUND, in_line=True)
    *_, before = taken(screen, made.pictures[: SETTLED + 1])
    # The same things in the same places, dark on light.
    others = [
        np.where(made.whole, picture, 255 - picture)
        for picture in made.pictures[: 2 * LOOK_AT_FIRST + LOOK_SELDOM]
    ]
    seen = taken(screen, others)
    assert before.unsuitable is None
    assert seen[0].unsuitable is Unsuitable.LOOKING
    assert seen[-1].unsuitable is None
    assert seen[-1].scan_area == before.scan_area


def test_what_is_cut_off_later_is_black_in_the_same_area_and_interrupts_nothing() -> None:
    """A note typed on the tissue: a recording that runs needs pictures of one size."""
    made = tissue(0)
    screen = Screen(Cut.FOUND, in_line=True)
    *_, before = taken(screen, made.pictures[:SETTLED])
    area = before.scan_area
    assert area is not None
    noted = []
    for picture in islice(cycle(made.pictures), SETTLED, SETTLED + 3 * LOOK_SELDOM + 1):
        note = np.zeros_like(picture)
        at = area.left + 20, area.top + area.height - 40
        cv2.putText(note, "DOE, JANE", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
        noted.append(np.maximum(picture, note))
    written = (note > 0)[area.top : area.top + area.height, area.left : area.left + area.width]
    seen = taken(screen, noted)
    assert {each.scan_area for each in seen} == {area}
    assert not seen[-1].frame.pixels[written].any()
    assert seen[-1].finding == before.finding


def test_where_there_is_no_tissue_nothing_leaves_and_the_reason_is_said() -> None:
    text = np.zeros((480, 640), np.uint8)
    cv2.putText(text, "DOE, JANE", (200, 240), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
    screen = Screen(Cut.FOUND, in_line=True)
    *_, before, seen = taken(screen, [text] * SETTLED)
    assert (before.unsuitable, seen.unsuitable) == (Unsuitable.LOOKING, Unsuitable.NO_FIELD)
    assert not (before.frame.pixels.any() or seen.frame.pixels.any())
    assert seen.frame.spacing is None
    assert not isinstance(screen.field, FieldOfView)


def test_before_the_first_look_nothing_leaves() -> None:
    screen = Screen(Cut.FOUND)
    screen.close()  # nobody looks
    (seen,) = taken(screen, tissue(0).pictures[:1])
    assert seen.unsuitable is Unsuitable.LOOKING
    assert not seen.frame.pixels.any()


def test_by_hand_and_whole_are_as_asked() -> None:
    pixels = np.full((100, 200), 9, np.uint8)
    (whole,) = taken(Screen(Cut.WHOLE, in_line=True), [pixels])
    assert np.array_equal(whole.frame.pixels, pixels)
    (by_hand,) = taken(Screen(ScanArea(10, 5, 80, 70), in_line=True), [pixels])
    assert by_hand.frame.size == (80, 70)
