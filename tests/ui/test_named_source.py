from pathlib import Path

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.sources.video_file import VideoFileSource
from senoscope.ui.named_source import named_source
from tests.realtime.sources.clips import write_clip
from tests.studies.dicom_files import cine, grey_frames, write


@pytest.mark.parametrize("name", ["IM0001", "cine.dcm", "clip.mp4", "take.senoscope"])
def test_dicom_is_known_by_its_content_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, cine(grey_frames(3)))
    source = named_source(f" {path} ", flat_out=True, repeat=True)
    assert type(source) is ClipSource and source.name == "DICOM cine"
    source.open()
    frames = [source.grab() for _ in range(5)]
    assert [int(frame.pixels[5, 5]) for frame in frames if frame] == [0, 5, 10, 0, 5]
    first, second = frames[:2]
    assert first is not None and second is not None
    assert first.size == (140, 100)  # what the scanner wrote above is not in it
    assert second.captured_at_ns - first.captured_at_ns == 20 * 10**6


def test_a_given_rate_holds_for_dicom_too(tmp_path: Path) -> None:
    source = named_source(str(write(tmp_path / "a", cine(grey_frames(3)))), rate_hz=200.0)
    source.open()
    first, second = source.grab(), source.grab()
    assert first is not None and second is not None
    assert second.captured_at_ns - first.captured_at_ns == 5 * 10**6


def test_all_else_is_as_before(tmp_path: Path) -> None:
    assert type(named_source("phantom:3", size=(128, 96), phantom_frames=1)) is PhantomSource
    clip = write_clip(tmp_path / "clip.avi", 2)
    assert type(named_source(str(clip), flat_out=True)) is VideoFileSource
    for text in ("nonsense", "", "a\0b", "n" * 300, "~nosuch/x"):
        with pytest.raises(SourceUnavailable):
            named_source(text)


def test_dicom_that_is_not_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "IM0001"
    path.write_bytes(bytes(128) + b"DICM" + bytes(300))
    with pytest.raises(SourceUnavailable, match="header is damaged"):
        named_source(str(path))
