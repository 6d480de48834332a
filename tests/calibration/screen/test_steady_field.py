"""The field stays where it is for an exam, and is found again on another screen."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from benchmarks.field_screens import made_screen
from senoscope.calibration.screen.field_of_view import (
    MOST_PICTURES,
    STANDS,
    FieldOfView,
    NoField,
    find_field_of_view,
)
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.calibration.screen.steady_field import TO_LET_GO, SteadyField
from senoscope.domain.frame import Gray, ScanArea

SETTLED = MOST_PICTURES


@cache
def pictures_of(seed: int, count: int) -> tuple[Gray, ...]:
    return made_screen(seed, count).pictures


def settled() -> tuple[SteadyField, tuple[Gray, ...], FieldOfView]:
    steady, pictures = SteadyField(), pictures_of(0, 24)
    for count in range(SETTLED):
        field = steady.look(pictures[count % 24])
    assert isinstance(field, FieldOfView)
    return steady, pictures, field


def test_it_is_found_once_it_is_certain_what_moves_and_does_not_change_in_20_looks() -> None:
    steady, pictures = SteadyField(), pictures_of(0, 24)
    assert [steady.look(picture) for picture in pictures[: SETTLED - 1]] == [None] * (SETTLED - 1)
    steady, pictures, field = settled()
    assert all(steady.look(pictures[count % 24]) == field for count in range(20))


def test_where_each_picture_is_a_screen_of_its_own_it_is_found_on_each() -> None:
    steady = SteadyField(each=True)
    for seed in (0, 5):
        picture = pictures_of(seed, 6)[0]
        assert steady.look(picture) == find_field_of_view([picture])


def test_a_menu_that_opens_for_a_moment_changes_nothing_and_is_said_to_be_strange() -> None:
    steady, pictures, field = settled()
    assert steady.sure
    menu = np.full_like(pictures[0], 60)
    for _ in range(TO_LET_GO - 1):
        assert steady.look(menu) == field
        assert not steady.sure
    assert steady.look(pictures[0]) == field
    assert steady.sure


def test_another_screen_is_let_go_of_and_found_and_the_one_before_known_again() -> None:
    steady, pictures, field = settled()
    other = pictures_of(5, SETTLED)
    seen = [steady.look(picture) for picture in other]
    assert None in seen[:TO_LET_GO], "or what would be wrong there is shown"
    assert isinstance(seen[-1], FieldOfView) and seen[-1] != field
    back = [steady.look(picture) for picture in pictures[:TO_LET_GO]]
    assert back[-1] == field


def test_a_name_typed_on_the_tissue_is_cut_off_within_three_looks() -> None:
    steady, pictures, field = settled()
    area = field.area
    at = area.left + 20, area.top + area.height - 40
    written = np.zeros_like(pictures[0])
    cv2.putText(written, "DOE", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    for count in range(STANDS):
        noted = np.maximum(pictures[count % 24], written)
        seen = steady.look(noted)
    assert isinstance(seen, FieldOfView) and written[field.inside].any()
    assert not seen.mask(noted)[written > 0].any()


def test_a_screen_that_a_template_knows_has_its_field_at_once() -> None:
    pictures = pictures_of(0, 24)
    found = find_field_of_view(pictures[:MOST_PICTURES])
    assert isinstance(found, FieldOfView)
    area = found.area
    # Smaller than what would be found, as a hand may draw it.
    drawn = FieldOfView(ScanArea(area.left, area.top, area.width - 30, area.height, area.picture))
    template = ScreenTemplate.of("Scanner", drawn, pictures[:MOST_PICTURES])
    steady = SteadyField((template,))
    assert steady.look(pictures[10]) == drawn
    other = pictures_of(5, 6)
    seen = [steady.look(other[count]) for count in range(TO_LET_GO)]
    assert seen[-1] != drawn


def test_a_source_of_another_size_is_begun_anew() -> None:
    steady, _, _ = settled()
    black = np.zeros((480, 640), np.uint8)
    assert [steady.look(black) for _ in range(SETTLED)][-2:] == [None, NoField.NO_TISSUE]
