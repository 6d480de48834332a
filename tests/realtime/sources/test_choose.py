import sys
from pathlib import Path

import pytest

from senoscope.domain.errors import InstallationError, SettingsError, SourceUnavailable
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.choose import (
    FORMS,
    available_sources,
    is_built_in,
    normal_form,
    source_from_text,
)
from senoscope.realtime.sources.images import ImagesSource
from senoscope.realtime.sources.openigtlink import OpenIgtLinkSource
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
        ("igtl://10.0.0.7:18944/Image", OpenIgtLinkSource, "OpenIGTLink 10.0.0.7:18944"),
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


@pytest.mark.parametrize(
    "text", ["~nosuch/x", "n" * 300, "a\0b", "phantom:" + "9" * 5000, "http://[::1"], ids=len
)
def test_what_cannot_even_be_looked_for_is_refused_too(text: str) -> None:
    for take in (source_from_text, normal_form):
        with pytest.raises(SourceUnavailable):
            take(text)


def test_a_path_below_a_closed_folder_is_refused(closed_folder: Path) -> None:
    with pytest.raises(SourceUnavailable):
        source_from_text(str(closed_folder / "locked" / "clip.mp4"))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" phantom ", "phantom"),
        ("phantom:0", "phantom"),
        ("phantom:07", "phantom:7"),
        ("0", "camera:0"),
        ("camera:00", "camera:0"),
        ("/dev/video0", "camera:0"),
        ("/data/../clips/", "/clips"),
        ("/clips/a.mp4", "/clips/a.mp4"),
        ("RTSP://ward:secret@Host:554/live", "rtsp://host:554/live"),
        ("IGTL://ward:secret@Host/Image_1", "igtl://host/Image_1"),
        ("http://host/live?channel=2&user=ward&pwd=secret", "http://host/live?channel=2"),
    ],
)
def test_one_source_has_one_normal_form_without_a_password(text: str, normal: str) -> None:
    assert normal_form(text) == normal
    assert normal_form(normal) == normal
    assert is_built_in(normal) == normal.startswith(("phantom", "camera"))


def test_a_preview_of_the_phantom_need_not_render_its_whole_sweep() -> None:
    source = source_from_text("phantom:9", size=(128, 96), flat_out=True, phantom_frames=1)
    source.open()
    first, second = source.grab(), source.grab()
    assert first is not None and second is not None
    assert first.pixels is second.pixels


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
