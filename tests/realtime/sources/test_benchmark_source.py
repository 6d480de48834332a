"""The pictures of a benchmark show what it says they show."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime.sources import benchmark_source
from senoscope.realtime.sources.benchmark_source import (
    BEST,
    CODECS,
    RAW,
    SWEEP,
    Codec,
    Shown,
    write_clip,
)
from senoscope.realtime.sources.video_file import VideoFileSource
from senoscope.ui.assemble import build_reader
from tests import builders

SIZE = (512, 384)
"""One for all: a sweep is rendered once for each."""


def test_a_name_says_size_codec_and_lesions() -> None:
    assert Shown((512, 384)).name == "512x384 raw"
    assert Shown((512, 384), "MJPEG", 1).name == "512x384 MJPEG, 1 lesion"
    assert Shown((512, 384), RAW, 0).name == "512x384 raw, 0 lesions"


def test_the_shipped_networks_find_the_lesions_that_are_shown() -> None:
    reader = build_reader()
    for lesions in range(4):
        pictures = Shown(SIZE, RAW, lesions).pictures()
        assert len(pictures) == BEST
        assert {len(reader.read(picture, 0).findings) for picture in pictures} == {lesions}


@pytest.mark.parametrize("lesions", [None, 0, 1, 2, 3])
def test_no_picture_is_the_one_before_which_would_not_be_read(lesions: int | None) -> None:
    pictures = Shown(SIZE, RAW, lesions).pictures()
    assert {picture.shape for picture in pictures} == {SIZE[::-1]}
    assert not any(np.array_equal(*pair) for pair in pairwise([*pictures, pictures[0]]))


def test_pictures_from_memory_come_round_again(tmp_path: Path) -> None:
    shown = Shown(SIZE)
    source = shown.source(1000, tmp_path)
    source.open()
    frames = [source.grab() for _ in range(SWEEP + 1)]
    source.close()
    assert [frame.index for frame in frames if frame] == list(range(SWEEP + 1))
    first, *_, last = (frame.pixels for frame in frames if frame)
    assert first is last is shown.pictures()[0]
    assert source.grab() is None
    assert list(tmp_path.iterdir()) == []


def test_a_clip_is_written_once_and_played_again_and_again(tmp_path: Path) -> None:
    shown = Shown(SIZE, "MJPEG")
    shown.source(1000, tmp_path)
    (file,) = tmp_path.iterdir()
    written_ns = file.stat().st_mtime_ns
    source = shown.source(1000, tmp_path)
    assert file.stat().st_mtime_ns == written_ns
    source.open()
    frames = [source.grab() for _ in range(SWEEP + 1)]
    source.close()
    for picture, frame in zip(shown.pictures(), frames, strict=False):
        assert frame is not None
        assert np.abs(frame.pixels.astype(int) - picture).mean() < 5


def test_a_clip_written_is_a_clip_played(tmp_path: Path) -> None:
    file = tmp_path / "clip.avi"
    write_clip([builders.pixels(value) for value in (10, 90, 200)], file, "MJPEG", 25)
    source = VideoFileSource(file, flat_out=True)
    source.open()
    shades = [frame.pixels.mean() for _ in range(3) if (frame := source.grab()) is not None]
    source.close()
    assert shades == pytest.approx([10, 90, 200], abs=3)


def test_a_codec_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark_source, "CODECS", CODECS | {"H.264": Codec("mp4", "none")})
    with pytest.raises(SourceUnavailable, match=r"writes no H\.264 here\. It needs"):
        Shown(SIZE, "H.264").source(25, tmp_path)
