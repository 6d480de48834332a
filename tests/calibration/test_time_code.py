"""A pattern is read as the time it was drawn with, or not at all."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.calibration.time_code import COLUMNS, ROWS, WRAP_MS, TimeCode, drawn, read_code
from tests.calibration.filmed import filmed

SIZE = (800, 600)
REFRESH_MS = 17


def off_ms(code: TimeCode, ms: int) -> int:
    """Where the code's earliest moment lies from `ms`."""
    return (code.earliest_ms - ms + WRAP_MS // 2) % WRAP_MS - WRAP_MS // 2


def test_every_filmed_pattern_is_read_to_the_millisecond() -> None:
    random = np.random.default_rng(1)
    for ms in random.integers(WRAP_MS, size=100):
        assert read_code(filmed(drawn(int(ms), SIZE), random)) == TimeCode(int(ms), 0)


@pytest.mark.parametrize("ms", [0, 1, WRAP_MS - 1, WRAP_MS, 12_345])
def test_it_is_read_at_its_own_size_and_after_the_clock_began_anew(ms: int) -> None:
    assert read_code(drawn(ms, SIZE)) == TimeCode(ms % WRAP_MS, 0)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_is_read_a_mirrored_one_is_not(quarters: int) -> None:
    random = np.random.default_rng(quarters)
    for ms in random.integers(WRAP_MS, size=50):
        turned = np.ascontiguousarray(np.rot90(drawn(int(ms), SIZE), quarters))
        assert read_code(turned) == TimeCode(int(ms), 0)
        assert read_code(np.ascontiguousarray(turned[:, ::-1])) is None


def test_two_moments_in_one_exposure_are_read_as_a_span_that_holds_what_was_shown() -> None:
    random = np.random.default_rng(2)
    read = spans = 0
    for ms in random.integers(WRAP_MS, size=150):
        share = random.uniform(0, 1)
        first, second = (drawn(int(ms) + later, SIZE) for later in (0, REFRESH_MS))
        code = read_code(filmed(cv2.addWeighted(first, share, second, 1 - share, 0), random))
        if code is not None:
            read, spans = read + 1, spans + (code.span_ms > 0)
            assert off_ms(code, int(ms)) <= REFRESH_MS
            assert off_ms(code, int(ms)) + code.span_ms >= 0
    assert read > 100
    assert spans > 30


def test_a_screen_of_which_only_a_part_had_changed_is_a_span_or_refused() -> None:
    random = np.random.default_rng(3)
    for ms in random.integers(WRAP_MS, size=100):
        torn = drawn(int(ms), SIZE)
        line = int(random.integers(SIZE[1]))
        torn[line:] = drawn(int(ms) + REFRESH_MS, SIZE)[line:]
        code = read_code(torn)
        if code is not None:
            assert off_ms(code, int(ms)) <= REFRESH_MS
            assert off_ms(code, int(ms)) + code.span_ms >= 0


def test_a_covered_block_never_gives_another_time() -> None:
    """A finger's breadth of grey, white or black over any block and its neighbours."""
    ms = 23_456
    whole = drawn(ms, SIZE)
    cell = int(min(SIZE[0] / COLUMNS, SIZE[1] / ROWS) * 0.9)
    top, left = (SIZE[1] - cell * ROWS) // 2, (SIZE[0] - cell * COLUMNS) // 2
    read = 0
    for row in range(2, ROWS - 2):
        for column in range(2, COLUMNS - 2):
            for level in (0, 110, 255):
                covered = whole.copy()
                y, x = top + row * cell, left + column * cell
                covered[y : y + cell, x : x + cell] = level
                code = read_code(covered)
                if code is not None:
                    read += 1
                    assert off_ms(code, ms) <= 0 <= off_ms(code, ms) + code.span_ms
    assert read > 0


def test_what_is_no_pattern_is_not_read() -> None:
    random = np.random.default_rng(4)
    for _ in range(300):
        blocks = random.integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)
        blocks[[0, -1]] = blocks[:, [0, -1]] = 255
        blocks[[1, -2], 1:-1] = blocks[1:-1, [1, -2]] = 0
        assert read_code(np.kron(blocks, np.ones((20, 20), np.uint8))) is None
    assert read_code(np.zeros((600, 800), np.uint8)) is None
    assert read_code(random.integers(0, 256, (600, 800)).astype(np.uint8)) is None


def test_a_pattern_without_contrast_is_not_read() -> None:
    assert read_code((drawn(5, SIZE) // 10).astype(np.uint8)) is None


def test_an_age_is_told_across_the_clock_s_beginning_and_a_little_before_now() -> None:
    code = TimeCode(WRAP_MS - 100, 0)
    assert code.age_ms(7 * WRAP_MS + 50.5) == pytest.approx(150.5)
    assert TimeCode(1000, 0).age_ms(998) == pytest.approx(-2)
    assert TimeCode(1000, 20).age_ms(1100) == pytest.approx(90)
