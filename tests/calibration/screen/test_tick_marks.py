from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.screen.tick_marks import TickColumn, find_marks, tick_columns
from senoscope.domain.frame import Gray


def ticks(rows: list[int], column: int = 300, length: int = 8) -> Gray:
    picture = np.zeros((480, 640), np.uint8)
    for row in rows:
        picture[row : row + 2, column : column + length] = 200
    return picture


def columns(picture: Gray) -> list[TickColumn]:
    return tick_columns(find_marks(picture), (picture.shape[0], picture.shape[1]))


def test_a_mark_is_where_it_was_drawn() -> None:
    marks = find_marks(ticks([100]))
    assert len(marks) == 1
    assert (marks.row[0], marks.left[0], marks.right[0]) == (100.5, 300, 307)


def test_a_line_down_the_picture_is_no_mark_and_its_ticks_are() -> None:
    picture = ticks(list(range(40, 440, 40)))
    picture[30:450, 298:300] = 200
    found = columns(picture)[0]
    assert found.step == pytest.approx(40)
    assert len(found.marks) == 10


def test_the_step_is_found_although_marks_are_missing_and_others_are_there() -> None:
    picture = ticks([row for row in range(40, 440, 20) if row not in (120, 260, 280)])
    picture[331:333, 300:308] = 200
    found = columns(picture)[0]
    assert found.step == pytest.approx(20, abs=0.01)
    assert found.row(0) == pytest.approx(40.5, abs=0.1)
    assert found.places == 20


def test_the_error_told_of_a_step_is_the_error_made() -> None:
    """Ticks are drawn on whole rows: of many rulers, the two errors are alike in the mean."""
    random = np.random.default_rng(29)
    said, made = [], []
    for _ in range(200):
        step, first = random.uniform(80, 110), random.uniform(30, 80)
        found = columns(ticks([round(first + step * place) for place in range(4)]))
        if found:
            said.append(found[0].step_error)
            made.append(found[0].step - step)
    assert len(said) > 190
    assert np.std(made) == pytest.approx(np.sqrt(np.mean(np.square(said))), rel=0.2)


def test_uneven_marks_are_no_ruler() -> None:
    assert columns(ticks([30, 75, 140, 190, 270, 330, 440])) == []


def test_even_marks_among_as_many_others_are_no_ruler() -> None:
    even = list(range(40, 440, 40))
    others = [53, 102, 129, 187, 217, 271, 291, 344, 373]
    assert len(columns(ticks(even))) == 1
    assert columns(ticks([*even, *others])) == []


@pytest.mark.parametrize(("apart", "rulers"), [(12, 1), (40, 2)])
def test_two_marks_a_place_are_one_ruler_where_they_are_near(apart: int, rulers: int) -> None:
    rows = list(range(40, 440, 40))
    picture = np.maximum(ticks(rows, 300, 4), ticks(rows, 300 + apart, 4))
    assert len(columns(picture)) == rulers


def test_three_even_marks_are_too_few() -> None:
    assert columns(ticks([40, 200, 360])) == []


def test_marks_over_a_small_part_of_the_picture_are_a_list_of_settings() -> None:
    assert columns(ticks(list(range(200, 360, 20)))) == []


def test_upper_and_lower_edges_of_a_ring_are_one_mark() -> None:
    picture = np.zeros((480, 640), np.uint8)
    for row in range(40, 440, 40):
        for edge in (row - 3, row + 3):
            picture[edge, 298:303] = 200
    found = columns(picture)[0]
    assert found.step == pytest.approx(40)
    assert found.row(0) == pytest.approx(40)


def test_a_black_picture_has_no_marks() -> None:
    assert len(find_marks(np.zeros((64, 64), np.uint8))) == 0


def test_a_lone_bright_pixel_is_no_mark() -> None:
    picture = np.zeros((480, 640), np.uint8)
    picture[100, 300] = 200
    assert len(find_marks(picture)) == 0
    picture[100, 301] = 200
    assert len(find_marks(picture)) == 1


def test_a_column_with_half_of_its_places_empty_is_no_ruler() -> None:
    rows = [start + more for start in (40, 180, 320) for more in (0, 20, 40)]
    assert columns(ticks(rows)) == []
    assert len(columns(ticks([*rows, 120, 260]))) == 1
