import sys
from pathlib import Path

import pytest

from senoscope.domain.errors import InstallationError, SettingsError, SourceUnavailable
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.choose import FORMS, available_sources, source_from_text
from senoscope.realtime.sources.images import ImagesSource
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.sources.stream import StreamSource
from senoscope.realtime.sources.video_file import VideoFileSource
from tests.realtime.sources.clips import write_clip


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("phantom", PhantomSource, "phantom"),
        ("phantom:7", PhantomSource, "phantom 7"),
        ("camera:1", CameraSource, "camera 1"),
        (" 0 ", CameraSource, "camera 0"),
        ("/dev/video2", CameraSource, "camera /dev/video2"),
        ("http://10.0.0.7:8080/live", StreamSource, "http stream 10.0.0.7:8080"),
        ("RTSP://10.0.0.7/live", StreamSource, "rtsp stream 10.0.0.7"),
    ],
)
def test_what_a_person_types_becomes_the_source_meant(text: str, kind: type, name: str) -> None:
    source = source_from_text(text)
    assert type(source) is kind
    assert source.name == name
    assert source.simulated == (kind is PhantomSource)


def test_a_folder_and_a_file_are_told_apart(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", 2)
    assert type(source_from_text(str(tmp_path))) is ImagesSource
    source = source_from_text(str(clip), flat_out=True, repeat=True)
    assert type(source) is VideoFileSource
    source.open()
    assert all(source.grab() is not None for _ in range(5))
    source.close()


@pytest.mark.parametrize("text", ["", "nonsense", "phantom:x", "phantom:-1", "/no/such/clip.mp4"])
def test_anything_else_is_refused_with_every_form(text: str) -> None:
    with pytest.raises(SourceUnavailable) as refused:
        source_from_text(text)
    assert all(form in str(refused.value) for form in FORMS)


def test_a_refused_address_is_not_repeated() -> None:
    with pytest.raises(SourceUnavailable) as refused:
        source_from_text("ftp://ward:secret@host/clip")
    assert "secret" not in str(refused.value)


def test_a_rate_of_nothing_is_refused(tmp_path: Path) -> None:
    for text in ("phantom", str(tmp_path), str(write_clip(tmp_path / "clip.avi", 1))):
        with pytest.raises(SettingsError):
            source_from_text(text, rate_hz=0.0)


def test_the_phantom_and_files_are_available_here() -> None:
    available = dict(available_sources())
    assert available["phantom"] is None
    assert available["video files and streams"] is None
    assert any(name.startswith("camera") for name in available)


def test_without_opencv_every_source_says_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert all("apt-get install" in str(reason) for _, reason in available_sources())
    with pytest.raises(InstallationError, match="libgl1"):
        source_from_text("phantom")
