"""From what a person types to a source, and what this machine offers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from senoscope.domain.errors import InstallationError, SourceUnavailable
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.images import RATE_HZ, ImagesSource
from senoscope.realtime.sources.opencv import open_capture, opencv
from senoscope.realtime.sources.stream import SCHEMES, StreamSource
from senoscope.realtime.sources.video_file import VideoFileSource

FORMS = (
    "phantom or phantom:SEED",
    "camera:NUMBER, a number or /dev/videoN",
    "a folder of images",
    "a video file",
    f"a stream's address beginning with {', '.join(f'{scheme}://' for scheme in SCHEMES)}",
)


def source_from_text(
    text: str,
    *,
    rate_hz: float | None = None,
    flat_out: bool = False,
    size: tuple[int, int] = (1024, 768),
    repeat: bool = False,
) -> Source:
    """The source a person named in one of `FORMS`, not yet open.

    `rate_hz` None: the source's own. `flat_out` is for sources that are not live, `size` (columns,
    rows) for the phantom and for image folders, `repeat` for folders and files.
    SourceUnavailable lists the forms; InstallationError where OpenCV does not load.
    """
    opencv()

    def chosen_hz(own_hz: float) -> float | None:
        return None if flat_out else own_hz if rate_hz is None else rate_hz

    word, _, rest = text.strip().partition(":")
    if word == "phantom":
        return _phantom(rest or "0", chosen_hz(60.0), size)
    camera = rest if word == "camera" else text.strip()
    if camera.isdecimal() and len(camera) < 4:
        return CameraSource(int(camera))
    if camera.startswith("/dev/video"):
        return CameraSource(camera)
    if word.lower() in SCHEMES and rest.startswith("//"):
        return StreamSource(text.strip())
    path = Path(text.strip()).expanduser()
    if text.strip() and path.is_dir():
        return ImagesSource(path, chosen_hz(RATE_HZ), size, repeat)
    if path.is_file():
        return VideoFileSource(path, rate_hz, flat_out, repeat)
    raise _unknown(text)


def _phantom(seed: str, rate_hz: float | None, size: tuple[int, int]) -> Source:
    # Here, since the phantom draws with OpenCV, which may be missing and has a message for it.
    from senoscope.realtime.sources.phantom import PhantomSource  # noqa: PLC0415

    if not seed.isdecimal():
        raise _unknown(f"phantom:{seed}")
    return PhantomSource(int(seed), rate_hz, size)


def _unknown(text: str) -> SourceUnavailable:
    # An address may hold a password, and this message may be logged.
    given = "An address" if "://" in text else f"{text!r}"
    return SourceUnavailable(
        f"{given} was given as the source, and is no file or folder that exists; expected one of: "
        f"{'; '.join(FORMS)}."
    )


def available_sources() -> list[tuple[str, str | None]]:
    """Each source there may be, and why it cannot be used; None: it can."""
    try:
        cv2 = opencv()
    except InstallationError as error:
        return [(name, str(error)) for name in ("phantom", "cameras", "video files and streams")]
    registry = cv2.videoio_registry
    backends = {registry.getBackendName(each) for each in registry.getStreamBackends()}
    missing = "this OpenCV was built without FFmpeg. Install opencv-python from PyPI."
    return [
        ("phantom", None),
        *_cameras(),
        ("video files and streams", None if "FFMPEG" in backends else missing),
    ]


def _cameras() -> list[tuple[str, str | None]]:
    if sys.platform == "linux":
        paths = sorted(Path("/dev").glob("video*"))
        found = [(f"camera {path}", _refused(path)) for path in paths]
    else:
        found = [(f"camera {index}", None) for index in range(4) if _opens(index)]
    return found or [("cameras", "none was found. Plug one in and install its driver.")]


def _refused(path: Path) -> str | None:
    if os.access(path, os.R_OK | os.W_OK):
        return None
    return "no permission to open it. Join the group video (usermod -aG video USER)."


def _opens(index: int) -> bool:
    device = open_capture(index, "CAP_ANY", {})
    if device is None:
        return False
    device.release()
    return True
