"""A clip read whole, with a real AI process and a fake reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.realtime import clip_review
from senoscope.realtime.clip_review import ClipReview, ReviewState
from senoscope.realtime.frame_spool import FrameSpool
from senoscope.realtime.sources.framing import Cut, Framing
from tests.fakes import BuildFakeReader, FakeReader, FakeSource
from tests.realtime.running import until

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def reviewed(
    folder: Path,
    source: FakeSource,
    build: BuildFakeReader | None = None,
    framing: Framing = Cut.WHOLE,
) -> ClipReview:
    review = ClipReview(source, build or BuildFakeReader(), folder, framing)
    review.start()
    until(lambda: review.state is not ReviewState.READING)
    return review


def test_a_slow_reader_still_reads_every_frame(tmp_path: Path) -> None:
    source = FakeSource(30, period_s=0.0)
    review = reviewed(tmp_path, source, BuildFakeReader(FakeReader(delay_s=0.01)))
    frames = review.frames()
    assert (review.state, review.message) == (ReviewState.READ, "")
    assert [frame.place for frame in frames] == list(range(30))
    assert [frame.reading and frame.reading.presence for frame in frames] == [
        source.shade(index) / 255 for index in range(30)
    ]
    assert frames[0].time_ms == 0
    assert frames[20].tracks[0].number == 1
    assert review.progress.read == review.progress.of == 30
    review.close()


def test_any_frame_can_be_looked_at_as_it_was_read(tmp_path: Path) -> None:
    source = FakeSource(12, period_s=0.0)
    review = reviewed(tmp_path, source)
    for place in (11, 0, 7):
        assert np.all(review.frame(place).pixels == source.shade(place))
    for none in (12, -1):
        with pytest.raises(SettingsError, match=f"Frame {none} was asked for; the clip has 12"):
            review.frame(none)
    review.close()
    assert list(tmp_path.iterdir()) == []


def test_frames_alike_share_one_reading(tmp_path: Path) -> None:
    review = reviewed(tmp_path, FakeSource(12, period_s=0.0, repeats=3))
    readings = [frame.reading for frame in review.frames()]
    assert readings[0] is readings[1] is readings[2] is not None
    assert readings[3] is not readings[2]
    review.close()


def test_cancelled_what_was_read_stays(tmp_path: Path) -> None:
    review = ClipReview(FakeSource(None), BuildFakeReader(), tmp_path)
    review.start()
    until(lambda: len(review.frames()) > 5)
    review.cancel()
    kept = len(review.frames())
    assert review.state is ReviewState.CANCELLED
    assert kept > 5
    assert review.frame(kept - 1).size == (96, 64)
    review.close()


def test_cancelled_before_the_ai_is_ready_nothing_waits(tmp_path: Path) -> None:
    review = ClipReview(FakeSource(None), BuildFakeReader(), tmp_path)
    review.start()
    review.close()
    assert review.state is ReviewState.CANCELLED


def test_a_clip_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    review = reviewed(tmp_path, FakeSource(40, lost_at=15))
    assert review.state is ReviewState.READ
    assert "unplugged" in review.message
    assert len(review.frames()) == 15
    review.close()


def test_a_frame_on_which_the_ai_dies_is_not_read_and_the_others_are(tmp_path: Path) -> None:
    build = BuildFakeReader(FakeReader(crash_at=4))
    review = reviewed(tmp_path, FakeSource(20, period_s=0.0), build)
    unread = [frame.place for frame in review.frames() if frame.reading is None]
    # One more waited for its turn when it died.
    assert 4 in unread
    assert len(unread) <= 2
    assert review.state is ReviewState.READ
    review.close()


def test_an_ai_that_cannot_be_built_is_a_sentence(tmp_path: Path) -> None:
    build = BuildFakeReader(build_error="The model is missing. Install it.")
    review = reviewed(tmp_path, FakeSource(20, period_s=0.0), build)
    assert (review.state, review.message) == (
        ReviewState.FAILED,
        "The model is missing. Install it.",
    )
    review.close()


def test_a_clip_without_frames_is_a_sentence(tmp_path: Path) -> None:
    review = reviewed(tmp_path, FakeSource(0))
    assert review.state is ReviewState.FAILED
    assert "no frames" in review.message
    review.close()


def test_within_a_scan_area_nothing_else_is_kept(tmp_path: Path) -> None:
    review = reviewed(tmp_path, FakeSource(3, size=(200, 100)), framing=ScanArea(10, 20, 80, 64))
    assert review.size == (80, 64)
    assert review.frame(0).size == (80, 64)
    review.close()


@pytest.mark.real_gate
def test_what_is_no_ultrasound_is_shown_and_not_read(tmp_path: Path) -> None:
    review = reviewed(tmp_path, FakeSource(10, period_s=0.0))
    frames = review.frames()
    assert review.state is ReviewState.READ
    assert len(frames) == 10
    assert all(frame.unsuitable for frame in frames)
    review.close()


def test_a_full_disk_ends_the_reading_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullAfterTen(FrameSpool):
        def add(self, pixels: np.ndarray) -> None:
            if len(self) == 10:
                self._kept_free = 2**62
                self._places += [self._places[0]] * (32 - 10)
            super().add(pixels)

    monkeypatch.setattr(clip_review, "FrameSpool", FullAfterTen)
    review = reviewed(tmp_path, FakeSource(None))
    assert review.state is ReviewState.READ
    assert "MB are free" in review.message
    assert "as far as frame 10" in review.message
    assert len(review.frames()) == 10
    review.close()


def test_a_clip_that_is_too_long_is_cut_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_review, "MOST_FRAMES", 6)
    review = reviewed(tmp_path, FakeSource(None))
    assert "up to 6 frames" in review.message
    assert len(review.frames()) == 6
    review.close()
