"""Clips read one after the other by one loop, each as if it were the only one."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.clip import Clip
from senoscope.realtime.clip_sequence import NOBODY, ClipEnd, ClipSequence, Hear
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.framing import Cut
from tests.fakes import BuildFakeReader, FakeReader
from tests.realtime.running import workers

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def source(*shades: int) -> ClipSource:
    frames: list[NDArray[np.uint8]] = [np.full((64, 64), each, np.uint8) for each in shades]
    times = tuple(33.0 * place for place in range(len(frames)))
    return ClipSource(Clip(frames, times, None, None, "clip"), flat_out=True)


def read(clips: ClipSequence, of: ClipSource, hear: Hear) -> ClipEnd:
    end = clips.read(of, Cut.WHOLE, None, hear, lambda: True)
    assert end is not None
    return end


def test_every_reading_of_a_clip_is_heard_before_the_next_clip_begins() -> None:
    heard: list[tuple[int, int]] = []

    def hear(place: int, frame: ReadFrame) -> None:
        time.sleep(0.02)  # later than the books that the loop keeps, if they closed first
        heard.append((place, int(frame.frame.pixels[0, 0])))

    with ClipSequence(BuildFakeReader()) as clips:
        assert clips.reader == NOBODY
        for shade in (10, 60):
            heard.clear()
            read(clips, source(*range(shade, shade + 12)), hear)
            assert heard == [(place, shade + place) for place in range(12)]
        assert clips.reader.engine == "Fake engine"
        assert len(workers()) == 1


def test_no_lesion_is_followed_into_the_next_clip() -> None:
    steady: list[int] = []

    def hear(place: int, frame: ReadFrame) -> None:
        if frame.tracks[0].is_steady:
            steady.append(place)

    with ClipSequence(BuildFakeReader()) as clips:
        read(clips, source(*range(12)), hear)
        read(clips, source(*range(12)), hear)
    assert steady == [7, 8, 9, 10, 11] * 2


def test_frames_alike_are_told_by_the_first_of_them() -> None:
    heard: list[int] = []
    with ClipSequence(BuildFakeReader()) as clips:
        end = read(clips, source(5, 5, 5, 9, 9), lambda place, _: heard.append(place))
    assert (heard, end.alike) == ([0, 3], {1: 0, 2: 0, 4: 3})


def test_what_the_one_who_hears_raises_is_raised_where_it_is_read() -> None:
    def hear(place: int, _: ReadFrame) -> None:
        raise ValueError(f"at {place}")

    with (
        ClipSequence(BuildFakeReader()) as clips,
        pytest.raises(ValueError, match=r"^at 0$"),
    ):
        read(clips, source(1, 2, 3), hear)


def test_it_ends_when_asked_to() -> None:
    with ClipSequence(BuildFakeReader()) as clips:
        assert clips.read(source(1), Cut.WHOLE, None, lambda *_: None, lambda: False) is None


def test_who_read_says_where_an_engine_here_stood_in_for_a_server() -> None:
    for falls_from, engine in ((100, "Fake engine"), (6, "Fake engine, in part Engine here")):
        with ClipSequence(BuildFakeReader(FakeReader(falls_from=falls_from))) as clips:
            read(clips, source(*range(12)), lambda *_: None)
            assert clips.reader.engine == engine
            assert clips.reader.server == "triton:8001"


def test_of_a_study_it_is_said_only_where_an_engine_stood_in_for_it() -> None:
    engines = []
    with ClipSequence(BuildFakeReader(FakeReader(falls_from=6))) as clips:
        for frames in (12, 6):
            clips.begin_study()
            read(clips, source(*range(frames)), lambda *_: None)
            engines.append(clips.reader.engine)
    assert engines == ["Fake engine, in part Engine here", "Fake engine"]
