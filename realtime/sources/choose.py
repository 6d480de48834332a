"""From what a person types to a source, and what this machine offers."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from senoscope.domain.errors import InstallationError, SourceUnavailable
from senoscope.realtime.recording.recording_format import ENDING
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.images import RATE_HZ, ImagesSource
from senoscope.realtime.sources.opencv import open_capture, opencv
from senoscope.realtime.sources.openigtlink import SCHEME, igtl_source
from senoscope.realtime.sources.recording import RecordingSource
from senoscope.realtime.sources.stream import SCHEMES, StreamSource
from senoscope.realtime.sources.video_file import VideoFileSource

PHANTOM_HZ = 30.0
"""A common scanner's rate; its 150 frames then are one sweep of five seconds."""

Plays = Callable[[Path, float | None, bool, bool], Source]
"""Given a file, the rate in hertz (None: its own), whether flat out, and whether over and over."""
PLAYS: dict[str, Plays] = {ENDING: RecordingSource}
"""By the file's ending; any other file is taken for a video."""

FORMS = (
    "phantom or phantom:SEED",
    "camera:NUMBER, a number or /dev/videoN",
    "a folder of images",
    "a video file",
    f"a recording ({ENDING})",
    f"a stream's address beginning with {', '.join(f'{scheme}://' for scheme in SCHEMES)}",
    f"{SCHEME}://HOST:PORT/DEVICE for OpenIGTLink",
)


def source_from_text(
    text: str,
    *,
    rate_hz: float | None = None,
    flat_out: bool = False,
    size: tuple[int, int] = (1024, 768),
    repeat: bool = False,
    phantom_frames: int = 150,
) -> Source:
    """The source a person named in one of `FORMS`, not yet open.

    `rate_hz` None: the source's own. `flat_out` is for sources that are not live, `size` (columns,
    rows) for the phantom and for image folders, `repeat` for folders and files, `phantom_frames`
    for the phantom: rendering each takes time. SourceUnavailable lists the forms;
    InstallationError where OpenCV does not load.
    """
    opencv()

    def chosen_hz(own_hz: float) -> float | None:
        return None if flat_out else own_hz if rate_hz is None else rate_hz

    text = text.strip()
    if (seed := _phantom_seed(text)) is not None:
        # Here, since the phantom draws with OpenCV, which may be missing and has a message for it.
        from senoscope.realtime.sources.phantom import PhantomSource  # noqa: PLC0415

        return PhantomSource(seed, chosen_hz(PHANTOM_HZ), size, phantom_frames)
    camera = text.removeprefix("camera:")
    if _NUMBER.fullmatch(camera):
        return CameraSource(int(camera))
    if camera.startswith("/dev/video"):
        return CameraSource(camera)
    if _is_address(text):
        return igtl_source(text) if _scheme(text) == SCHEME else StreamSource(text)
    path = _resolved(text)
    if path.is_dir():
        return ImagesSource(path, chosen_hz(RATE_HZ), size, repeat)
    if path.is_file():
        plays = PLAYS.get(path.suffix, VideoFileSource)
        return plays(path, rate_hz, flat_out, repeat)
    raise _unknown(text)


def normal_form(text: str) -> str:
    """The one text by which a source is remembered and told from others, itself one of `FORMS`.

    A camera by its number, a path in full, an address without its user and password. Names what
    need not exist. SourceUnavailable where `text` cannot be any of `FORMS`.
    """
    text = text.strip()
    if (seed := _phantom_seed(text)) is not None:
        return f"phantom:{seed}" if seed else "phantom"
    camera = text.removeprefix("camera:").removeprefix("/dev/video")
    if _NUMBER.fullmatch(camera):
        return f"camera:{int(camera)}"
    if not _is_address(text):
        return str(_resolved(text))
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _unknown(text) from error
    query = "&".join(each for each in parts.query.split("&") if not _SECRET.match(each))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2].lower(), query=query).geturl()


_NUMBER = re.compile(r"[0-9]{1,3}")
_SECRET = re.compile(r"(log|user|usr|pass|pwd|token|auth|key)", re.IGNORECASE)
"""How the parts of a query that may let somebody in begin, by the habits of network cameras."""


def is_built_in(normal: str) -> bool:
    """Whether a normal form names the phantom or a camera: no file, and no other machine."""
    return normal.partition(":")[0] in ("phantom", "camera")


def _phantom_seed(text: str) -> int | None:
    word, _, seed = text.partition(":")
    if word != "phantom":
        return None
    if not re.fullmatch(r"[0-9]{0,9}", seed):
        raise _unknown(text)
    return int(seed or "0")


def _is_address(text: str) -> bool:
    return "://" in text and _scheme(text) in (*SCHEMES, SCHEME)


def _scheme(text: str) -> str:
    return text.partition("://")[0].lower()


def _resolved(text: str) -> Path:
    """The path meant, in full. SourceUnavailable where there can be none."""
    if not text:
        raise _unknown(text)
    try:
        path = Path(text).expanduser().resolve()
        path.exists()  # raises where a name is too long, or a folder above may not be entered
    except (OSError, RuntimeError, ValueError) as error:
        raise _unknown(text) from error
    return path


def _unknown(text: str) -> SourceUnavailable:
    # An address may hold a password, and this message may be logged.
    given = "An address" if "://" in text else f"{text!r}"
    return SourceUnavailable(
        f"{given} was given as the source, and is no file or folder that can be found; expected "
        f"one of: {'; '.join(FORMS)}."
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
