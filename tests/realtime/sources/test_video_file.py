from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.opencv import Picture
from senoscope.realtime.sources.video_file import VideoFileSource
from tests.realtime.sources.clips import FakeDevice, picture, write_clip


def frames_of(source: VideoFileSource) -> list[Frame]:
    source.open()
    frames = []
    while (frame := source.grab()) is not None:
        frames.append(frame)
    source.close()
    return frames


def test_the_name_leaves_out_the_file_s() -> None:
    assert VideoFileSource(Path("/data/DOE^JANE 1961.mp4")).name == "video file"


@pytest.mark.parametrize("name", ["clip.avi", "clip.mp4"])
def test_every_frame_comes_once_and_in_order(tmp_path: Path, name: str) -> None:
    frames = frames_of(VideoFileSource(write_clip(tmp_path / name, 12), flat_out=True))
    assert [frame.index for frame in frames] == list(range(12))
    assert all(frame.size == (160, 120) and not frame.simulated for frame in frames)
    levels = [float(frame.pixels.mean()) for frame in frames]
    assert levels == pytest.approx([index * 5 for index in range(12)], abs=4)


@pytest.mark.parametrize(("rate_hz", "step_ms"), [(None, 40), (10.0, 100)])
def test_flat_out_frames_are_as_far_apart_as_the_clip_says(
    tmp_path: Path, rate_hz: float | None, step_ms: int
) -> None:
    clip = write_clip(tmp_path / "clip.avi", 5)
    frames = frames_of(VideoFileSource(clip, rate_hz, flat_out=True))
    spaced = [frame.captured_at_ns - frames[0].captured_at_ns for frame in frames]
    assert spaced == [step_ms * place * 10**6 for place in range(5)]


def test_a_repeated_clip_starts_again(tmp_path: Path) -> None:
    source = VideoFileSource(write_clip(tmp_path / "clip.avi", 4), flat_out=True, repeat=True)
    source.open()
    frames = [source.grab() for _ in range(10)]
    assert [frame.index for frame in frames if frame is not None] == list(range(10))
    source.close()
    assert source.grab() is None


def test_a_truncated_clip_says_how_many_frames_came(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", 40)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    source = VideoFileSource(clip, flat_out=True)
    with pytest.raises(SourceLost, match=r"clip\.avi breaks off: \d+ of 40 frames"):
        frames_of(source)


def test_a_truncated_mp4_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 40)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with pytest.raises(SourceUnavailable, match="not whole"):
        VideoFileSource(clip).open()


@pytest.mark.parametrize("content", [b"", b"plain text\n" * 500, bytes(5000)])
def test_a_file_that_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(SourceUnavailable, match="expected a video"):
        VideoFileSource(tmp_path / "clip.mp4").open()


def test_a_still_image_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), np.zeros((100, 100), np.uint8))
    with pytest.raises(SourceUnavailable, match="still image"):
        VideoFileSource(tmp_path / "still.png").open()
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        VideoFileSource(tmp_path / "missing.mp4").open()


def test_dicom_is_not_played_as_a_video_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(bytes(128) + b"DICM" + bytes(5000))
    with pytest.raises(SourceUnavailable, match="is DICOM"):
        VideoFileSource(tmp_path / "clip.mp4").open()


def test_a_clip_whose_size_changes_is_a_loss(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", 2)
    fake = FakeDevice(picture(), picture(200, 150), frame_count=2)
    with pytest.raises(SourceLost, match="from 160x120 to 200x150"):
        frames_of(VideoFileSource(clip, flat_out=True, open_device=lambda: fake))


def test_a_clip_of_no_usable_size_is_refused_before_a_picture_of_it_is_read(tmp_path: Path) -> None:
    class Huge(FakeDevice):
        def get(self, property_id: int, /) -> float:
            return 16000.0

        def read(self) -> tuple[bool, Picture | None]:
            raise AssertionError("a picture was read")

    fake = Huge()
    source = VideoFileSource(write_clip(tmp_path / "clip.avi", 2), open_device=lambda: fake)
    with pytest.raises(
        SourceUnavailable, match=r"clip\.avi cannot be used.* is 16000x16000; expec"
    ):
        source.open()
    assert fake.released == 1


@pytest.mark.parametrize("repeat", [False, True])
def test_a_clip_of_unknown_length_without_one_picture_is_a_loss(
    tmp_path: Path, repeat: bool
) -> None:
    clip = write_clip(tmp_path / "clip.avi", 2)
    source = VideoFileSource(clip, flat_out=True, repeat=repeat, open_device=FakeDevice)
    with pytest.raises(SourceLost, match=r"clip\.avi breaks off: 0 frames came"):
        frames_of(source)
