"""Key frames in reports."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from senoscope.domain.errors import ImageError
from senoscope.domain.reading import Suspicion
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.results.report_picture import LONGEST_SIDE, Mark, Picture, close_up, drawn

SQUARE = np.array([[40, 30], [120, 30], [120, 90], [40, 90]], np.float32)


def frame(value: int = 60, rows: int = 120, columns: int = 160) -> NDArray[np.uint8]:
    return np.full((rows, columns), value, np.uint8)


def pixels(picture: Picture) -> NDArray[np.int32]:
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (image.width, image.height) == (picture.columns, picture.rows)
    assert image.format == "JPEG"
    assert not image.getexif()
    return np.asarray(image.convert("RGB"), np.int32)


def coloured(image: NDArray[np.int32]) -> NDArray[np.bool_]:
    return np.asarray(np.ptp(image, axis=2) > 60)


def along_top(suspicion: Suspicion) -> NDArray[np.bool_]:
    """Whether the outline's upper side is coloured, a column each."""
    image = pixels(drawn(frame(), Mark(1, suspicion, SQUARE), None))
    row = round(30.5 * LONGEST_SIDE / 160)
    return np.asarray(coloured(image)[row - 3 : row + 4, 300:420].any(axis=0), np.bool_)


def test_a_line_tells_the_suspicion_without_its_colour() -> None:
    assert along_top(Suspicion.LOW).all()
    dashed = along_top(Suspicion.UNCERTAIN)
    assert 0.4 < dashed.mean() < 0.9
    assert np.count_nonzero(np.diff(dashed.astype(int))) > 6
    image = pixels(drawn(frame(255), Mark(1, Suspicion.HIGH, SQUARE), None))
    row = round(30.5 * LONGEST_SIDE / 160)
    dark = image[row - 8 : row + 9, 400].sum(axis=1) < 250
    assert np.count_nonzero(np.diff(dark.astype(int)) == 1) >= 2, "two lines have dark between"


def test_the_outline_lies_where_the_pixels_are() -> None:
    image = pixels(drawn(frame(), Mark(1, Suspicion.LOW, SQUARE), None))
    rows, columns = np.nonzero(coloured(image)[200:])
    scale = LONGEST_SIDE / 160
    assert abs(columns.min() - (40.5 * scale - 0.5)) <= 2
    assert abs(columns.max() - (120.5 * scale - 0.5)) <= 2
    assert abs(rows.max() + 200 - (90.5 * scale - 0.5)) <= 2


def test_pixels_that_are_not_square_are_made_so() -> None:
    picture = drawn(frame(), Mark(1, Suspicion.LOW, SQUARE), PixelSpacing(0.1, 0.2))
    assert (picture.columns, picture.rows) == (960, 360)
    tall = drawn(frame(), Mark(1, Suspicion.LOW, SQUARE), PixelSpacing(0.2, 0.1))
    assert (tall.columns, tall.rows) == (640, 960)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    spacing = PixelSpacing(0.25, 0.25)
    image = pixels(drawn(frame(0), Mark(1, Suspicion.LOW, SQUARE), spacing))
    columns = np.nonzero(image[-18].min(axis=1) > 150)[0]
    assert columns.max() - columns.min() == pytest.approx(10 / 0.25 * 6, abs=4)
    bare = pixels(drawn(frame(0), Mark(1, Suspicion.LOW, SQUARE), None))
    assert bare[-40:].max() < 40


def test_a_persons_outline_is_dotted_white() -> None:
    plain = pixels(drawn(frame(0), Mark(1, Suspicion.LOW, SQUARE), None))
    edited = pixels(drawn(frame(0), Mark(1, Suspicion.LOW, SQUARE, SQUARE + 15), None))
    row = round(105.5 * 6)
    white = edited[row - 2 : row + 3, 360:800].min(axis=2).max(axis=0) > 200
    assert plain[row - 2 : row + 3].max() < 40
    assert 0.2 < white.mean() < 0.9


def test_numbers_stay_within_the_picture() -> None:
    high = SQUARE - [40, 30]
    image = pixels(drawn(frame(90), Mark(12, Suspicion.LOW, high.astype(np.float32)), None))
    assert (image[5:40, :200].max(axis=2) < 40).sum() > 500, "the number's black box"


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2000, 1500)])
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    far = (SQUARE * 1e6).astype(np.float32)
    for contour in (SQUARE, far, np.zeros((3, 2), np.float32)):
        for suspicion in Suspicion:
            mark = Mark(1, suspicion, contour, contour)
            picture = drawn(np.zeros(size, np.uint8), mark, PixelSpacing(0.1, 0.1))
            assert max(picture.columns, picture.rows) == LONGEST_SIDE


@pytest.mark.parametrize(
    "given",
    [
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), np.float32),
        np.zeros((0, 4), np.uint8),
        np.zeros((2, 16385), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(given: NDArray[np.uint8]) -> None:
    with pytest.raises(ImageError, match="expected"):
        drawn(given, Mark(1, Suspicion.LOW, SQUARE), None)


def test_the_given_frame_is_left_as_it_was() -> None:
    given = np.repeat(frame(60, 720, 960)[:, :, None], 3, axis=2)
    drawn(given, Mark(1, Suspicion.LOW, SQUARE), None)
    assert (given == 60).all()


def test_a_close_up_shows_what_lies_around_the_mark_within_the_picture() -> None:
    frame = np.zeros((600, 500), np.uint8)
    contour = np.array([[5, 10], [25, 10], [25, 40], [5, 40]], np.float32)
    near, moved = close_up(frame, Mark(1, Suspicion.UNCERTAIN, contour))
    assert near.shape == (85, 75)  # 60 pixels either way of the middle, cut at the edges
    assert np.array_equal(moved.contour, contour)
    placed = contour + np.array([200, 300], np.float32)
    far, moved = close_up(frame, Mark(1, Suspicion.UNCERTAIN, placed, contour + 210))
    assert far.shape[0] > 80
    assert moved.by_hand is not None
    for each in (moved.contour, moved.by_hand):
        assert each.min() >= 0
        assert (each.max(axis=0) < far.shape[::-1]).all()
    assert np.ptp(placed - moved.contour, axis=0).max() == 0
