"""A run of the loop becomes a row, whatever happens to its source."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime import loop_benchmark
from senoscope.realtime.loop_benchmark import loop_row, write_clip
from senoscope.realtime.sources.video_file import VideoFileSource
from tests import builders
from tests.fakes import BuildFakeReader, FakeSource

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.mark.parametrize(("streams", "viewers"), [(1, 0), (1, 3), (2, 0)])
def test_frames_are_counted_from_the_first_reading_on(streams: int, viewers: int) -> None:
    row = loop_row("run", [FakeSource] * streams, BuildFakeReader(), 20, viewers)
    assert row.refused is None
    assert row.report is not None
    assert row.report.captured >= 20
    assert row.report.read > 0
    assert row.as_json()["report"]["latency_ms"]["p50"] > 0


def test_a_source_that_does_not_open_is_a_row_with_its_words() -> None:
    row = loop_row("run", [partial(FakeSource, unavailable="No such thing.")], BuildFakeReader(), 5)
    assert (row.refused, row.report) == ("No such thing.", None)


def test_a_source_that_cannot_even_be_made_is_one_too() -> None:
    def refuse() -> FakeSource:
        raise SourceUnavailable("OpenCV writes no H.264 here.")

    assert loop_row("run", [refuse], BuildFakeReader(), 5).refused == "OpenCV writes no H.264 here."


def test_a_clip_written_is_a_clip_played(tmp_path: Path) -> None:
    file = write_clip([builders.pixels(value) for value in (10, 90, 200)], tmp_path, "MJPEG", 25)
    source = VideoFileSource(file, flat_out=True)
    source.open()
    shades = [frame.pixels.mean() for _ in range(3) if (frame := source.grab()) is not None]
    source.close()
    assert shades == pytest.approx([10, 90, 200], abs=3)


def test_a_codec_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(loop_benchmark.CODECS, "H.264", ("clip.mp4", "none"))
    with pytest.raises(SourceUnavailable, match=r"no H\.264 here; expected"):
        write_clip([builders.pixels(10)], tmp_path, "H.264", 25)
