"""The field stays where it is for an exam, and is found again on another screen."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from benchmarks.field_screens import made_screen
from senoscope.calibration.field_of_view import MOST_PICTURES, STANDS, FieldOfView, NoField
from senoscope.calibration.steady_field import LOOK_EVERY, TO_LET_GO, SteadyField
from senoscope.domain.frame import Gray

SETTLED = MOST_PICTURES * LOOK_EVERY


@cache
def pictures_of(seed: int, count: int) -> tuple[Gray, ...]:
    return made_screen(seed, count).pictures


def settled() -> tuple[SteadyField, tuple[Gray, ...], FieldOfView]:
    steady, pictures = SteadyField(), pictures_of(0, 24)
    for count in range(SETTLED):
        field = steady.see(pictures[count % 24])
    assert isinstance(field, FieldOfView)
    return steady, pictures, field


def test_it_is_found_at_once_and_does_not_change_in_300_frames() -> None:
    assert isinstance(SteadyField().see(pictures_of(0, 24)[0]), FieldOfView)
    steady, pictures, field = settled()
    assert all(steady.see(pictures[count % 24]) == field for count in range(300))


def test_a_menu_that_opens_for_a_moment_changes_nothing() -> None:
    steady, pictures, field = settled()
    menu = np.full_like(pictures[0], 60)
    seen = [steady.see(menu) for _ in range(LOOK_EVERY)]
    assert seen == [field] * LOOK_EVERY
    assert steady.see(pictures[0]) == field


def test_another_screen_is_found_after_a_few_looks() -> None:
    steady, _, field = settled()
    other = pictures_of(5, 6)
    for count in range(TO_LET_GO * LOOK_EVERY + 1):
        seen = steady.see(other[count % 6])
    assert isinstance(seen, FieldOfView) and seen != field


def test_a_name_typed_on_the_tissue_is_cut_off_within_three_looks() -> None:
    steady, pictures, field = settled()
    area = field.area
    at = area.left + 20, area.top + area.height - 40
    written = np.zeros_like(pictures[0])
    cv2.putText(written, "DOE", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    for count in range(STANDS * LOOK_EVERY):
        noted = np.maximum(pictures[count % 24], written)
        seen = steady.see(noted)
    assert isinstance(seen, FieldOfView) and written[field.inside].any()
    assert not seen.mask(noted)[written > 0].any()


def test_a_source_of_another_size_is_begun_anew() -> None:
    steady, _, _ = settled()
    assert steady.see(np.zeros((480, 640), np.uint8)) is NoField.NO_TISSUE
