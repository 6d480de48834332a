from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.calibration.screen.depth_numbers import read_step
from senoscope.calibration.screen.tick_marks import find_marks, tick_columns
from senoscope.domain.frame import Gray

TOP, STEP, TICKS = 60, 60, 10


def screen(numbers: dict[int, str], before: str = "", below: int = 0) -> Gray:
    """Ticks at column 300, and what is printed to the right of some, so many rows below them."""
    picture = np.zeros((768, 640), np.uint8)
    for tick in range(TICKS):
        row = TOP + tick * STEP
        picture[row - 1 : row + 1, 300:308] = 220
        if tick in numbers:
            at = (318, row + 6 + below)
            face = cv2.FONT_HERSHEY_DUPLEX
            cv2.putText(picture, before + numbers[tick], at, face, 0.6, (220,), 1, cv2.LINE_AA)
    return picture


def step_mm(picture: Gray) -> float | None:
    column = tick_columns(find_marks(picture), (768, 640))[0]
    assert column.step == pytest.approx(STEP, abs=0.05)
    found = read_step(picture, column)
    return None if found is None else found.step_mm


def test_each_tick_a_centimetre() -> None:
    assert step_mm(screen({tick: str(tick) for tick in range(1, TICKS)})) == 10


def test_each_second_tick_a_centimetre() -> None:
    assert step_mm(screen({tick: str(tick // 2) for tick in range(2, TICKS, 2)})) == 5


def test_each_fourth_tick_a_centimetre() -> None:
    picture = screen({0: "0", 4: "1", 8: "2"})
    assert step_mm(picture) == 2.5


def test_two_numbers_do_not_outvote_a_third() -> None:
    """A 2 taken for a 3 would make 5 mm of 2.5, were two of three enough."""
    assert step_mm(screen({1: "1", 5: "3", 9: "3"})) is None


def test_a_step_that_no_scanner_has_settles_nothing() -> None:
    """0, 5, 10 at each second of five marks: 25 mm, for a ruler of one centimetre is none."""
    picture = np.zeros((768, 640), np.uint8)
    for tick, text in enumerate(("0", "", "5", "", "10")):
        row = TOP + tick * 100
        picture[row - 1 : row + 1, 300:308] = 220
        cv2.putText(picture, text, (318, row + 6), cv2.FONT_HERSHEY_DUPLEX, 0.6, (220,), 1)
    (column,) = tick_columns(find_marks(picture), (768, 640))
    assert read_step(picture, column) is None


def test_numbers_are_found_beside_a_ruler_at_the_picture_s_edge() -> None:
    picture = screen({tick: str(tick) for tick in range(1, TICKS)})
    assert step_mm(np.roll(picture, -298, axis=1)) == 10


def test_a_word_between_two_ticks_does_not_hide_the_numbers() -> None:
    picture = screen({2: "2", 4: "4", 6: "6"})
    cv2.putText(picture, "ab", (312, 150), cv2.FONT_HERSHEY_DUPLEX, 0.6, (220,), 1, cv2.LINE_AA)
    assert step_mm(picture) == 10


def test_a_letter_in_a_numbers_row_does_not_hide_it_where_it_stands_well_apart() -> None:
    picture = screen({2: "2", 4: "4", 6: "6"})
    for row in (186, 306, 426):
        cv2.putText(picture, "x", (350, row), cv2.FONT_HERSHEY_DUPLEX, 0.6, (220,), 1, cv2.LINE_AA)
    assert step_mm(picture) == 10


def test_a_ruler_cut_off_at_the_top() -> None:
    assert step_mm(screen({0: "2", 2: "3", 4: "4", 6: "5"})) == 5


def test_millimetres_are_told_from_centimetres_by_their_size() -> None:
    assert step_mm(screen({tick: str(tick * 10) for tick in range(1, 10, 2)})) == 10


def test_the_box_of_a_number_goes_round_its_digits() -> None:
    picture = screen({tick: str(tick * 10) for tick in range(1, 10, 2)})
    column = tick_columns(find_marks(picture), (768, 640))[0]
    found = read_step(picture, column)
    assert found is not None and len(found.numbers) == 5
    for number in found.numbers:
        left, top, right, bottom = number.box
        row = round(number.row)
        rows, columns = np.nonzero(picture[row - 20 : row + 20, 310:] > 110)
        printed = (
            columns.min() + 310,
            rows.min() + row - 20,
            columns.max() + 311,
            rows.max() + row - 19,
        )
        assert (left, top, right, bottom) == pytest.approx(printed, abs=1)


def test_numbers_that_may_be_either_settle_nothing() -> None:
    assert step_mm(screen({2: "5", 4: "10", 6: "15", 8: "20"})) is None


def test_numbers_that_grow_upwards_are_no_depth() -> None:
    assert step_mm(screen({tick: str(9 - tick) for tick in range(1, TICKS)})) is None


def test_numbers_that_skip_settle_nothing() -> None:
    assert step_mm(screen({1: "1", 2: "4", 3: "2", 4: "9", 5: "3"})) is None


def test_the_same_number_again_and_again_settles_nothing() -> None:
    assert step_mm(screen({tick: "2" for tick in range(1, TICKS)})) is None


def test_digits_within_a_line_of_text_are_no_numbers() -> None:
    numbers = {tick: str(tick) for tick in range(1, TICKS)}
    assert step_mm(screen(numbers, before="a")) is None


def test_no_numbers() -> None:
    assert step_mm(screen({})) is None


def test_two_numbers_are_enough_beside_a_long_ruler_and_one_is_not() -> None:
    assert step_mm(screen({4: "4", 8: "8"})) == 10
    assert step_mm(screen({4: "4"})) is None


def test_numbers_between_ticks_are_not_theirs() -> None:
    numbers = {tick: str(tick) for tick in range(1, TICKS)}
    assert step_mm(screen(numbers, below=5)) == 10
    assert step_mm(screen(numbers, below=20)) is None
