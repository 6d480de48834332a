from datetime import UTC, datetime

import numpy as np

from senoscope.realtime.exam import Exam, ExamName
from senoscope.realtime.picture import Picture, View, same_pixels
from senoscope.realtime.screen import Screen
from senoscope.realtime.sources.framing import Cut
from tests import builders

EXAM = Exam(ExamName(1, "", datetime(2026, 1, 1, tzinfo=UTC)))


def test_one_changed_pixel_makes_another_picture() -> None:
    first = builders.pixels(5, columns=300, rows=200)
    second = first.copy()
    assert same_pixels(first, second)
    second[101, 203] += 1
    assert not same_pixels(first, second)


def test_pictures_of_different_size_are_not_the_same() -> None:
    assert not same_pixels(builders.pixels(rows=64), builders.pixels(rows=65))


def test_a_crop_is_compared_by_its_own_pixels() -> None:
    whole = np.arange(200 * 100, dtype=np.uint32).astype(np.uint8).reshape(100, 200)
    assert same_pixels(whole[10:80, 20:100], whole[10:80, 20:100].copy())


def test_latency_is_until_the_later_of_encoding_and_reading() -> None:
    # A clip that is read flat out says its own times of capture.
    frame = builders.frame(captured_at_ns=30_000_000)
    picture = Picture(frame, 0, View(0, "fake", EXAM, Screen(Cut.WHOLE)), came_at_ns=1_000_000)
    assert picture.latency_ms is None
    picture.read_at_ns = 9_000_000
    assert picture.latency_ms is None
    picture.encoded_at_ns = 4_000_000
    assert picture.latency_ms == 8
